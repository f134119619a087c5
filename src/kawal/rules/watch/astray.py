"""Off the corridor: a trip on its way is farther off the planned way than its class allows.

    opens    three positions one after the other, ten minutes from the first to the last, each farther off
             than `corridor_m` by more than its own accuracy; what a winding way may need lies inside
             (rules.watch.way), and so do places near a planned stop
    closes   two positions one after the other within CLOSE of the corridor, or a milestone told since at a
             planned stop
    holds    while newer positions say neither; also when none come any more: it was last seen off its way

It asks for something else than a delay: where is it going, and why? So it is a cause of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from kawal.rules.watch.told import clock
from kawal.rules.watch.undelivered import undelivered

ASTRAY_POINTS: Final = 3  # one wild position does nothing, nor do two
BACK_POINTS: Final = 2
BACK_WITHIN: Final = 0.8  # of the corridor: a way along its very edge does not open and close at every word


@dataclass(frozen=True, slots=True, kw_only=True)
class Astray:
    since: datetime
    seen: Point  # the newest position that was beyond


def wanderings(plan: WatchedPlan, *, now: datetime, limits: Limits) -> list[Sign]:
    """Signs of the trips that are off their corridor."""
    signs = []
    for trip in plan.trips:
        progress = plan.progress.get(trip.code, NO_PROGRESS)
        corridor_m = allowed(plan, trip, limits).corridor_m
        off = astray(trip, progress, corridor_m=corridor_m, limits=limits) if progress.course else None
        left = undelivered(trip, progress, plan.stages) if off else []
        if off and left:
            facts = {
                "why": "off_corridor",
                "off_since": clock(off.since),
                "off_m": max(100, round(off.seen.beside_m / 100) * 100),
                "seen_at": clock(off.seen.at),
                "seen_lat": round(off.seen.lat, 3),
                "seen_lon": round(off.seen.lon, 3),
            }
            cause = f"off:{trip.code}"
            signs.append(
                warning(Kind.OFF_CORRIDOR, cause, trip, left, facts, plan=plan, now=now, limits=limits)
            )
    return signs


def astray(trip: Trip, progress: Progress, *, corridor_m: int, limits: Limits) -> Astray | None:
    """Since when it is off its corridor by its newest positions; None where it is not known to be."""
    started_at = departed_at(trip, progress)
    if started_at is None or not progress.course or moved_on(trip, progress, progress.course[-1].at):
        return None
    beyond: list[Point] = []
    back, is_off = 0, False
    for point in progress.course:
        if point.at < started_at:
            continue
        near = BACK_WITHIN * corridor_m if is_off else corridor_m
        if point.beside_m <= near or at_stop(trip, progress, point):
            back += 1
            if back >= BACK_POINTS or not is_off:
                beyond, is_off = [], False
        elif point.beside_m - point.accuracy_m > corridor_m:  # a vaguer one says neither
            beyond.append(point)
            back = 0
            is_off = is_off or _is_enough(beyond, limits)
    is_told = any(point.is_fresh for point in beyond[ASTRAY_POINTS - 1 :])
    return Astray(since=beyond[0].at, seen=beyond[-1]) if is_off and is_told else None


def _is_enough(beyond: Sequence[Point], limits: Limits) -> bool:
    return len(beyond) >= ASTRAY_POINTS and beyond[-1].at - beyond[0].at >= limits.astray_for
