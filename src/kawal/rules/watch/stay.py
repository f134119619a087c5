"""Is a position at a planned stop, where handing over takes its time?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from kawal.rules.plan.facts import Stop, Trip
from kawal.rules.watch.course import Point
from kawal.rules.watch.facts import Progress
from kawal.rules.watch.way import apart_m

AT_STOP_M: Final = 1_000.0  # a place as big as its yard, its jetty and the street before it (assumed)
SITE_DOUBT_M: Final = 5_000.0  # a committee whose place nobody gave stands on its village's middle (assumed)


def at_stop(trip: Trip, progress: Progress, point: Point, *, left: Collection[str] = ()) -> bool:
    """Near a planned stop; or not far from one where the trip said that it is.

    `left` are sites that it said to have left while it was where it is: those excuse nothing.
    """
    for stop in trip.stops:
        if stop.site in left:
            continue
        away_m = apart_m(stop.lat, stop.lon, point.lat, point.lon) - point.accuracy_m
        if away_m <= AT_STOP_M or (away_m <= SITE_DOUBT_M and _said_there(stop, progress, point.at)):
            return True
    return False


def moved_on(trip: Trip, progress: Progress, at: datetime) -> bool:
    """Whether a milestone at a planned stop is newer than a position: then it stands there no longer."""
    sites = {stop.site for stop in trip.stops}
    return any(told.site in sites and told.at > at for told in progress.milestones)


def _said_there(stop: Stop, progress: Progress, at: datetime) -> bool:
    here = [told for told in progress.milestones if told.site == stop.site and told.at <= at]
    last = max(here, key=lambda told: told.at, default=None)
    return last is not None and last.kind != "departed"
