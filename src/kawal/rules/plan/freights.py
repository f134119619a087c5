"""What each leg moves between its depot and its sites: boxes by site, way and class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kawal.rules.plan.facts import Access
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import Freight
from kawal.rules.plan.problem import District, Gateway, Load, Problem, Village
from kawal.rules.risk.classes import RiskClass


def used(place: Problem | District) -> list[Gateway]:
    """The gateways between the middle of a place and what it serves."""
    gateways = place.gateways if isinstance(place, Problem) else place.landings
    return [one for one in gateways if place.served_by(one)]


def depot_and_freights(place: Problem | District | Village) -> tuple[tuple[str, Point], list[Freight]]:
    """The site that legs of this place start from (or come home to), and what they move."""
    if isinstance(place, Problem):
        point = Point(lat=place.lat, lon=place.lon, terrain=place.terrain)
        return (place.site, point), list(_from_warehouse(place))
    if isinstance(place, District):
        point = Point(lat=place.lat, lon=place.lon, terrain=place.terrain)
        return (place.site, point), list(_from_ppk(place))
    return (place.site, _point(place)), [
        Freight(
            site=load.station,
            point=_station_point(place, load),
            access=place.inside,
            risk=place.risk,
            loads=(load,),
        )
        for load in place.loads
    ]


def freights_past(place: Problem | District) -> list[Freight]:
    """What goes straight on from a place past the level below it. Gateways cannot be passed by."""
    if isinstance(place, Problem):
        by_road = [district for district in place.districts if not district.gateway]
        return [_of_village(one) for district in by_road for one in district.villages if not one.landing]
    return [one for v in place.villages if not v.landing for one in depot_and_freights(v)[1]]


def gateway_and_freights(
    gateway: Gateway, place: Problem | District
) -> tuple[tuple[str, Point], list[Freight]]:
    """The same for the legs between a gateway and the districts, or the villages, that it serves."""
    depot = gateway.site, _gateway_point(gateway)
    if isinstance(place, Problem):
        return depot, [one for area in place.served_by(gateway) for one in _of_district(area)]
    return depot, [_of_village(village) for village in place.served_by(gateway)]


def _from_warehouse(problem: Problem) -> Iterator[Freight]:
    """To each district, or for all that a gateway serves to the gateway."""
    for gateway in used(problem):
        served = problem.served_by(gateway)
        yield from _onward(gateway, [village for district in served for village in district.villages])
    for district in problem.districts:
        if not district.gateway:
            yield from _of_district(district)


def _from_ppk(district: District) -> Iterator[Freight]:
    """To each village, or for all that a landing serves to the landing."""
    for landing in used(district):
        yield from _onward(landing, district.served_by(landing))
    for village in district.villages:
        if not village.landing:
            yield _of_village(village)


def _onward(gateway: Gateway, villages: Sequence[Village]) -> Iterator[Freight]:
    for risk, loads in _by_class(villages):
        yield Freight(
            site=gateway.site,
            point=_gateway_point(gateway),
            access=Access.ROAD,
            risk=risk,
            loads=loads,
            onward=True,
        )


def _of_village(village: Village) -> Freight:
    return Freight(
        site=village.site,
        point=_point(village),
        access=village.access,
        risk=village.risk,
        loads=village.loads,
    )


def _of_district(district: District) -> Iterator[Freight]:
    point = Point(lat=district.lat, lon=district.lon, terrain=district.terrain)
    for risk, loads in _by_class(district.villages):
        yield Freight(site=district.site, point=point, access=district.access, risk=risk, loads=loads)


def _by_class(villages: Sequence[Village]) -> Iterator[tuple[RiskClass, tuple[Load, ...]]]:
    """Stations class by class, the worst first: one vehicle carries one class."""
    for risk in sorted({village.risk for village in villages}, reverse=True):
        if loads := _loads(villages, risk):
            yield risk, loads


def _gateway_point(gateway: Gateway) -> Point:
    return Point(lat=gateway.lat, lon=gateway.lon, terrain=gateway.terrain)


def _loads(villages: Sequence[Village], risk: RiskClass) -> tuple[Load, ...]:
    return tuple(load for village in villages if village.risk is risk for load in village.loads)


def _point(village: Village) -> Point:
    return Point(lat=village.lat, lon=village.lon, terrain=village.terrain)


def _station_point(village: Village, load: Load) -> Point:
    if load.lat is None or load.lon is None:
        return Point(lat=village.lat, lon=village.lon, terrain=village.terrain, spread_m=village.spread_m)
    return Point(lat=load.lat, lon=load.lon, terrain=village.terrain)
