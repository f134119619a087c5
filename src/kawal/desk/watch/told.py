"""What was told of trips so far: milestones, the newest position, and the course behind it.

A look reads one row of positions per trip underway. The track (at most 48 spots) is read only of those that
told something since, and of each once a minute at most: a phone may tell every second. What follows from a
track is kept, and so is the planned way of a trip, for which the roads of its plan are read once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kawal.desk.custody import reads as custody
from kawal.desk.plan import reads as plans
from kawal.rules.custody.track import decoded
from kawal.rules.plan.facts import Trip
from kawal.rules.watch.course import Point, course
from kawal.rules.watch.facts import Milestone, Position, Progress
from kawal.rules.watch.way import PlannedWay, planned_way


def progress(trips: Mapping[int, Iterable[Trip]], *, now: datetime) -> dict[str, Progress]:
    """Trip code -> what was told of it, of these trips by the plan they belong to.

    A phone's clock may be ahead; nothing has happened after the hub heard of it.
    """
    by_code = {trip.code: (plan_id, trip) for plan_id, own in trips.items() for trip in own}
    milestones = {
        trip: tuple(
            Milestone(
                site=row.site_code,
                kind=row.kind,
                at=min(row.happened_at, row.received_at),
                heard_at=row.received_at,
            )
            for row in rows
        )
        for trip, rows in custody.milestones(by_code).items()
    }
    rows = custody.positions(by_code)
    courses = _courses(by_code, {code: row.entry_index for code, row in rows.items()}, now)
    positions = {
        code: Position(
            lat=row.lat, lon=row.lon, at=min(row.happened_at, row.received_at), heard_at=row.heard_at
        )
        for code, row in rows.items()
    }
    return {
        trip: Progress(
            milestones=milestones.get(trip, ()),
            position=positions.get(trip),
            course=courses.get(trip, ()),
        )
        for trip in {*milestones, *positions}
    }


@dataclass(frozen=True, slots=True)
class _Kept:
    trip: Trip  # a new plan may give its code to another
    way: PlannedWay
    index: int  # up to which entry of the log its track was read
    read_at: datetime
    course: tuple[Point, ...]

    def is_stale(self, trip: Trip, index: int, now: datetime) -> bool:
        return self.trip is not trip or (
            self.index != index and not timedelta() <= now - self.read_at < AGAIN_AFTER
        )


AGAIN_AFTER: Final = timedelta(minutes=1)
_kept: dict[str, _Kept] = {}
_KEPT_MAX: Final = 50_000


def _courses(
    trips: Mapping[str, tuple[int, Trip]], newest: Mapping[str, int], now: datetime
) -> dict[str, tuple[Point, ...]]:
    if len(_kept) > _KEPT_MAX:
        _kept.clear()
    stale = [
        code
        for code, index in newest.items()
        if code not in _kept or _kept[code].is_stale(trips[code][1], index, now)
    ]
    ways = _ways({code: trips[code] for code in stale})
    for code, (index, track) in custody.tracks(stale).items():
        trip, way = trips[code][1], ways[code]
        _kept[code] = _Kept(trip, way, index, now, course(trip, decoded(track), way))
    return {code: _kept[code].course for code in newest if code in _kept}


def _ways(trips: Mapping[str, tuple[int, Trip]]) -> dict[str, PlannedWay]:
    """Of each trip, as its plan knows it."""
    ways: dict[str, PlannedWay] = {}
    unknown: dict[int, list[Trip]] = defaultdict(list)
    for code, (plan_id, trip) in trips.items():
        if code in _kept and _kept[code].trip is trip:
            ways[code] = _kept[code].way
        else:
            unknown[plan_id].append(trip)
    for plan_id, lines in plans.lines_of(unknown):
        ways.update({trip.code: planned_way(trip, lines) for trip in unknown.pop(plan_id)})
    return ways | {trip.code: planned_way(trip) for own in unknown.values() for trip in own}
