"""What one day carries and what it cannot: runs of several days beside those of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.docks import NO_DOCKS
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.fleet import Kind, Vehicle, kinds_of
from kawal.rules.plan.routing.berths import Berths
from kawal.rules.plan.routing.days import Several, Stretch, days_run
from kawal.rules.plan.routing.jobs import DEPOT, Job, Run, Terms, fits, handlings, moment, within_range
from kawal.rules.plan.routing.route import Books, Routed
from kawal.rules.plan.routing.schedule import Book, reason_against
from kawal.rules.plan.windows import earliest

TOO_FAR_FOR_DAYS: Final = "too_far_for_days"
_HOPELESS_IN_ONE: Final = ("too_far_for_one_day", "never_open")

# Routes what one day carries, with vehicles that are away at these times.
Near = Callable[[Sequence[Job], Mapping[str, Sequence[Stretch]], Terms], Routed]


def route_far_and_near(
    jobs: Sequence[Job],
    near: Near,
    *,
    vehicles: Sequence[Vehicle],
    shifts: Sequence[Shift],
    terms: Terms,
    several: Several,
) -> Routed:
    """What is too far for one day goes first, by runs of several days; last, where less stays behind then.

    No solver: such runs are few. The worst class and farthest first, each on the vehicle that has it there
    first, with what lies near. A vehicle is away on every day of its run.
    """
    far = [job for job in jobs if _hopeless_in_one(job, vehicles, shifts, terms)]
    if not far:
        return near(jobs, several.away, terms)
    chosen = set(map(id, far))
    rest = [job for job in jobs if id(job) not in chosen]
    found = _far_first(far, rest, near, vehicles, terms, several)
    if rest and found.unserved:
        other = _far_last(far, rest, near, vehicles, terms, several)
        found = min(found, other, key=_left_behind)
    return found


def _left_behind(routed: Routed) -> int:
    return sum(len(job.stations) for job, _ in routed.unserved)


def _hopeless_in_one(job: Job, vehicles: Sequence[Vehicle], shifts: Sequence[Shift], terms: Terms) -> bool:
    kinds = _kinds_for(job, vehicles)
    return reason_against(job, kinds, shifts, terms) in _HOPELESS_IN_ONE


def _kinds_for(job: Job, vehicles: Sequence[Vehicle]) -> list[Kind]:
    return kinds_of(vehicle for vehicle in vehicles if vehicle.kind.access is job.access)


def _far_first(
    far: Sequence[Job], rest: Sequence[Job], near: Near, vehicles: Sequence[Vehicle], terms: Terms,
    several: Several,
) -> Routed:  # fmt: skip
    runs, left = far_runs(far, vehicles, several, terms)
    routed = near(rest, _with(several.away, runs), terms.beside(runs))
    return _together(routed, runs, left, vehicles, terms, several)


def _far_last(
    far: Sequence[Job], rest: Sequence[Job], near: Near, vehicles: Sequence[Vehicle], terms: Terms,
    several: Several,
) -> Routed:  # fmt: skip
    routed = near(rest, several.away, terms)
    later = replace(several, busy=_with(several.busy, routed.runs))
    runs, left = far_runs(far, vehicles, later, terms.beside(routed.runs))
    return _together(routed, runs, left, vehicles, terms, several)


def _with(busy: Mapping[str, Sequence[Stretch]], runs: Iterable[Run]) -> dict[str, list[Stretch]]:
    found = {name: list(stretches) for name, stretches in busy.items()}
    for run in runs:
        found.setdefault(run.vehicle.name, []).append((run.start_s, run.free_s))
    return found


def _together(
    routed: Routed, runs: Sequence[Run], left: Sequence[Job], vehicles: Sequence[Vehicle], terms: Terms,
    several: Several,
) -> Routed:  # fmt: skip
    reasons = [(job, _why(job, _kinds_for(job, vehicles), several, terms)) for job in left]
    waiting = [job for job, reason in reasons if reason == "fleet_too_small"]
    return Routed(
        runs=(*runs, *routed.runs),
        unserved=(*routed.unserved, *reasons),
        short=(*routed.short, *_short(waiting, vehicles, several, terms)),
    )


def far_runs(
    jobs: Sequence[Job], vehicles: Sequence[Vehicle], several: Several, terms: Terms
) -> tuple[list[Run], list[Job]]:
    """Runs for as many of the jobs as there is time and a vehicle for, the worst class and farthest first,
    and the jobs left over."""
    busy = {vehicle.name: list(several.busy.get(vehicle.name, ())) for vehicle in vehicles}
    runs: list[Run] = []
    passed: list[Job] = []
    left = _hardest_first(jobs, vehicles, terms)
    while left:
        run = _soonest(left[0], vehicles, busy, several, terms)
        if run is None:
            passed.append(left.pop(0))
            continue
        run = _filled(run, left, busy[run.vehicle.name], several, terms)
        busy[run.vehicle.name].append((run.start_s, run.free_s))
        terms = terms.beside([run])
        runs.append(run)
        taken = set(map(id, run.jobs))
        left = [job for job in left if id(job) not in taken]
    return runs, passed


def _hardest_first(jobs: Sequence[Job], vehicles: Sequence[Vehicle], terms: Terms) -> list[Job]:
    def order(job: Job) -> tuple[int, bool, int, str, tuple[str, ...]]:
        kinds = _kinds_for(job, vehicles)
        far_s = min(terms.network.tables(kind)[1][DEPOT][job.node] for kind in kinds)
        return -job.risk, not job.onward, -far_s, job.site, job.stations

    return sorted(jobs, key=order)


def _soonest(
    job: Job, vehicles: Sequence[Vehicle], busy: Mapping[str, Sequence[Stretch]], several: Several,
    terms: Terms,
) -> Run | None:  # fmt: skip
    """By the vehicle that has it there first; of those the cheapest."""
    found: dict[object, Run] = {}  # vehicles that are alike and idle do the same
    for vehicle in vehicles:
        if vehicle.kind.access is not job.access or not fits(vehicle.kind, [job], terms.loss_limit):
            continue
        alike = vehicle.kind.order(), tuple(busy[vehicle.name])
        if alike not in found:
            run = _between(vehicle, [job], busy[vehicle.name], several, terms)
            if run is not None:
                found[alike] = run
    return min(
        found.values(),
        key=lambda run: (_there_s(run, terms), run.vehicle.kind.rp_per_day, run.vehicle.name),
        default=None,
    )


def _there_s(run: Run, terms: Terms) -> int:
    """When its goods are where they belong, handed over."""
    return run.free_s if terms.collect else run.arrive_s[-1] + run.jobs[-1].service_s + terms.network.stop_s


def _between(
    vehicle: Vehicle, jobs: Sequence[Job], busy: Sequence[Stretch], several: Several, terms: Terms
) -> Run | None:
    """The first run that is in time and beside all else that the vehicle does."""
    begins_s, there_by, home_by = several.window
    berths = Berths(terms.docks, terms.taken if terms.docks.tell_of(vehicle.kind.mode) else ())
    for _ in range(len(busy) + len(terms.taken) + 1):
        run = days_run(vehicle, jobs, begins_s, terms)
        if run is None or _there_s(run, terms) > there_by or run.free_s > home_by or not within_range(run):
            return None
        meets = [end for begin, end in busy if begin < run.free_s and run.start_s < end]
        if meets:
            begins_s = max(begins_s, *meets)
            continue
        room_s = earliest(run.start_s, berths.needs(handlings(run, terms)))
        if room_s == run.start_s:
            return run
        begins_s = room_s
    return None


def _filled(run: Run, left: Sequence[Job], busy: Sequence[Stretch], several: Several, terms: Terms) -> Run:
    """The run with the nearest other jobs added at its end while they fit and it leaves no later for them."""
    seconds = terms.network.tables(run.vehicle.kind)[1]
    waiting = [job for job in left if job is not run.jobs[0] and job.risk is run.jobs[0].risk]
    waiting = [job for job in waiting if job.access is run.vehicle.kind.access]
    while waiting:
        last = run.jobs[-1].node
        waiting.sort(key=lambda job: (seconds[last][job.node], job.site, job.stations))
        for job in waiting:
            if not fits(run.vehicle.kind, [*run.jobs, job], terms.loss_limit):
                continue
            longer = _between(run.vehicle, [*run.jobs, job], busy, several, terms)
            if longer is not None and longer.start_s <= run.start_s:
                run = longer
                waiting.remove(job)
                break
        else:
            break
    return run


def _why(job: Job, kinds: Sequence[Kind], several: Several, terms: Terms) -> str:
    able = [Vehicle(name="", kind=kind) for kind in kinds if fits(kind, [job], terms.loss_limit)]
    fresh, wide = replace(several, busy={}), replace(terms, docks=NO_DOCKS)

    def may(one: Job, terms: Terms = wide) -> bool:
        return any(_between(vehicle, [one], (), fresh, terms) is not None for vehicle in able)

    if may(job, terms):
        return "fleet_too_small"
    if may(job):
        return "dock_full"
    if may(replace(job, ready_s=0)):
        return "ready_too_late"
    begins_s = several.window[0]
    if any(days_run(vehicle, [replace(job, ready_s=0)], begins_s, terms) for vehicle in able):
        return TOO_FAR_FOR_DAYS
    return "never_open" if terms.windows else "too_far_for_one_day"


def _short(
    waiting: Sequence[Job], vehicles: Sequence[Vehicle], several: Several, terms: Terms
) -> list[tuple[Mode, int]]:
    """So many vehicles more, of the largest mode that can do it, carry what is left: shown by a schedule."""
    short = []
    left = list(waiting)
    fresh = replace(several, busy={})
    for kind in sorted(kinds_of(vehicles), key=lambda kind: -kind.parcels):
        one = Vehicle(name="", kind=kind)
        able = [
            job
            for job in left
            if job.access is kind.access
            and fits(kind, [job], terms.loss_limit)
            and _between(one, [job], (), fresh, terms) is not None
        ]
        if able:
            short.append((kind.mode, _enough(able, kind, fresh, terms)))
            left = [job for job in left if job not in able]
    return short


def _enough(jobs: Sequence[Job], kind: Kind, several: Several, terms: Terms) -> int:
    """So many of which a schedule shows that they carry all; fewer did not, where it was tried."""

    def carries(count: int) -> bool:
        extra = [Vehicle(name=f"extra-{number}", kind=kind) for number in range(count)]
        return not far_runs(jobs, extra, several, terms)[1]

    too_few, enough = 0, 1
    while enough < len(jobs) and not carries(enough):
        too_few, enough = enough, min(2 * enough, len(jobs))
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if carries(middle):
            enough = middle
        else:
            too_few = middle
    return enough


def beside(book: Books, away: Mapping[str, Sequence[Stretch]], zone: tzinfo) -> Books:
    """The book of a shift without the vehicles that are on a run of several days on that day."""
    days = {
        name: [tuple(moment(s).astimezone(zone).date() for s in one) for one in told]
        for name, told in away.items()
    }

    def made(shift: Shift, fleet: Sequence[Vehicle], free: Mapping[str, int], terms: Terms) -> Book:
        day = shift.start.astimezone(zone).date()
        there = [
            vehicle
            for vehicle in fleet
            if not any(begins <= day <= ends for begins, ends in days.get(vehicle.name, ()))
        ]
        return book(shift, there, free, terms)

    return made
