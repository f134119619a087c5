"""The world after its disruptions: the changed problem, what is shut when, and which vehicles are there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from kawal.rules.places.codes import covers, parent_of, village_of
from kawal.rules.places.facts import area_of_site, is_gateway
from kawal.rules.plan.anew.beyond import BEYOND_M_MAX, beyond_m
from kawal.rules.plan.anew.disruption import (
    Absent,
    Closed,
    Disruption,
    Fewer,
    Held,
    ModeLost,
    More,
    Notice,
    Raised,
    Reached,
    Span,
    StationAdded,
    StationMoved,
    Withdrawn,
)
from kawal.rules.plan.anew.guards import strengths_of
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.calendar import stretched
from kawal.rules.plan.facts import LEVEL_OF_LEG, Leg, Mode, Trip
from kawal.rules.plan.fleet import Vehicle, base_of, vehicles
from kawal.rules.plan.gateways import of_regency, with_gateway, with_landings
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import District, Load, Problem, Village
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

SINCE_EVER: Final = -(2**62)
FOR_GOOD: Final = 2**62

Stretch = tuple[int, int]  # seconds since 1970, from and until


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A vehicle with the area, or the gateway, whose vehicle it is."""

    area: str
    vehicle: Vehicle


def stretch_of(span: Span) -> Stretch:
    start = SINCE_EVER if span.start is None else int(span.start.timestamp())
    return start, FOR_GOOD if span.end is None else int(span.end.timestamp())


class Disrupted:
    """One regency as it is after its disruptions. `before`: the problem as it was planned.

    `strengths`: post -> officers, of those that were told.
    """

    def __init__(
        self,
        before: Problem,
        settings: Settings,
        trips: Sequence[Trip],
        disruptions: Sequence[Disruption],
        happened: Mapping[str, Happened] | None = None,
        strengths: Mapping[str, int] | None = None,
        *,
        calm: bool = False,
    ) -> None:
        """Refuses `wrong_disruptions` where one names what this regency does not have.

        `calm`: nothing is wrong yet, so the days of practice hold.
        """
        self.before = before
        self.strengths = strengths or {}
        days = settings.calendar if calm else stretched(settings.calendar)
        self.settings = replace(settings, calendar=days)
        self.disruptions = tuple(disruptions)
        self.areas = areas_of_sites(before, disruptions)
        stock = _stock(before, settings)
        self.more = _come(disruptions, settings, {one.vehicle.name for one in stock})
        self.parked = (*stock, *_others(stock, self.more, settings, trips))
        notices = list(self._strangers())
        if notices:
            raise Refused("wrong_disruptions", notices=tuple(notices))
        self.fewer = _taken(disruptions, self.parked, trips)
        self.problem = changed(before, disruptions, ways_taken(trips, happened or {}))

    @cached_property
    def vehicles(self) -> Mapping[str, tuple[Vehicle, ...]]:
        """Area or gateway -> its vehicles, with those that come to help."""
        found: defaultdict[str, list[Vehicle]] = defaultdict(list)
        for one in self.parked:
            found[one.area].append(one.vehicle)
        for row, vehicle in self.more:
            found[row.area].append(vehicle)
        return {area: tuple(there) for area, there in found.items()}

    def base(self, leg: Leg, station: str) -> str:
        """The area or gateway whose vehicles carry a station on a leg."""
        village, level = village_of(station), LEVEL_OF_LEG[leg]
        if level == "village":
            return village
        if level == "district":
            onward = leg in (Leg.TO_PPS, Leg.BACK_LANDING)
            return (self.landing_of.get(station) if onward else None) or parent_of(village)
        onward = leg in (Leg.TO_PPK, Leg.BACK_GATEWAY)
        return (self.gateway_of.get(station) if onward else None) or self.problem.regency

    @cached_property
    def gateway_of(self) -> Mapping[str, str]:
        return self.problem.gateway_of()

    @cached_property
    def landing_of(self) -> Mapping[str, str]:
        return self.problem.landing_of()

    def lost(self, site: str) -> Iterator[tuple[Mode, Stretch]]:
        """Which modes do not run where a site lies, and when."""
        for one in self.disruptions:
            if isinstance(one, ModeLost) and covers(one.area, self._area(site)):
                yield one.mode, stretch_of(one.span)

    def away(self, vehicle: str, mode: Mode, base: str) -> Iterator[Stretch]:
        """When a vehicle that stands at an area or a gateway may not run."""
        area = area_of_site(base) if is_gateway(base) else base
        for one in self.disruptions:
            if (isinstance(one, Withdrawn) and one.vehicle == vehicle) or (
                isinstance(one, ModeLost) and one.mode is mode and covers(one.area, area)
            ):
                yield stretch_of(one.span)
        yield from (stretch_of(row.span) for row, name in self.fewer if name == vehicle)
        for row, helper in self.more:
            if helper.name == vehicle:
                start, end = stretch_of(row.span)
                yield from ((SINCE_EVER, start), (end, FOR_GOOD))

    def shut(self, site: str) -> Iterator[Stretch]:
        """When nobody may be at a site."""
        for one in self.disruptions:
            if (isinstance(one, Held) and one.site == site) or (
                isinstance(one, Closed) and covers(one.area, self._area(site))
            ):
                yield stretch_of(one.span)

    def _area(self, site: str) -> str:
        """Of a halt on a way of several days, which is no site of the problem, the area in its code."""
        return self.areas.get(site) or area_of_site(site)

    def _strangers(self) -> Iterator[Notice]:
        """Disruptions of what is not here, numbered in their order."""
        names = {parked.vehicle.name for parked in self.parked}
        counts = Counter((parked.area, parked.vehicle.kind.mode) for parked in self.parked)
        known = set(areas_of_sites(self.before).values())
        bases = known | {gateway.site for gateway in self.before.gateways}
        for number, one in enumerate(self.disruptions, start=1):
            problem, value = "", ""
            if isinstance(one, Withdrawn) and one.vehicle not in names:
                problem, value = "no_such_vehicle", one.vehicle
            elif isinstance(one, Fewer) and counts[one.area, one.mode] < one.count:
                problem, value = "not_so_many", f"{counts[one.area, one.mode]}"
            elif isinstance(one, More | ModeLost) and one.mode not in self.settings.fleet.kinds:
                problem, value = "not_in_fleet", one.mode.value
            elif isinstance(one, Held) and one.site not in self.areas:
                problem, value = "no_such_site", one.site
            elif isinstance(one, Absent) and one.post not in strengths_of(self.before, self.strengths):
                problem, value = "no_such_post", one.post
            elif isinstance(one, StationMoved) and one.station not in self.areas:
                problem, value = "no_such_station", one.station
            elif isinstance(one, StationAdded) and village_of(one.station) not in known:
                problem, value = "no_such_village", one.station
            elif isinstance(one, StationMoved | StationAdded) and _is_beyond(self.before, one):
                problem, value = "beyond_the_regency", f"{one.station}: lat, lon"
            elif (isinstance(one, More | Fewer) and one.area not in bases) or (
                isinstance(one, Closed | Reached | Raised | ModeLost) and one.area not in known
            ):
                problem, value = "not_in_this_regency", one.area
            if problem:
                yield Notice(number=number, key=value, problem=problem, facts={"value": value})


def _is_beyond(problem: Problem, told: StationMoved | StationAdded) -> bool:
    if told.lat is None or told.lon is None:
        return False
    return beyond_m(problem, told.lat, told.lon) > BEYOND_M_MAX


def areas_of_sites(problem: Problem, disruptions: Sequence[Disruption] = ()) -> dict[str, str]:
    """Site or station -> the area it lies in."""
    areas = {problem.site: problem.regency}
    areas.update((gateway.site, area_of_site(gateway.site)) for gateway in problem.gateways)
    for district in problem.districts:
        areas[district.site] = district.code
        for village in district.villages:
            areas[village.site] = village.code
            areas.update((load.station, village.code) for load in village.loads)
    areas.update(
        (one.station, village_of(one.station)) for one in disruptions if isinstance(one, StationAdded)
    )
    return areas


def changed(
    problem: Problem, disruptions: Sequence[Disruption], taken: Mapping[str, str] | None = None
) -> Problem:
    """The problem with other accesses, raised classes, added and moved stations.

    A district or a village that is reached otherwise gets the gateway of its new access, but for those of
    which something has left already: they keep the way that it took (`ways_taken`).
    """
    taken = taken or {}
    districts = []
    for old in problem.districts:
        new = _district(old, disruptions)
        if new.access is not old.access:
            others = (one for one in problem.districts if one is not old)  # its own landings may serve it now
            above = of_regency(problem.gateways, others)
            new = with_gateway(new, above, (problem.lat, problem.lon))
        new = replace(new, gateway=taken.get(new.code, new.gateway))
        as_before = {
            village.code: before.landing
            for village, before in zip(new.villages, old.villages, strict=True)
            if (new.access, village.access) == (old.access, before.access)
        }
        districts.append(with_landings(new, problem.gateways, {**as_before, **taken}))
    return replace(problem, districts=tuple(districts))


def ways_taken(trips: Iterable[Trip], happened: Mapping[str, Happened]) -> dict[str, str]:
    """District, or village, -> the gateway by which what has left for it goes; empty: by none."""
    taken: dict[str, str] = {}
    for trip in trips:
        to_gateway = trip.leg in (Leg.TO_GATEWAY, Leg.TO_LANDING)
        if trip.code not in happened or not (to_gateway or trip.leg in (Leg.TO_PPK, Leg.TO_PPS)):
            continue
        for part in trip.consignments:
            end = part.to_site if to_gateway else part.from_site
            for station in part.stations:
                village = village_of(station)
                area = parent_of(village) if LEVEL_OF_LEG[trip.leg] == "regency" else village
                taken[area] = end if is_gateway(end) else ""
    return taken


def with_classes_of(problem: Problem, trips: Iterable[Trip]) -> Problem:
    """The problem with each village in the class that the plan's trips gave it."""
    given: dict[str, RiskClass] = {}
    for trip in trips:
        for part in trip.consignments:
            for station in part.stations:
                village = village_of(station)
                given[village] = max(trip.risk, given.get(village, trip.risk))
    return replace(
        problem,
        districts=tuple(
            replace(
                district,
                villages=tuple(
                    replace(village, risk=given.get(village.code, village.risk))
                    for village in district.villages
                ),
            )
            for district in problem.districts
        ),
    )


def _district(district: District, disruptions: Sequence[Disruption]) -> District:
    access = district.access
    for one in disruptions:
        if isinstance(one, Reached) and covers(one.area, district.code):
            access = one.access
    return replace(
        district,
        access=access,
        villages=tuple(_village(village, disruptions) for village in district.villages),
    )


def _village(village: Village, disruptions: Sequence[Disruption]) -> Village:
    access, risk = village.access, village.risk
    loads = list(village.loads)
    for one in disruptions:
        if isinstance(one, Reached) and covers(one.area, village.code):
            access = one.access
        elif isinstance(one, Raised) and covers(one.area, village.code):
            risk = RiskClass(max(risk, one.risk))
        elif isinstance(one, StationMoved):
            loads = [
                replace(load, lat=one.lat, lon=one.lon) if load.station == one.station else load
                for load in loads
            ]
        elif (
            isinstance(one, StationAdded)
            and village_of(one.station) == village.code
            and all(load.station != one.station for load in loads)
        ):
            added = Load(
                station=one.station,
                parcels_count=one.parcels_count,
                weight_kg=one.weight_kg,
                lat=one.lat,
                lon=one.lon,
            )
            loads = [*loads, added]
    return replace(village, access=access, risk=risk, loads=tuple(loads))


def _stock(problem: Problem, settings: Settings) -> tuple[Parked, ...]:
    """The vehicles that were there when the plan was made."""
    stock = (
        Parked(area=area, vehicle=vehicle)
        for level, area, stations in problem.stations_by_access()
        for vehicle in vehicles(settings.fleet, level, area, stations)
    )
    return tuple({one.vehicle.name: one for one in stock}.values())  # a gateway's may serve two levels


def _others(
    stock: Sequence[Parked],
    more: Sequence[tuple[More, Vehicle]],
    settings: Settings,
    trips: Iterable[Trip],
) -> Iterator[Parked]:
    """Vehicles that trips use and that nobody counts any more: there were more stations then."""
    known = {one.vehicle.name for one in stock} | {vehicle.name for _, vehicle in more}
    for trip in trips:
        if trip.vehicle not in known:
            known.add(trip.vehicle)
            vehicle = Vehicle(name=trip.vehicle, kind=settings.fleet.kind_of(trip.vehicle, trip.mode))
            yield Parked(area=base_of(trip.vehicle), vehicle=vehicle)


def _taken(
    disruptions: Sequence[Disruption], parked: Sequence[Parked], trips: Sequence[Trip]
) -> list[tuple[Fewer, str]]:
    """Which vehicles are meant where only a number was told: those with the fewest trips in that time."""
    taken: list[tuple[Fewer, str]] = []
    for row in disruptions:
        if not isinstance(row, Fewer):
            continue
        busy = {
            one.vehicle.name: sum(
                trip.vehicle == one.vehicle.name and row.span.meets(trip.depart_at, trip.back_at)
                for trip in trips
            )
            for one in parked
            if (one.area, one.vehicle.kind.mode) == (row.area, row.mode)
        }
        taken += [(row, name) for name in sorted(busy, key=lambda name: (busy[name], name))[: row.count]]
    return taken


def _come(
    disruptions: Sequence[Disruption], settings: Settings, names: set[str]
) -> list[tuple[More, Vehicle]]:
    come: list[tuple[More, Vehicle]] = []
    for row in disruptions:
        if not isinstance(row, More) or row.mode not in settings.fleet.kinds:
            continue
        for _ in range(row.count):
            number = 1
            while (name := f"{row.mode}-{row.area}-{number:02d}") in names:
                number += 1
            names = {*names, name}
            come.append((row, Vehicle(name=name, kind=settings.fleet.kind_of(name, row.mode))))
    return come
