"""One leg from (or to) one depot: from freight to routed runs, and from routed runs to dated ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kawal.rules.plan.apart import group_of
from kawal.rules.plan.calendar import Calendar, Shift
from kawal.rules.plan.direct.permission import NEVER, Permission
from kawal.rules.plan.docks import NO_DOCKS, Docks, Handling
from kawal.rules.plan.due import Dated, dated
from kawal.rules.plan.facts import BACKWARD, LEVEL_OF_LEG, Access, Leg, Level, Mode, Unserved
from kawal.rules.plan.fleet import Fleet, Vehicle, kinds_of, vehicles
from kawal.rules.plan.journey.travel import ESTIMATE, Point, Travel
from kawal.rules.plan.problem import Load
from kawal.rules.plan.routing.days import Several, Stretch, days_needed
from kawal.rules.plan.routing.far import TOO_FAR_FOR_DAYS, beside, route_far_and_near
from kawal.rules.plan.routing.jobs import Job, Network, Run, Terms, split
from kawal.rules.plan.routing.present import NOTHING, Present
from kawal.rules.plan.routing.route import Books, Routed, route
from kawal.rules.plan.routing.schedule import Book
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.windows import Windows
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import Patterns, stations_limit

Times = Mapping[str, int]  # station -> second


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Iterations of the solver for one problem of each level: more is cheaper trips and a longer wait.

    Against none, these save 4 to 8 % of the cost of Banyuasin; three times as many save 1 % more.
    """

    regency: int = 300
    district: int = 100
    village: int = 30

    def times(self, factor: int) -> Effort:
        return Effort(
            regency=self.regency * factor, district=self.district * factor, village=self.village * factor
        )

    def of(self, level: str) -> int:
        return {"regency": self.regency, "district": self.district, "village": self.village}[level]


FULL = Effort()
LIGHT = Effort(regency=60, district=20, village=10)  # for hundreds of regencies in one run


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that decides a plan beside the problem. Same problem and settings, same plan."""

    fleet: Fleet
    calendar: Calendar
    patterns: Patterns
    seed: int
    effort: Effort = FULL
    travel: Travel = ESTIMATE
    level: Level = Level.STATION
    delays: Law | None = None  # without one, latest safe departures come from the fleet's safety factors
    start: Present = NOTHING  # the plan to begin from
    direct: Permission = NEVER  # where boxes may go past the PPK or the PPS

    def within(self, area: str) -> Settings:
        """What concerns an area: less to send to another process."""
        return replace(self, start=self.start.within(area))

    def hurried(self) -> Settings:
        """No solver any more: what begins from a plan keeps it, all else gets a schedule."""
        return replace(self, effort=self.effort.times(0))

    def windows(self) -> Windows:
        fleet, calendar = self.fleet, self.calendar
        return Windows(fleet.openings, fleet.bounds, calendar.voting_day, calendar.zone)

    def docks(self) -> Docks:
        return Docks(self.fleet.docks)

    def loss_limit(self) -> dict[RiskClass, int]:
        """Stations that one vehicle may carry, by their class."""
        return {risk: stations_limit(risk, self.patterns) for risk in RiskClass}


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """What a leg moves between its depot and one site, all of one class."""

    site: str
    point: Point
    access: Access
    risk: RiskClass
    loads: tuple[Load, ...]
    onward: bool = False  # the site is a gateway


def _as_it_is(run: Run) -> Run:
    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What a leg still has where only a part of it is planned anew."""

    vehicles: tuple[Vehicle, ...]
    shifts: tuple[Shift, ...]
    book: Books
    several: Several | None  # for what is too far for one day; None: no such runs
    whole: Callable[[Run], Run] = _as_it_is  # where the book gives a vehicle other names, its own again


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedLeg:
    leg: Leg
    area: str
    terms: Terms
    runs: tuple[Run, ...]
    unserved: tuple[Unserved, ...]
    short: tuple[tuple[Mode, int], ...]

    def done(self) -> dict[str, int]:
        """Station -> second at which its parcels are handed over, for all that the leg carries."""
        return dict(found for run in self.runs for job in run.jobs for found in self.handed(run, job))

    def handed(self, run: Run, job: Job) -> list[tuple[str, int]]:
        """Each station of a job, and the second at which it is handed over: with all else at that stop."""
        last = run.jobs.index(job)
        while last + 1 < len(run.jobs) and run.jobs[last + 1].node == job.node:
            last += 1
        at_s = run.arrive_s[last] + run.jobs[last].service_s + self.terms.network.stop_s
        return [(station, run.free_s if self.terms.collect else at_s) for station in job.stations]

    def handlings(self) -> list[Handling]:
        """What its runs do at docks, out of the depot and on the way."""
        return self.terms.docked(self.runs)

    def away(self) -> dict[str, list[Stretch]]:
        """When its vehicles are on runs of several days."""
        found: dict[str, list[Stretch]] = {}
        for run in self.runs:
            if run.halts:
                found.setdefault(run.vehicle.name, []).append((run.start_s, run.free_s))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedLeg:
    routed: RoutedLeg
    runs: tuple[Dated, ...]

    def late_count(self) -> int:
        """How many runs leave later than is safe."""
        return sum(item.run.depart_s > item.latest_s for item in self.runs)

    def must_load(self) -> dict[str, int]:
        """Station -> latest second at which the run that carries it must begin to load."""
        return {
            station: item.latest_s - (item.run.depart_s - item.run.start_s)
            for item in self.runs
            for job in item.run.jobs
            for station in job.stations
        }


def route_leg(
    leg: Leg,
    area: str,
    depot: tuple[str, Point],
    freights: Sequence[Freight],
    settings: Settings,
    ready: Times | None = None,
    *,
    early: bool = False,
    over_landings: bool = False,
    remains: Remains | None = None,
    after: RoutedLeg | None = None,
    taken: Sequence[Handling] = (),
) -> RoutedLeg:
    """Routes one leg. With `ready`, only what is ready somewhere is carried, and not before it is.

    `early` fills the day before first where the leg has such a choice (TO_STATION); `over_landings` gives
    BACK_PPK a day more. With `remains`, its
    vehicles and hours count instead of the whole fleet and calendar. `after`: the leg whose runs of several
    days may still keep its vehicles away. `taken`: what others do at the docks of this leg.
    """
    fleet, level = settings.fleet, LEVEL_OF_LEG[leg]
    handling = fleet.handling[level]
    terms = _terms(leg, depot, freights, settings, taken)
    if remains is None:
        stock = stock_of(level, area, freights, fleet)
        away = after.away() if after else {}
        remains = Remains(
            vehicles=stock,
            shifts=settings.calendar.shifts_of(leg, early=early, over_landings=over_landings),
            book=Book,
            several=Several(span=settings.calendar.spans[leg], busy=away, away=away),
        )
    jobs = [
        job
        for node, freight in enumerate(freights, start=1)
        for job in _jobs(freight, node, remains.vehicles, terms, fleet, ready, handling.parcel_s)
    ]
    routed = _routed(leg, area, jobs, remains, terms, settings)
    return RoutedLeg(
        leg=leg,
        area=area,
        terms=terms,
        runs=routed.runs,
        unserved=tuple(
            _unserved(leg, job, reason, remains.vehicles, terms) for job, reason in routed.unserved
        ),
        short=routed.short,
    )


def _terms(
    leg: Leg, depot: tuple[str, Point], freights: Sequence[Freight], settings: Settings,
    taken: Sequence[Handling],
) -> Terms:  # fmt: skip
    handling = settings.fleet.handling[LEVEL_OF_LEG[leg]]
    network = Network(
        depot[0],
        [depot[1], *(freight.point for freight in freights)],
        handling.stop_s,
        settings.travel,
        sites=[depot[0], *(freight.site for freight in freights)],
        reached=[None, *(freight.access for freight in freights)],
    )
    return Terms(
        network=network,
        load_s=handling.load_s,
        collect=leg in BACKWARD,
        loss_limit=settings.loss_limit(),
        zone=settings.calendar.zone,
        windows=settings.windows(),
        docks=NO_DOCKS if leg in BACKWARD else settings.docks(),
        taken=tuple(taken),
    )


def _routed(
    leg: Leg, area: str, jobs: Sequence[Job], remains: Remains, terms: Terms, settings: Settings
) -> Routed:
    def near(some: Sequence[Job], away: Mapping[str, Sequence[Stretch]], terms: Terms) -> Routed:
        found = route(
            some,
            vehicles=remains.vehicles,
            shifts=remains.shifts,
            terms=terms,
            seed=settings.seed,
            iterations=settings.effort.of(LEVEL_OF_LEG[leg]),
            book=beside(remains.book, away, terms.zone) if away else remains.book,
            earlier=settings.start.of(leg, area),
            # On the way to PPS and stations hours to spare are worth more than vehicles.
            fewer=leg in BACKWARD or leg is Leg.TO_PPK,
        )
        return replace(found, runs=tuple(map(remains.whole, found.runs)))

    if remains.several is None:
        return near(jobs, {}, terms)
    return route_far_and_near(
        jobs, near, vehicles=remains.vehicles, shifts=remains.shifts, terms=terms, several=remains.several
    )


def _unserved(leg: Leg, job: Job, reason: str, stock: Sequence[Vehicle], terms: Terms) -> Unserved:
    days = None
    if reason == TOO_FAR_FOR_DAYS:
        kinds = kinds_of(vehicle for vehicle in stock if vehicle.kind.access is job.access)
        days = days_needed(job, kinds, terms)
    return Unserved(leg=leg, site=job.site, stations=job.stations, reason=reason, days=days)


def date_leg(routed: RoutedLeg, due_of: Callable[[Job], int], fleet: Fleet) -> DatedLeg:
    return DatedLeg(routed=routed, runs=tuple(dated(routed.runs, due_of, routed.terms, fleet)))


def stock_of(level: str, area: str, freights: Sequence[Freight], fleet: Fleet) -> tuple[Vehicle, ...]:
    stations = dict.fromkeys(Access, 0)
    for freight in freights:
        stations[freight.access] += len(freight.loads)
    return vehicles(fleet, level, area, stations)


def _jobs(
    freight: Freight,
    node: int,
    stock: Sequence[Vehicle],
    terms: Terms,
    fleet: Fleet,
    ready: Times | None,
    parcel_s: int,
) -> list[Job]:
    when = dict.fromkeys((load.station for load in freight.loads), 0) if ready is None else ready
    loads = sorted(
        (load for load in freight.loads if load.station in when),
        key=lambda load: (when[load.station], load.station),
    )
    kinds = kinds_of(vehicle for vehicle in stock if vehicle.kind.access is freight.access)
    modes = [kind.mode for kind in kinds]
    together: dict[str, list[Load]] = {}
    for load in loads:
        together.setdefault(group_of(load.station, fleet.aparts, modes), []).append(load)
    return [
        Job(
            site=freight.site,
            node=node,
            stations=tuple(load.station for load in portion),
            parcels_count=(parcels := sum(load.parcels_count for load in portion)),
            weight_kg=sum(load.weight_kg for load in portion),
            volume_l=sum(load.volume_l for load in portion),
            risk=freight.risk,
            access=freight.access,
            apart=apart,
            service_s=parcels * parcel_s,
            ready_s=max(when[load.station] for load in portion),
            onward=freight.onward,
        )
        for apart, same in together.items()
        for portion in split(same, kinds, terms.loss_limit[freight.risk])
    ]
