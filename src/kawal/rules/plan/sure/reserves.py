"""What stands by, where goods wait, and what lateness hangs on: read off a plan and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.plan.fleet import Fleet, vehicles
from kawal.rules.plan.problem import Problem


class Departing(Protocol):
    """What lateness may hang on: a trip, with or without its stops."""

    @property
    def code(self) -> str: ...
    @property
    def leg(self) -> Leg: ...
    @property
    def area(self) -> str: ...
    @property
    def vehicle(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def depart_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPoint:
    """A site at which parcels lie over night on the way out, and so need a guard."""

    site: str
    from_at: datetime  # the first are there
    until_at: datetime  # the last are loaded
    stations_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """Stations late on the mean because of this link, this vehicle or the departures of this day."""

    name: tuple[str, ...]  # leg, area and mode; or the vehicle; or the day
    trips_count: int
    stations: float


def reserves(problem: Problem, fleet: Fleet, trips: Iterable[Trip]) -> dict[str, tuple[str, ...]]:
    """Area -> its vehicles that the way out does not use."""
    used = {trip.vehicle for trip in trips if trip.leg in FORWARD}
    found = {
        area: tuple(one.name for one in vehicles(fleet, level, area, stations) if one.name not in used)
        for level, area, stations in problem.stations_by_access()
    }
    return {area: names for area, names in found.items() if names}


def hold_points(trips: Iterable[Trip], zone: tzinfo) -> list[HoldPoint]:
    """The sites where parcels wait for the next leg from one local day to another, most stations first."""
    handed: dict[tuple[int, str], tuple[str, datetime]] = {}
    loaded: dict[tuple[int, str], datetime] = {}
    for trip in trips:
        if trip.leg not in FORWARD:
            continue
        leg, leaves = FORWARD.index(trip.leg), {stop.site: stop.depart_at for stop in trip.stops}
        for part in trip.consignments:
            for station in part.stations:
                handed[leg, station] = part.to_site, leaves[part.to_site]
                loaded[leg, station] = trip.stops[0].arrive_at
    nights: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for (leg, station), (site, at) in handed.items():
        following = (loaded.get((after, station)) for after in range(leg + 1, len(FORWARD)))
        until = next((begins for begins in following if begins), None)
        if until and at.astimezone(zone).date() < until.astimezone(zone).date():
            nights[site].append((at, until))
    found = [
        HoldPoint(
            site=site, from_at=min(at for at, _ in own), until_at=max(until for _, until in own),
            stations_count=len(own),
        )
        for site, own in nights.items()
    ]  # fmt: skip
    return sorted(found, key=lambda point: (-point.stations_count, point.site))


def bottlenecks(
    trips: Iterable[Departing], blame: Mapping[str, float], zone: tzinfo
) -> dict[str, list[Bottleneck]]:
    """By link (leg, area, mode), vehicle and day of departure: what lateness hangs on, the worst first."""
    late: dict[tuple[str, ...], float] = defaultdict(float)
    count: Counter[tuple[str, ...]] = Counter()
    for trip in trips:
        share = blame.get(trip.code, 0.0)
        if share <= 0:
            continue
        day = trip.depart_at.astimezone(zone).date().isoformat()
        for key in (("link", trip.leg, trip.area, trip.mode), ("vehicle", trip.vehicle), ("day", day)):
            late[key] += share
            count[key] += 1
    ordered = sorted(late, key=lambda key: (-late[key], key))
    return {
        kind: [
            Bottleneck(name=key[1:], trips_count=count[key], stations=late[key])
            for key in ordered
            if key[0] == kind
        ]
        for kind in ("link", "vehicle", "day")
    }
