"""Jobs, runs and their times: the vocabulary below a trip. Times are whole seconds since 1970 (UTC)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache

import numpy as np

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.docks import NO_DOCKS, Docks, Handling
from kawal.rules.plan.facts import Access, Mode
from kawal.rules.plan.fleet import Kind, Vehicle
from kawal.rules.plan.journey.travel import ESTIMATE, Point, Travel
from kawal.rules.plan.problem import Load
from kawal.rules.plan.windows import ALWAYS, Need, Windows, earliest
from kawal.rules.risk.classes import RiskClass

DEPOT = 0  # the row of the depot in every network
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Whole stations of one class for (or from) one site, small enough for one vehicle."""

    site: str
    node: int  # row in the network
    stations: tuple[str, ...]
    parcels_count: int
    weight_kg: int
    volume_l: int = 0
    risk: RiskClass
    access: Access
    apart: str = ""  # shares a vehicle only with jobs of the same group (rules.plan.apart)
    service_s: int  # for its parcels
    ready_s: int = 0  # the run may load (or the stop may begin) no earlier
    onward: bool = False  # to a gateway, to go on from there: before all others of its class and access


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Where a run of several days stands still beside its boxes, and from when to when."""

    site: str
    lat: float
    lon: float
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A vehicle loads at `start_s`, leaves at `depart_s`, is home at `back_s`, free again at `free_s`."""

    vehicle: Vehicle
    jobs: tuple[Job, ...]
    start_s: int
    depart_s: int
    arrive_s: tuple[int, ...]  # per job
    back_s: int
    free_s: int
    distance_m: int
    halts: tuple[Halt, ...] = ()  # of a run of several days (rules.plan.routing.days)


class Network:
    """The depot (row 0) and the sites of a leg, with metres and seconds between them for each mode.

    The seconds from a site to another place hold the `stop_s` of handing over at the site: so
    several jobs at one site count and sign once.
    """

    def __init__(
        self,
        site: str,
        points: Sequence[Point],
        stop_s: int,
        travel: Travel = ESTIMATE,
        sites: Sequence[str] = (),
        reached: Sequence[Access | None] = (),
    ) -> None:
        self.site = site
        self.points = tuple(points)
        self.stop_s = stop_s
        self.travel = travel
        self.sites = tuple(sites)  # of the points, where they are known
        self.reached = tuple(reached)  # and how each is reached
        self._tables: dict[tuple[Mode, float], tuple[list[list[int]], list[list[int]]]] = {}

    def tables(self, kind: Kind) -> tuple[list[list[int]], list[list[int]]]:
        key = kind.mode, kind.quicker
        if key not in self._tables:
            metres, seconds = self.travel.matrices(self.points, kind)
            seconds[1:, :] += self.stop_s
            np.fill_diagonal(seconds, 0)
            self._tables[key] = metres.tolist(), seconds.tolist()
        return self._tables[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for every run of a leg from one depot."""

    network: Network
    load_s: int
    collect: bool  # home with full hands, instead of out
    loss_limit: Mapping[RiskClass, int]
    zone: tzinfo
    windows: Windows = ALWAYS
    docks: Docks = NO_DOCKS
    taken: tuple[Handling, ...] = ()  # what others do at its docks

    def beside(self, runs: Iterable[Run]) -> Terms:
        """What holds for all that is routed after these runs: they have taken their berths."""
        if not self.docks:
            return self
        return replace(self, taken=(*self.taken, *self.docked(runs)))

    def docked(self, runs: Iterable[Run]) -> list[Handling]:
        """What runs do where there are docks for them."""
        if not self.docks:
            return []
        every = (one for run in runs for one in handlings(run, self))
        return [one for one in every if self.docks.at(one.site, one.mode)]


def run_of(vehicle: Vehicle, jobs: Sequence[Job], free_s: int, terms: Terms) -> Run:
    """The run that begins as soon as vehicle and parcels are ready and never waits on the way.

    Leaving later instead of waiting outside ends at the same moment: whoever must wait for the
    slowest box waits at home.
    """
    metres, seconds = terms.network.tables(vehicle.kind)
    elapsed, way_m, node, reach = 0, 0, DEPOT, []
    for job in jobs:
        elapsed += seconds[node][job.node]
        way_m += metres[node][job.node]
        reach.append(elapsed)
        elapsed += job.service_s
        node = job.node
    elapsed += seconds[node][DEPOT]
    way_m += metres[node][DEPOT]
    if terms.collect:
        start = depart = max(free_s, *(job.ready_s - at for job, at in zip(jobs, reach, strict=True)))
    else:
        start = max(free_s, *(job.ready_s for job in jobs))
        depart = start + terms.load_s
    back = depart + elapsed
    run = Run(
        vehicle=vehicle,
        jobs=tuple(jobs),
        start_s=start,
        depart_s=depart,
        arrive_s=tuple(depart + at for at in reach),
        back_s=back,
        free_s=back + (terms.load_s if terms.collect else 0),
        distance_m=way_m,
    )
    return moved(run, earliest(start, opening_needs(run, terms))) if terms.windows else run


def handlings(run: Run, terms: Terms) -> list[Handling]:
    """Where its goods are loaded, handed over or unloaded: at the depot, then at each visit."""
    mode = run.vehicle.kind.mode
    depot = (run.back_s, run.free_s) if terms.collect else (run.start_s, run.depart_s)
    found = [Handling(terms.network.site, mode, *depot)]
    node = DEPOT
    for job, arrive_s in zip(run.jobs, run.arrive_s, strict=True):
        until_s = arrive_s + job.service_s + terms.network.stop_s
        if job.node == node:  # the same visit
            arrive_s = found.pop().begin_s
        found.append(Handling(job.site, mode, arrive_s, until_s))
        node = job.node
    return found


def opening_needs(run: Run, terms: Terms) -> list[Need]:
    """What must be open when, counted from the run's start: where goods are handled, and for the vehicle."""
    mode, name = run.vehicle.kind.mode, run.vehicle.name
    handled = [(one.site, one.begin_s, one.end_s) for one in handlings(run, terms)]
    found = [
        (begin_s - run.start_s, end_s - begin_s, terms.windows.at(site, mode, name))
        for site, begin_s, end_s in [*handled, ("", run.start_s, run.free_s)]
    ]
    return [(after_s, for_s, intervals) for after_s, for_s, intervals in found if intervals is not None]


def moved(run: Run, start_s: int) -> Run:
    """The same run, begun at another time."""
    by = start_s - run.start_s
    return (
        run
        if not by
        else replace(
            run,
            start_s=start_s,
            depart_s=run.depart_s + by,
            arrive_s=tuple(at + by for at in run.arrive_s),
            back_s=run.back_s + by,
            free_s=run.free_s + by,
        )
    )


def fits(kind: Kind, jobs: Sequence[Job], loss_limit: Mapping[RiskClass, int]) -> bool:
    """Whether one vehicle may carry the jobs together: parcels, weight, volume, and the loss limits."""
    parcels, weight_kg, volume_l, stations = kind.limits(min(loss_limit[job.risk] for job in jobs))
    return (
        sum(job.parcels_count for job in jobs) <= parcels
        and sum(job.weight_kg for job in jobs) <= weight_kg
        and sum(job.volume_l for job in jobs) <= volume_l
        and sum(len(job.stations) for job in jobs) <= stations
        and all(job.apart == jobs[0].apart for job in jobs)
    )


def within_range(run: Run) -> bool:
    range_m = run.vehicle.kind.range_m
    return range_m is None or run.distance_m <= range_m


def hours(shift: Shift, kind: Kind, zone: tzinfo) -> tuple[int, int] | None:
    """The part of a shift in which the mode works, in seconds; None where there is none."""
    if shift.night and kind.drives_on_voting_night:
        start, end = int(shift.start.timestamp()), int(shift.end.timestamp())
        return (start, end) if start < end else None
    return _daylight(shift.start, shift.end, kind.opens, kind.closes, zone)


@lru_cache(maxsize=1_024)
def _daylight(
    start: datetime, end: datetime, opens: time, closes: time, zone: tzinfo
) -> tuple[int, int] | None:
    """Asked for every job anew, and nearly always for the same few shifts and hours."""
    day = start.astimezone(zone).date()
    begins = int(max(start, datetime.combine(day, opens, zone)).timestamp())
    ends = int(min(end, datetime.combine(day, closes, zone)).timestamp())
    return (begins, ends) if begins < ends else None


def moment(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)


def split(loads: Sequence[Load], kinds: Sequence[Kind], limit: int) -> list[list[Load]]:
    """Loads in order, in portions that the smallest vehicle carries that can carry any one of them.

    A portion of one that no vehicle carries is left as it is: to be told as too heavy, not lost.
    """
    able = [kind for kind in kinds if all(_holds(kind.limits(limit), _weighs(load)) for load in loads)]
    smallest = min((kind.limits(limit) for kind in able), default=None)
    portions: list[list[Load]] = []
    full = (0, 0, 0, 0)  # what the last portion takes
    for load in loads:
        takes = _weighs(load)
        longer = full[0] + takes[0], full[1] + takes[1], full[2] + takes[2], full[3] + takes[3]
        if portions and smallest is not None and _holds(smallest, longer):
            portions[-1].append(load)
            full = longer
        else:
            portions.append([load])
            full = takes
    return portions


def _weighs(load: Load) -> tuple[int, int, int, int]:
    """In the order of a vehicle's limits."""
    return load.parcels_count, load.weight_kg, load.volume_l, 1


def _holds(limits: tuple[float, ...], takes: tuple[int, int, int, int]) -> bool:
    return takes[0] <= limits[0] and takes[1] <= limits[1] and takes[2] <= limits[2] and takes[3] <= limits[3]
