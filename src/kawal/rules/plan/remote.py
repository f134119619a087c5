"""Districts whose villages lie days away from their PPK get their boxes first, where distribution may begin
earlier than by practice: the days that they need are behind the PPK, not before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kawal.rules.plan.facts import Access, Leg
from kawal.rules.plan.fleet import kinds_of, vehicles
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import Freight, Remains, RoutedLeg, Settings, route_leg, stock_of
from kawal.rules.plan.problem import District, Problem, Village
from kawal.rules.plan.routing.days import Several
from kawal.rules.plan.routing.schedule import Book


def to_ppk_remote_first(
    problem: Problem,
    depot: tuple[str, Point],
    freights: Sequence[Freight],
    settings: Settings,
    past: Collection[str] = (),
) -> RoutedLeg:
    """The way from the warehouse: to remote districts on the days before those of practice, what these
    cannot carry and all else on the usual ones. Stations that go `past` the PPK are left out."""
    remote = {
        load.station
        for district in problem.districts
        if settings.calendar.before and is_remote(district, settings)
        for village in district.villages
        for load in village.loads
        if load.station not in past
    }
    every = {load.station: 0 for one in freights for load in one.loads if load.station not in past}
    if not remote:
        return route_leg(Leg.TO_PPK, problem.regency, depot, freights, settings, every)
    remains = Remains(
        vehicles=stock_of("regency", problem.regency, freights, settings.fleet),
        shifts=settings.calendar.before,
        book=Book,
        several=None,
    )
    first = route_leg(
        Leg.TO_PPK, problem.regency, depot, freights, settings, dict.fromkeys(remote, 0), remains=remains
    )
    busy: dict[str, list[tuple[int, int]]] = {}
    for run in first.runs:
        busy.setdefault(run.vehicle.name, []).append((run.start_s, run.free_s))
    later = replace(
        remains,
        shifts=settings.calendar.shifts[Leg.TO_PPK],
        several=Several(span=settings.calendar.spans[Leg.TO_PPK], busy=busy),
    )
    done = first.done()
    left = {station: 0 for station in every if station not in done}
    rest = route_leg(
        Leg.TO_PPK, problem.regency, depot, freights, settings, left, remains=later, taken=first.handlings()
    )
    return replace(rest, runs=(*first.runs, *rest.runs))


def is_remote(district: District, settings: Settings) -> bool:
    """Whether a village of it cannot be reached from its PPK, or its landing, and back in one working day."""
    return any(_hours(district, village, settings) < 0 for village in district.villages if village.loads)


def _hours(district: District, village: Village, settings: Settings) -> float:
    """Of a working day that are left when the quickest of its vehicles went there and back, at most 24."""
    stations = dict.fromkeys(Access, 0) | {village.access: len(village.loads)}
    start = next((one for one in district.landings if one.site == village.landing), None)
    base = start.site if start else district.code
    kinds = kinds_of(vehicles(settings.fleet, "district", base, stations))
    points = [
        Point(lat=place.lat, lon=place.lon, terrain=place.terrain) for place in (start or district, village)
    ]
    found = []
    for kind in kinds:
        if kind.access is village.access:
            _, seconds = settings.travel.matrices(points, kind)
            opens, closes = (at.hour + at.minute / 60 for at in (kind.opens, kind.closes))
            handling = settings.fleet.handling["district"]
            spent_s = int(seconds[0, 1]) + int(seconds[1, 0]) + handling.load_s + handling.stop_s
            found.append(closes - opens - spent_s / 3_600)
    return max(found, default=24.0)
