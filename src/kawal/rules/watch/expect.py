"""When will a trip that is underway arrive? Planned time left, times the pace so far.

    mark      the newest word that tells how far the trip is: a milestone at a stop, or a position
              between two stops, with the time at which the plan has the trip there
    pace      time taken since departure / time planned for it; 1 at least, `pace_max` at most
    expected  mark.at + (planned arrival - mark.planned_at) x pace; what should have come by now
              comes now at the earliest, and pushes back what comes after it

A position is measured along the straight line to the next stop: share of the leg done = 1 - distance
left / length of the leg. A way that doubles back therefore looks slower than it is, until the next
milestone corrects it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from kawal.rules.plan.facts import FORWARD, Consignment, Stop, Trip
from kawal.rules.watch.facts import Limits, Milestone, Position, Progress
from kawal.rules.watch.way import EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a trip was at `at`, said as the time at which the plan has it there."""

    planned_at: datetime
    at: datetime
    stop: int  # number of the last stop reached


@dataclass(frozen=True, slots=True)
class Going:
    """How a departed trip goes on, by its newest mark and its pace so far."""

    mark: Mark
    pace: float

    def at(self, planned_at: datetime) -> datetime:
        """When it comes to what the plan has at that time; at the mark's own time where that is behind it."""
        return self.mark.at + max(timedelta(), planned_at - self.mark.planned_at) * self.pace


def departed_at(trip: Trip, progress: Progress) -> datetime | None:
    """When the trip left. A word from farther along tells that it did leave."""
    departures = [told.at for told in progress.milestones if told.kind == "departed"]
    farther = [told.at for told in progress.milestones if _mark_of(trip, told)]
    return min(departures or farther, default=None)


def heard_at(progress: Progress) -> datetime | None:
    """When the hub last heard anything of the trip."""
    words = [told.heard_at for told in progress.milestones]
    if progress.position:
        words.append(progress.position.heard_at)
    return max(words, default=None)


def expected_arrivals(
    trip: Trip, progress: Progress, undelivered: Sequence[Consignment], *, now: datetime, limits: Limits
) -> dict[str, datetime]:
    """Consignment code -> expected arrival, of a trip that has not departed or is underway."""
    going = going_of(trip, progress, limits=limits)
    if going is None:
        start = max(now, trip.depart_at)
        return {one.code: start + (one.arrive_at - trip.depart_at) for one in undelivered}
    mark = going.mark
    ahead = {one.code: going.at(one.arrive_at) for one in undelivered if one.arrive_at > mark.planned_at}
    behind = max(timedelta(), now - min(ahead.values(), default=now))
    return {one.code: ahead[one.code] + behind if one.code in ahead else now for one in undelivered}


def going_of(trip: Trip, progress: Progress, *, limits: Limits) -> Going | None:
    """None while the trip has not departed."""
    mark = _mark(trip, progress)
    return Going(mark, _pace(trip, progress, mark, limits)) if mark else None


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in metres (haversine)."""
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    half = sin((phi_b - phi_a) / 2) ** 2 + cos(phi_a) * cos(phi_b) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def _mark(trip: Trip, progress: Progress) -> Mark | None:
    started_at = departed_at(trip, progress)
    if started_at is None:
        return None
    reached = [mark for told in progress.milestones if (mark := _mark_of(trip, told))]
    # The farthest along, not the newest by the clock: a phone whose clock is wrong still says where it is.
    last = max(
        reached, key=lambda mark: (mark.planned_at, mark.at), default=Mark(trip.depart_at, started_at, 0)
    )
    position = progress.position
    if position is None or position.at <= last.at or last.stop + 1 >= len(trip.stops):
        return last
    return _between(trip, last.stop, position)


def _mark_of(trip: Trip, told: Milestone) -> Mark | None:
    """The milestone's place in the plan; None where it is not planned or tells no progress.

    A trip ends where it began: what it does there is its departure or its coming home, by its leg.
    """
    numbers = [number for number, stop in enumerate(trip.stops) if stop.site == told.site]
    if not numbers or told.kind == "offered":
        return None
    if told.kind == "departed":
        return Mark(trip.stops[numbers[0]].depart_at, told.at, numbers[0])
    if numbers[0] == 0 and told.kind == "accepted" and trip.leg in FORWARD:
        return None  # the courier takes over what it will carry
    return Mark(trip.stops[numbers[-1]].arrive_at, told.at, numbers[-1])


def _between(trip: Trip, number: int, position: Position) -> Mark:
    here: Stop = trip.stops[number]
    there: Stop = trip.stops[number + 1]
    whole_m = distance_m(here.lat, here.lon, there.lat, there.lon)
    left_m = distance_m(position.lat, position.lon, there.lat, there.lon)
    share = max(0.0, 1.0 - left_m / whole_m) if whole_m else 1.0
    return Mark(here.depart_at + (there.arrive_at - here.depart_at) * share, position.at, number)


def _pace(trip: Trip, progress: Progress, mark: Mark, limits: Limits) -> float:
    started_at = departed_at(trip, progress)
    planned = mark.planned_at - trip.depart_at
    if started_at is None or planned < limits.pace_from:
        return 1.0
    return min(limits.pace_max, max(1.0, (mark.at - started_at) / planned))
