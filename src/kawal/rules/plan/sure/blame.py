"""Who was late, and by whose fault: asked on a second pass, only in scenarios in which somebody was late."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from kawal.rules.plan.sure.chance import bits_at, stream
from kawal.rules.plan.sure.flow import DAY_S
from kawal.rules.plan.sure.lanes import breaks, leaves, waits
from kawal.rules.plan.sure.nights import by_days


@njit(cache=True)
def judge(first: int, number: int, levels: Any, trips: Any, stops: Any, supply: Any, laws: Any, asked: Any,
                 behind: Any, answer: Any) -> None:  # fmt: skip
    """Which villages and districts were late, and by whose fault, in the scenarios from `first` on.

    `behind` [2, n]: stops that were late, and in which scenario of the block.
    """
    count = levels.shape[2]
    heads, after = np.full(count, -1, np.int64), np.empty(behind.shape[1], np.int64)
    for place in range(behind.shape[1] - 1, -1, -1):
        after[place] = heads[behind[1, place]]
        heads[behind[1, place]] = place
    total = len(trips.start)
    asks, held_by = np.zeros(total, np.bool_), np.empty(total, np.int64)
    free, lost, served = (
        np.empty(total, np.float32),
        np.empty(total, np.float32),
        np.empty(len(stops.way), np.float32),
    )
    in_village = np.full(answer.villages.shape[1], -1, np.int64)
    in_district = np.full(answer.districts.shape[1], -1, np.int64)
    for lane in range(count):
        if heads[lane] < 0:
            continue
        answer.whole[number] += 1
        place, last = heads[lane], 0
        while place >= 0:
            s = behind[0, place]
            asks[stops.trip[s]] = True
            last = max(last, stops.trip[s])
            if in_village[stops.village[s]] != lane:
                in_village[stops.village[s]] = lane
                answer.villages[number, stops.village[s]] += 1
            if in_district[stops.district[s]] != lane:
                in_district[stops.district[s]] = lane
                answer.districts[number, stops.district[s]] += 1
            place = after[place]
        _live_again(
            first + lane, lane, last, levels, trips, stops, supply, laws, asked.seed,
            asks, held_by, free, lost, served,
        )  # fmt: skip
        place = heads[lane]
        while place >= 0:
            s = behind[0, place]
            answer.blame[number, _to_blame(stops.trip[s], held_by, lost)] += stops.weight[s]
            place = after[place]
        asks[: last + 1] = False


@njit(cache=True)
def _live_again(scenario: int, lane: int, last: int, levels: Any, trips: Any, stops: Any, supply: Any,
                laws: Any, seed: int, asks: Any, held_by: Any, free: Any, lost: Any,
                served: Any) -> None:  # fmt: skip
    """One scenario of the trips asked for and all they wait for: what held each up, what each lost."""
    for t in range(last, -1, -1):
        if asks[t]:
            if trips.before[t] >= 0:
                asks[trips.before[t]] = True
            for at in range(trips.supply[t], trips.supply[t + 1]):
                asks[stops.trip[supply[at]]] = True
    for t in range(last + 1):
        if not asks[t]:
            continue
        begin, held = trips.start[t], -1
        before = trips.before[t]
        if before >= 0 and free[before] > begin:
            begin, held = free[before], before
        for at in range(trips.supply[t], trips.supply[t + 1]):
            if served[supply[at]] > begin:
                begin, held = served[supply[at]], stops.trip[supply[at]]
        held_by[t] = held
        bits, mode, of_place = (
            bits_at(stream(trips.key[t], seed), np.uint64(scenario)),
            trips.mode[t],
            levels[trips.place[t]],
        )
        absent = laws.absent if trips.guarded[t] else 0.0
        ready = begin + trips.load[t] + waits(bits, absent, laws.wait)
        left = leaves(ready, trips.opens[t], trips.until[t], of_place, lane, laws.closed[mode])
        day = min(int(left) // DAY_S, of_place.shape[0] - 1)
        factor = laws.factor[mode, bits & np.uint64(65_535)] * np.float32(
            np.exp(laws.weather[mode] * of_place[day, lane])
        )
        repair, after = breaks(bits, trips.risk[t], laws.repair[mode], trips.way[t])
        for s in range(trips.stops[t], trips.stops[t + 1]):
            broke = repair if stops.way[s] >= after else np.float32(0)
            served[s] = _done(t, left, factor * stops.way[s] + stops.work[s] + broke, trips) + stops.serves[s]
        free[t] = _done(t, left, factor * trips.way[t] + trips.work[t] + repair, trips)
        lost[t] = free[t] - _done(t, begin + trips.load[t], trips.way[t] + trips.work[t], trips)


@njit(cache=True)
def _done(t: int, left: Any, moving: Any, trips: Any) -> Any:
    """When a trip that left then has moved so long."""
    return by_days(left, moving, trips.opens[t], trips.march[t]) if trips.march[t] > 0 else left + moving


@njit(cache=True)
def _to_blame(t: int, held_by: Any, lost: Any) -> int:
    """The trip that lost most time by itself, among those that this one had to wait for."""
    worst = t
    while held_by[t] >= 0:
        t = held_by[t]
        if lost[t] > lost[worst]:
            worst = t
    return worst
