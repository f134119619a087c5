"""An independent check of who guards while officers are absent, written from the rule and not from `guards`.

Of any three shifts of eight hours in a row (from 06:00 local) an officer serves one. So what a post needs in
these, the most at once in each added up, is never more than the officers that are there. Judged are the trips
of a post while officers of it are absent, and those that were given to a post that is not their own; not
those that are told as unguarded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from kawal.rules.plan.anew.disruption import Absent
from kawal.rules.plan.calendar import Calendar
from kawal.rules.plan.facts import LEVEL_OF_LEG, Trip

_SHIFT = timedelta(hours=8)


def too_few(
    trips: Sequence[Trip],
    judged: Collection[str],
    absent: Sequence[Absent],
    strengths: Mapping[str, int],
    unguarded: Collection[str],
    calendar: Calendar,
) -> Iterator[Trip]:
    """Trips, among those `judged` (codes), whose post has fewer officers than it guards with."""
    guarding = [trip for trip in trips if trip.escort.officers_count and trip.code not in unguarded]
    zero = datetime.combine(calendar.voting_day, datetime.min.time(), calendar.zone) + timedelta(hours=6)
    for trip in guarding:
        post = trip.escort.post
        mine = [
            one
            for one in absent
            if one.post == post and one.span.meets(trip.stops[0].arrive_at, trip.stops[-1].depart_at)
        ]
        if trip.code not in judged or not (mine or post != _home(trip)):
            continue
        others = [one for one in guarding if one.escort.post == post]
        begin = (trip.stops[0].arrive_at - zero) // _SHIFT
        end = (trip.stops[-1].depart_at - zero) // _SHIFT
        for first in range(begin - 2, end + 1):
            start = zero + first * _SHIFT
            away = sum(
                one.count for one in absent if one.post == post and one.span.meets(start, start + 3 * _SHIFT)
            )
            need = sum(_most(others, start + k * _SHIFT) for k in range(3))
            if need > strengths.get(post, 0) - away:
                yield trip
                break


def _most(trips: Sequence[Trip], start: datetime) -> int:
    """The most officers at once within a shift."""
    changes: list[tuple[datetime, int]] = []
    for trip in trips:
        begins, ends = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        if begins < start + _SHIFT and start < ends:
            changes += [(max(begins, start), trip.escort.officers_count), (ends, -trip.escort.officers_count)]
    now = most = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def _home(trip: Trip) -> str:
    inside = LEVEL_OF_LEG[trip.leg] == "village"
    return f"polri/{trip.area.rpartition('.')[0] if inside else trip.area}"
