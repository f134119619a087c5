"""Which planned trips cannot run as they stand in a world that changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.anew.disrupted import Disrupted, Stretch
from kawal.rules.plan.facts import DIRECT, ENDS_AT_STATION, LEVEL_OF_LEG, Access, Leg, Trip
from kawal.rules.plan.freights import depot_and_freights
from kawal.rules.plan.problem import Load, Problem
from kawal.rules.risk.classes import RiskClass

# Of what goes by a gateway, above the PPK or below it: always by road.
BY_LORRY: Final = (Leg.TO_GATEWAY, Leg.BACK_WAREHOUSE)
BY_LORRY_BELOW: Final = (Leg.TO_LANDING, Leg.BACK_PPK)


class Planned:
    """What trips are held against, read once from the world."""

    def __init__(self, world: Disrupted) -> None:
        self.world = world
        self.loads: dict[str, Load] = {}
        self.risk: dict[str, RiskClass] = {}
        self.points = _points(world.problem)
        self.access = _accesses(world.problem)
        self.access_before = _accesses(world.before)
        self.site = {one.code: one.site for one in world.problem.districts}
        self.site.update((one.code, one.site) for one in world.problem.villages())
        for village in world.problem.villages():
            for load in village.loads:
                self.loads[load.station] = load
                self.risk[load.station] = village.risk
        self.area_of_vehicle = {
            vehicle.name: area for area, there in world.vehicles.items() for vehicle in there
        }


def breaks(planned: Planned, trip: Trip) -> bool:
    """Whether something keeps the trip from running as planned, its goods being there in time."""
    return (
        _vehicle_away(planned, trip)
        or any(
            _meet(stretch, int(stop.arrive_at.timestamp()), int(stop.depart_at.timestamp()))
            for stop in trip.stops
            for stretch in _barred(planned, stop.site, trip)
        )
        or _reached_otherwise(planned, trip)
        or _by_another_gateway(planned, trip)
        or _other_freight(planned, trip)
    )


def _vehicle_away(planned: Planned, trip: Trip) -> bool:
    if not trip.stops:
        return False
    start, end = trip.stops[0].arrive_at, trip.stops[-1].depart_at
    area = planned.area_of_vehicle[trip.vehicle]
    return any(
        _meet(stretch, int(start.timestamp()), int(end.timestamp()))
        for stretch in planned.world.away(trip.vehicle, trip.mode, area)
    )


def _barred(planned: Planned, site: str, trip: Trip) -> Iterator[Stretch]:
    """When nobody, or nobody by the trip's mode, may be at a site."""
    yield from planned.world.shut(site)
    yield from (stretch for mode, stretch in planned.world.lost(site) if mode is trip.mode)


def _by_another_gateway(planned: Planned, trip: Trip) -> bool:
    """Whether the way between warehouse and PPK, or PPK and PPS, is another by now for a station aboard."""
    if trip.leg in DIRECT:
        passed = planned.world.gateway_of if trip.leg is Leg.DIRECT_PPS else {}
        return any(station in passed for part in trip.consignments for station in part.stations)
    if LEVEL_OF_LEG[trip.leg] == "village":
        return False
    world = planned.world
    warehouse = world.problem.site
    for part in trip.consignments:
        for station in part.stations:
            gateway, landing = world.gateway_of.get(station, ""), world.landing_of.get(station, "")
            village = village_of(station)
            ppk, pps = planned.site.get(parent_of(village), ""), planned.site.get(village, "")
            way = {
                Leg.TO_GATEWAY: (warehouse, gateway),
                Leg.TO_PPK: (gateway or warehouse, ppk),
                Leg.TO_LANDING: (ppk, landing),
                Leg.TO_PPS: (landing or ppk, pps),
                Leg.BACK_LANDING: (pps, landing),
                Leg.BACK_PPK: (landing or pps, ppk),
                Leg.BACK_GATEWAY: (ppk, gateway),
                Leg.BACK_WAREHOUSE: (gateway or ppk, warehouse),
            }[trip.leg]
            if (part.from_site, part.to_site) != way:
                return True
    return False


def _meet(stretch: Stretch, start_s: int, end_s: int) -> bool:
    return stretch[0] < end_s and start_s < stretch[1]


def _reached_otherwise(planned: Planned, trip: Trip) -> bool:
    to_district = LEVEL_OF_LEG[trip.leg] == "regency" and trip.leg not in DIRECT
    needed = {
        (planned.access_before.get(key), planned.access.get(key))
        for part in trip.consignments
        for station in part.stations
        if (key := (to_district, station)) in planned.access
        and not (trip.leg in BY_LORRY and station in planned.world.gateway_of)
        and not (trip.leg in BY_LORRY_BELOW and station in planned.world.landing_of)
    }
    mode = planned.world.settings.fleet.kinds[trip.mode].access
    return any(now is not mode and now is not before for before, now in needed)


def _other_freight(planned: Planned, trip: Trip) -> bool:
    """A station that is no more or came to lie elsewhere, other counts, or a class above the trip's."""
    for part in trip.consignments:
        if any(station not in planned.loads for station in part.stations):
            return True
        if part.parcels_count != sum(planned.loads[station].parcels_count for station in part.stations):
            return True
        if any(planned.risk[station] > trip.risk for station in part.stations):
            return True
    if trip.leg not in ENDS_AT_STATION and trip.leg is not Leg.BACK_PPS:
        return False
    return any(
        stop.site in planned.points and planned.points[stop.site] != (stop.lat, stop.lon)
        for stop in trip.stops
    )


def _points(problem: Problem) -> dict[str, tuple[float, float]]:
    points = {}
    for village in problem.villages():
        (site, point), freights = depot_and_freights(village)
        points[site] = point.lat, point.lon
        points.update((freight.site, (freight.point.lat, freight.point.lon)) for freight in freights)
    return points


def _accesses(problem: Problem) -> dict[tuple[bool, str], Access]:
    """How a station's goods are reached: on the regency's legs (True) and on those below (False)."""
    return {
        (of_regency, load.station): district.access if of_regency else village.access
        for district in problem.districts
        for village in district.villages
        for load in village.loads
        for of_regency in (True, False)
    }
