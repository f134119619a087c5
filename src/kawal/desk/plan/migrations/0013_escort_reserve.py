from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0012_plan_first_day")]

    operations = [
        migrations.AddField(
            model_name="trip", name="escort_reserve", field=models.CharField(default="", max_length=40)
        ),
    ]
