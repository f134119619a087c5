"""The flat problem: calls to be served from one depot in one day by a mixed fleet, several runs a vehicle.

What every part of a plan is made of, as a value that any solver can be asked about (`search.py` asks ours).
`judged` says what an answer costs and what it breaks, written from the definition and not from a solver.

Money is whole Rupiah, times are whole seconds from any zero, distances are inside the money. Row 0 of each
table is the depot, which may lie elsewhere for another profile (a jetty).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DEPOT: Final = 0
NEVER_S: Final = 2**40

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing to be brought to (or fetched from) one place, whole, by one vehicle."""

    node: int  # row in the tables
    amounts: tuple[int, ...]  # what it takes of each capacity
    service_s: int
    ready_s: int = 0  # a run that carries it loads no earlier (collecting: it cannot be fetched earlier)
    opens_s: int = 0  # the visit begins no earlier: who comes before waits
    closes_s: int = NEVER_S  # and no later
    profiles: frozenset[int] | None = None  # None: every vehicle reaches it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Vehicles that are alike."""

    count: int
    profile: int  # which of the tables
    capacity: tuple[int, ...]
    rp_per_day: int  # once, if it is used at all
    opens_s: int  # loads no earlier
    closes_s: int  # is home and unloaded no later


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flat:
    calls: tuple[Call, ...]
    ranks: tuple[Rank, ...]
    money: tuple[Table, ...]  # per profile: Rp from row to column
    seconds: tuple[Table, ...]
    load_s: int  # at the start of every run, or at the end of a collecting one
    collect: bool = False

    def reaches(self, profile: int, call: int) -> bool:
        allowed = self.calls[call].profiles
        return allowed is None or profile in allowed

    def carries(self, rank: Rank, calls: Sequence[int]) -> bool:
        """Whether one vehicle of this rank may carry the calls together, time aside."""
        loads = [self.calls[call].amounts for call in calls]
        return all(
            map(lambda loaded, most: sum(loaded) <= most, zip(*loads, strict=True), rank.capacity)
        ) and all(self.reaches(rank.profile, call) for call in calls)


@dataclass(frozen=True, slots=True)
class Day:
    """What one vehicle does: its runs in order, each the calls (numbers in `Flat.calls`) in order."""

    rank: int
    runs: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """`missing`, `twice`, `overloaded`, `late`, `cannot_reach`, `home_late`, `too_many_vehicles`."""

    code: str
    where: int  # call; day for `overloaded` and `home_late`; rank for `too_many_vehicles`
    over: int = 0  # seconds, amount or count too many


@dataclass(frozen=True, slots=True)
class Judged:
    rp: int
    vehicles: tuple[int, ...]  # used, per rank
    runs_count: int
    last_home_s: int
    wrong: tuple[Wrong, ...]


def judged(flat: Flat, days: Sequence[Day]) -> Judged:
    """Every vehicle leaves as soon as it may: whatever can be kept is kept that way."""
    rp, home_s, used, wrong = 0, 0, [0] * len(flat.ranks), []
    seen = [0] * len(flat.calls)
    for number, day in enumerate(days):
        rank = flat.ranks[day.rank]
        rp += rank.rp_per_day
        used[day.rank] += 1
        now_s = rank.opens_s
        for run in day.runs:
            for call in run:
                seen[call] += 1
            now_s, run_rp, found = _lived(flat, rank, run, now_s)
            rp += run_rp
            wrong += found
            for most, loaded in zip(
                rank.capacity, zip(*(flat.calls[call].amounts for call in run), strict=True), strict=True
            ):
                if sum(loaded) > most:
                    wrong.append(Wrong("overloaded", number, sum(loaded) - most))
        home_s = max(home_s, now_s)
        if now_s > rank.closes_s:
            wrong.append(Wrong("home_late", number, now_s - rank.closes_s))
    wrong += [
        Wrong("too_many_vehicles", place, count - rank.count)
        for place, (rank, count) in enumerate(zip(flat.ranks, used, strict=True))
        if count > rank.count
    ]
    wrong += [Wrong("missing" if not n else "twice", call) for call, n in enumerate(seen) if n != 1]
    return Judged(rp, tuple(used), sum(len(day.runs) for day in days), home_s, tuple(wrong))


def _lived(flat: Flat, rank: Rank, run: Sequence[int], now_s: int) -> tuple[int, int, list[Wrong]]:
    """When the vehicle is free again, what the way cost, and what was broken on it."""
    money, seconds = flat.money[rank.profile], flat.seconds[rank.profile]
    rp, at, wrong = 0, DEPOT, []
    if not flat.collect:
        now_s = max([now_s, *(flat.calls[call].ready_s for call in run)]) + flat.load_s
    for number in run:
        call = flat.calls[number]
        rp += int(money[at, call.node])
        now_s += int(seconds[at, call.node])
        now_s = max(now_s, call.opens_s, call.ready_s if flat.collect else 0)
        if now_s > call.closes_s:
            wrong.append(Wrong("late", number, now_s - call.closes_s))
        if not flat.reaches(rank.profile, number):
            wrong.append(Wrong("cannot_reach", number))
        now_s += call.service_s
        at = call.node
    rp += int(money[at, DEPOT])
    now_s += int(seconds[at, DEPOT]) + (flat.load_s if flat.collect else 0)
    return now_s, rp, wrong
