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

from kawal.rules.plan.sure.blame import judge
from kawal.rules.plan.sure.chance import BLOCK, few, raised, stream, windows
from kawal.rules.plan.sure.compiled import inner, shared
from kawal.rules.plan.sure.course import go, read
from kawal.rules.plan.sure.flow import DAY_S
from kawal.rules.plan.sure.lanes import (
    RARE,
    begin_at,
    count_late,
    keep,
    leave,
    list_marked,
    wait_for,
    weather_factor,
    weather_levels,
)
from kawal.rules.plan.sure.settled import EACH, ROUGH

LONG_AGO: Final = np.float32(-1e9)  # what nobody has to wait for


@inner
def _wait(trip: Any, ways: Any, kept: Any, left: Any) -> None:
    """A trip begins when its hour has come, its vehicle is back and its goods are there."""
    begin_at(trip.start, left)
    if trip.before >= 0:
        wait_for(kept, ways.trips[trip.before].row, left)
    for place in range(trip.supply[0], trip.supply[1]):
        wait_for(kept, ways.stops[ways.supply[place]].row, left)


@inner
def _leave(begin: Any, t: int, trip: Any, laws: Any, lanes: Any) -> Any:
    """All load and leave as one; in how many lanes (`lanes.marked`) something rare may happen."""
    one, other, absent, broken = begin
    seen, marked, found = lanes.seen, lanes.marked, 0
    looked = (absent, trip.absent_looked), (broken, trip.broken_looked)
    if leave(trip, laws.spread, one, other, lanes.airs, lanes.left, lanes.slow, lanes.rare):
        found = list_marked(lanes.words, lanes.rare, seen, t, marked, found)
    for window, below in looked:
        found = few(laws.maybes, window, below, seen, t, marked, found)
    return _next_day(one, other, t, trip, laws, lanes, found)


@inner
def _next_day(one: Any, other: Any, t: int, trip: Any, laws: Any, lanes: Any, found: int) -> Any:
    """Where the day is rough and nothing else is rare, a trip goes with the others, but when it may; a quiet
    one is looked at by itself. How many are."""
    spread, mode, air, again = laws.spread, trip.mode, trip.air, lanes.again
    for place in range(lanes.roughs[air]):
        n = lanes.rough[air, place]
        if lanes.seen[n] != t:
            if trip.quiet or again[air, place, 1] == 0:
                lanes.marked[found] = n
                found += 1
            else:
                midnight = again[air, place, 0]
                if midnight > 0:
                    lanes.left[n] = max(lanes.left[n], midnight + trip.opens)
                lanes.slow[n] = again[air, place, 1] * (
                    spread[mode, one + np.uint64(n)] * spread[mode, other + np.uint64(n)]
                )
    return found


@inner
def _part(first: int, at: Any, begin: Any, trip: Any, laws: Any, lanes: Any, marked: int) -> Any:
    """Of the marked scenarios it takes those back in which a trip goes with the others after all: its escort
    is late but not too late, or it is quiet and loses no more than it has to spare. How many are left."""
    left, slow, lots, still, none = lanes.left, lanes.slow, lanes.lots, 0, np.float32(0)
    for place in range(marked):
        n = lanes.marked[place]
        spread, wait, repair, after = read(begin, at, first + n, trip, laws)
        if trip.quiet:
            lost = max(left[n] - trip.limit + trip.spare * np.float32(EACH), none) + wait + repair
            harmless = slow[n] == slow[n] and spread <= trip.most and lost <= trip.spare
        else:
            harmless = repair == 0 and slow[n] == slow[n] and left[n] + wait <= trip.limit
        if harmless:
            left[n] += wait
        else:
            lanes.marked[still] = n
            lots[still, 0], lots[still, 1], lots[still, 2], lots[still, 3] = spread, wait, repair, after
            still += 1
    for place in range(still):
        slow[lanes.marked[place]] = RARE
    return still


@inner
def _all_go(trip: Any, stops: Any, lanes: Any, opening: Any, found: int) -> Any:
    """The course of one trip where nothing rare happens; notes in which scenarios a stop is reached late."""
    left, slow, kept, words, rare = lanes.left, lanes.slow, lanes.kept, lanes.words, lanes.rare
    for s in range(trip.stops[0], trip.stops[1]):
        stop = stops[s]
        if stop.row >= 0:
            keep(stop.way, stop.work, stop.serves, left, slow, kept, stop.row)
        if stop.final and count_late(stop.way, stop.work, stop.due, left, slow, rare):
            for word in range(words.shape[0]):
                if words[word]:
                    for n in range(8 * word, min(8 * word + 8, left.shape[0])):
                        reached = left[n] + slow[n] * stop.way + stop.work
                        lanes.behind[found] = 2 * (s * BLOCK + n) + (reached >= opening)
                        found += rare[n]
    if trip.row >= 0:
        keep(trip.way, trip.work, np.float32(0), left, slow, kept, trip.row)
    return found


@inner
def _nobody_waits(trip: Any, stops: Any, kept: Any) -> None:
    for s in range(trip.stops[0], trip.stops[1]):
        if stops[s].row >= 0:
            for n in range(kept.shape[1]):
                kept[stops[s].row, n] = LONG_AGO
    if trip.row >= 0:
        for n in range(kept.shape[1]):
            kept[trip.row, n] = LONG_AGO


@inner
def _rare_go(trip: Any, ways: Any, laws: Any, lanes: Any, marked: int, opening: Any, found: int) -> Any:
    """The course of one trip in the marked scenarios, one after the other: something rare may happen."""
    stops, there, kept, lots = ways.stops, lanes.there, lanes.kept, lanes.lots
    for place in range(marked):
        n = lanes.marked[place]
        lot = lots[place, 0], lots[place, 1], lots[place, 2], lots[place, 3]
        go(lanes.left[n], lot, n, trip, ways, laws, lanes)
        for s in range(trip.stops[0], trip.stops[1]):
            reached = there[s - trip.stops[0]]
            if stops[s].final and reached > stops[s].due:
                lanes.behind[found] = 2 * (s * BLOCK + n) + (reached >= opening)
                found += 1
            if stops[s].row >= 0:
                kept[stops[s].row, n] = reached + stops[s].serves
        if trip.row >= 0:
            kept[trip.row, n] = there[trip.stops[1] - trip.stops[0]]
    return found


@inner
def _block(first: int, ways: Any, laws: Any, seed: int, opening: Any, lanes: Any) -> Any:
    """Lives through a block of scenarios from `first` on; how many times a stop is late: `lanes.behind`."""
    found, left, seen = 0, lanes.left, lanes.seen
    for n in range(seen.shape[0]):
        seen[n] = -1
    for t in range(len(ways.trips)):
        trip = ways.trips[t]
        _wait(trip, ways, lanes.kept, left)
        at, marked = stream(trip.key, seed), left.shape[0]
        begin = windows(at, first)
        if trip.slots[1] > trip.slots[0] or trip.march > 0:  # tides, slots and nights: all one by one
            for n in range(marked):
                left[n] += trip.load
                lanes.marked[n], lanes.slow[n] = n, RARE
        else:
            marked = _leave(begin, t, trip, laws, lanes)
        marked = _part(first, at, begin, trip, laws, lanes, marked)
        if trip.quiet:
            _nobody_waits(trip, ways.stops, lanes.kept)
        else:
            found = _all_go(trip, ways.stops, lanes, opening, found)
        if marked:
            found = _rare_go(trip, ways, laws, lanes, marked, opening, found)
    return found


@inner
def _air(modes: Any, places: Any, levels: Any, lanes: Any) -> None:
    """By mode, place and day how the weather slows a journey, where the day is rough, and when it is open
    again."""
    airs = lanes.airs
    for a in range(len(places)):
        mode = modes[places[a, 0]]
        rough = min(mode.closed, np.float32(ROUGH))
        weather_factor(mode.weather, rough, levels, places[a, 1], places[a, 2], airs, a)
        found = 0
        for n in range(airs.shape[1]):
            lanes.rough[a, found] = n
            found += airs[a, n] != airs[a, n]
        lanes.roughs[a] = found
        for place in range(found):
            n, day = lanes.rough[a, place], places[a, 2]
            while day < levels.shape[1] and levels[places[a, 1], day, n] > mode.closed:
                day += 1
            lanes.again[a, place, 0] = np.float32(DAY_S) * day if day > places[a, 2] else 0
            lanes.again[a, place, 1] = 0
            if day < levels.shape[1]:
                lanes.again[a, place, 1] = raised(mode.weather * levels[places[a, 1], day, n])


@shared
def live(
    begin: int, end: int, ways: Any, laws: Any, asked: Any, lanes: Any, hearing: Any, answer: Any
) -> None:
    """Lives through blocks `begin` to `end`, of as many scenarios as there are lanes; fills their rows of
    `answer` [block, ...]."""
    opening = np.float32(asked.opening)
    for number in range(begin, end):
        first = number * BLOCK
        weather_levels(asked.areas, laws, asked.seed, first, asked.anchor, lanes.levels)
        _air(laws.modes, ways.airs, lanes.levels, lanes)
        found = _block(first, ways, laws, asked.seed, opening, lanes)
        if found:
            judge(first, number, ways, laws, asked.seed, lanes, found, hearing, answer)
