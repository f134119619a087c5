"""Who was late, and by whose fault: asked on a second pass, only in scenarios in which somebody was late."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.sure.arrays import Counts, Ways
from kawal.rules.plan.sure.chance import BLOCK, Singles, stream
from kawal.rules.plan.sure.compiled import inner
from kawal.rules.plan.sure.course import drawn, go, moved


class Hearing(NamedTuple):
    """What is noted while it is judged, one scenario after the other."""

    heads: Counts  # [lane]: the first place in `Lanes.behind` of whom was late; -1: nobody
    after: Counts  # [place]: the next of the same lane
    asks: NDArray[np.bool_]  # [trip]: lived through again
    held_by: Counts  # the trip it waited for longest; -1: none
    lost: Singles  # seconds by itself
    free: Singles  # when its vehicle is free
    served: Singles  # [stop]: when what goes on from there may load
    in_village: Counts  # the lane in which somebody there was last seen late
    in_district: Counts


def hearing_of(ways: Ways, villages: int, districts: int) -> Hearing:
    trips, stops = len(ways.trips), len(ways.stops)
    return Hearing(
        heads=np.empty(BLOCK, np.int64), after=np.empty(stops * BLOCK, np.int64),
        asks=np.zeros(trips, np.bool_), held_by=np.empty(trips, np.int64),
        lost=np.empty(trips, np.float32), free=np.empty(trips, np.float32),
        served=np.empty(stops, np.float32), in_village=np.empty(villages, np.int64),
        in_district=np.empty(districts, np.int64),
    )  # fmt: skip


@inner
def judge(first: int, number: int, ways: Any, laws: Any, seed: int, lanes: Any, found: int, hearing: Any,
          answer: Any) -> None:  # fmt: skip
    """Who was late, and by whose fault, in a block of scenarios from `first` on: `lanes.behind` [:found]."""
    heads, behind = hearing.heads, lanes.behind
    _forget(heads)
    _forget(hearing.in_village)
    _forget(hearing.in_district)
    _by_lane(behind, found, heads, hearing.after)
    for lane in range(lanes.left.shape[0]):
        if heads[lane] >= 0:
            _count(first + lane, lane, number, ways.stops, behind, hearing, answer)
            _ask(hearing.asks, ways)
            _live_again(first + lane, lane, ways, laws, seed, lanes, hearing)
            _blame(lane, number, ways.stops, behind, hearing, answer)


@inner
def _forget(told: Any) -> None:
    for place in range(told.shape[0]):
        told[place] = -1


@inner
def _by_lane(behind: Any, found: int, heads: Any, after: Any) -> None:
    """Lists of who was late, one for each lane: where it begins, and what comes after each."""
    for place in range(found - 1, -1, -1):
        lane = behind[place] // 2 % BLOCK
        after[place] = heads[lane]
        heads[lane] = place


@inner
def _count(scenario: int, lane: int, number: int, stops: Any, behind: Any, hearing: Any, answer: Any) -> None:
    """Counts who was late in one scenario, and asks for their trips."""
    in_village, in_district, place = hearing.in_village, hearing.in_district, hearing.heads[lane]
    answer.whole[number] += 1
    while place >= 0:
        s, shut = behind[place] // 2 // BLOCK, behind[place] % 2
        stop = stops[s]
        answer.late[number, s] += 1
        answer.shut[number, s] += shut
        answer.unopened[scenario] += shut * stop.weight
        hearing.asks[stop.trip] = True
        if in_village[stop.village] != lane:
            in_village[stop.village] = lane
            answer.villages[number, stop.village] += 1
        if in_district[stop.district] != lane:
            in_district[stop.district] = lane
            answer.districts[number, stop.district] += 1
        place = hearing.after[place]


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
def _live_again(scenario: int, lane: int, ways: Any, laws: Any, seed: int, lanes: Any, hearing: Any) -> None:
    """One scenario of the trips asked for: what held each up, what each lost. Then nothing is asked for."""
    asks, free, served, there = hearing.asks, hearing.free, hearing.served, lanes.there
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
        hearing.held_by[t] = held
        lot = drawn(stream(trip.key, seed), scenario, trip, laws)
        go(begin + trip.load, lot, lane, trip, ways, laws, lanes)
        for s in range(trip.stops[0], trip.stops[1]):
            served[s] = there[s - trip.stops[0]] + ways.stops[s].serves
        free[t] = there[trip.stops[1] - trip.stops[0]]
        hearing.lost[t] = free[t] - moved(begin + trip.load, trip.way + trip.work, trip)


@inner
def _blame(lane: int, number: int, stops: Any, behind: Any, hearing: Any, answer: Any) -> None:
    place = hearing.heads[lane]
    while place >= 0:
        stop = stops[behind[place] // 2 // BLOCK]
        answer.blame[number, _to_blame(stop.trip, hearing.held_by, hearing.lost)] += stop.weight
        place = hearing.after[place]


@inner
def _to_blame(t: int, held_by: Any, lost: Any) -> int:
    """The trip that lost most time by itself, among those that this one had to wait for."""
    worst = t
    while held_by[t] >= 0:
        t = held_by[t]
        if lost[t] > lost[worst]:
            worst = t
    return worst
