"""Ways where no lane was given, all assumed: to be replaced by lanes of the carriers' timetables.

road   great circle x 1.43 at 35 km/h (as rules.plan.journey.travel), ten hours of driving a day, leaves daily
sea    great circle x 1.3 at 18 km/h (ten knots), two days in the ports, leaves every seventh day
No air freight is estimated: aircraft are asked for by name.
"""

from __future__ import annotations

import math
from typing import Final

from kawal.rules.plan.journey.travel import EARTH_M
from kawal.rules.plan.upper.facts import Carriage, Lane

DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
LEAVES_S: Final = 3_600  # 08:00 WIB, in seconds of the day (UTC)
PORT_S: Final = 12 * 3_600  # to change from one carriage to the next
LOAD_KG: Final = {Carriage.ROAD: 8_000, Carriage.SEA: 18_000, Carriage.AIR: 10_000}  # truck, 20 ft, aircraft
RP_PER_TONNE_KM: Final = {Carriage.ROAD: 1_500, Carriage.SEA: 500, Carriage.AIR: 15_000}
_DETOUR: Final = {Carriage.ROAD: 1.43, Carriage.SEA: 1.3}
_KMH: Final = {Carriage.ROAD: 35 * 10 / 24, Carriage.SEA: 18.0}
_FIXED_S: Final = {Carriage.ROAD: 6 * 3_600, Carriage.SEA: 2 * DAY_S}


def estimated(start: str, end: str, mode: Carriage, km: float) -> Lane:
    travel_s = math.ceil(km * _DETOUR[mode] / _KMH[mode] * 3_600) + _FIXED_S[mode]
    return Lane(start=start, end=end, mode=mode, travel_s=travel_s, estimated=True)


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle (haversine)."""
    lat, lon, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_M / 1_000 * math.asin(min(1.0, math.sqrt(half)))


def next_departure_s(lane: Lane, ready_s: int) -> int | None:
    """When a lane next leaves; None where its timetable is over."""
    if lane.departures_s:
        return next((at for at in lane.departures_s if at >= ready_s), None)
    step_s = WEEK_S if lane.estimated and lane.mode is Carriage.SEA else DAY_S
    return ready_s + (LEAVES_S - ready_s) % step_s
