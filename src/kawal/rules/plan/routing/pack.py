"""A strong first answer to a flat problem: price the time of vehicles, route runs, pack them on vehicles.

Where the cost of having a vehicle at all dominates and a vehicle makes several runs a day, a solver that
moves calls one by one rarely finds that a whole vehicle can stay home. So first each run is routed by itself,
its time priced at what a second of its vehicle costs; then the runs are packed on as few vehicles as hold
them, best fit, the longest first, windows kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kawal.rules.plan.routing.flat import DEPOT, NEVER_S, Day, Flat, Rank

FILLED: Final = 0.9  # of a vehicle's day is at work, in a good plan


@dataclass(frozen=True, slots=True)
class Span:
    """A run as its vehicle sees it: loading begins in [first_s, last_s], `takes_s` until it is free again.

    Begun before `first_s` it ends as if begun then; begun later than `last_s` something closes before it.
    """

    takes_s: int
    first_s: int
    last_s: int

    def ends(self, now_s: int) -> int | None:
        return None if max(now_s, self.first_s) > self.last_s else max(now_s, self.first_s) + self.takes_s


def span_of(flat: Flat, profile: int, run: Sequence[int]) -> Span:
    seconds = flat.seconds[profile]
    takes, first, last, at = (0 if flat.collect else flat.load_s), -NEVER_S, NEVER_S, DEPOT
    for number in run:
        call = flat.calls[number]
        takes += int(seconds[at, call.node])
        opens, closes = call.opens_s, call.closes_s
        if flat.collect:
            opens = max(opens, call.ready_s)
        else:
            first = max(first, call.ready_s)
        # Begun at `first` the vehicle is here at first + takes; who comes before it opens waits.
        last = min(last, closes - takes)
        if first > last:  # whenever it begins, this call has closed
            return Span(0, NEVER_S, -NEVER_S)
        if first + takes < opens:
            if last + takes < opens:  # it waits whenever it began
                takes, first = opens - last, last
            else:
                first = opens - takes
        takes += call.service_s
        at = call.node
    takes += int(seconds[at, DEPOT]) + (flat.load_s if flat.collect else 0)
    return Span(takes, first, last)


def priced(flat: Flat, factor: float = 1.0) -> Flat:
    """The same calls, each run by a vehicle of its own that costs by the second instead of by the day."""
    ranks: dict[tuple[int, tuple[int, ...]], Rank] = {}
    for rank in flat.ranks:
        key = rank.profile, rank.capacity
        known = ranks.get(key)
        if known is None:
            ranks[key] = replace(rank, count=len(flat.calls))
        else:
            ranks[key] = replace(
                known,
                rp_per_day=max(known.rp_per_day, rank.rp_per_day),
                opens_s=min(known.opens_s, rank.opens_s),
                closes_s=max(known.closes_s, rank.closes_s),
            )
    money, seconds, priced_ranks = [], [], []
    for rank in ranks.values():  # a price of its own for each, so tables of its own
        price = factor * rank.rp_per_day / (FILLED * max(1, rank.closes_s - rank.opens_s))
        money.append(_whole(flat.money[rank.profile] + price * flat.seconds[rank.profile]))
        seconds.append(flat.seconds[rank.profile])
        priced_ranks.append(replace(rank, rp_per_day=round(price * flat.load_s)))
    profiles = [rank.profile for rank in priced_ranks]
    calls = [
        call
        if call.profiles is None
        else replace(
            call,
            profiles=frozenset(place for place, profile in enumerate(profiles) if profile in call.profiles),
        )
        for call in flat.calls
    ]
    return replace(
        flat,
        calls=tuple(calls),
        ranks=tuple(replace(rank, profile=place) for place, rank in enumerate(priced_ranks)),
        money=tuple(money),
        seconds=tuple(seconds),
    )


def runs_of(days: Iterable[Day]) -> list[tuple[int, ...]]:
    return [run for day in days for run in day.runs if run]


class Packing:
    """Vehicles with the runs that were put on them."""

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.days: list[tuple[int, list[tuple[int, ...]]]] = []
        self.busy_s: list[int] = []  # of each day: its runs one after the other, without waits
        self.left = [rank.count for rank in flat.ranks]
        self._spans: dict[tuple[int, tuple[int, ...]], Span] = {}

    def span(self, rank: int, run: tuple[int, ...]) -> Span:
        key = self.flat.ranks[rank].profile, run
        if key not in self._spans:
            self._spans[key] = span_of(self.flat, key[0], run)
        return self._spans[key]

    def home_s(self, rank: int, runs: Sequence[tuple[int, ...]]) -> int | None:
        now_s: int | None = self.flat.ranks[rank].opens_s
        for run in runs:
            assert now_s is not None
            now_s = self.span(rank, run).ends(now_s)
            if now_s is None:
                return None
        return now_s if now_s is not None and now_s <= self.flat.ranks[rank].closes_s else None

    def way_rp(self, rank: int, run: tuple[int, ...]) -> int:
        table = self.flat.money[self.flat.ranks[rank].profile]
        nodes = [DEPOT, *(self.flat.calls[call].node for call in run), DEPOT]
        return int(table[nodes[:-1], nodes[1:]].sum())

    def put(self, run: tuple[int, ...]) -> bool:
        """Puts the run where it adds least, of equals where least time is left; it may open a vehicle."""
        best: tuple[int, int, int, int] | None = None  # Rp, seconds left, day, place
        able = [rank for rank in range(len(self.flat.ranks)) if self.flat.carries(self.flat.ranks[rank], run)]
        way = {rank: self.way_rp(rank, run) for rank in able}
        # Who is at work so long already has no time for it, wherever it is put: most are told so.
        most_s = {
            rank: self.flat.ranks[rank].closes_s
            - self.flat.ranks[rank].opens_s
            - self.span(rank, run).takes_s
            for rank in able
        }
        for number, (rank, runs) in enumerate(self.days):
            if rank not in way or self.busy_s[number] > most_s[rank]:
                continue
            for place in range(len(runs), -1, -1):
                home_s = self.home_s(rank, [*runs[:place], run, *runs[place:]])
                if home_s is not None:
                    told = way[rank], self.flat.ranks[rank].closes_s - home_s, number, place
                    best = told if best is None else min(best, told)
                    break  # later is as good: windows alone make places differ
        fresh = [
            (way[rank] + self.flat.ranks[rank].rp_per_day, rank)
            for rank in able
            if self.left[rank] and self.home_s(rank, [run]) is not None
        ]
        if best is not None and (not fresh or best[0] <= min(fresh)[0]):
            rank, runs = self.days[best[2]]
            runs.insert(best[3], run)
            self.busy_s[best[2]] += self.span(rank, run).takes_s
            return True
        if not fresh:
            return False
        _, rank = min(fresh)
        self.left[rank] -= 1
        self.days.append((rank, [run]))
        self.busy_s.append(self.span(rank, run).takes_s)
        return True


def packed(flat: Flat, runs: Iterable[tuple[int, ...]]) -> tuple[list[Day], list[tuple[int, ...]]]:
    """Days that hold the runs, and the runs that no vehicle has time for."""
    packing = Packing(flat)

    def longest(run: tuple[int, ...]) -> int:
        takes = [
            packing.span(rank, run).takes_s
            for rank in range(len(flat.ranks))
            if flat.carries(flat.ranks[rank], run)
        ]
        return min(takes, default=0)

    left = [run for run in sorted(runs, key=lambda run: (-longest(run), run)) if not packing.put(run)]
    return [Day(rank, tuple(runs)) for rank, runs in packing.days], left


def crammed(flat: Flat, days: list[Day], left: Iterable[tuple[int, ...]]) -> list[Day]:
    """The days with what was left put on whatever vehicle has most time: late, for a solver to mend."""
    for run in left:
        able = [number for number, day in enumerate(days) if flat.carries(flat.ranks[day.rank], run)]
        if not able:
            continue
        hours = {number: flat.ranks[days[number].rank] for number in able}
        spare = {
            number: rank.closes_s - rank.opens_s - work_s(flat, days[number])
            for number, rank in hours.items()
        }
        most = max(able, key=lambda number: (spare[number], -number))
        days[most] = Day(days[most].rank, (*days[most].runs, run))
    return days


def work_s(flat: Flat, day: Day) -> int:
    """How long the vehicle is at work."""
    return sum(span_of(flat, flat.ranks[day.rank].profile, run).takes_s for run in day.runs)


def _whole(
    table: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.rint(table).astype(np.int64)
