"""The inner loops of the simulation: all trips of a plan, a block of scenarios at a time.

Trips are the outer loop, the scenarios of a block the inner ones (`lanes.py`), so that what a processor
needs stays near it. Most trips of most scenarios meet no rare event: they leave when they are ready. What
does (a late escort, a breakdown, a closed day, a window that is missed) is lived through one by one. Who was
to blame is asked on a second pass, only where somebody was late (`blame.py`).

Seconds are float32: whole seconds are exact up to 194 days, fractions to an eighth of a second in 12 days.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, prange

from kawal.rules.plan.sure.blame import judge
from kawal.rules.plan.sure.chance import BROKEN_STEPS, STEPS, stream
from kawal.rules.plan.sure.flow import DAY_S
from kawal.rules.plan.sure.lanes import (
    Lanes,
    add_repair,
    arrive,
    breaks,
    close,
    count_late,
    draw,
    later,
    leave_all,
    leaves,
    look_up,
    mark_rare,
    step_of,
    waits,
    weather_factor,
    weather_levels,
)
from kawal.rules.plan.sure.nights import arrive_by_days

BLOCK: Final = 128  # scenarios


@njit(cache=True)
def _live_rare(t: int, trips: Any, laws: Any, levels: Any, lanes: Any) -> bool:
    """Lives one by one through the scenarios marked as rare; whether any vehicle broke down."""
    mode, planned, of_place = trips.mode[t], trips.day[t], levels[trips.place[t]]
    table, slope, closed = laws.factor[mode], laws.weather[mode], laws.closed[mode]
    absent = laws.absent if trips.guarded[t] else 0.0
    load, opens, until, way, risk = trips.load[t], trips.opens[t], trips.until[t], trips.way[t], trips.risk[t]
    lanes.repair[:] = 0
    lanes.after[:] = 0
    broke = False
    words = lanes.rare.view(np.uint64)  # eight at a time: most are none
    for word in range(words.shape[0]):
        if not words[word]:
            continue
        for n in range(8 * word, 8 * word + 8):
            if not lanes.rare[n]:
                continue
            bits = lanes.bits[n]
            ready = lanes.begin[n] + load + waits(bits, absent, laws.wait)
            left = leaves(ready, opens, until, of_place, n, closed)
            day = min(int(left) // DAY_S, of_place.shape[0] - 1)
            if day != planned:
                slow = np.float32(np.exp(slope * of_place[day, n]))
                lanes.factor[n] = table[bits & np.uint64(65_535)] * slow
            lanes.left[n] = left
            lanes.repair[n], lanes.after[n] = breaks(bits, risk, laws.repair[mode], way)
            broke |= lanes.repair[n] > 0
    return broke


@njit(cache=True)
def _air_of(first: int, count: int, airs: Any, laws: Any, asked: Any) -> Any:
    """The weather, and by mode, place and day how it slows a journey and whether none may leave."""
    levels = np.empty((len(asked.areas) - 2, asked.days, count), np.float32)
    weather_levels(asked.areas, laws, asked.seed, first, asked.anchor, levels)
    air, shut = np.empty((len(airs.day), count), np.float32), np.empty((len(airs.day), count), np.uint8)
    for a in range(len(airs.day)):
        level, mode = levels[airs.place[a], airs.day[a]], airs.mode[a]
        weather_factor(laws.weather[mode], level, air[a])
        close(laws.closed[mode], level, shut[a])
    return levels, air, shut


@njit(cache=True)
def _reach(t: int, way: Any, work: Any, broke: bool, trips: Any, lanes: Any, there: Any) -> None:
    """When trip t is so far, in all scenarios of the block."""
    if trips.march[t] > 0:
        if not broke:  # what an earlier trip lost there is not this one's
            lanes.repair[:] = 0
        arrive_by_days(lanes.left, lanes.factor, way, work, lanes.repair, lanes.after,
                       trips.opens[t], trips.march[t], there)  # fmt: skip
        return
    arrive(lanes.left, lanes.factor, way, work, there)
    if broke:
        add_repair(way, lanes.repair, lanes.after, there)


@njit(cache=True)
def _empty(count: int) -> Any:
    return Lanes(
        np.empty(count, np.uint64), np.empty(count, np.float32), np.empty(count, np.float32),
        np.empty(count, np.float32), np.zeros(count, np.float32), np.zeros(count, np.float32),
        np.zeros(-(-count // 8) * 8, np.uint8), np.empty(count, np.float32),
    )  # fmt: skip


@njit(cache=True)
def _block(number: int, count: int, trips: Any, stops: Any, supply: Any, airs: Any, laws: Any, asked: Any,
           answer: Any) -> None:  # fmt: skip
    """Lives through `count` scenarios from number x BLOCK on."""
    first = number * BLOCK
    levels, air, shut = _air_of(first, count, airs, laws, asked)
    free = np.empty((trips.slot.max() + 1, count), np.float32)
    served = np.empty((stops.slot.max() + 1, count), np.float32)
    lanes = _empty(count)
    bits, begin, left, factor, there = lanes.bits, lanes.begin, lanes.left, lanes.factor, lanes.there
    behind, found = np.empty((2, 1_024), np.int64), 0  # stops late, and in which scenario
    for t in range(len(trips.start)):
        begin[:] = trips.start[t]
        if trips.before[t] >= 0:
            later(begin, free[trips.slot[trips.before[t]]])
        for at in range(trips.supply[t], trips.supply[t + 1]):
            later(begin, served[stops.slot[supply[at]]])
        draw(stream(trips.key[t], asked.seed), first, bits)
        look_up(bits, laws.factor[trips.mode[t]], factor)
        absent = step_of(laws.absent if trips.guarded[t] else 0.0, STEPS)
        mark_rare(bits, absent, step_of(trips.risk[t], BROKEN_STEPS), lanes.rare)
        until = np.float32(trips.day[t] * DAY_S) + trips.until[t]
        rare = leave_all(
            trips.load[t], until, air[trips.air[t]], shut[trips.air[t]], begin, factor, lanes.rare, left
        )
        broke = _live_rare(t, trips, laws, levels, lanes) if rare else False
        for s in range(trips.stops[t], trips.stops[t + 1]):
            _reach(t, stops.way[s], stops.work[s], broke, trips, lanes, there)
            if stops.final[s]:
                late = count_late(there, stops.due[s])
                if late:
                    answer.late[number, s] = late
                    behind = _room(behind, found + late)
                    found, unopened = _note(s, there, stops.due[s], np.float32(asked.opening), behind, found)
                    answer.shut[number, s] = unopened
            if stops.slot[s] >= 0:
                arrive(there, there, np.float32(0), stops.serves[s], served[stops.slot[s]])
        if trips.slot[t] >= 0:
            _reach(t, trips.way[t], trips.work[t], broke, trips, lanes, free[trips.slot[t]])
    if found:
        judge(number * BLOCK, number, levels, trips, stops, supply, laws, asked, behind[:, :found], answer)


@njit(cache=True)
def _room(behind: Any, needed: int) -> Any:
    while behind.shape[1] < needed:
        behind = np.concatenate((behind, np.empty_like(behind)), axis=1)
    return behind


@njit(cache=True)
def _note(s: int, there: Any, deadline: Any, opening: Any, behind: Any, found: int) -> Any:
    """Notes who was late at a stop; how many are noted now, and how many came after the opening."""
    unopened = 0
    for n in range(there.shape[0]):
        if there[n] > deadline:
            behind[0, found], behind[1, found] = s, n
            found += 1
            unopened += there[n] >= opening
    return found, unopened


@njit(cache=True, parallel=True)
def live(trips: Any, stops: Any, supply: Any, airs: Any, laws: Any, asked: Any, answer: Any) -> None:
    """Lives through all scenarios, block by block; fills `answer` [block, ...]."""
    for number in prange(answer.whole.shape[0]):
        count = min(BLOCK, asked.scenarios - number * BLOCK)
        _block(number, count, trips, stops, supply, airs, laws, asked, answer)
