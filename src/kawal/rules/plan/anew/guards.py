"""Officers who are absent: which trips another post must guard, and which nobody can.

A simple bound, the rest is the roster's (rules.plan.roster): after a shift an officer rests for two, so of
any three shifts in a row each officer can serve one. What a post needs in a shift is the most that guard
trips at once. Trips of the worst class keep their post; the others go to the nearest Polsek with officers to
spare, to the Polres or to the Polda. What has left, or begins before now, is not touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from kawal.rules.places.codes import level_of, parent_of, post_code
from kawal.rules.plan.anew.disruption import Absent, Disruption
from kawal.rules.plan.calendar import Calendar
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.journey.roads import pieces_m
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.roster.facts import REST_SHIFTS, begin_of, shift_of
from kawal.rules.plan.roster.helps import NEAREST
from kawal.rules.plan.roster.strengths import default_strength

IN_A_ROW: Final = REST_SHIFTS + 1  # shifts of which an officer serves one


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """The trips with the posts that guard them now, and the codes of those that nobody can."""

    trips: tuple[Trip, ...]
    unguarded: tuple[str, ...]


def strengths_of(problem: Problem, told: Mapping[str, int]) -> dict[str, int]:
    """Post -> officers: as told, else the stated default. A Polda helps only where its strength is told."""
    found = {post_code("polri", problem.regency): default_strength(post_code("polri", problem.regency))}
    for district in problem.districts:
        post = post_code("polri", district.code)
        found[post] = default_strength(post, sum(len(village.loads) for village in district.villages))
    return {**found, **told}


def guarded(
    trips: Sequence[Trip],
    problem: Problem,
    disruptions: Sequence[Disruption],
    strengths: Mapping[str, int],
    calendar: Calendar,
    *,
    now: datetime,
    happened: Collection[str],
) -> Guarded:
    """`strengths`: post -> officers, as told; see `strengths_of`."""
    absent = [one for one in disruptions if isinstance(one, Absent)]
    if not absent:
        return Guarded(trips=tuple(trips), unguarded=())
    trips = [_without_absent_reserve(trip, absent, now, happened) for trip in trips]
    board = Board(absent, strengths_of(problem, strengths), calendar)
    open_ = [
        trip
        for trip in trips
        if trip.escort.officers_count
        and trip.code not in happened
        and trip.stops[0].arrive_at >= now
        and any(one.post == trip.escort.post and one.span.meets(*_hours(trip)) for one in absent)
    ]
    waiting = {trip.code for trip in open_}
    for trip in trips:
        if trip.code not in waiting:
            board.put(trip.escort.post, trip)
        if trip.escort.reserve_post:
            board.put(trip.escort.reserve_post, trip)
    posts: dict[str, str] = {}
    unguarded = []
    for trip in sorted(open_, key=lambda trip: (-trip.risk, trip.stops[0].arrive_at, trip.code)):
        choices = (trip.escort.post, *helpers(trip.escort.post, problem, board.strengths))
        post = next((one for one in choices if board.holds(one, trip)), None)
        if post is None:
            unguarded.append(trip.code)
        else:
            posts[trip.code] = post
            board.put(post, trip)
    return Guarded(
        trips=tuple(
            replace(trip, escort=replace(trip.escort, post=posts.get(trip.code, trip.escort.post)))
            for trip in trips
        ),
        unguarded=tuple(sorted(unguarded)),
    )


def _without_absent_reserve(
    trip: Trip, absent: Sequence[Absent], now: datetime, happened: Collection[str]
) -> Trip:
    """A second team of a post whose officers are absent does not stand by."""
    gone = any(one.post == trip.escort.reserve_post and one.span.meets(*_hours(trip)) for one in absent)
    if not gone or trip.code in happened or trip.stops[0].arrive_at < now:
        return trip
    return replace(trip, escort=replace(trip.escort, reserve_post=""))


class Board:
    """Who guards what so far, and who stands by for it."""

    def __init__(self, absent: Sequence[Absent], strengths: Mapping[str, int], calendar: Calendar) -> None:
        self.absent, self.strengths = absent, strengths
        self.day, self.zone = calendar.voting_day, calendar.zone
        self.taken: defaultdict[str, list[Trip]] = defaultdict(list)

    def put(self, post: str, trip: Trip) -> None:
        if trip.escort.officers_count:
            self.taken[post].append(trip)

    def holds(self, post: str, trip: Trip) -> bool:
        """Whether the post has officers for the trip beside all that it guards."""
        mine = self._shifts(trip)
        near = range(mine.start - IN_A_ROW + 1, mine.stop + IN_A_ROW - 1)
        guarding = [*self.taken[post], trip]
        needs = {shift: self._peak(guarding, shift) for shift in near}
        for first in range(near.start, near.stop - IN_A_ROW + 1):
            window = range(first, first + IN_A_ROW)
            if sum(needs[shift] for shift in window) > self._there(post, window):
                return False
        return True

    def shifts_count(self, trip: Trip) -> int:
        """Shifts that a trip touches."""
        return len(self._shifts(trip))

    def _there(self, post: str, window: range) -> int:
        start, end = (begin_of(shift, self.day, self.zone) for shift in (window.start, window.stop))
        away = sum(one.count for one in self.absent if one.post == post and one.span.meets(start, end))
        return self.strengths.get(post, 0) - away

    def _shifts(self, trip: Trip) -> range:
        start, end = (shift_of(moment, self.day, self.zone) for moment in _hours(trip))
        return range(start, end + 1)

    def _peak(self, trips: Sequence[Trip], shift: int) -> int:
        """The most officers at once in a shift."""
        begin = begin_of(shift, self.day, self.zone)
        here = [(*_hours(trip), trip.escort.officers_count) for trip in trips if shift in self._shifts(trip)]
        moments = {max(start, begin) for start, _, _ in here}
        return max((sum(n for start, end, n in here if start <= at < end) for at in moments), default=0)


def _hours(trip: Trip) -> tuple[datetime, datetime]:
    return trip.stops[0].arrive_at, trip.stops[-1].depart_at


def helpers(post: str, problem: Problem, strengths: Mapping[str, int]) -> list[str]:
    """The nearest Polsek of the regency, its Polres, the Polda, as far as they have officers."""
    area = post.partition("/")[2]
    points = {district.code: (district.lat, district.lon) for district in problem.districts}
    near = [code for code in points if code != area]
    if area in points:
        near.sort(key=lambda code: (_far_m(points[area], points[code]), code))
    regency = problem.regency
    above = [one for one in (regency, parent_of(regency)) if one != area and level_of(one) != "nation"]
    return [one for code in (*near[:NEAREST], *above) if strengths.get(one := post_code("polri", code), 0)]


def _far_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    return float(pieces_m(np.array([here, there]))[0])
