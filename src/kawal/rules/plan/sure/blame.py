"""Who was late, and by whose fault: asked on a second pass, only in scenarios in which somebody was late."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from kawal.rules.plan.sure.chance import stream
from kawal.rules.plan.sure.compiled import inner
from kawal.rules.plan.sure.course import go, moved
from kawal.rules.plan.sure.lanes import BLOCK


@njit(cache=True)
def judge(first: int, number: int, ways: Any, laws: Any, seed: int, lanes: Any, found: int,
          answer: Any) -> None:  # fmt: skip
    """Who was late, and by whose fault, in a block of scenarios from `first` on: `lanes.behind` [:found]."""
    count = lanes.left.shape[0]
    heads, after = np.full(count, -1, np.int64), np.empty(found, np.int64)
    asks, held_by = np.zeros(len(ways.trips), np.bool_), np.empty(len(ways.trips), np.int64)
    lost, free = np.empty(len(ways.trips), np.float32), np.empty(len(ways.trips), np.float32)
    served = np.empty(len(ways.stops), np.float32)
    in_village = np.full(answer.villages.shape[1], -1, np.int64)
    in_district = np.full(answer.districts.shape[1], -1, np.int64)
    _by_lane(lanes.behind, found, heads, after)
    for lane in range(count):
        if heads[lane] >= 0:
            _count(
                first + lane, lane, number, ways.stops, lanes.behind, heads[lane], after, in_village,
                in_district, asks, answer,
            )  # fmt: skip
            _ask(asks, ways)
            _live_again(first + lane, lane, ways, laws, seed, lanes, asks, free, served, held_by, lost)
            _blame(number, ways.stops, lanes.behind, heads[lane], after, held_by, lost, answer)


@inner
def _by_lane(behind: Any, found: int, heads: Any, after: Any) -> None:
    """Lists of who was late, one for each lane: where it begins, and what comes after each."""
    for place in range(found - 1, -1, -1):
        lane = behind[place] // 2 % BLOCK
        after[place] = heads[lane]
        heads[lane] = place


@inner
def _count(scenario: int, lane: int, number: int, stops: Any, behind: Any, place: int, after: Any,
           in_village: Any, in_district: Any, asks: Any, answer: Any) -> None:  # fmt: skip
    """Counts who was late in one scenario, and asks for their trips."""
    answer.whole[number] += 1
    while place >= 0:
        s, shut = behind[place] // 2 // BLOCK, behind[place] % 2
        stop = stops[s]
        answer.late[number, s] += 1
        answer.shut[number, s] += shut
        answer.unopened[scenario] += shut * stop.weight
        asks[stop.trip] = True
        if in_village[stop.village] != lane:
            in_village[stop.village] = lane
            answer.villages[number, stop.village] += 1
        if in_district[stop.district] != lane:
            in_district[stop.district] = lane
            answer.districts[number, stop.district] += 1
        place = after[place]


@inner
def _ask(asks: Any, ways: Any) -> None:
    """Asks for all that those asked for wait for, too."""
    for t in range(len(ways.trips) - 1, -1, -1):
        if asks[t]:
            trip = ways.trips[t]
            if trip.before >= 0:
                asks[trip.before] = True
            for at in range(trip.supply[0], trip.supply[1]):
                asks[ways.stops[ways.supply[at]].trip] = True


@inner
def _live_again(scenario: int, lane: int, ways: Any, laws: Any, seed: int, lanes: Any, asks: Any, free: Any,
                served: Any, held_by: Any, lost: Any) -> None:  # fmt: skip
    """One scenario of the trips asked for: what held each up, what each lost. Then nothing is asked for."""
    there = lanes.there
    for t in range(len(ways.trips)):
        if not asks[t]:
            continue
        asks[t] = False
        trip = ways.trips[t]
        begin, held = trip.start, np.int64(-1)
        if trip.before >= 0 and free[trip.before] > begin:
            begin, held = free[trip.before], np.int64(trip.before)
        for at in range(trip.supply[0], trip.supply[1]):
            s = ways.supply[at]
            if served[s] > begin:
                begin, held = served[s], np.int64(ways.stops[s].trip)
        held_by[t] = held
        go(begin + trip.load, stream(trip.key, seed), scenario, lane, trip, ways, laws, lanes)
        for s in range(trip.stops[0], trip.stops[1]):
            served[s] = there[s - trip.stops[0]] + ways.stops[s].serves
        free[t] = there[trip.stops[1] - trip.stops[0]]
        lost[t] = free[t] - moved(begin + trip.load, trip.way + trip.work, trip)


@inner
def _blame(number: int, stops: Any, behind: Any, place: int, after: Any, held_by: Any, lost: Any,
           answer: Any) -> None:  # fmt: skip
    while place >= 0:
        stop = stops[behind[place] // 2 // BLOCK]
        answer.blame[number, _to_blame(stop.trip, held_by, lost)] += stop.weight
        place = after[place]


@inner
def _to_blame(t: int, held_by: Any, lost: Any) -> int:
    """The trip that lost most time by itself, among those that this one had to wait for."""
    worst = t
    while held_by[t] >= 0:
        t = held_by[t]
        if lost[t] > lost[worst]:
            worst = t
    return worst
