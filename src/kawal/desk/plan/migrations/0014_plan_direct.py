from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0013_escort_reserve")]

    operations = [
        migrations.AddField(model_name="plan", name="direct", field=models.TextField(default="")),
    ]
