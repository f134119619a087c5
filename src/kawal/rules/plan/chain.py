"""The chain of a regency: warehouse -> PPK -> PPS -> station, and all the way back.

A district is planned alone once its boxes are at the PPK, so districts can be planned side by side.
Out, legs are routed in the order of the way and dated against it: what a station must receive by the
deadline settles when its PPS, and so its PPK, must have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kawal.rules.places.facts import is_gateway
from kawal.rules.plan.facts import Access, Leg, Level
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import DatedLeg, Freight, RoutedLeg, Settings, Times, date_leg, route_leg
from kawal.rules.plan.problem import District, Gateway, Load, Problem, Village
from kawal.rules.plan.remote import to_ppk_remote_first
from kawal.rules.plan.routing.jobs import Job
from kawal.rules.plan.wide.last_leg import last_leg
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import goes_first

# What goes out from the warehouse, or a PPK, goes on one leg; what goes to a gateway is told apart.
TO_GATEWAY_ON: Final = {Leg.TO_PPK: Leg.TO_GATEWAY, Leg.TO_PPS: Leg.TO_LANDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictTask:
    """All that the plan of one district needs: it may be sent to another process."""

    district: District
    ready: Mapping[str, int]  # station -> second at which it is at the PPK
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLegs:
    district: str
    legs: tuple[DatedLeg, ...]
    must_load: Mapping[str, int]  # station -> second at which its run from the PPK must begin to load
    home: Mapping[str, int]  # station -> second at which it is back at the PPK


def to_ppk(problem: Problem, settings: Settings) -> list[RoutedLeg]:
    """From the warehouse, to gateways as well; then from each gateway on."""
    depot, freights = depot_and_freights(problem)
    return _and_onward(to_ppk_remote_first(problem, depot, freights, settings), problem, settings)


def date_to_ppk(routed: Sequence[RoutedLeg], must_load: Times, settings: Settings) -> list[DatedLeg]:
    return _dated_out(routed, must_load, settings)


def back_warehouse(
    problem: Problem, home: Times, settings: Settings, out: Sequence[RoutedLeg]
) -> list[DatedLeg]:
    """`out`: what `to_ppk` answered, whose vehicles may still be away."""
    return [
        dated_back(one, settings)
        for one in _back((Leg.BACK_GATEWAY, Leg.BACK_WAREHOUSE), problem, home, settings, out)
    ]


def _and_onward(out: RoutedLeg, place: Problem | District, settings: Settings) -> list[RoutedLeg]:
    """What goes out from the middle of a place, and what goes on from the gateways that it goes to."""
    ready = out.done()
    return [
        out,
        *(_by_gateway(out.leg, one, place, settings, ready) for one in used(place)),
    ]


def _dated_out(routed: Sequence[RoutedLeg], must_load: Times, settings: Settings) -> list[DatedLeg]:
    """What a gateway must send on is due there before: so the legs from gateways are dated first."""
    out, *onward = routed
    dated = [date_leg(one, Due(must_load, one, settings), settings.fleet) for one in onward]
    must_load = {**must_load, **{station: s for one in dated for station, s in one.must_load().items()}}
    return [*told_apart(date_leg(out, Due(must_load, out, settings), settings.fleet)), *dated]


def _back(
    legs: tuple[Leg, Leg], place: Problem | District, home: Times, settings: Settings,
    out: Sequence[RoutedLeg],
) -> list[RoutedLeg]:  # fmt: skip
    """First to the gateways, then from there and from all others to the middle of the place.

    `home`: station -> second from which it can be fetched. `out`: what `_and_onward` answered.
    """
    depot, freights = depot_and_freights(place)
    went, *onward = out
    by_gateway = [
        _by_gateway(legs[0], one, place, settings, home, before)
        for one, before in zip(used(place), onward, strict=True)
    ]
    served = {station for one in used(place) for station in _beyond(place, one)}
    ready = {station: second for station, second in home.items() if station not in served}
    for one in by_gateway:
        ready.update(one.done())
    return [
        *by_gateway,
        route_leg(
            legs[1], went.area, depot, freights, settings, ready, over_landings=bool(by_gateway), after=went
        ),
    ]


def used(place: Problem | District) -> list[Gateway]:
    """The gateways between the middle of a place and what it serves."""
    gateways = place.gateways if isinstance(place, Problem) else place.landings
    return [one for one in gateways if place.served_by(one)]


def _beyond(place: Problem | District, gateway: Gateway) -> set[str]:
    _, freights = gateway_and_freights(gateway, place)
    return {load.station for freight in freights for load in freight.loads}


def _by_gateway(
    leg: Leg, gateway: Gateway, place: Problem | District, settings: Settings, ready: Times,
    after: RoutedLeg | None = None,
) -> RoutedLeg:  # fmt: skip
    """Between a gateway and what it serves, with the boats or aircraft that stand there."""
    depot, freights = gateway_and_freights(gateway, place)
    routed = route_leg(leg, gateway.site, depot, freights, settings, ready, after=after)
    return replace(routed, area=place.regency if isinstance(place, Problem) else place.code)


def told_apart(dated: DatedLeg) -> list[DatedLeg]:
    """The trips to gateways as a leg of their own: they share their lorries with the others of the leg."""
    routed = dated.routed
    found = []
    for leg, onward in ((TO_GATEWAY_ON[routed.leg], True), (routed.leg, False)):
        runs = tuple(item for item in dated.runs if item.run.jobs[0].onward is onward)
        left = tuple(row for row in routed.unserved if is_gateway(row.site) is onward)
        part = replace(
            routed,
            leg=leg,
            runs=tuple(item.run for item in runs),
            unserved=tuple(replace(row, leg=leg) for row in left),
            short=() if onward else routed.short,
        )
        found.append(replace(dated, routed=part, runs=runs))
    return found


def district_legs(task: DistrictTask) -> DistrictLegs:
    district, settings = task.district, task.settings
    depot, freights = depot_and_freights(district)
    from_ppk = route_leg(Leg.TO_PPS, district.code, depot, freights, settings, task.ready)
    out = _and_onward(from_ppk, district, settings)
    at_pps = there(out)
    legs: list[DatedLeg] = []
    must_load: dict[str, int] = {}
    back_at_pps: dict[str, int] = {}
    for village in district.villages:
        if settings.level is Level.VILLAGE:
            kept = last_leg(village, settings)
            carried = [load.station for load in village.loads if load.station in at_pps]
            must_load.update(dict.fromkeys(carried, kept.begins_s))
            back_at_pps.update(dict.fromkeys(carried, kept.home_s))
            continue
        to_station, back = _village_legs(village, at_pps, settings)
        legs += [to_station, back]
        must_load.update(to_station.must_load())
        back_at_pps.update(back.routed.done())
    to_pps = _dated_out(out, must_load, settings)
    legs_back = Leg.BACK_LANDING, Leg.BACK_PPK
    home = _back(legs_back, district, back_at_pps, settings, out)
    at_landing, at_ppk = to_pps[0].must_load(), to_pps[1].must_load()
    return DistrictLegs(
        district=district.code,
        legs=(*to_pps, *legs, *(dated_back(one, settings) for one in home)),
        must_load={**at_landing, **at_ppk},
        home=home[-1].done(),
    )


def there(out: Iterable[RoutedLeg]) -> dict[str, int]:
    """Station -> second at which it is where the leg ends: what is still at a gateway is not."""
    return {
        station: second
        for leg in out
        for run in leg.runs
        for job in run.jobs
        if not job.onward
        for station, second in leg.handed(run, job)
    }


def _village_legs(village: Village, at_pps: Times, settings: Settings) -> tuple[DatedLeg, DatedLeg]:
    depot, freights = depot_and_freights(village)
    out = _to_station(village, depot, freights, at_pps, settings)
    carried = dict.fromkeys(out.routed.done(), 0)  # ready when the shift begins: the count is over
    back = route_leg(Leg.BACK_PPS, village.code, depot, freights, settings, carried, after=out.routed)
    return out, dated_back(back, settings)


def _to_station(
    village: Village,
    depot: tuple[str, Point],
    freights: Sequence[Freight],
    at_pps: Times,
    settings: Settings,
) -> DatedLeg:
    """Hard villages begin on H-2, the others on H-1: boxes should not lie long where few can guard them.

    An easy village whose runs would leave later than is safe begins on H-2 too, if that helps.
    """

    def plan(early: bool) -> DatedLeg:
        routed = route_leg(Leg.TO_STATION, village.code, depot, freights, settings, at_pps, early=early)
        return date_leg(routed, Due({}, routed, settings), settings.fleet)

    hard = is_hard(village, settings)
    found = plan(hard)
    if hard or not found.late_count():
        return found
    earlier = plan(True)
    return earlier if earlier.late_count() < found.late_count() else found


class Due:
    """Latest arrival of a job's parcels: in time for the next leg to load, or for the deadline."""

    def __init__(self, must_load: Times, routed: RoutedLeg, settings: Settings) -> None:
        self.must_load = must_load
        self.deadline_s = int(settings.calendar.deadline_at.timestamp())
        self.stop_s = routed.terms.network.stop_s

    def __call__(self, job: Job) -> int:
        # Stations that the next leg cannot carry are judged by the deadline itself.
        by = min(self.must_load.get(station, self.deadline_s) for station in job.stations)
        return by - job.service_s - self.stop_s


def dated_back(routed: RoutedLeg, settings: Settings) -> DatedLeg:
    """On the way home everything is due when the leg's own window ends, or the day more that it got."""
    end_s = int(settings.calendar.end_of(routed.leg).timestamp())
    more_s = int(settings.calendar.over_landings.end.timestamp())
    span_s = int(settings.calendar.spans[routed.leg].home_by.timestamp())
    due = {
        id(job): span_s if run.halts else more_s
        for run in routed.runs
        if run.halts or run.free_s > end_s
        for job in run.jobs
    }
    return date_leg(routed, lambda job: due.get(id(job), end_s), settings.fleet)


def is_hard(village: Village, settings: Settings) -> bool:
    """Whether the stations of a village are served on H-2 before all others."""
    return goes_first(village.risk, settings.patterns) or village.access is not Access.ROAD


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
