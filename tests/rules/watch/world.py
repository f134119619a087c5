"""A small plan for the tests: one boat, one district of three villages, one village of five stations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import cos, radians
from typing import Any

from kawal.rules.custody.track import Spot, track_of
from kawal.rules.places.codes import station_code
from kawal.rules.plan.facts import Consignment, Escort, Leg, Mode, Stop, Trip
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import WatchLimits
from kawal.rules.watch.course import course
from kawal.rules.watch.facts import Limits, Milestone, Position, Progress, WatchedPlan
from kawal.rules.watch.way import EARTH_RADIUS_M

DEADLINE = datetime(2024, 2, 13, 11, 0, tzinfo=UTC)  # 18.00 WIB on H-1
MORNING = datetime(2024, 2, 11, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VILLAGES = ("16.07.03.2001", "16.07.03.2002", "16.07.03.2003")
LIMITS = Limits(
    by_class={
        RiskClass.LOW: WatchLimits(silence_s=7200, stop_s=3600, corridor_m=3000),
        RiskClass.VULNERABLE: WatchLimits(silence_s=7200, stop_s=2700, corridor_m=2000),
        RiskClass.HIGH: WatchLimits(silence_s=3600, stop_s=1800, corridor_m=1000),
        RiskClass.SPECIAL: WatchLimits(silence_s=3600, stop_s=1800, corridor_m=1000),
    }
)


def stations(village: str = VILLAGES[0], count: int = 5) -> tuple[str, ...]:
    return tuple(station_code(village, number) for number in range(1, count + 1))


def consignment(
    trip: str, number: int, to: str, arrive_at: datetime, due_at: datetime, **told: Any
) -> Consignment:
    given = {"from_site": "PPK-16.07.03", "stations": stations(), "parcels_count": 30} | told
    return Consignment(code=f"{trip}/{number}", to_site=to, arrive_at=arrive_at, due_at=due_at, **given)


def boat(**changes: Any) -> Trip:
    """From the PPK to three villages, an hour apart on a line to the east, three hours of slack each."""
    code = changes.get("code", "16.07-to_pps-1")
    stops = [Stop(site="PPK-16.07.03", lat=-2.5, lon=105.0, arrive_at=MORNING, depart_at=MORNING)]
    consignments = []
    for number, village in enumerate(VILLAGES, start=1):
        at = MORNING + number * HOUR
        stops.append(
            Stop(site=f"PPS-{village}", lat=-2.5, lon=105.0 + number / 10, arrive_at=at, depart_at=at)
        )
        consignments.append(
            consignment(code, number, f"PPS-{village}", at, at + 3 * HOUR, stations=stations(village))
        )
    back_at = MORNING + 6 * HOUR
    stops.append(Stop(site="PPK-16.07.03", lat=-2.5, lon=105.0, arrive_at=back_at, depart_at=back_at))
    given: dict[str, Any] = {
        "code": code,
        "leg": Leg.TO_PPS,
        "area": "16.07.03",
        "vehicle": "speedboat-16.07-03",
        "mode": Mode.SPEEDBOAT,
        "risk": RiskClass.LOW,
        "depart_at": MORNING,
        "back_at": back_at,
        "latest_departure_at": MORNING + 2 * HOUR,
        "distance_m": 60_000,
        "parcels_count": 90,
        "escort": Escort(post="polri/16.07.03", officers_count=2, linmas_count=0),
        "stops": tuple(stops),
        "consignments": tuple(consignments),
    }
    return Trip(**(given | changes))


def told(site: str, kind: str, at: datetime, heard_at: datetime | None = None) -> Milestone:
    return Milestone(site=site, kind=kind, at=at, heard_at=heard_at or at)


def departed(at: datetime = MORNING) -> Milestone:
    return told("PPK-16.07.03", "departed", at)


def at_village(number: int, kind: str, at: datetime) -> Milestone:
    return told(f"PPS-{VILLAGES[number]}", kind, at)


def underway(*milestones: Milestone, position: Position | None = None) -> Progress:
    return Progress(milestones=milestones, position=position)


def watched(trips: Iterable[Trip], progress: dict[str, Progress] | None = None, **told: Any) -> WatchedPlan:
    given: dict[str, Any] = {"area": "16.07", "deadline_at": DEADLINE} | told
    return WatchedPlan(trips=tuple(trips), progress=progress or {}, **given)


def spot(
    minute: float, east_km: float = 0.0, north_km: float = 0.0, *, accuracy_m: int = 20, late_min: float = 0.0
) -> Spot:
    """Told so many minutes after the morning, so far from where the boat starts."""
    at_ms = round((MORNING.timestamp() + 60 * minute) * 1000)
    lat, lon = place(east_km, north_km)
    return Spot(at_ms, at_ms + round(60_000 * late_min), round(lat * 1e7), round(lon * 1e7), accuracy_m)


def place(east_km: float, north_km: float) -> tuple[float, float]:
    degree_m = radians(1) * EARTH_RADIUS_M
    return -2.5 + north_km * 1000 / degree_m, 105.0 + east_km * 1000 / (degree_m * cos(radians(2.5)))


def on_its_way(trip: Trip, spots: Iterable[Spot], *milestones: Milestone) -> Progress:
    """A trip that told its departure, milestones and these positions, in any order."""
    told = (departed(), *milestones)
    return Progress(milestones=told, course=course(trip, track_of(spots)))
