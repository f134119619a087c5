from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0010_upper")]

    operations = [
        migrations.AddField(model_name="plan", name="delays", field=models.TextField(default="")),
    ]
