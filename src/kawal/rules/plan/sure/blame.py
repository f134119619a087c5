"""Who was late, and by whose fault: asked on a second pass, only in scenarios in which somebody was late."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from kawal.rules.plan.sure.chance import stream
from kawal.rules.plan.sure.course import go, moved


@njit(cache=True)
def judge(first: int, number: int, levels: Any, ways: Any, laws: Any, asked: Any, behind: Any,
          answer: Any) -> None:  # fmt: skip
    """Who was late, and by whose fault, in the scenarios from `first` on.

    `behind` [3, n]: stops that were late, in which scenario of the block, and whether after the opening.
    """
    trips, stops, count = ways.trips, ways.stops, levels.shape[2]
    heads, after = np.full(count, -1, np.int64), np.empty(behind.shape[1], np.int64)
    for place in range(behind.shape[1] - 1, -1, -1):
        after[place] = heads[behind[1, place]]
        heads[behind[1, place]] = place
    asks, held_by = np.zeros(len(trips), np.bool_), np.empty(len(trips), np.int64)
    lost = np.empty(len(trips), np.float32)
    in_village = np.full(answer.villages.shape[1], -1, np.int64)
    in_district = np.full(answer.districts.shape[1], -1, np.int64)
    for lane in range(count):
        if heads[lane] < 0:
            continue
        answer.whole[number] += 1
        place = heads[lane]
        while place >= 0:
            s = behind[0, place]
            answer.late[number, s] += 1
            answer.shut[number, s] += behind[2, place]
            answer.unopened[first + lane] += behind[2, place] * stops[s].weight
            asks[stops[s].trip] = True
            if in_village[stops[s].village] != lane:
                in_village[stops[s].village] = lane
                answer.villages[number, stops[s].village] += 1
            if in_district[stops[s].district] != lane:
                in_district[stops[s].district] = lane
                answer.districts[number, stops[s].district] += 1
            place = after[place]
        _live_again(first + lane, lane, levels, ways, laws, asked.seed, asks, held_by, lost)
        place = heads[lane]
        while place >= 0:
            s = behind[0, place]
            answer.blame[number, _to_blame(stops[s].trip, held_by, lost)] += stops[s].weight
            place = after[place]
        asks[:] = False


@njit(cache=True)
def _live_again(scenario: int, lane: int, levels: Any, ways: Any, laws: Any, seed: int, asks: Any,
                held_by: Any, lost: Any) -> None:  # fmt: skip
    """One scenario of the trips asked for and all they wait for: what held each up, what each lost."""
    trips, stops, supply, modes, factor = ways.trips, ways.stops, ways.supply, laws.modes, laws.factor
    slots, wait = ways.slots, laws.wait
    free, served = np.empty(len(trips), np.float32), np.empty(len(stops), np.float32)
    there = np.empty((_most_stops(trips) + 1, levels.shape[2]), np.float32)
    for t in range(len(trips) - 1, -1, -1):
        if asks[t]:
            if trips[t].before >= 0:
                asks[trips[t].before] = True
            for at in range(trips[t].supply[0], trips[t].supply[1]):
                asks[stops[supply[at]].trip] = True
    for t in range(len(trips)):
        if not asks[t]:
            continue
        trip = trips[t]
        begin, held = trip.start, np.int64(-1)
        if trip.before >= 0 and free[trip.before] > begin:
            begin, held = free[trip.before], np.int64(trip.before)
        for at in range(trip.supply[0], trip.supply[1]):
            if served[supply[at]] > begin:
                begin, held = served[supply[at]], np.int64(stops[supply[at]].trip)
        held_by[t] = held
        go(
            begin, stream(trip.key, seed), scenario, lane, trip, stops, slots, levels[trip.place],
            modes[trip.mode], factor[trip.mode], wait, there,
        )  # fmt: skip
        for s in range(trip.stops[0], trip.stops[1]):
            served[s] = there[s - trip.stops[0], lane] + stops[s].serves
        free[t] = there[trip.stops[1] - trip.stops[0], lane]
        lost[t] = free[t] - moved(begin + trip.load, trip.way + trip.work, trip)


@njit(cache=True)
def _most_stops(trips: Any) -> int:
    most = 0
    for t in range(len(trips)):
        most = max(most, trips[t].stops[1] - trips[t].stops[0])
    return most


@njit(cache=True)
def _to_blame(t: int, held_by: Any, lost: Any) -> int:
    """The trip that lost most time by itself, among those that this one had to wait for."""
    worst = t
    while held_by[t] >= 0:
        t = held_by[t]
        if lost[t] > lost[worst]:
            worst = t
    return worst
