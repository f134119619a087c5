"""The chain of a regency: warehouse -> PPK -> PPS -> station, and all the way back.

A district is planned alone once its boxes are at the PPK, so districts can be planned side by side.
Out, legs are routed in the order of the way and dated against it: what a station must receive by the
deadline settles when its PPS, and so its PPK, must have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
    out = to_ppk_remote_first(problem, depot, freights, settings)
    ready = out.done()
    return [out, *(_by_gateway(Leg.TO_PPK, one, problem, settings, ready) for one in _used(problem))]


def date_to_ppk(routed: Sequence[RoutedLeg], must_load: Times, settings: Settings) -> list[DatedLeg]:
    """What a gateway must send on is due there before: so the legs from gateways are dated first."""
    out, *onward = routed
    dated = [date_leg(one, Due(must_load, one, settings), settings.fleet) for one in onward]
    must_load = {**must_load, **{station: s for one in dated for station, s in one.must_load().items()}}
    return [*told_apart(date_leg(out, Due(must_load, out, settings), settings.fleet)), *dated]


def back_warehouse(
    problem: Problem, home: Times, settings: Settings, out: Sequence[RoutedLeg]
) -> list[DatedLeg]:
    """`out`: what `to_ppk` answered, whose vehicles may still be away."""
    depot, freights = depot_and_freights(problem)
    went, *onward = out
    by_gateway = [
        _by_gateway(Leg.BACK_GATEWAY, one, problem, settings, home, before)
        for one, before in zip(_used(problem), onward, strict=True)
    ]
    served = {load.station for one in _used(problem) for load in _all_loads(problem.served_by(one))}
    ready = {station: second for station, second in home.items() if station not in served}
    for one in by_gateway:
        ready.update(one.done())
    routed = route_leg(Leg.BACK_WAREHOUSE, problem.regency, depot, freights, settings, ready, after=went)
    return [dated_back(one, settings) for one in (*by_gateway, routed)]


def _used(problem: Problem) -> list[Gateway]:
    return [one for one in problem.gateways if problem.served_by(one)]


def _by_gateway(
    leg: Leg, gateway: Gateway, problem: Problem, settings: Settings, ready: Times,
    after: RoutedLeg | None = None,
) -> RoutedLeg:  # fmt: skip
    """Between a gateway and its districts, with the boats or aircraft that stand there."""
    depot, freights = gateway_and_freights(gateway, problem)
    routed = route_leg(leg, gateway.site, depot, freights, settings, ready, after=after)
    return replace(routed, area=problem.regency)


def told_apart(dated: DatedLeg) -> list[DatedLeg]:
    """The trips to gateways as a leg of their own: they share their lorries with those to the PPK."""
    routed = dated.routed
    found = []
    for leg, onward in ((Leg.TO_GATEWAY, True), (Leg.TO_PPK, False)):
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
    out = route_leg(Leg.TO_PPS, district.code, depot, freights, settings, task.ready)
    at_pps = out.done()
    legs: list[DatedLeg] = []
    must_load: dict[str, int] = {}
    back_at_pps: dict[str, int] = {}
    for village in district.villages:
        if settings.level is Level.VILLAGE:
            kept = last_leg(village, settings)
            there = [load.station for load in village.loads if load.station in at_pps]
            must_load.update(dict.fromkeys(there, kept.begins_s))
            back_at_pps.update(dict.fromkeys(there, kept.home_s))
            continue
        to_station, back = _village_legs(village, at_pps, settings)
        legs += [to_station, back]
        must_load.update(to_station.must_load())
        back_at_pps.update(back.routed.done())
    to_pps = date_leg(out, Due(must_load, out, settings), settings.fleet)
    home = route_leg(Leg.BACK_PPK, district.code, depot, freights, settings, back_at_pps, after=out)
    return DistrictLegs(
        district=district.code,
        legs=(to_pps, *legs, dated_back(home, settings)),
        must_load=to_pps.must_load(),
        home=home.done(),
    )


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
    """On the way home everything is due at the end of the leg's own window."""
    end_s = int(settings.calendar.end_of(routed.leg).timestamp())
    span_s = int(settings.calendar.spans[routed.leg].home_by.timestamp())
    far = {id(job) for run in routed.runs if run.halts for job in run.jobs}
    return date_leg(routed, lambda job: span_s if id(job) in far else end_s, settings.fleet)


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
        return (place.site, point), [
            Freight(
                site=village.site,
                point=_point(village),
                access=village.access,
                risk=village.risk,
                loads=village.loads,
            )
            for village in place.villages
        ]
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


def gateway_and_freights(gateway: Gateway, problem: Problem) -> tuple[tuple[str, Point], list[Freight]]:
    """The same for the legs between a gateway and the districts that it serves."""
    served = problem.served_by(gateway)
    return (gateway.site, _gateway_point(gateway)), [one for area in served for one in _of_district(area)]


def _from_warehouse(problem: Problem) -> Iterator[Freight]:
    """To each district, or for all that a gateway serves to the gateway."""
    for gateway in _used(problem):
        villages = [village for district in problem.served_by(gateway) for village in district.villages]
        for risk, loads in _by_class(villages):
            yield Freight(
                site=gateway.site,
                point=_gateway_point(gateway),
                access=Access.ROAD,
                risk=risk,
                loads=loads,
                onward=True,
            )
    for district in problem.districts:
        if not district.gateway:
            yield from _of_district(district)


def _of_district(district: District) -> Iterator[Freight]:
    point = Point(lat=district.lat, lon=district.lon, terrain=district.terrain)
    for risk, loads in _by_class(district.villages):
        yield Freight(site=district.site, point=point, access=district.access, risk=risk, loads=loads)


def _by_class(villages: Sequence[Village]) -> Iterator[tuple[RiskClass, tuple[Load, ...]]]:
    """Stations class by class, the worst first: one vehicle carries one class."""
    for risk in sorted({village.risk for village in villages}, reverse=True):
        if loads := _loads(villages, risk):
            yield risk, loads


def _all_loads(districts: Sequence[District]) -> Iterator[Load]:
    return (load for district in districts for village in district.villages for load in village.loads)


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
