"""Numbers that trips have had: a code means one thing for ever, whatever version or vote it is of."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from kawal.desk.plan import models
from kawal.rules.plan.facts import Leg


def highest(area: str, *, but_of: datetime | None = None) -> dict[Leg, int]:
    """The highest number of a trip in each leg among all versions that ever were of record.

    `but_of`: without those for the vote that opens then, of which no trip has left.
    """
    ever = Q(change=None) | Q(change__what_if=False) | Q(change__adopted=True)
    plans = models.Plan.objects.filter(ever, area_code=area)
    if but_of is not None:
        plans = plans.exclude(voting_at=but_of)
    ids = list(plans.values_list("id", flat=True))
    codes = models.Trip.objects.filter(plan_id__in=ids).values_list("leg", "code") if ids else ()
    found: dict[Leg, int] = {}
    for leg, code in codes:
        found[Leg(leg)] = max(found.get(Leg(leg), 0), int(code.rpartition("-")[2]))
    return found
