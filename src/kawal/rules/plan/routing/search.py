"""The stronger search on a flat problem: good starts, then vehicles sent home one by one, then polish.

1. Parts that share no vehicle are looked at apart. Where all their runs can be told, the cheapest days are
   chosen (`choosing.py`), and what is settled so is searched no more.
2. On small problems the solver by itself first: there it comes near to the best.
3. Runs with priced time, packed on vehicles (`pack.py`).
4. The vehicle that does least stays home, or a cheaper one goes in its stead, while the solver finds days in
   which the others do its work: moving calls one by one rarely gets there, since nothing is saved before the
   last one is moved. What fails is tried again, longer, while there is budget.
5. The solver from the best of these until the budget is spent. Of each part the best days are kept.

A budget counts iterations (same problem, seed, budget: same answer) or comes from who may read a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol

from kawal.rules.plan.routing.choosing import Limits, chosen
from kawal.rules.plan.routing.flat import Day, Flat, Judged, judged
from kawal.rules.plan.routing.pack import crammed, packed, priced, runs_of, work_s
from kawal.rules.plan.routing.parts import Part, part_of, parted
from kawal.rules.plan.routing.solver import AS_SHIPPED, SMALL_JUMPS, Asked

SMALL: Final = 150  # calls
# What days are chosen from: more takes too long for budgets of some seconds.
CHOICE: Final = Limits(runs=8_000, days=4_000, nodes=1_000)
_CHOICE_SHARE: Final = 0.35  # of the seconds that are left, for one choice at most
_FEASIBLE_BELOW: Final = 2**60  # what the solver tells as the cost of nothing feasible is above
_HOPE: Final = 0.04  # of all work must be saved: more is not tried
_SLICE: Final = 0.05  # of the budget for a first try
_PRICES: Final = ((0.6, 1.0), (0.8, 1.2), (1.0, 0.9))  # until this part of the budget, this price of time


class Budget(Protocol):
    def spent(self) -> float:
        """The part that is spent, from 0 to 1. Asked once an iteration."""
        ...

    def left_s(self) -> float | None:
        """Seconds of the clock that are left, if these are what it counts."""
        ...


class Count:
    """A budget of iterations."""

    def __init__(self, iterations: int) -> None:
        self.iterations = iterations
        self._asked = 0

    def spent(self) -> float:
        self._asked += 1
        return (self._asked - 1) / self.iterations if self.iterations else 1.0

    def left_s(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Searched:
    days: tuple[Day, ...]
    judged: Judged


def cheapest(
    flat: Flat, budget: Budget, seed: int, start: Sequence[Day] | None = None, runs_most: int | None = None
) -> Searched:
    """The cheapest days found that break nothing (never dearer than such a start), else what comes near."""
    rest, settled = _settled(flat, budget, runs_most, start)
    search = _Search(rest.flat, budget, seed, runs_most)
    if start is not None:
        search.offer(rest.of(start))
    search.offer(rest.of(settled))
    if rest.calls:
        _searched(search, None if start is None else rest.of(start), small=len(flat.calls) < SMALL)
    days = [*(day for day in settled if day.rank not in rest.ranks), *rest.whole(search.best.days)]
    return Searched(tuple(days), judged(flat, days))


def _settled(
    flat: Flat, budget: Budget, runs_most: int | None, start: Sequence[Day] | None
) -> tuple[Part, list[Day]]:
    """What is left to be searched, as one part, and the days chosen: some of them of what is left.

    Iterations do not bound a choice, so without seconds nothing is chosen.
    """
    left_s = budget.left_s()
    if left_s is None or left_s <= 0:
        return part_of(flat, range(len(flat.calls)), range(len(flat.ranks))), []
    limits = replace(CHOICE, seconds=_CHOICE_SHARE * left_s)
    days: list[Day] = []
    calls: list[int] = []
    ranks: list[int] = []
    for part in parted(flat):
        choice = chosen(part.flat, limits, runs_most, budget.spent)
        best = Searched(tuple(part.of(start or ())), judged(part.flat, part.of(start or ())))
        if choice is not None:
            best = _better(part.flat, best, choice.days)
        if choice is None or not choice.settled:
            calls += part.calls
            ranks += part.ranks
        if choice is not None:
            days += part.whole(best.days)
    return part_of(flat, sorted(calls), sorted(ranks)), days


def _better(flat: Flat, best: Searched, days: Sequence[Day]) -> Searched:
    """The days if they break less, or nothing at less cost."""
    found = judged(flat, days)
    worse = (len(best.judged.wrong), best.judged.rp) <= (len(found.wrong), found.rp)
    return best if worse else Searched(tuple(days), found)


def _searched(search: _Search, start: Sequence[Day] | None, *, small: bool) -> None:
    flat, seed = search.flat, search.seed
    if small:
        search.offer(search.asked.improve(search.until(0.6), seed, start, SMALL_JUMPS).days)
    search.pack(until=0.7 if small else 0.35 if len(flat.calls) < 1_000 else 0.5)
    search.send_home(until=0.8 if small else 0.85)
    # What small jumps no longer mend, large ones may: few calls are soon looked through.
    jumps = AS_SHIPPED if small else SMALL_JUMPS
    search.offer(search.asked.improve(search.until(1.0), seed + 1, search.best.days, jumps).days)


class _Until:
    """When the solver stops. Whether it would at once can be asked ahead: that counts as its first asking."""

    def __init__(self, budget: Budget, share: float, first: bool) -> None:
        self.budget, self.share, self.first = budget, share, first
        self._ahead: bool | None = None

    def at_once(self) -> bool:
        self._ahead = self.budget.spent() >= self.share
        return self._ahead

    def __call__(self, best_cost: int) -> bool:
        spent, self._ahead = self._ahead, None
        if spent is None:
            spent = self.budget.spent() >= self.share
        return spent or (self.first and best_cost < _FEASIBLE_BELOW)


class _Search:
    def __init__(self, flat: Flat, budget: Budget, seed: int, runs_most: int | None) -> None:
        self.flat, self.budget, self.seed, self.runs_most = flat, budget, seed, runs_most
        self.parts = parted(flat)
        self.bests = [Searched((), judged(part.flat, ())) for part in self.parts]
        self.best = Searched((), judged(flat, ()))

    @cached_property
    def asked(self) -> Asked:
        return Asked(self.flat, self.runs_most)

    def offer(self, days: Sequence[Day]) -> None:
        """Keeps what is better, of each part by itself."""
        self.bests = [
            _better(part.flat, best, part.of(days)) for part, best in zip(self.parts, self.bests, strict=True)
        ]
        both = [
            day for part, best in zip(self.parts, self.bests, strict=True) for day in part.whole(best.days)
        ]
        self.best = Searched(tuple(both), judged(self.flat, both))

    def until(self, share: float, *, first: bool = False) -> _Until:
        """Stops when so much of the whole budget is spent; with `first`, also at the first feasible days."""
        return _Until(self.budget, share, first)

    def pack(self, until: float) -> None:
        """Packs what is found at some prices of time; what never fits is given to the solver to mend."""
        began = self.budget.spent()
        single: tuple[Day, ...] | None = None
        unpacked: list[Day] = []
        for part, factor in _PRICES:
            stop = self.until(began + part * (until - began))
            if single is not None and stop.at_once():
                continue  # the runs would stay as they are, and so would what they are packed to
            single = (
                Asked(priced(self.flat, factor), runs_most=1)
                .improve(stop, self.seed, single, SMALL_JUMPS)
                .days
            )
            days, left = packed(self.flat, runs_of(single))
            self.offer(days)
            unpacked = crammed(self.flat, days, left)
        if self.best.judged.wrong:
            found = self.asked.improve(self.until(until + 0.15, first=True), self.seed, unpacked, SMALL_JUMPS)
            self.offer(found.days)

    def send_home(self, until: float) -> None:
        tried: Counter[tuple[int, ...]] = Counter()
        while not self.best.judged.wrong:
            spent = self.budget.spent()
            leads = [lead for lead in _leads(self.flat, self.best) if tried[lead.counts] < 4]
            if spent >= until or not leads:
                return
            lead = min(leads, key=lambda lead: (tried[lead.counts], lead.lacks, -lead.saves_rp))
            tried[lead.counts] += 1
            ranks = map(lambda rank, count: replace(rank, count=count), self.flat.ranks, lead.counts)
            fewer = replace(self.flat, ranks=tuple(ranks))
            slice_ = _SLICE * 2 ** (tried[lead.counts] - 1)
            stop = self.until(min(until, spent + slice_), first=True)
            found = Asked(fewer, self.runs_most).improve(
                stop, self.seed + tried.total(), lead.start, SMALL_JUMPS
            )
            self.offer(found.days)


@dataclass(frozen=True, slots=True)
class _Lead:
    """A vehicle less (or a cheaper one instead), and where to begin."""

    counts: tuple[int, ...]  # per rank
    lacks: float  # part of all the work that must be saved for it; below 0 there is time to spare
    saves_rp: int
    start: list[Day]


def _leads(flat: Flat, best: Searched) -> list[_Lead]:
    work = [work_s(flat, day) for day in best.days]
    leads = []
    for rank, used in enumerate(best.judged.vehicles):
        own = [number for number, day in enumerate(best.days) if day.rank == rank]
        if not own or not flat.ranks[rank].rp_per_day:
            continue
        least = min(own, key=lambda number: work[number])
        kept = [day for number, day in enumerate(best.days) if number != least]
        counts = [*best.judged.vehicles]
        counts[rank] = used - 1
        for other in (None, *_cheaper(flat, rank, best.judged.vehicles)):
            sent = list(counts)
            saves = flat.ranks[rank].rp_per_day
            if other is not None:
                sent[other] += 1
                saves -= flat.ranks[other].rp_per_day
            lacks = _lacks(flat, best.days[least], sent, best.days, work)
            if lacks < _HOPE:
                runs = best.days[least].runs
                start = kept if other is None else [*kept, *_tried(flat, other, runs)]
                done = {call for day in start for run in day.runs for call in run}
                rest = [left for run in runs if (left := tuple(call for call in run if call not in done))]
                leads.append(_Lead(tuple(sent), lacks, saves, crammed(flat, list(start), rest)))
    return leads


def _cheaper(flat: Flat, rank: int, used: Sequence[int]) -> list[int]:
    """Ranks of which one more could go instead of one of this rank."""
    return [
        other
        for other, found in enumerate(flat.ranks)
        if used[other] < found.count and found.rp_per_day < flat.ranks[rank].rp_per_day
    ]


def _tried(flat: Flat, rank: int, runs: Sequence[tuple[int, ...]]) -> list[Day]:
    """As many of the runs as a vehicle of the rank carries, late or not: the solver will mend it."""
    able = tuple(run for run in runs if flat.carries(flat.ranks[rank], run))
    return [Day(rank, able)] if able else []


def _lacks(flat: Flat, gone: Day, counts: Sequence[int], days: Sequence[Day], work: Sequence[int]) -> float:
    """The part of the work of all who could help that exceeds the time of those who are left."""
    calls = {call for run in gone.runs for call in run}
    help_ = {
        rank
        for rank, found in enumerate(flat.ranks)
        if any(flat.reaches(found.profile, call) for call in calls)
    }
    hours = sum(counts[rank] * (flat.ranks[rank].closes_s - flat.ranks[rank].opens_s) for rank in help_)
    whole = sum(spent for day, spent in zip(days, work, strict=True) if day.rank in help_)
    return (whole - hours) / max(1, whole)
