"""The cheapest days where every run can be told: chosen by a linear problem, then in whole days.

A day of a vehicle is a column that serves calls and costs money; each call is served by one day, and each
rank has so many vehicles (set partitioning). The columns are too many to write down, so they are priced:
what a call is worth, by the linear problem over those known, says which day would make it cheaper. When none
would, the linear problem costs hardly more than any plan; the days that come near it are then chosen whole
(HiGHS). Desrosiers and Lübbecke, A Primer in Column Generation, 2005.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, hstack, vstack

from kawal.rules.plan.highs import Linear, solved
from kawal.rules.plan.routing.every import Runs, Whole, every_run
from kawal.rules.plan.routing.flat import Day, Flat, Rank

Floats = NDArray[np.float64]
Chosen = tuple[int, ...]  # runs of one day, in order: rows of `Runs`

_ADDED: Final = 3_000  # days a round, the best first
_CHEAPER_RP: Final = -100.0  # less is not worth a column
_WIDTH: Final = 2_000  # days that are made longer at once, and
_GOOD: Final = 3_000  # runs they are made longer by: the most promising
# Days that make it dearer by no more than this part of all are chosen from, by turns, until there are enough.
_NEAR: Final = (0.0015, 0.005, 0.02, 1.0)
_PRICING_SHARE: Final = 0.2  # of a budget, then all gives way to a search
_SHARE: Final = 0.4  # of a budget, with the choice
_CHUNK: Final = 400  # of those looked at together: what the memory holds
_GAP: Final = 0.001
_SETTLED: Final = 0.005  # of all that a search might still save


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is tried: so many runs, days and nodes; `seconds` of the clock for the choice, None: any."""

    runs: int
    days: int
    nodes: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    days: list[Day]
    settled: bool  # nobody finds much cheaper ones, by the linear problem


def chosen(
    flat: Flat, limits: Limits, runs_most: int | None = None, spent: Callable[[], float] = lambda: 0.0
) -> Choice | None:
    """The cheapest days. None: too many runs to tell, no days hold, or none were found within the limits.

    `spent`, asked often, answers the part of a budget that is spent.
    """
    fleet = []
    for rank in flat.ranks:
        runs = every_run(flat, rank, limits.runs)
        if runs is None:
            return None
        fleet.append(runs)
    if not np.logical_or.reduce([runs.serves.any(axis=0) for runs in fleet]).all():
        return None
    began = spent()
    columns = _Columns(flat, fleet, runs_most, lambda: spent() >= began + _PRICING_SHARE)
    if not columns.priced():
        return None
    columns.stop = lambda: spent() >= began + _SHARE
    return columns.choice(limits)


class _Columns:
    def __init__(
        self, flat: Flat, fleet: Sequence[Runs], runs_most: int | None, stop: Callable[[], bool]
    ) -> None:
        self.flat, self.fleet, self.runs_most, self.stop = flat, fleet, runs_most, stop
        self.known: list[dict[Chosen, Chosen]] = [
            {(run,): (run,) for run in range(len(runs.calls))} for runs in fleet
        ]
        self.rp = 0.0  # of the linear problem
        self.of_call, self.of_rank = np.zeros(len(flat.calls)), np.zeros(len(flat.ranks))

    def priced(self) -> bool:
        """Adds days until none makes the linear problem cheaper; whether vehicles and time were enough."""
        while not self.stop():
            short = self._relaxed()
            fresh = [
                (adds, rank, day)
                for rank in range(len(self.fleet))
                for adds, day in self._best(rank, _CHEAPER_RP, _ADDED)
                if tuple(sorted(day)) not in self.known[rank]
            ]
            if not fresh:
                return short < 1e-6 and not self.stop()
            for _, rank, day in sorted(fresh)[:_ADDED]:
                self.known[rank][tuple(sorted(day))] = day
        return False

    def choice(self, limits: Limits) -> Choice | None:
        for near in _NEAR:
            if self.stop():
                break
            columns = [
                [day for _, day in self._best(rank, near * self.rp, limits.days)]
                for rank in range(len(self.fleet))
            ]
            serves, rp = self._told(columns)
            if not len(rp):
                continue
            size = len(self.flat.calls)
            most = np.array([rank.count for rank in self.flat.ranks])
            options: dict[str, Any] = {"mip_rel_gap": _GAP, "mip_max_nodes": limits.nodes}
            if limits.seconds is not None:
                options["time_limit"] = limits.seconds
            asked = Linear(
                cost=rp,
                matrix=serves,
                least=np.concatenate([np.ones(size), np.full(len(most), -np.inf)]),
                most=np.concatenate([np.ones(size), most]),
                lower=np.zeros(len(rp)),
                upper=np.ones(len(rp)),
            )
            found = solved(asked, np.ones(len(rp), np.bool_), options=options)
            if found.x is not None:
                # Of all days that add no more than `near` these are the cheapest, if all were looked at.
                proven = near if found.proven and max(map(len, columns)) < limits.days else 0
                settled = found.value <= (1 + max(proven, _SETTLED)) * self.rp
                return Choice(self._whole(columns, found.x > 0.5), settled)
            if not found.proven:  # limits reached
                return None
        return None

    def _relaxed(self) -> float:
        """Solves the linear problem over the known days; how many vehicles it lacks."""
        serves, rp = self._told([list(known.values()) for known in self.known])
        size, ranks = len(self.flat.calls), len(self.flat.ranks)
        dear = 10 * float(rp.max())  # for a vehicle more than there are
        lacking = vstack([csc_matrix((size, ranks)), csc_matrix(-np.eye(ranks))])
        table = hstack([serves, lacking]).tocsc()
        found = linprog(
            np.append(rp, np.full(ranks, dear)),
            A_eq=table[:size], b_eq=np.ones(size),
            A_ub=table[size:], b_ub=[rank.count for rank in self.flat.ranks],
            method="highs",
        )  # fmt: skip
        self.rp = float(found.fun)
        self.of_call, self.of_rank = found.eqlin.marginals, found.ineqlin.marginals
        return float(found.x[len(rp) :].sum())

    def _told(self, columns: Sequence[Sequence[Chosen]]) -> tuple[Any, Floats]:
        """What each day serves and that it takes a vehicle of its rank (call, then rank x day); its Rp."""
        tables, costs = [], []
        for place, (runs, days) in enumerate(zip(self.fleet, columns, strict=True)):
            rows = [run for day in days for run in day]
            numbers = np.repeat(np.arange(len(days)), [len(day) for day in days])
            made = csc_matrix((np.ones(len(rows)), (rows, numbers)), shape=(len(runs.calls), len(days)))
            taken = np.zeros((len(self.fleet), len(days)))
            taken[place] = 1
            tables.append(vstack([csc_matrix(runs.serves.T.astype(float)) @ made, csc_matrix(taken)]))
            costs.append(made.T @ runs.rp.astype(float) + self.flat.ranks[place].rp_per_day)
        return hstack(tables).tocsc(), np.concatenate(costs)

    def _best(self, rank: int, adds_rp: float, most: int) -> list[tuple[float, Chosen]]:
        """The days of the rank that add less than this, best first."""
        found = self.flat.ranks[rank]
        price = found.rp_per_day - self.of_rank[rank]
        runs = self.fleet[rank]
        if not len(runs.calls):
            return []
        worth = runs.serves @ self.of_call - runs.rp
        hopes = _Hopes(runs, found, worth, adds_rp)
        told = [
            (adds, day)
            for level in takewhile(
                lambda _: not self.stop(), _levels(runs, found, hopes, price - adds_rp, self.runs_most)
            )
            for adds, day in zip(price - level.worth, map(tuple, level.runs.tolist()), strict=True)
            if adds < adds_rp
        ]
        return sorted(told)[:most]

    def _whole(self, columns: Sequence[Sequence[Chosen]], taken: NDArray[np.bool_]) -> list[Day]:
        every = [(rank, day) for rank, days in enumerate(columns) for day in days]
        return [
            Day(rank, tuple(self.fleet[rank].calls[run] for run in day))
            for (rank, day), yes in zip(every, taken, strict=True)
            if yes
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Days of equally many runs (day x place), when each is free again, its worth, what it serves."""

    runs: Whole
    free_s: Whole
    worth: Floats
    serves: NDArray[np.bool_]

    def those(self, rows: Any) -> _Level:
        return replace(
            self, runs=self.runs[rows], free_s=self.free_s[rows], worth=self.worth[rows],
            serves=self.serves[rows],
        )  # fmt: skip


def _levels(runs: Runs, rank: Rank, hopes: _Hopes, least: float, runs_most: int | None) -> Iterator[_Level]:
    """Days of one run, of two, and so on: of those that may come to be worth more than `least`."""
    worth = hopes.worth
    level = _Level(
        np.arange(len(worth))[:, None], np.maximum(rank.opens_s, runs.first_s) + runs.takes_s, worth,
        runs.serves,
    )  # fmt: skip
    while len(level.runs):
        yield level
        if level.runs.shape[1] == runs_most:
            return
        hope = hopes.of(level.worth, level.free_s)
        hopeful = np.flatnonzero(hope > least)
        hopeful = hopeful[np.argsort(-hope[hopeful], kind="stable")][:_WIDTH]
        level = _longer(runs, rank, level.those(hopeful), hopes, least)


class _Hopes:
    """What days may come to be worth at most, with more runs in the time that is left."""

    def __init__(self, runs: Runs, rank: Rank, worth: Floats, adds_rp: float) -> None:
        quickest = np.argsort(runs.takes_s, kind="stable")
        self.worth, self.closes_s = worth, rank.closes_s
        self.takes_s, self.best = runs.takes_s[quickest], np.maximum.accumulate(worth[quickest])
        good = np.flatnonzero(worth >= -max(0.0, adds_rp))  # else the day without it is the better one
        self.good: Whole = good[np.argsort(-worth[good], kind="stable")][:_GOOD]

    def of(self, worth: Floats, free_s: Whole) -> Floats:
        left_s = self.closes_s - free_s
        fits = np.searchsorted(self.takes_s, left_s, side="right") - 1
        runs_more = left_s // max(1, int(self.takes_s[0]))
        more = np.where(fits >= 0, runs_more * np.maximum(0, self.best[fits]), 0)
        return np.asarray(worth + more, np.float64)


def _longer(runs: Runs, rank: Rank, level: _Level, hopes: _Hopes, least: float) -> _Level:
    """Each day with each good run after it that serves others and is home in time; each set of runs once."""
    good, parts = hopes.good, [level.those(slice(0, 0))]
    parts[0] = replace(parts[0], runs=np.zeros((0, level.runs.shape[1] + 1), np.int64))
    for begin in range(0, len(level.runs), _CHUNK):
        some = level.those(slice(begin, begin + _CHUNK))
        from_s = np.maximum(some.free_s[:, None], runs.first_s[good])
        free_s = from_s + runs.takes_s[good]
        worth = some.worth[:, None] + hopes.worth[good]
        holds = (from_s <= runs.last_s[good]) & (free_s <= rank.closes_s)
        day, place = np.nonzero(holds)
        hopeful = hopes.of(worth[day, place], free_s[day, place]) > least
        day, place = day[hopeful], place[hopeful]
        apart = ~(some.serves[day] & runs.serves[good[place]]).any(axis=1)
        day, place = day[apart], place[apart]
        parts.append(
            _Level(
                np.column_stack([some.runs[day], good[place]]), free_s[day, place], worth[day, place],
                some.serves[day] | runs.serves[good[place]],
            )
        )  # fmt: skip
    names = ("runs", "free_s", "worth", "serves")
    found = _Level(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    alike = np.sort(found.runs, axis=1)
    order = np.lexsort((found.free_s, *alike.T[::-1]))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (alike[order][1:] != alike[order][:-1]).any(axis=1)
    return found.those(order[fresh])
