"""The inner loops of latest safe departures: all trips of a plan lived through backwards from the deadline.

In each scenario a trip has a latest moment at which it may leave: so that it reaches each stop before what
waits for it there must load, and is home before its vehicle must load again, though weather, spread,
breakdown, closed days and a late escort are those of this scenario. What comes after it is taken to leave at
its own latest moment in the same scenario. The chances are those of the simulation (`kernel.py`).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, prange

from kawal.rules.plan.sure.chance import bits_at, stream
from kawal.rules.plan.sure.flow import DAY_S
from kawal.rules.plan.sure.lanes import breaks, waits, weather_levels
from kawal.rules.plan.sure.nights import days_before

NEVER: Final = np.float32(-1e9)  # no departure is early enough
BLOCK: Final = 128  # scenarios


@njit(cache=True)
def _left(t: int, by: Any, moving: Any, trips: Any) -> Any:
    """When a trip must leave to have moved so long by then."""
    return days_before(by, moving, trips.opens[t], trips.march[t]) if trips.march[t] > 0 else by - moving


@njit(cache=True)
def _latest(t: int, lane: int, bits: Any, trips: Any, stops: Any, laws: Any, levels: Any, due: Any,
            back_by: Any) -> Any:  # fmt: skip
    """The latest departure of trip t; `due` [stop, scenario]: when each stop must be reached."""
    mode, of_place = trips.mode[t], levels[trips.place[t]]
    drawn = laws.factor[mode, bits & np.uint64(65_535)]
    repair, after = breaks(bits, trips.risk[t], laws.repair[mode], trips.way[t])
    last = back_by
    for s in range(trips.stops[t], trips.stops[t + 1]):
        last = min(last, due[s, lane])
    day = min(int(last) // DAY_S, of_place.shape[0] - 1) if last >= 0 else -1
    while day >= 0:
        if of_place[day, lane] <= laws.closed[mode]:
            factor = drawn * np.float32(np.exp(laws.weather[mode] * of_place[day, lane]))
            home = factor * trips.way[t] + trips.work[t] + repair
            by = min(np.float32(day * DAY_S) + trips.until[t], _left(t, back_by, home, trips))
            for s in range(trips.stops[t], trips.stops[t + 1]):
                lost = repair if stops.way[s] >= after else np.float32(0)
                moving = factor * stops.way[s] + stops.work[s] + lost
                by = min(by, _left(t, due[s, lane], moving, trips))
            if by >= np.float32(day * DAY_S) + trips.opens[t]:
                return by
        day -= 1
    return NEVER


@njit(cache=True)
def _block(
    number: int, trips: Any, stops: Any, supply: Any, due_s: Any, laws: Any, asked: Any, latest: Any
) -> None:
    first, count = number * BLOCK, min(BLOCK, asked.scenarios - number * BLOCK)
    levels = np.empty((len(asked.areas) - 2, asked.days, count), np.float32)
    weather_levels(asked.areas, laws, asked.seed, first, asked.anchor, levels)
    due = np.empty((len(due_s), count), np.float32)
    for s in range(len(due_s)):
        due[s] = due_s[s]
    back = np.full((len(trips.start), count), np.float32(1e9))
    for t in range(len(trips.start) - 1, -1, -1):
        at, absent = stream(trips.key[t], asked.seed), laws.absent if trips.guarded[t] else 0.0
        for n in range(count):
            bits = bits_at(at, np.uint64(first + n))
            by = _latest(t, n, bits, trips, stops, laws, levels, due, back[t, n])
            latest[t, first + n] = by
            load_by = by - trips.load[t] - waits(bits, absent, laws.wait) if by > NEVER else NEVER
            if trips.before[t] >= 0:
                back[trips.before[t], n] = min(back[trips.before[t], n], load_by)
            for at_ in range(trips.supply[t], trips.supply[t + 1]):
                s = supply[at_]
                due[s, n] = min(due[s, n], load_by - stops.serves[s])


@njit(cache=True, parallel=True)
def live_backwards(
    trips: Any, stops: Any, supply: Any, due_s: Any, laws: Any, asked: Any, latest: Any
) -> None:
    """Fills `latest` [trip, scenario]; `due_s`: when each stop must be reached for its own sake."""
    for number in prange(-(-asked.scenarios // BLOCK)):
        _block(number, trips, stops, supply, due_s, laws, asked, latest)


@njit(cache=True, parallel=True)
def lowest(latest: Any, places: Any, found: Any) -> None:
    """Of each trip the departures at these places from below among all scenarios: [trip, place]."""
    for t in prange(latest.shape[0]):
        ordered = np.sort(latest[t])
        for place in range(len(places)):
            found[t, place] = ordered[places[place]]
