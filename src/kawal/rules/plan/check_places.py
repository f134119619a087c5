"""The world of a plan as its judge sees it: where each station's goods should pass, and where sites lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, DIRECT, PASSED_BY, Access, Leg
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.problem import Load, Problem
from kawal.rules.risk.classes import RiskClass


@dataclass(frozen=True, slots=True)
class Violation:
    code: str  # stable; its words are the desk's
    where: str  # trip, consignment or station
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A station with all the sites of its way."""

    load: Load
    risk: RiskClass
    access: Access  # of its village
    district_access: Access
    sites: tuple[str, str, str, str]  # warehouse, PPK, PPS, station
    gateway: str  # between warehouse and PPK; empty: none
    landing: str  # between PPK and PPS; empty: none
    village: str

    @property
    def kind(self) -> tuple[bool, bool]:
        """What decides on which legs it goes, but for a direct one."""
        return bool(self.gateway), bool(self.landing)


KINDS = ((False, False), (False, True), (True, False), (True, True))


def goes_on(leg: Leg, kind: tuple[bool, bool], direct: Leg | None = None) -> bool:
    """Whether a station by a gateway above the PPK or not, below it or not, goes on a leg; `direct`: the leg
    on which it passes others by."""
    above, below = kind
    if direct is not None and leg in PASSED_BY[direct]:
        return False
    usual = (above or leg not in BY_GATEWAY) and (below or leg not in BY_LANDING)
    return usual and (leg not in DIRECT or leg is direct)


def places(problem: Problem) -> dict[str, Place]:
    return {
        load.station: Place(
            load,
            village.risk,
            village.access,
            district.access,
            (problem.site, district.site, village.site, load.station),
            district.gateway,
            village.landing,
            village.code,
        )
        for district in problem.districts
        for village in district.villages
        for load in village.loads
    }


def points(problem: Problem) -> dict[str, Point]:
    found = {problem.site: Point(lat=problem.lat, lon=problem.lon, terrain=problem.terrain)}
    for gateway in problem.gateways:
        found[gateway.site] = Point(lat=gateway.lat, lon=gateway.lon, terrain=gateway.terrain)
    for district in problem.districts:
        found[district.site] = Point(lat=district.lat, lon=district.lon, terrain=district.terrain)
        for village in district.villages:
            found[village.site] = Point(lat=village.lat, lon=village.lon, terrain=village.terrain)
            for load in village.loads:
                given = load.lat is not None and load.lon is not None
                found[load.station] = Point(
                    lat=load.lat if given and load.lat is not None else village.lat,
                    lon=load.lon if given and load.lon is not None else village.lon,
                    terrain=village.terrain,
                    spread_m=0 if given else village.spread_m,
                )
    return found


# From where to where each leg goes. Warehouse, PPK, PPS and station are sites 0 to 3.
_ENDS: Final[Mapping[Leg, Callable[[Place], tuple[str, str]]]] = {
    Leg.TO_GATEWAY: lambda place: (place.sites[0], place.gateway),
    Leg.TO_PPK: lambda place: (place.gateway or place.sites[0], place.sites[1]),
    Leg.TO_LANDING: lambda place: (place.sites[1], place.landing),
    Leg.TO_PPS: lambda place: (place.landing or place.sites[1], place.sites[2]),
    Leg.DIRECT_PPS: lambda place: (place.sites[0], place.sites[2]),
    Leg.TO_STATION: lambda place: (place.sites[2], place.sites[3]),
    Leg.DIRECT_STATION: lambda place: (place.sites[1], place.sites[3]),
    Leg.BACK_PPS: lambda place: (place.sites[3], place.sites[2]),
    Leg.BACK_LANDING: lambda place: (place.sites[2], place.landing),
    Leg.BACK_PPK: lambda place: (place.landing or place.sites[2], place.sites[1]),
    Leg.BACK_GATEWAY: lambda place: (place.sites[1], place.gateway),
    Leg.BACK_WAREHOUSE: lambda place: (place.gateway or place.sites[1], place.sites[0]),
}


def ends(leg: Leg, place: Place) -> tuple[str, str]:
    return _ENDS[leg](place)
