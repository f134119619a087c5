"""Every run that a vehicle can make, where few calls fill it: a boat carries for two or three stops.

A run is kept once for each set of calls, in its cheapest order. From three calls on, orders that end at the
same call go on by the cheapest alone: where windows make the dearer one sooner home, a run may be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.routing.flat import DEPOT, NEVER_S, Flat, Rank

_ORDERS: Final = 50  # of one set of calls are looked at, on the way: more are far too many

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """What `pack.Span` and the way's cost are of one run, of many: one row each."""

    calls: tuple[tuple[int, ...], ...]
    rp: Whole
    takes_s: Whole
    first_s: Whole
    last_s: Whole
    serves: NDArray[np.bool_]  # run x call


@dataclass(frozen=True, slots=True, eq=False)
class _Begun:
    """Runs that may go on: their calls in order (run x place), and what holds at the last of them."""

    calls: Whole
    loaded: Whole  # run x capacity
    rp: Whole
    takes_s: Whole
    first_s: Whole
    last_s: Whole

    def those(self, rows: Any) -> _Begun:
        return _Begun(
            self.calls[rows], self.loaded[rows], self.rp[rows], self.takes_s[rows], self.first_s[rows],
            self.last_s[rows],
        )  # fmt: skip


def every_run(flat: Flat, rank: Rank, most: int) -> Runs | None:
    """Every run that one vehicle of the rank can make in its day; None: they are more than `most`."""
    one = np.zeros(1, np.int64)
    begun = _Begun(
        np.zeros((1, 0), np.int64), np.zeros((1, len(rank.capacity)), np.int64), one,
        one + (0 if flat.collect else flat.load_s), one - NEVER_S, one + NEVER_S,
    )  # fmt: skip
    kept: list[_Begun] = []
    while True:
        longer = _longer(flat, rank, begun, most)
        if longer is None or sum(len(found.calls) for found in kept) > most:
            return None
        if not len(longer.calls):
            return _table(flat, kept)
        home = _home(flat, rank, longer)
        in_time = np.maximum(rank.opens_s, home.first_s)
        holds = (in_time <= home.last_s) & (in_time + home.takes_s <= rank.closes_s)
        home, longer = home.those(holds), longer.those(holds)
        kept.append(home.those(_cheapest(home, np.sort(home.calls, axis=1))))
        if longer.calls.shape[1] > 2:
            alike = np.column_stack([np.sort(longer.calls, axis=1), longer.calls[:, -1]])
            longer = longer.those(_cheapest(longer, alike))
        begun = longer


def _longer(flat: Flat, rank: Rank, begun: _Begun, most: int) -> _Begun | None:
    """Each of these with each call that still fits on, windows kept. None: far too many."""
    calls = range(len(flat.calls))
    amounts = np.array([flat.calls[call].amounts for call in calls], np.int64)
    fits = np.array([[flat.reaches(rank.profile, call) for call in calls]]).repeat(len(begun.calls), axis=0)
    for part, most_loaded in enumerate(rank.capacity):
        fits &= begun.loaded[:, [part]] + amounts[:, part] <= most_loaded
    np.put_along_axis(fits, begun.calls, False, axis=1)
    row, call = np.nonzero(fits)
    if len(row) > _ORDERS * most:
        return None
    opens_s, closes_s, ready_s, service_s, node = (
        np.array([getattr(found, name) for found in flat.calls], np.int64)[call]
        for name in ("opens_s", "closes_s", "ready_s", "service_s", "node")
    )
    at = _at(flat, begun)[row]
    takes_s = begun.takes_s[row] + flat.seconds[rank.profile][at, node]
    first_s = begun.first_s[row]
    if flat.collect:
        opens_s = np.maximum(opens_s, ready_s)
    else:
        first_s = np.maximum(first_s, ready_s)
    last_s = np.minimum(begun.last_s[row], closes_s - takes_s)
    # As in `pack.span_of`: who comes before it opens waits, some whenever they began.
    always = last_s + takes_s < opens_s
    waits = first_s + takes_s < opens_s
    found = _Begun(
        np.column_stack([begun.calls[row], call]),
        begun.loaded[row] + amounts[call],
        begun.rp[row] + flat.money[rank.profile][at, node],
        np.where(always, opens_s - last_s, takes_s) + service_s,
        np.where(always, last_s, np.where(waits, opens_s - takes_s, first_s)),
        last_s,
    )
    return found.those(first_s <= last_s)


def _at(flat: Flat, begun: _Begun) -> Whole:
    """Where each is: row of the tables."""
    if not begun.calls.shape[1]:
        return np.full(len(begun.calls), DEPOT)
    return np.array([call.node for call in flat.calls])[begun.calls[:, -1]]


def _home(flat: Flat, rank: Rank, begun: _Begun) -> _Begun:
    at = _at(flat, begun)
    back_s = flat.seconds[rank.profile][at, DEPOT] + (flat.load_s if flat.collect else 0)
    return _Begun(
        begun.calls, begun.loaded, begun.rp + flat.money[rank.profile][at, DEPOT], begun.takes_s + back_s,
        begun.first_s, begun.last_s,
    )  # fmt: skip


def _cheapest(runs: _Begun, alike: Whole) -> Whole:
    """Of those with the same row in `alike`, the cheapest, then the quickest."""
    order = np.lexsort((runs.takes_s, runs.rp, *alike.T[::-1]))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (alike[order][1:] != alike[order][:-1]).any(axis=1)
    return order[fresh]


def _table(flat: Flat, kept: list[_Begun]) -> Runs:
    calls = tuple(tuple(map(int, run)) for found in kept for run in found.calls)
    serves = np.zeros((len(calls), len(flat.calls)), bool)
    for number, run in enumerate(calls):
        serves[number, list(run)] = True

    def told(name: str) -> Whole:
        return np.concatenate([np.zeros(0, np.int64), *(getattr(found, name) for found in kept)])

    return Runs(calls, told("rp"), told("takes_s"), told("first_s"), told("last_s"), serves)
