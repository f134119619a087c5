from django.db import migrations
from django.db.models import Case, IntegerField, Value, When

# The stages at jetties and airstrips below the PPK, and that of a courier from the PPK, came in between: what
# was stored keeps its meaning.
_MOVED = {8: 10, 9: 11, 10: 12, 11: 13, 12: 14, 13: 15, 14: 18, 15: 20, 16: 21, 17: 22}


def moved(apps, editor):
    """What was handed over at a landing, or left the PPK for home, before stays on its way; `kawal custody
    rebuild` tells it anew."""
    after = Case(*(When(stage=old, then=Value(new)) for old, new in _MOVED.items()), output_field=IntegerField())
    for name in ("ParcelStory", "StationProgress"):
        apps.get_model("custody", name).objects.filter(stage__in=_MOVED).update(stage=after)
    areas = apps.get_model("custody", "AreaProgress").objects
    for row in areas.exclude(stations_by_stage={}).iterator():
        row.stations_by_stage = {
            str(_MOVED.get(int(stage), int(stage))): count for stage, count in row.stations_by_stage.items()
        }
        row.save(update_fields=["stations_by_stage"])


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0005_gateways'),
    ]

    operations = [migrations.RunPython(moved, migrations.RunPython.noop)]
