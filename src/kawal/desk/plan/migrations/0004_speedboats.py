"""A boat of before is a speedboat: rows are told in today's words, kept files stay as they were."""

from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Concat, Substr


def speedboats(apps, schema_editor):
    trips = apps.get_model("plan", "Trip").objects.using(schema_editor.connection.alias)
    trips.filter(mode="boat").update(
        mode="speedboat", vehicle=Concat(Value("speed"), Substr("vehicle", 1))
    )


def boats(apps, schema_editor):
    trips = apps.get_model("plan", "Trip").objects.using(schema_editor.connection.alias)
    trips.filter(mode="speedboat").update(mode="boat", vehicle=Substr("vehicle", len("speed") + 1))


class Migration(migrations.Migration):
    dependencies = [("plan", "0003_life")]

    operations = [migrations.RunPython(speedboats, boats)]
