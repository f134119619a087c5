"""Stopped: words come, and nothing moves. A trip on its way stands longer than its class allows.

It is told apart from silence, where no words come. A trip stands where the newest positions fit into one
place; they must cover the time that the class allows, so that nothing is concluded from what nobody told.
Handing over at a planned stop is no stop, nor is a trip that has not left or has delivered. A position
that was heard long after it happened tells what was: by such positions alone nobody is called.

What stands will be late: its sign has the cause of the trip's delay, so that one alert is one vehicle to go
and look at. It opens before the deadline is in danger, and worsens when it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kawal.rules.plan.facts import Trip
from kawal.rules.watch.about import warning
from kawal.rules.watch.course import Point
from kawal.rules.watch.expect import departed_at
from kawal.rules.watch.facts import (
    NO_PROGRESS,
    Kind,
    Limits,
    Progress,
    Sign,
    WatchedPlan,
    allowed,
)
from kawal.rules.watch.stay import at_stop, moved_on
from kawal.rules.watch.told import clock, whole_steps_s
from kawal.rules.watch.undelivered import undelivered
from kawal.rules.watch.way import apart_m

STILL_M: Final = (
    200.0  # what a vehicle that is looked after is moved about, or its receiver wanders (assumed)
)
PRECISE_M: Final = 100  # a vaguer position can tell that something moved, never that it stands (assumed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    since: datetime
    until: datetime  # the last word of it
    lat: float
    lon: float


def stops(plan: WatchedPlan, *, now: datetime, limits: Limits) -> list[Sign]:
    """Signs of the trips that stand somewhere on their way, with the cause of their delay."""
    signs = []
    for trip in plan.trips:
        progress = plan.progress.get(trip.code, NO_PROGRESS)
        stop = timedelta(seconds=allowed(plan, trip, limits).stop_s)
        stands = standing(trip, progress, stop=stop) if progress.course else None
        left = undelivered(trip, progress, plan.stages) if stands else []
        if stands and left:
            facts = {
                "why": "stopped",
                "stands_since": clock(stands.since),
                "stands_s": whole_steps_s(stands.until - stands.since),
                "stands_lat": round(stands.lat, 3),
                "stands_lon": round(stands.lon, 3),
            }
            cause = f"delay:{trip.code}"
            signs.append(warning(Kind.STOPPED, cause, trip, left, facts, plan=plan, now=now, limits=limits))
    return signs


def standing(trip: Trip, progress: Progress, *, stop: timedelta) -> Standing | None:
    """Where it stands by its newest positions, for longer than `stop`, away from its planned stops."""
    started_at = departed_at(trip, progress)
    if started_at is None:
        return None
    run = _in_one_place([point for point in progress.course if point.at >= started_at])
    if not run or moved_on(trip, progress, run[-1].at):
        return None
    left = {
        told.site: told.at
        for told in progress.milestones
        if told.kind == "departed" and run[0].at <= told.at <= run[-1].at
    }
    since = max([run[0].at, *left.values()])
    is_told = any(point.is_fresh and point.at - since > stop for point in run)
    if not is_told or at_stop(trip, progress, run[-1], left=left):
        return None
    # The first place, not the newest: the receiver wanders, and the sign should not change with it.
    return Standing(since=since, until=run[-1].at, lat=run[0].lat, lon=run[0].lon)


def with_standing(delay: Sign, stop: Sign) -> Sign:
    """A delay's sign that tells as well that the trip stands."""
    told = {name: value for name, value in stop.facts.items() if name.startswith("stands_")}
    return replace(delay, severity=max(delay.severity, stop.severity), facts={**delay.facts, **told})


def _in_one_place(points: Sequence[Point]) -> list[Point]:
    """The precise ones among the newest points that fit into the place of the newest precise one."""
    here = next((point for point in reversed(points) if point.accuracy_m <= PRECISE_M), None)
    run: list[Point] = []
    for point in reversed(points):
        if here is None or not _fits(point, here):
            break
        if point.accuracy_m <= PRECISE_M:
            run.append(point)
    return run[::-1]


def _fits(point: Point, here: Point) -> bool:
    doubt_m = point.accuracy_m + here.accuracy_m
    return apart_m(point.lat, point.lon, here.lat, here.lon) <= STILL_M + doubt_m
