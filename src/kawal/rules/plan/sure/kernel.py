"""The inner loops of the simulation: all trips of a plan, a block of scenarios at a time.

Trips are the outer loop, the scenarios of a block the inner ones (`lanes.py`), so that what a processor
needs stays near it. Most trips of most scenarios meet no rare event. Those of trips that nothing ordinary
can make late (`settled.py`) are not even computed; the others leave when they are ready. What meets a rare
event (a late escort, a breakdown, a closed day, a window that is missed) is lived through one by one
(`course.py`). Who was to blame is asked on a second pass, only where somebody was late (`blame.py`).

Seconds are float32: whole seconds are exact up to 194 days, fractions to an eighth of a second in 12 days.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from kawal.rules.plan.sure.blame import judge
from kawal.rules.plan.sure.chance import lots, stream
from kawal.rules.plan.sure.course import go
from kawal.rules.plan.sure.lanes import (
    Lanes,
    arrive,
    count_late,
    later,
    leave_all,
    look_up,
    mark_rare,
    mark_rough,
    weather_factor,
    weather_levels,
)
from kawal.rules.plan.sure.settled import ROUGH

BLOCK: Final = 512  # scenarios
LONG_AGO: Final = np.float32(-1e9)  # what nobody has to wait for


@njit(cache=True)
def _air_of(first: int, count: int, airs: Any, laws: Any, asked: Any) -> Any:
    """The weather, and by mode, place and day how it slows a journey and where it is rough."""
    levels = np.empty((len(asked.areas) - 2, asked.days, count), np.float32)
    weather_levels(asked.areas, laws, asked.seed, first, asked.anchor, levels)
    air, rough = np.empty((len(airs), count), np.float32), np.empty((len(airs), count), np.uint8)
    for a in range(len(airs)):
        mode, level = laws.modes[airs[a, 0]], levels[airs[a, 1], airs[a, 2]]
        weather_factor(mode.weather, level, air[a])
        mark_rough(min(mode.closed, np.float32(ROUGH)), level, rough[a])
    return levels, air, rough


@njit(cache=True)
def _empty(count: int, most_stops: int) -> Any:
    return Lanes(
        np.empty(count, np.uint32), np.empty(count, np.float32), np.empty(count, np.float32),
        np.empty(count, np.float32), np.zeros(-(-count // 8) * 8, np.uint8),
        np.empty((most_stops + 1, count), np.float32),
    )  # fmt: skip


@njit(cache=True)
def _all_go(trip: Any, stops: Any, table: Any, air: Any, begin: Any, lanes: Any) -> None:
    """The course of one trip where nothing rare happens, in all scenarios."""
    look_up(lanes.bits, table, lanes.drawn)
    leave_all(trip.load, air, begin, lanes.drawn, lanes.left, lanes.factor)
    first = trip.stops[0]
    for s in range(first, trip.stops[1]):
        arrive(lanes.left, lanes.factor, stops[s].way, stops[s].work, lanes.there[s - first])
    arrive(lanes.left, lanes.factor, trip.way, trip.work, lanes.there[trip.stops[1] - first])


@njit(cache=True)
def _rare_go(first: int, at: Any, trip: Any, stops: Any, slots: Any, of_place: Any, mode: Any, table: Any,
             wait_s: float, begin: Any, rare: Any, there: Any) -> None:  # fmt: skip
    words = rare.view(np.uint64)  # eight at a time: most are none
    for word in range(words.shape[0]):
        if words[word]:
            for n in range(8 * word, min(8 * word + 8, begin.shape[0])):
                if rare[n]:
                    go(begin[n], at, first + n, n, trip, stops, slots, of_place, mode, table, wait_s, there)


@njit(cache=True)
def _keep(there: Any, lasts: Any, rare: Any, quiet: int, row: Any) -> None:
    """Keeps the moment for those who wait for it; of a quiet trip only where something rare happened."""
    if quiet:
        for n in range(there.shape[0]):
            at = there[n] + lasts
            row[n] = at if rare[n] else LONG_AGO
    else:
        for n in range(there.shape[0]):
            row[n] = there[n] + lasts


@njit(cache=True)
def _note(s: int, there: Any, due: Any, opening: Any, rare: Any, quiet: int, behind: Any,
          found: int) -> Any:  # fmt: skip
    """Notes in which scenarios a stop is reached too late, and whether after the opening; of a quiet trip
    only the rare ones count."""
    if found + there.shape[0] > behind.shape[1]:
        behind = np.concatenate((behind, np.empty_like(behind)), axis=1)
    for n in range(there.shape[0]):
        if there[n] > due and (rare[n] or not quiet):
            behind[0, found], behind[1, found], behind[2, found] = s, n, there[n] >= opening
            found += 1
    return behind, found


@njit(cache=True)
def _block(number: int, count: int, most_stops: int, ways: Any, laws: Any, asked: Any, answer: Any) -> None:
    """Lives through `count` scenarios from number x BLOCK on."""
    trips, stops, supply, first = ways.trips, ways.stops, ways.supply, number * BLOCK
    opening = np.float32(asked.opening)
    levels, air, rough = _air_of(first, count, ways.airs, laws, asked)
    free = np.empty((trips[:].row.max() + 1, count), np.float32)
    served = np.empty((stops[:].row.max() + 1, count), np.float32)
    lanes = _empty(count, most_stops)
    bits, rare, there = lanes.bits, lanes.rare, lanes.there
    begin, spare = np.empty(count, np.float32), np.empty(count, np.float32)
    behind, found = np.empty((3, 1_024), np.int64), 0  # stops late, in which scenario, and how late
    for t in range(len(trips)):
        trip = trips[t]
        begin[:] = trip.start
        if trip.before >= 0:
            later(begin, free[trips[trip.before].row], spare)
            begin, spare = spare, begin
        for place in range(trip.supply[0], trip.supply[1]):
            later(begin, served[stops[supply[place]].row], spare)
            begin, spare = spare, begin
        at, table = stream(trip.key, asked.seed), laws.factor[trip.mode]
        lots(at, first, bits)
        quiet, found_rare = (
            trip.quiet,
            mark_rare(
                bits,
                trip.absent_looked,
                trip.broken_looked,
                trip.load,
                trip.limit,
                rough[trip.air],
                begin,
                rare,
            ),
        )
        if trip.slots[1] > trip.slots[0] or trip.march > 0:  # tides, slots and nights
            rare[:], found_rare = 1, count
        elif not quiet:
            _all_go(trip, stops, table, air[trip.air], begin, lanes)
        if found_rare:
            of_place, mode = levels[trip.place], laws.modes[trip.mode]
            _rare_go(first, at, trip, stops, ways.slots, of_place, mode, table, laws.wait, begin, rare, there)
        for s in range(trip.stops[0], trip.stops[1]):
            reached, stop = there[s - trip.stops[0]], stops[s]
            if stop.final and (found_rare if quiet else count_late(reached, stop.due)):
                behind, found = _note(s, reached, stop.due, opening, rare, quiet, behind, found)
            if stop.row >= 0:
                _keep(reached, stop.serves, rare, quiet, served[stop.row])
        if trip.row >= 0:
            home = there[trip.stops[1] - trip.stops[0]]
            _keep(home, np.float32(0), rare, quiet, free[trip.row])
    if found:
        judge(first, number, levels, ways, laws, asked, behind[:, :found], answer)


@njit(cache=True, nogil=True)
def live(begin: int, end: int, most_stops: int, ways: Any, laws: Any, asked: Any, answer: Any) -> None:
    """Lives through the scenarios of blocks `begin` to `end`; fills their rows of `answer` [block, ...]."""
    for number in range(begin, end):
        count = min(BLOCK, asked.scenarios - number * BLOCK)
        _block(number, count, most_stops, ways, laws, asked, answer)
