"""Which of the positions told for a trip can be believed, and how far off its way each of them lies.

Not believed is what no neighbour bears out: a position from which, or to which, no vehicle could have come
from any of the two told before and the two told after it. So a single leap of the receiver or one false
position does nothing. Two that agree are believed: whether somebody plays with positions is not seen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from kawal.rules.custody.track import Spot
from kawal.rules.plan.facts import Mode, Trip
from kawal.rules.watch.way import PlannedWay, apart_m, beside_m, planned_way

# Nothing that carries ballot boxes is faster: 150 km/h on land and water, an aircraft in the air (assumed).
TOP_M_PER_S: Final = 42.0
TOP_FLYING_M_PER_S: Final = 170.0
FLYING: Final = (Mode.PLANE, Mode.HELICOPTER)
SLACK_M: Final = 300.0  # clocks show seconds, receivers wake up wrong by a street
NEIGHBOURS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A believed position."""

    lat: float
    lon: float
    accuracy_m: int
    at: datetime
    is_fresh: bool  # the hub heard of it while it could still be true
    beside_m: float  # off the planned way; below zero inside of what the plan allows for


def course(trip: Trip, track: Sequence[Spot], way: PlannedWay | None = None) -> tuple[Point, ...]:
    """What can be believed of a track (oldest first). Depends on nothing else: it can be kept.

    `way`: as the plan knows it; None where it was told no roads.
    """
    way = planned_way(trip) if way is None else way
    top = TOP_FLYING_M_PER_S if trip.mode in FLYING else TOP_M_PER_S
    told = [spot for spot in track if spot.lat_e7 or spot.lon_e7]  # 0, 0 is a receiver that knows nothing
    return tuple(
        Point(
            lat=spot.lat_e7 / 1e7,
            lon=spot.lon_e7 / 1e7,
            accuracy_m=spot.accuracy_m,
            at=_time(spot.at_ms),
            is_fresh=spot.is_fresh,
            beside_m=beside_m(way, spot.lat_e7 / 1e7, spot.lon_e7 / 1e7) if way else 0.0,
        )
        for number, spot in enumerate(told)
        if _is_borne_out(told, number, top)
    )


def _is_borne_out(told: Sequence[Spot], number: int, top_m_per_s: float) -> bool:
    first = max(0, number - NEIGHBOURS)
    near = [*told[first:number], *told[number + 1 : number + 1 + NEIGHBOURS]]
    return not near or any(_is_reachable(told[number], other, top_m_per_s) for other in near)


def _is_reachable(spot: Spot, other: Spot, top_m_per_s: float) -> bool:
    way_m = apart_m(spot.lat_e7 / 1e7, spot.lon_e7 / 1e7, other.lat_e7 / 1e7, other.lon_e7 / 1e7)
    reach_m = top_m_per_s * abs(spot.at_ms - other.at_ms) / 1000
    return way_m <= reach_m + SLACK_M + spot.accuracy_m + other.accuracy_m


def _time(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
