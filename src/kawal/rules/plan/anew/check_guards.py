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
        posts = {trip.escort.post, trip.escort.reserve_post} - {""}
        if trip.code in judged and any(
            _lacks(post, trip, guarding, absent, strengths, zero) for post in posts
        ):
            yield trip


def _lacks(
    post: str,
    trip: Trip,
    guarding: Sequence[Trip],
    absent: Sequence[Absent],
    strengths: Mapping[str, int],
    zero: datetime,
) -> bool:
    """Whether a post that guards a trip, or stands by for it, needs more officers about then than it has."""
    mine = [
        one
        for one in absent
        if one.post == post and one.span.meets(trip.stops[0].arrive_at, trip.stops[-1].depart_at)
    ]
    if not mine and post in (_home(trip), trip.escort.reserve_post):
        return False
    others = [
        (one, (one.escort.post, one.escort.reserve_post).count(post))
        for one in guarding
        if post in (one.escort.post, one.escort.reserve_post)
    ]
    begin = (trip.stops[0].arrive_at - zero) // _SHIFT
    end = (trip.stops[-1].depart_at - zero) // _SHIFT
    for first in range(begin - 2, end + 1):
        start = zero + first * _SHIFT
        away = sum(
            one.count for one in absent if one.post == post and one.span.meets(start, start + 3 * _SHIFT)
        )
        need = sum(_most(others, start + k * _SHIFT) for k in range(3))
        if need > strengths.get(post, 0) - away:
            return True
    return False


def _most(trips: Sequence[tuple[Trip, int]], start: datetime) -> int:
    """The most officers at once within a shift, of trips with so many teams each."""
    changes: list[tuple[datetime, int]] = []
    for trip, teams in trips:
        officers = teams * trip.escort.officers_count
        begins, ends = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        if begins < start + _SHIFT and start < ends:
            changes += [(max(begins, start), officers), (ends, -officers)]
    now = most = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def _home(trip: Trip) -> str:
    inside = LEVEL_OF_LEG[trip.leg] == "village"
    return f"polri/{trip.area.rpartition('.')[0] if inside else trip.area}"
