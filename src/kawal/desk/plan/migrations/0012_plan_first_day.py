from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0011_plan_delays")]

    operations = [
        migrations.AddField(
            model_name="plan", name="first_day", field=models.SmallIntegerField(default=5)
        ),
    ]
