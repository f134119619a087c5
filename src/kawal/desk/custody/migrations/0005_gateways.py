from django.db import migrations
from django.db.models import F, Q

# The stages at jetties and airstrips came in between: what was stored keeps its meaning.
_MIDDLE, _HOME = (4, 12), 13
_LATER, _HOME_LATER = 2, 4


def moved(apps, editor):
    """What was handed over at a gateway before stays on its way; `kawal custody rebuild` tells it anew."""
    for name in ("ParcelStory", "StationProgress"):
        rows = apps.get_model("custody", name).objects
        rows.filter(stage=_HOME).update(stage=F("stage") + _HOME_LATER)
        rows.filter(Q(stage__gte=_MIDDLE[0]) & Q(stage__lte=_MIDDLE[1])).update(stage=F("stage") + _LATER)
    areas = apps.get_model("custody", "AreaProgress").objects
    for row in areas.exclude(stations_by_stage={}).iterator():
        row.stations_by_stage = {_after(stage): count for stage, count in row.stations_by_stage.items()}
        row.save(update_fields=["stations_by_stage"])


def _after(stage):
    number = int(stage)
    if number == _HOME:
        return str(number + _HOME_LATER)
    return str(number + _LATER if _MIDDLE[0] <= number <= _MIDDLE[1] else number)


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0004_tracks'),
    ]

    operations = [migrations.RunPython(moved, migrations.RunPython.noop)]
