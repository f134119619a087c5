"""One trip in one scenario: when it leaves, where it is when, and when its vehicle is free.

This is what happens; the kernel lives through it for many scenarios side by side where nothing rare does.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kawal.rules.plan.sure.chance import BLOCK, MAYBES, fine_at, raised, windows
from kawal.rules.plan.sure.compiled import inner, shared
from kawal.rules.plan.sure.flow import DAY_S
from kawal.rules.plan.sure.nights import by_days

NEVER: Final = np.float32(1e9)  # seconds: what misses its last slot
_FINE: Final = 1 << 20  # steps within a step of "maybe"


@inner
def _within(step: Any, fine: Any) -> float:
    return (np.float64(step) + (np.float64(fine & np.uint64(_FINE - 1)) + 0.5) / _FINE) / MAYBES


@inner
def read(begin: Any, at: Any, scenario: int, trip: Any, laws: Any) -> Any:
    """What is drawn, where it is known already where the windows begin."""
    lane, (one, other, late, breaks) = np.uint64(scenario) % np.uint64(BLOCK), begin
    spread, steps = laws.spread, laws.maybes.steps
    factor = spread[trip.mode, one + lane] * spread[trip.mode, other + lane]
    absent, broken = steps[late + lane], steps[breaks + lane]
    wait, repair, after = np.float32(0), np.float32(0), np.float32(0)
    if absent < trip.absent_below or broken < trip.broken_below:
        fine = fine_at(at, scenario)
        chance = _within(absent, fine >> np.uint64(12))
        if chance < trip.absent:
            wait = np.float32(-laws.wait * np.log(np.float32(chance / trip.absent)))
        chance = _within(broken, fine >> np.uint64(32))
        if chance < trip.risk:
            repair = np.float32(-laws.modes[trip.mode].repair * np.log(np.float32(chance / trip.risk)))
            after = np.float32((np.float64(fine >> np.uint64(52)) + 0.5) / 4_096) * trip.way
    return factor, wait, repair, after


@inner
def drawn(at: Any, scenario: int, trip: Any, laws: Any) -> Any:
    """The spread of the journey, the wait for the escort, the repair and after what way it is lost."""
    return read(windows(at, scenario), at, scenario, trip, laws)


@shared
def lot_of(at: Any, scenario: int, trip: Any, laws: Any) -> Any:
    """`drawn` for Python: a door of its own, for to make it takes seconds that most never need."""
    return drawn(at, scenario, trip, laws)


@shared
def leaves(ready: Any, trip: Any, slots: Any, levels: Any, lane: int, closed_above: Any) -> Any:
    """The first moment from `ready` on at which a trip may leave: in its hours, in one of its slots where it
    has any, on a day that is not closed. `levels` [place, day, scenario]: the weather."""
    first, last = trip.slots[0], trip.slots[1]
    for slot in range(first, max(last, first + 1)):
        until = NEVER
        if last > first:
            ready, until = max(ready, slots[slot, 0]), slots[slot, 1]
        day = int(ready) // DAY_S
        while day < levels.shape[1]:
            midnight = np.float32(day * DAY_S)
            ready = max(ready, midnight + trip.opens)
            if ready > until:
                break
            if levels[trip.place, day, lane] <= closed_above and ready <= midnight + trip.until:
                return ready
            day += 1
            ready = max(ready, np.float32(day * DAY_S))
    return NEVER


@shared
def opened(at: Any, first: int, last: int, slots: Any) -> Any:
    """When goods may be handed over at a stop reached at this moment, whose slots are those from first on."""
    if first == last:
        return at
    for slot in range(first, last):
        if at <= slots[slot, 1]:
            return max(at, slots[slot, 0])
    return NEVER


@inner
def moved(left: Any, moving: Any, trip: Any) -> Any:
    """When a trip that left then has moved and worked so long; one of several days rests at night."""
    return by_days(left, moving, trip.opens, trip.march) if trip.march > 0 else left + moving


@inner
def go(ready: Any, lot: Any, lane: int, trip: Any, ways: Any, laws: Any, lanes: Any) -> None:
    """Fills `lanes.there`: when each stop of a trip is reached and open, and last when the vehicle is free.

    `ready`: when it has loaded; `lot`: what chance has drawn for it.
    """
    mode, levels, there = laws.modes[trip.mode], lanes.levels, lanes.there
    slow, wait, repair, after = lot
    left, air = ready + wait, lanes.airs[trip.air, lane]
    plain = trip.slots[0] == trip.slots[1] and trip.march == 0
    if plain and air == air and left <= trip.limit:
        slow *= air
    else:
        left = leaves(left, trip, ways.slots, levels, lane, mode.closed)
        day = min(int(left) // DAY_S, levels.shape[1] - 1)
        slow *= raised(mode.weather * levels[trip.place, day, lane])
    first, waited = trip.stops[0], np.float32(0)
    for s in range(first, trip.stops[1]):
        stop = ways.stops[s]
        lost = repair if stop.way >= after else np.float32(0)
        reached = moved(left, slow * stop.way + stop.work + lost + waited, trip)
        served = opened(reached, stop.slots[0], stop.slots[1], ways.slots)
        there[s - first] = served
        waited += served - reached
    there[trip.stops[1] - first] = moved(left, slow * trip.way + trip.work + repair + waited, trip)
