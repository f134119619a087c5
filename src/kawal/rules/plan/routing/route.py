"""Runs of a limited, mixed fleet from one depot, several runs per vehicle, shift after shift.

A leg is routed class by class (worst first) and, within a class, by access, shift after shift. So no
vehicle mixes classes or accesses, the loss limit of a class is a plain capacity, and the hardest go
on the earliest shift. In each shift a schedule made without a solver (`schedule.py`) settles what the
shift carries; the solver (`solver.py`) then makes it cheaper, starting from it, so what it returns
always holds. What no shift can carry is told with its reason.

The solver stops after a number of iterations, never by the clock: same jobs, seed and iterations, same runs.
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.facts import Access, Mode
from kawal.rules.plan.fleet import Kind, Vehicle, kinds_of
from kawal.rules.plan.routing.flat import NEVER_S, Call, Day, Flat, Rank, Table
from kawal.rules.plan.routing.jobs import DEPOT, Job, Run, Terms, run_of
from kawal.rules.plan.routing.present import Earlier, resumed
from kawal.rules.plan.routing.schedule import Book, enough, left_by, reason_against, schedule
from kawal.rules.plan.routing.search import Count, cheapest
from kawal.rules.plan.routing.solver import Asked, Iterations

# What makes the book of a shift: rules.plan.anew.gaps makes one of the gaps between trips that stay.
Books = Callable[[Shift, Sequence[Vehicle], Mapping[str, int], Terms], Book]
_ACCESS_HARDEST_FIRST = (Access.AIR, Access.FOOT, Access.WATER, Access.ROAD)


@dataclass(frozen=True, slots=True)
class _Ask:
    """How the solver is asked."""

    seed: int
    iterations: int
    fewer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    runs: tuple[Run, ...]
    unserved: tuple[tuple[Job, str], ...]  # with its reason
    short: tuple[tuple[Mode, int], ...]  # so many more of a mode would carry what was left


def route(
    jobs: Sequence[Job],
    *,
    vehicles: Sequence[Vehicle],
    shifts: Sequence[Shift],
    terms: Terms,
    seed: int,
    iterations: int,
    book: Books = Book,
    earlier: Sequence[Earlier] = (),
    fewer: bool = False,
) -> Routed:
    """Runs for the jobs within the shifts (in the order in which they are to be filled).

    Begins from the `earlier` runs where they still hold. Without iterations the solver is not asked. With
    `fewer`, vehicles are sent home where others can do their work (`search.py`): cheaper, and later.
    """
    free: dict[object, dict[str, int]] = {}  # local day -> vehicle -> free again at
    ask = _Ask(seed, iterations, fewer)
    runs: list[Run] = []
    unserved: list[tuple[Job, str]] = []
    short: list[tuple[Mode, int]] = []
    for group in _groups(jobs):
        fleet = [vehicle for vehicle in vehicles if vehicle.kind.access is group[0].access]
        kinds = kinds_of(fleet)
        reasons = [(job, reason_against(job, kinds, shifts, terms)) for job in group]
        unserved += [(job, reason) for job, reason in reasons if reason]
        left = _hardest_first([job for job, reason in reasons if not reason], kinds, terms)
        for shift in shifts:
            day = free.setdefault(shift.start.astimezone(terms.zone).date(), {})
            opened = book(shift, fleet, day, terms)
            window = int(shift.start.timestamp()), int(shift.end.timestamp())
            found, left = _fill(left, opened, earlier, window, terms, ask)
            for run in found:
                day[run.vehicle.name] = max(run.free_s, day.get(run.vehicle.name, 0))
            runs += found
            terms = terms.beside(found)
        if left:
            why, more = _short(left, kinds, shifts, terms)
            unserved += why
            short += more
    return Routed(runs=tuple(runs), unserved=tuple(unserved), short=tuple(short))


def _groups(jobs: Iterable[Job]) -> list[list[Job]]:
    """Jobs of one class and access together, the worst class first; apart what must not share a vehicle."""
    groups: dict[tuple[int, int, bool, str], list[Job]] = {}
    for job in jobs:
        key = -job.risk, _ACCESS_HARDEST_FIRST.index(job.access), not job.onward, job.apart
        groups.setdefault(key, []).append(job)
    return [groups[key] for key in sorted(groups)]


def _hardest_first(jobs: Sequence[Job], kinds: Sequence[Kind], terms: Terms) -> list[Job]:
    def far_s(job: Job) -> int:
        return min(terms.network.tables(kind)[1][DEPOT][job.node] for kind in kinds)

    return sorted(jobs, key=lambda job: (-far_s(job), -len(job.stations), job.site, job.stations))


def _short(
    left: Sequence[Job], kinds: Sequence[Kind], shifts: Sequence[Shift], terms: Terms
) -> tuple[list[tuple[Job, str]], list[tuple[Mode, int]]]:
    """Why each is left, and more vehicles, of as few modes as can do the jobs, the largest mode first.

    Where no vehicle more would help for want of room at a dock, that is told.
    """
    crowded: set[int] = set()
    short = []
    waiting = list(left)
    for kind in sorted(kinds, key=lambda kind: -kind.parcels):
        able = [job for job in waiting if reason_against(job, [kind], shifts, terms) is None]
        waiting = [job for job in waiting if job not in able]
        if able and terms.docks.tell_of(kind.mode):
            kept_out = left_by(len(able), able, kind, shifts, terms)
            crowded.update(map(id, kept_out))
            able = [job for job in able if id(job) not in crowded]
        if able:
            short.append((kind.mode, enough(able, kind, shifts, terms)))
    return [(job, "dock_full" if id(job) in crowded else "fleet_too_small") for job in left], short


def _fill(
    jobs: list[Job],
    book: Book,
    earlier: Sequence[Earlier],
    window: tuple[int, int],
    terms: Terms,
    ask: _Ask,
) -> tuple[list[Run], list[Job]]:
    """What this shift carries, as cheap as the solver finds it, and what is left over."""
    if not jobs or not book.vehicles:
        return [], jobs
    at_first = book.mark()
    kept, left = resumed(earlier, jobs, book, window, terms) if earlier else ([], jobs)
    more, left = schedule(left, book, terms)
    runs = kept + more
    # Else there is nothing to choose.
    if ask.iterations and (len(runs) > 1 or (runs and len(runs[0].jobs) > 2)):
        book.back_to(at_first)
        runs = _cheaper(runs, book, terms, ask)
        for run in runs:
            book.take(run)
    if left:  # the solver may have made room
        more, left = schedule(left, book, terms)
        runs = runs + more
    return runs, left


def _cheaper(runs: list[Run], book: Book, terms: Terms, ask: _Ask) -> list[Run]:
    """The same jobs in the same shift by the solver, never dearer than `runs`."""
    jobs = [job for run in runs for job in run.jobs]
    types = _types(book)
    flat = _flat(jobs, types, book, terms, _open_at(runs, terms))
    salt = zlib.crc32("|".join(job.site + job.stations[0] for job in jobs).encode())
    start, seed = _days(runs, types), (ask.seed + salt) % 2**31
    if ask.fewer:
        days = cheapest(flat, Count(ask.iterations), seed, start).days
    else:
        found = Asked(flat).improve(Iterations(ask.iterations), seed, start)
        assert found.feasible, "the schedule made without a solver must hold for the solver too"
        days = found.days
    better = _runs(days, jobs, types, book, terms)
    # The solver bounds a day, not each run of it, and each call by one opening: where a run would have to
    # refuel, or would find closed what it needs, the start stands.
    return better if all(map(book.allows, better)) else runs


def _types(book: Book) -> list[list[Vehicle]]:
    """Vehicles that are alike in kind, in when they are free and until when, and in being used already."""
    alike: dict[tuple[str | float, ...], list[Vehicle]] = {}
    for vehicle in book.vehicles:
        if book.free[vehicle.name] < book.until[vehicle.name]:
            free, until = book.free[vehicle.name], book.until[vehicle.name]
            key = *vehicle.kind.order(), free, until, vehicle.name in book.fresh
            alike.setdefault(key, []).append(vehicle)
    return [alike[key] for key in sorted(alike)]


def _flat(
    jobs: Sequence[Job],
    types: Sequence[Sequence[Vehicle]],
    book: Book,
    terms: Terms,
    open_at: Sequence[tuple[int, int]],
) -> Flat:
    limit = min(terms.loss_limit[job.risk] for job in jobs)
    kinds = list({alike[0].kind.ways(): alike[0].kind for alike in types}.values())
    profile = {kind.ways(): place for place, kind in enumerate(kinds)}
    tables = [terms.network.tables(kind) for kind in kinds]
    return Flat(
        calls=tuple(
            Call(
                node=job.node,
                amounts=(job.parcels_count, job.weight_kg, job.volume_l, len(job.stations)),
                service_s=job.service_s,
                ready_s=job.ready_s,
                opens_s=opens_s,
                closes_s=closes_s,
            )
            for job, (opens_s, closes_s) in zip(jobs, open_at, strict=True)
        ),
        ranks=tuple(
            Rank(
                count=len(alike),
                profile=profile[alike[0].kind.ways()],
                capacity=tuple(alike[0].kind.limits(limit)),
                rp_per_day=alike[0].kind.rp_per_day if alike[0].name in book.fresh else 0,
                opens_s=book.free[alike[0].name],
                closes_s=book.until[alike[0].name],
            )
            for alike in types
        ),
        money=tuple(
            _money(metres, seconds, kind) for (metres, seconds), kind in zip(tables, kinds, strict=True)
        ),
        seconds=tuple(np.array(seconds, dtype=np.int64) for _, seconds in tables),
        load_s=terms.load_s,
        collect=terms.collect,
    )


def _open_at(runs: Sequence[Run], terms: Terms) -> list[tuple[int, int]]:
    """For each job, between when it may be reached: the opening of its site that the start makes use of."""
    found = []
    for run in runs:
        for job, arrive_s in zip(run.jobs, run.arrive_s, strict=True):
            intervals = terms.windows.at(job.site, run.vehicle.kind.mode, run.vehicle.name)
            handled_s = job.service_s + terms.network.stop_s
            used = (
                (opens, closes - handled_s)
                for opens, closes in intervals or ()
                if opens <= arrive_s <= closes - handled_s
            )
            found.append(next(used, (0, NEVER_S)))
    return found


def _money(metres: list[list[int]], seconds: list[list[int]], kind: Kind) -> Table:
    """What each way costs."""
    rp = np.array(metres) / 1_000 * kind.rp_per_km + np.array(seconds) / 3_600 * kind.rp_per_hour
    return np.rint(rp).astype(np.int64)


def _days(runs: Sequence[Run], types: Sequence[Sequence[Vehicle]]) -> list[Day]:
    rank_of = {vehicle.name: place for place, alike in enumerate(types) for vehicle in alike}
    number = 0
    days: dict[str, list[tuple[int, ...]]] = {}
    for run in runs:  # jobs were listed run by run
        days.setdefault(run.vehicle.name, []).append(tuple(range(number, number + len(run.jobs))))
        number += len(run.jobs)
    return [Day(rank_of[name], tuple(found)) for name, found in days.items()]


def _runs(
    days: Sequence[Day], jobs: Sequence[Job], types: Sequence[Sequence[Vehicle]], book: Book, terms: Terms
) -> list[Run]:
    """The solver's days as runs, day by day.

    Where docks have no room for all at once, who may begin first is first, of those who goes farthest.
    """
    unused = [list(alike) for alike in types]
    vehicles = [unused[day.rank].pop(0) for day in days]
    found: list[list[Run]] = [[] for _ in days]
    mark = book.mark()

    def begins(place: int) -> tuple[int, int, int, Run]:
        """The next run of a day as soon as its vehicle and parcels are ready, to be ordered by that."""
        calls, vehicle = days[place].runs[len(found[place])], vehicles[place]
        run = run_of(vehicle, [jobs[call] for call in calls], book.free[vehicle.name], terms)
        return run.start_s, run.start_s - run.back_s, place, run

    waiting = [begins(place) for place, day in enumerate(days) if day.runs]
    heapq.heapify(waiting)
    while waiting:
        _, _, place, run = heapq.heappop(waiting)
        run = book.with_room(run)
        # What opens and closes, and docks, the solver knows in part or not at all: see `_cheaper`.
        known = not terms.windows and not terms.docks
        assert not known or run.free_s <= book.until[run.vehicle.name], "the solver's times are ours"
        book.take(run)
        found[place].append(run)
        if len(found[place]) < len(days[place].runs):
            heapq.heappush(waiting, begins(place))
    book.back_to(mark)
    return [run for day in found for run in day]
