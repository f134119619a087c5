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
from kawal.rules.plan.sure.chance import stream
from kawal.rules.plan.sure.compiled import inner, shared
from kawal.rules.plan.sure.course import drawn, go
from kawal.rules.plan.sure.lanes import (
    BLOCK,
    RARE,
    begin_at,
    count_late,
    draw,
    keep,
    list_marked,
    look_up,
    wait_for,
    weather_factor,
    weather_levels,
)
from kawal.rules.plan.sure.settled import ROUGH

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
def _part(first: int, at: Any, trip: Any, laws: Any, lanes: Any, marked: int) -> Any:
    """Of the marked scenarios it takes those back in which a trip goes with the others after all: its escort
    is late but not too late, or its journey is of the tail. How many are left."""
    table, repair_s = laws.factor[trip.mode], laws.modes[trip.mode].repair
    left, slow, still = lanes.left, lanes.slow, 0
    for place in range(marked):
        n = lanes.marked[place]
        spread, wait, repair, _ = drawn(at, first + n, trip, table, laws.wait, repair_s)
        air = lanes.airs[trip.air, n]
        if repair == 0 and air == air and left[n] + wait <= trip.limit:
            left[n] += wait
            slow[n] = spread * air
        else:
            slow[n] = RARE
            lanes.marked[still] = n
            still += 1
    return still


@inner
def _all_go(trip: Any, stops: Any, lanes: Any, opening: Any, found: int) -> Any:
    """The course of one trip where nothing rare happens; notes in which scenarios a stop is reached late."""
    left, slow, kept = lanes.left, lanes.slow, lanes.kept
    for s in range(trip.stops[0], trip.stops[1]):
        stop = stops[s]
        if stop.row >= 0:
            keep(stop.way, stop.work, stop.serves, left, slow, kept, stop.row)
        if stop.final and count_late(stop.way, stop.work, stop.due, left, slow):
            for n in range(left.shape[0]):
                reached = left[n] + slow[n] * stop.way + stop.work
                if reached > stop.due:
                    lanes.behind[found] = 2 * (s * BLOCK + n) + (reached >= opening)
                    found += 1
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
def _rare_go(first: int, at: Any, trip: Any, ways: Any, laws: Any, lanes: Any, marked: int, opening: Any,
             found: int) -> Any:  # fmt: skip
    """The course of one trip in the marked scenarios, one after the other: something rare may happen."""
    stops, there, kept = ways.stops, lanes.there, lanes.kept
    for place in range(marked):
        n = lanes.marked[place]
        go(lanes.left[n], at, first + n, n, trip, ways, laws, lanes)
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
    found, left = 0, lanes.left
    for t in range(len(ways.trips)):
        trip = ways.trips[t]
        _wait(trip, ways, lanes.kept, left)
        at, marked = stream(trip.key, seed), left.shape[0]
        if trip.slots[1] > trip.slots[0] or trip.march > 0:  # tides, slots and nights
            for n in range(marked):
                left[n] += trip.load
                lanes.marked[n] = n
        else:
            draw(at, first, trip, lanes.airs, left, lanes.bits, lanes.rare)
            marked = list_marked(lanes.words, lanes.rare, lanes.marked)
            if trip.quiet:
                _nobody_waits(trip, ways.stops, lanes.kept)
            else:
                look_up(lanes.bits, laws.factor, trip.mode, lanes.airs, trip.air, lanes.slow)
                marked = _part(first, at, trip, laws, lanes, marked)
                found = _all_go(trip, ways.stops, lanes, opening, found)
        if marked:
            found = _rare_go(first, at, trip, ways, laws, lanes, marked, opening, found)
    return found


@inner
def _air(modes: Any, places: Any, levels: Any, airs: Any) -> None:
    """By mode, place and day how the weather slows a journey."""
    for a in range(len(places)):
        mode = modes[places[a, 0]]
        rough = min(mode.closed, np.float32(ROUGH))
        weather_factor(mode.weather, rough, levels, places[a, 1], places[a, 2], airs, a)


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
        _air(laws.modes, ways.airs, lanes.levels, lanes.airs)
        found = _block(first, ways, laws, asked.seed, opening, lanes)
        if found:
            judge(first, number, ways, laws, asked.seed, lanes, found, hearing, answer)
