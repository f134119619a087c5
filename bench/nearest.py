"""What a careful clerk does by hand: each vehicle to the nearest that still fits, home, and out again."""

from __future__ import annotations

from kawal.rules.plan.routing.flat import DEPOT, Day, Flat, Rank, judged
from kawal.rules.plan.routing.pack import span_of


def nearest(flat: Flat, *, all_go: bool = False) -> list[Day]:
    """Largest vehicles first; what no vehicle has time for stays behind, or goes late all the same."""
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
    return _late(flat, days, left) if all_go else days


def _late(flat: Flat, days: list[Day], left: set[int]) -> list[Day]:
    """What is left goes with whoever is home first, by full loads, the nearest first."""
    home_s = [judged(flat, [day]).last_home_s for day in days]
    while left:
        able_ranks = {place for place in range(len(flat.ranks)) if _able(flat, place, left)}
        waiting = [number for number, day in enumerate(days) if day.rank in able_ranks]
        number = min(waiting, key=lambda number: (home_s[number], number))
        rank, run = flat.ranks[days[number].rank], tuple[int, ...]()
        at = DEPOT
        while able := [call for call in left.difference(run) if flat.carries(rank, (*run, call))]:
            seconds = flat.seconds[rank.profile][at]
            run = (*run, min(able, key=lambda call: (seconds[flat.calls[call].node], call)))
            at = flat.calls[run[-1]].node
        days[number] = Day(days[number].rank, (*days[number].runs, run))
        home_s[number] = judged(flat, [days[number]]).last_home_s
        left.difference_update(run)
    return days


def _able(flat: Flat, place: int, left: set[int]) -> bool:
    return any(flat.carries(flat.ranks[place], (call,)) for call in left)


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
