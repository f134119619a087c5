"""A first schedule without a solver: hardest jobs first, each vehicle as soon as it is free.

It decides what a shift carries (so the hardest go first, day by day), gives the solver a feasible
start, and is the proof when more vehicles are said to be enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.fleet import Kind, Vehicle
from kawal.rules.plan.journey.travel import UNREACHABLE_S
from kawal.rules.plan.routing.berths import Berths
from kawal.rules.plan.routing.jobs import (
    DEPOT,
    Job,
    Run,
    Terms,
    fits,
    handlings,
    hours,
    moved,
    opening_needs,
    run_of,
    within_range,
)
from kawal.rules.plan.windows import ALWAYS, earliest

Mark = tuple[Mapping[str, int], Berths]


class Book:
    """When each vehicle is free and until when it works, in one shift."""

    def __init__(
        self, shift: Shift, vehicles: Sequence[Vehicle], free: Mapping[str, int], terms: Terms
    ) -> None:
        self.vehicles: list[Vehicle] = []
        self.free: dict[str, int] = {}
        self.until: dict[str, int] = {}
        self.fresh: set[str] = set()  # not yet used on this day
        self.berths = Berths(terms.docks, terms.taken)
        self.terms = terms
        for vehicle in vehicles:
            window = hours(shift, vehicle.kind, terms.zone)
            if window is None:
                continue
            opens, closes = window
            self.vehicles.append(vehicle)
            self.free[vehicle.name] = max(opens, free.get(vehicle.name, opens))
            self.until[vehicle.name] = closes
            if vehicle.name not in free:
                self.fresh.add(vehicle.name)

    def run(self, vehicle: Vehicle, jobs: Sequence[Job]) -> Run:
        """The run that begins as soon as vehicle and parcels are ready and there is room at the docks."""
        return self.with_room(run_of(vehicle, jobs, self.free[vehicle.name], self.terms))

    def with_room(self, run: Run) -> Run:
        """The run, begun as much later as its berths make it."""
        if not self.terms.docks:
            return run
        needs = self.berths.needs(handlings(run, self.terms))
        if not needs:
            return run
        return moved(run, earliest(run.start_s, [*needs, *opening_needs(run, self.terms)]))

    def take(self, run: Run) -> None:
        self.free[run.vehicle.name] = run.free_s
        if self.terms.docks:
            self.berths.take(handlings(run, self.terms))

    def mark(self) -> Mark:
        """What `back_to` takes up again: nothing that was taken since is taken then."""
        return dict(self.free), self.berths.copy()

    def back_to(self, mark: Mark) -> None:
        self.free, self.berths = dict(mark[0]), mark[1].copy()

    def allows(self, run: Run) -> bool:
        """Whether the vehicle is home again in its hours and without refuelling."""
        return run.free_s <= self.until[run.vehicle.name] and within_range(run)


def schedule(jobs: Sequence[Job], book: Book, terms: Terms) -> tuple[list[Run], list[Job]]:
    """Runs for as many of the jobs (hardest first) as the book has time for, and the jobs left over."""
    runs: list[Run] = []
    left = list(jobs)
    passed: list[Job] = []
    while left:
        run = _next_run(left, book, terms)
        if run is None:
            passed.append(left.pop(0))
            continue
        book.take(run)
        runs.append(run)
        taken = set(map(id, run.jobs))
        left = [job for job in left if id(job) not in taken]
    return runs, passed


def _next_run(left: Sequence[Job], book: Book, terms: Terms) -> Run | None:
    """A run that carries the first job and what lies near, on the vehicle that is free first."""
    seed = left[0]
    all_parcels = sum(job.parcels_count for job in left)

    def order(vehicle: Vehicle) -> tuple[int, bool, int, float, str]:
        # Of those free at once the smallest that takes all that is left, else the largest; the quicker one.
        size = vehicle.kind.parcels
        small, free_s = size < all_parcels, max(book.free[vehicle.name], seed.ready_s)
        return free_s, small, -size if small else size, -vehicle.kind.quicker, vehicle.name

    for vehicle in sorted(book.vehicles, key=order):
        if not fits(vehicle.kind, [seed], terms.loss_limit):
            continue
        run = book.run(vehicle, [seed])
        if book.allows(run):
            return _filled(run, left, book, terms)
    return None


def _filled(run: Run, left: Sequence[Job], book: Book, terms: Terms) -> Run:
    """The run with the nearest other jobs added at its end while they fit."""
    _, seconds = terms.network.tables(run.vehicle.kind)
    waiting = [job for job in left if job is not run.jobs[0]]
    most, _, _, crowd = run.vehicle.kind.limits(terms.loss_limit[run.jobs[0].risk])
    while waiting:
        last = run.jobs[-1].node
        waiting.sort(key=lambda job: (seconds[last][job.node], job.site, job.stations))
        parcels = most - sum(job.parcels_count for job in run.jobs)
        stations = crowd - sum(len(job.stations) for job in run.jobs)
        for job in waiting:
            if job.parcels_count > parcels or len(job.stations) > stations:
                continue  # most do not fit, and that is seen at once
            if not fits(run.vehicle.kind, [*run.jobs, job], terms.loss_limit):
                continue
            longer = book.run(run.vehicle, [*run.jobs, job])
            # A box that is ready much later is not worth holding the others back for.
            if book.allows(longer) and longer.start_s <= run.start_s:
                run = longer
                waiting.remove(job)
                break
        else:
            return run
    return run


def enough(jobs: Sequence[Job], kind: Kind, shifts: Sequence[Shift], terms: Terms) -> int:
    """How many fresh vehicles of a kind carry all the jobs within the shifts: shown by a schedule.

    An upper bound: a better schedule may need fewer. Every job must fit alone (see `reason_against`), and
    `left_by` so many vehicles must be none.
    """
    for count in range(1, len(jobs) + 1):
        if not left_by(count, jobs, kind, shifts, terms):
            return count
    return len(jobs)


def left_by(count: int, jobs: Sequence[Job], kind: Kind, shifts: Sequence[Shift], terms: Terms) -> list[Job]:
    """What so many fresh vehicles of a kind leave behind."""
    extra = [Vehicle(name=f"extra-{number}", kind=kind) for number in range(count)]
    left = list(jobs)
    for shift in one_a_day(shifts, terms.zone):
        runs, left = schedule(left, Book(shift, extra, {}, terms), terms)
        terms = terms.beside(runs)
    return left


def one_a_day(shifts: Sequence[Shift], zone: tzinfo) -> list[Shift]:
    """The longest shift of each local day: shifts of one day overlap and share their vehicles."""
    longest: dict[object, Shift] = {}
    for shift in shifts:
        day = shift.start.astimezone(zone).date()
        known = longest.get(day)
        if known is None or shift.end - shift.start > known.end - known.start:
            longest[day] = shift
    return list(longest.values())


def reason_against(job: Job, kinds: Sequence[Kind], shifts: Sequence[Shift], terms: Terms) -> str | None:
    """Why even a whole free vehicle cannot do this job, or None if one can."""
    if not kinds:
        return "no_vehicle_for_access"
    able = [kind for kind in kinds if fits(kind, [job], terms.loss_limit)]
    if not able:
        return "too_heavy"
    able = [kind for kind in able if _way_there_and_back(job, kind, terms)]
    if not able:
        return "no_road"
    able = [kind for kind in able if kind.range_m is None or within_range(_alone(job, kind, 0, terms))]
    if not able:
        return "beyond_range"
    out_and_home = {kind: _alone_s(job, kind, terms) for kind in able}
    windows = [(kind, hours(shift, kind, terms.zone)) for kind in able for shift in shifts]
    if not any(window and window[1] - window[0] >= out_and_home[kind] for kind, window in windows):
        return "too_far_for_one_day"
    for kind, window in windows:
        if window is None:
            continue
        run = _alone(job, kind, window[0], terms)
        if run.free_s <= window[1]:
            return None
    if terms.windows and reason_against(job, able, shifts, replace(terms, windows=ALWAYS)) is None:
        return "never_open"
    return "ready_too_late"


def _way_there_and_back(job: Job, kind: Kind, terms: Terms) -> bool:
    _, seconds = terms.network.tables(kind)
    return max(seconds[DEPOT][job.node], seconds[job.node][DEPOT]) < UNREACHABLE_S


def _alone(job: Job, kind: Kind, free_s: int, terms: Terms) -> Run:
    return run_of(Vehicle(name="", kind=kind), [job], free_s, terms)


def _alone_s(job: Job, kind: Kind, terms: Terms) -> int:
    _, seconds = terms.network.tables(kind)
    return terms.load_s + seconds[DEPOT][job.node] + job.service_s + seconds[job.node][DEPOT]
