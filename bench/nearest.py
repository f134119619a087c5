"""What a careful clerk does by hand: each vehicle to the nearest that still fits, home, and out again."""

from __future__ import annotations

from kawal.rules.plan.routing.flat import DEPOT, Day, Flat, Rank
from kawal.rules.plan.routing.pack import span_of


def nearest(flat: Flat) -> list[Day]:
    """Largest vehicles first; what no vehicle has time for stays behind."""
    left = set(range(len(flat.calls)))
    days = []
    for place in sorted(range(len(flat.ranks)), key=lambda place: flat.ranks[place].capacity, reverse=True):
        rank = flat.ranks[place]
        for _ in range(rank.count):
            runs: list[tuple[int, ...]] = []
            now_s = rank.opens_s
            while run := _run(flat, rank, left, now_s):
                ends_s = span_of(flat, rank.profile, run).ends(now_s)
                assert ends_s is not None
                now_s = ends_s
                runs.append(run)
                left.difference_update(run)
            if runs:
                days.append(Day(place, tuple(runs)))
    return days


def _run(flat: Flat, rank: Rank, left: set[int], now_s: int) -> tuple[int, ...]:
    seconds = flat.seconds[rank.profile]
    run: tuple[int, ...] = ()
    at = DEPOT
    while True:
        waiting = sorted(left.difference(run), key=lambda call: (seconds[at, flat.calls[call].node], call))
        for call in waiting:
            longer = (*run, call)
            if flat.carries(rank, longer):
                ends_s = span_of(flat, rank.profile, longer).ends(now_s)
                if ends_s is not None and ends_s <= rank.closes_s:
                    run, at = longer, flat.calls[call].node
                    break
        else:
            return run
