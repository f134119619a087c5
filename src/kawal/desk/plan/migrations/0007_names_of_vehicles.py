from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0006_runs")]

    operations = [
        migrations.AlterField(model_name="trip", name="vehicle", field=models.CharField(max_length=64)),
    ]
