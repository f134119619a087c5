"""Why a trip goes as it goes and when it goes: what the planner obeyed, read off the plan itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from kawal.rules.plan.facts import FORWARD, Trip

NEAR: Final = timedelta(minutes=2)  # times are whole seconds of a schedule, and are told in minutes


class Cause(StrEnum):
    VEHICLE = "vehicle"  # it comes back from another trip
    GOODS = "goods"  # what it carries is there only then
    WINDOW = "window"  # the working hours of its leg or mode begin
    CHOICE = "choice"  # nothing holds it: it could begin earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Why a trip begins to load when it does."""

    cause: Cause
    at: datetime  # begins to load
    by: str = ""  # the trip that it waited for
    free_from: datetime | None = None  # where it was chosen: when it could have begun


def begin_of(trip: Trip, others: Iterable[Trip], opens: Sequence[datetime]) -> Begin:
    """`others`: trips of the same vehicle, and those that bring what this one carries to where it starts;
    `opens`: moments at which the leg's shifts or the mode's working day begin."""
    at = trip.stops[0].arrive_at
    holds = [(then, cause, other.code) for other in others for then, cause in _holds(trip, other)]
    last = max(holds, default=None)
    if last is not None and at - last[0] <= NEAR:
        return Begin(cause=last[1], at=at, by=last[2])
    opened = max((moment for moment in opens if moment <= at), default=None)
    if opened is not None and at - opened <= NEAR:
        return Begin(cause=Cause.WINDOW, at=at)
    since = max((moment for moment in (opened, last[0] if last else None) if moment), default=None)
    return Begin(cause=Cause.CHOICE, at=at, free_from=since)


def _holds(trip: Trip, other: Trip) -> Iterator[tuple[datetime, Cause]]:
    start = trip.stops[0]
    if other.code == trip.code:
        return
    if other.vehicle == trip.vehicle and other.stops[-1].depart_at <= start.arrive_at:
        yield other.stops[-1].depart_at, Cause.VEHICLE
    if trip.leg in FORWARD and other.leg in FORWARD:
        aboard = {station for part in trip.consignments for station in part.stations}
        for part in other.consignments:
            if part.to_site == start.site and aboard & set(part.stations):
                yield max(stop.depart_at for stop in other.stops if stop.site == part.to_site), Cause.GOODS


def saved_share(trip: Trip) -> float:
    """How much shorter the round is than going to each stop by itself, 0..1, on the straight line.

    0 for a trip to one place, and where nobody knows its stops apart.
    """
    start = trip.stops[0]
    narrow = math.cos(math.radians(start.lat))
    stops = [stop for stop in trip.stops if not stop.is_halt]
    spots = [((stop.lon - start.lon) * narrow, stop.lat - start.lat) for stop in stops]
    together = math.fsum(math.dist(here, there) for here, there in pairwise(spots))
    apart = 2 * math.fsum(math.hypot(*spot) for spot in dict.fromkeys(spots[1:-1]))
    return max(0.0, 1 - together / apart) if apart else 0.0
