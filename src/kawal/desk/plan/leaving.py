"""Once trips have left, a plan is planned anew in part and never made whole again: what left is history.

What has left is known by a later room, which says here how to ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kawal.desk.plan import models
from kawal.rules.places.codes import zone_of
from kawal.rules.refusals import Refused

Left = Callable[[str], int]  # regency -> how many trips of its plan of record have left, or were loaded


def nothing_known(area: str) -> int:
    return 0


def check_none(area: str, voting_day: date, left: Left) -> None:
    """Refuses `trips_have_left` where the plan of record is for the same vote and some of it is under way."""
    plan = models.Plan.objects.filter(area_code=area, of_record=True).first()
    if plan is None or plan.voting_at.astimezone(zone_of(area)).date() != voting_day:
        return
    if count := left(area):
        raise Refused("trips_have_left", area=area, count=count)
