"""The chain of a regency: warehouse -> PPK -> PPS -> station, and all the way back.

Out, some villages may get their boxes past the PPK or the PPS (`rules.plan.direct`); home all go alike.
A district is planned alone once its boxes are at the PPK, so districts can be planned side by side.
Out, legs are routed in the order of the way and dated against it: what a station must receive by the
deadline settles when its PPS, and so its PPK, must have it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kawal.rules.places.facts import is_gateway
from kawal.rules.plan.docks import Handling
from kawal.rules.plan.facts import BACKWARD, LEVEL_OF_LEG, Access, Leg, Level
from kawal.rules.plan.freights import depot_and_freights, freights_past, gateway_and_freights, used
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import (
    DatedLeg,
    Freight,
    Remains,
    RoutedLeg,
    Settings,
    Times,
    date_leg,
    route_leg,
    stock_of,
)
from kawal.rules.plan.problem import District, Gateway, Problem, Village
from kawal.rules.plan.remote import to_ppk_remote_first
from kawal.rules.plan.routing.berths import Berths
from kawal.rules.plan.routing.far import beside
from kawal.rules.plan.routing.jobs import Job
from kawal.rules.plan.routing.schedule import Book
from kawal.rules.plan.wide.last_leg import last_leg
from kawal.rules.risk.patterns import goes_first

# What goes out from the warehouse, or a PPK, goes on one leg; what goes to a gateway is told apart.
TO_GATEWAY_ON: Final = {Leg.TO_PPK: Leg.TO_GATEWAY, Leg.TO_PPS: Leg.TO_LANDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictTask:
    """All that the plan of one district needs: it may be sent to another process."""

    district: District
    ready: Mapping[str, int]  # station -> second at which it is at the PPK
    settings: Settings
    at_pps: Mapping[str, int] = field(default_factory=dict)  # the same at the PPS, of what went past the PPK
    past_pps: frozenset[str] = frozenset()  # villages whose stations are supplied from the PPK
    kept: DistrictLegs | None = None  # as planned with other shortcuts: what still holds of it stays
    taken: Sequence[Handling] = ()  # what others do at the docks of its PPK, landings and PPS


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictLegs:
    district: str
    legs: tuple[DatedLeg, ...]
    must_load: Mapping[str, int]  # station -> second at which its run from where it came must begin to load
    home: Mapping[str, int]  # station -> second at which it is back at the PPK


def to_ppk(problem: Problem, settings: Settings, past: Collection[str] = ()) -> list[RoutedLeg]:
    """From the warehouse, to gateways as well; then from each gateway on. Stations that go `past` the PPK are
    left out."""
    depot, freights = depot_and_freights(problem)
    out = to_ppk_remote_first(problem, depot, freights, settings, past)
    return _and_onward(out, problem, settings)


def past_a_level(
    leg: Leg, place: Problem | District, stations: Mapping[str, int], settings: Settings, after: RoutedLeg,
    taken: Sequence[Handling] = (),
) -> RoutedLeg:  # fmt: skip
    """Straight on for these stations (-> when they are ready), by the vehicles that else bring them to where
    they pass by, within a day. `after`: the leg whose runs of several days may still keep these away."""
    (depot, usual), freights = depot_and_freights(place), freights_past(place)
    level, area = LEVEL_OF_LEG[leg], place.regency if isinstance(place, Problem) else place.code
    own = [one for one in freights if any(load.station in stations for load in one.loads)]
    away = after.away()
    remains = Remains(
        vehicles=stock_of(level, area, usual, settings.fleet),
        shifts=settings.calendar.shifts[leg],
        book=beside(Book, away, settings.calendar.zone) if away else Book,
        several=None,
    )
    return route_leg(leg, area, depot, own, settings, stations, remains=remains, taken=taken)


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


def _and_onward(
    out: RoutedLeg, place: Problem | District, settings: Settings, taken: Sequence[Handling] = ()
) -> list[RoutedLeg]:
    """What goes out from the middle of a place, and what goes on from the gateways that it goes to."""
    ready, found, docked = out.done(), [out], [*taken, *out.handlings()]
    for one in used(place):
        found.append(_by_gateway(out.leg, one, place, settings, ready, taken=docked))
        docked += found[-1].handlings()
    return found


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


def _beyond(place: Problem | District, gateway: Gateway) -> set[str]:
    _, freights = gateway_and_freights(gateway, place)
    return {load.station for freight in freights for load in freight.loads}


def _by_gateway(
    leg: Leg, gateway: Gateway, place: Problem | District, settings: Settings, ready: Times,
    after: RoutedLeg | None = None, taken: Sequence[Handling] = (),
) -> RoutedLeg:  # fmt: skip
    """Between a gateway and what it serves, with the boats or aircraft that stand there."""
    depot, freights = gateway_and_freights(gateway, place)
    routed = route_leg(leg, gateway.site, depot, freights, settings, ready, after=after, taken=taken)
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
    past = {
        load.station: task.ready[load.station]
        for village in district.villages
        if village.code in task.past_pps
        for load in village.loads
        if load.station in task.ready
    }
    ready = {one: at for one, at in task.ready.items() if one not in past} if past else task.ready
    from_ppk = _kept(task, Leg.TO_PPS, district.code, _of(freights, ready), task.taken)
    if from_ppk is None:
        from_ppk = route_leg(Leg.TO_PPS, district.code, depot, freights, settings, ready, taken=task.taken)
    out = _and_onward(from_ppk, district, settings, task.taken)
    at_pps, docked = {**there(out), **task.at_pps}, [*task.taken, *_handlings(out)]
    legs: list[DatedLeg] = []
    must_load: dict[str, int] = {}
    back_at_pps: dict[str, int] = {}
    straight: dict[str, int] = {}  # what is at its station without having been at the PPS
    if past:
        direct = past_a_level(Leg.DIRECT_STATION, district, past, settings, from_ppk, docked)
        docked += direct.handlings()
        legs.append(date_leg(direct, Due({}, direct, settings), settings.fleet))
        straight = direct.done()
        must_load.update(legs[-1].must_load())
    for village in district.villages:
        if settings.level is Level.VILLAGE:
            kept = last_leg(village, settings)
            carried = [load.station for load in village.loads if load.station in at_pps]
            must_load.update(dict.fromkeys(carried, kept.begins_s))
            back_at_pps.update(dict.fromkeys(carried, kept.home_s))
            continue
        to_station, back = _village_legs(village, at_pps, straight, task, docked)
        legs += [to_station, back]
        must_load.update(to_station.must_load())
        back_at_pps.update(back.routed.done())
    to_pps = _dated_out(out, must_load, settings)
    legs_back = Leg.BACK_LANDING, Leg.BACK_PPK
    alike = None if from_ppk.away() else _kept(task, Leg.BACK_PPK, district.code, back_at_pps)
    home = [alike] if alike else _back(legs_back, district, back_at_pps, settings, out)
    at_landing, at_ppk = to_pps[0].must_load(), to_pps[1].must_load()
    passed = {one: must_load[one] for one in (*past, *task.at_pps) if one in must_load}
    return DistrictLegs(
        district=district.code,
        legs=(*to_pps, *legs, *(dated_back(one, settings) for one in home)),
        must_load={**passed, **at_landing, **at_ppk},
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


def _handlings(legs: Iterable[RoutedLeg]) -> list[Handling]:
    return [one for leg in legs for one in leg.handlings()]


def taken_at(district: District, legs: Iterable[RoutedLeg]) -> list[Handling]:
    """What these legs do at the docks at which the district's own begin or end."""
    sites = {
        district.site,
        *(one.site for one in district.landings),
        *(one.site for one in district.villages),
    }
    return [one for one in _handlings(legs) if one.site in sites]


def _village_legs(
    village: Village, at_pps: Times, straight: Times, task: DistrictTask, docked: Sequence[Handling]
) -> tuple[DatedLeg, DatedLeg]:
    """`straight`: stations supplied without the PPS."""
    (depot, freights), settings = depot_and_freights(village), task.settings
    kept = _kept(task, Leg.TO_STATION, village.code, _of(freights, at_pps), docked)
    if kept is None:
        out = _to_station(village, depot, freights, at_pps, settings, docked)
    else:
        out = date_leg(kept, Due({}, kept, settings), settings.fleet)
    # Ready when the shift begins: the count is over.
    carried = dict.fromkeys((*out.routed.done(), *_of(freights, straight)), 0)
    back = None if out.routed.away() else _kept(task, Leg.BACK_PPS, village.code, carried)
    if back is None:
        back = route_leg(Leg.BACK_PPS, village.code, depot, freights, settings, carried, after=out.routed)
    return out, dated_back(back, settings)


def _of(freights: Sequence[Freight], times: Times) -> dict[str, int]:
    stations = (load.station for freight in freights for load in freight.loads)
    return {station: times[station] for station in stations if station in times}


def _kept(
    task: DistrictTask, leg: Leg, area: str, ready: Times, docked: Sequence[Handling] = ()
) -> RoutedLeg | None:
    """A leg as it was planned with other shortcuts, where it moves just these stations and none before it is
    ready, and docks have room beside what is `docked`. What goes over landings is planned again."""
    if task.kept is None or (area == task.district.code and used(task.district)):
        return None
    for dated in task.kept.legs:
        routed = dated.routed
        if routed.leg is leg and routed.area == area:
            taken = {
                station: at_s if leg in BACKWARD else run.start_s
                for run in routed.runs
                for job, at_s in zip(run.jobs, run.arrive_s, strict=True)
                for station in job.stations
            }
            left = {station for row in routed.unserved for station in row.stations}
            same = taken.keys() | left == ready.keys() and all(ready[one] <= at for one, at in taken.items())
            berths = Berths(routed.terms.docks, docked)
            room = all(berths.have_room(routed.terms.docked([run])) for run in routed.runs)
            return routed if same and room else None
    return None


def _to_station(
    village: Village,
    depot: tuple[str, Point],
    freights: Sequence[Freight],
    at_pps: Times,
    settings: Settings,
    docked: Sequence[Handling],
) -> DatedLeg:
    """Hard villages begin on H-2, the others on H-1: boxes should not lie long where few can guard them.

    An easy village whose runs would leave later than is safe begins on H-2 too, if that helps.
    """

    taken = [one for one in docked if one.site == village.site]

    def plan(early: bool) -> DatedLeg:
        routed = route_leg(
            Leg.TO_STATION, village.code, depot, freights, settings, at_pps, early=early, taken=taken
        )
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
