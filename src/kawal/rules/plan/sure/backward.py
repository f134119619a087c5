"""The inner loops of latest safe departures: all trips of a plan lived through backwards from the deadline.

In each scenario a trip has a latest moment at which it may leave: so that it reaches each stop before what
waits for it there must load, and is home before its vehicle must load again, though weather, spread,
breakdown, closed days and a late escort are those of this scenario. What comes after it is taken to leave at
its own latest moment in the same scenario. The chances are those of the simulation (`kernel.py`).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from kawal.rules.plan.sure.chance import stream
from kawal.rules.plan.sure.compiled import inner
from kawal.rules.plan.sure.course import NEVER as ENDLESS
from kawal.rules.plan.sure.course import drawn
from kawal.rules.plan.sure.flow import DAY_S
from kawal.rules.plan.sure.lanes import weather_levels
from kawal.rules.plan.sure.nights import days_before

NEVER: Final = np.float32(-1e9)  # no departure is early enough
BLOCK: Final = 128  # scenarios


@inner
def _left(by: Any, moving: Any, trip: Any) -> Any:
    """When a trip must leave to have moved so long by then."""
    return days_before(by, moving, trip.opens, trip.march) if trip.march > 0 else by - moving


@inner
def _latest(lane: int, drawn_: Any, trip: Any, mode: Any, stops: Any, slots: Any, of_place: Any, due: Any,
            back_by: Any) -> Any:  # fmt: skip
    """The latest departure of a trip; `due` [stop, scenario]: when each stop must be reached."""
    spread, _, repair, after = drawn_
    last = back_by
    for s in range(trip.stops[0], trip.stops[1]):
        last = min(last, due[s, lane])
    day = min(int(last) // DAY_S, of_place.shape[0] - 1) if last >= 0 else -1
    while day >= 0:
        if of_place[day, lane] <= mode.closed:
            factor = spread * np.float32(np.exp(mode.weather * of_place[day, lane]))
            home = factor * trip.way + trip.work + repair
            by = min(np.float32(day * DAY_S) + trip.until, _left(back_by, home, trip))
            for s in range(trip.stops[0], trip.stops[1]):
                stop = stops[s]
                lost = repair if stop.way >= after else np.float32(0)
                reached = _open_by(due[s, lane], stop.slots[0], stop.slots[1], slots)
                by = min(by, _left(reached, factor * stop.way + stop.work + lost, trip))
            by = _open_by(by, trip.slots[0], trip.slots[1], slots)
            if by >= np.float32(day * DAY_S) + trip.opens:
                return by
        day -= 1
    return NEVER


@inner
def _open_by(by: Any, first: int, last: int, slots: Any) -> Any:
    """The last moment not after this that lies in one of these slots, where there are any."""
    if first == last:
        return by
    found = NEVER
    for slot in range(first, last):
        if slots[slot, 0] <= by:
            found = max(found, min(by, slots[slot, 1]))
    return found


@inner
def _all_backwards(first: int, ways: Any, laws: Any, seed: int, levels: Any, due: Any, back: Any,
                   latest: Any) -> None:  # fmt: skip
    """All trips, the last first; `back` [trip, scenario]: when each must be home."""
    trips, stops, supply, slots = ways.trips, ways.stops, ways.supply, ways.slots
    for t in range(len(trips) - 1, -1, -1):
        trip = trips[t]
        at, mode, of_place = stream(trip.key, seed), laws.modes[trip.mode], levels[trip.place]
        for n in range(levels.shape[2]):
            lot = drawn(at, first + n, trip, laws)
            by = _latest(n, lot, trip, mode, stops, slots, of_place, due, back[t, n])
            latest[t, first + n] = by
            load_by = by - trip.load - lot[1] if by > NEVER else NEVER
            if trip.before >= 0:
                back[trip.before, n] = min(back[trip.before, n], load_by)
            for place in range(trip.supply[0], trip.supply[1]):
                s = supply[place]
                due[s, n] = min(due[s, n], load_by - stops[s].serves)


@njit(cache=True)
def _block(number: int, ways: Any, due_s: Any, laws: Any, asked: Any, latest: Any) -> None:
    first, count = number * BLOCK, min(BLOCK, asked.scenarios - number * BLOCK)
    levels = np.empty((len(asked.areas), asked.days, count), np.float32)
    weather_levels(asked.areas, laws, asked.seed, first, asked.anchor, levels)
    due = np.empty((len(due_s), count), np.float32)
    for s in range(len(due_s)):
        for n in range(count):
            due[s, n] = due_s[s]
    back = np.full((len(ways.trips), count), ENDLESS)
    _all_backwards(first, ways, laws, asked.seed, levels, due, back, latest)


@njit(cache=True, nogil=True)
def live_backwards(begin: int, end: int, ways: Any, due_s: Any, laws: Any, asked: Any, latest: Any) -> None:
    """Fills `latest` [trip, scenario] of blocks `begin` to `end`.

    `due_s`: when each stop must be reached for its own sake.
    """
    for number in range(begin, end):
        _block(number, ways, due_s, laws, asked, latest)
