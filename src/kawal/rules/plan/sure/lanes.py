"""The smallest loops of the simulation: one thing that happens to one trip, in many scenarios side by side.

Each takes plain arrays of one length and does the same to all of them, so that a processor does eight or
sixteen at once. What happens rarely is done one by one (`leaves`, `waits`, `breaks`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kawal.rules.plan.sure.arrays import Keys
from kawal.rules.plan.sure.chance import BROKEN_STEPS, COUNTER, PLACE_STEPS, STEPS, Singles, chain, mixed
from kawal.rules.plan.sure.flow import DAY_S


class Lanes(NamedTuple):
    """One trip in all scenarios of a block."""

    bits: Keys
    begin: Singles
    left: Singles
    factor: Singles
    repair: Singles
    after: Singles
    rare: NDArray[np.uint8]
    there: Singles


@njit(cache=True)
def weather_levels(areas: Any, laws: Any, seed: int, first: int, anchor: int, levels: Any) -> None:
    """Fills `levels` [place, day, scenario] of the regency's districts."""
    nation, regency = np.empty_like(levels[0]), np.empty_like(levels[0])
    chain(areas[0], seed, first, anchor, laws.day_to_day, laws.normal, nation)
    chain(areas[1], seed, first, anchor, laws.day_to_day, laws.normal, regency)
    for place in range(levels.shape[0]):
        if laws.shares[2] > 0:
            chain(areas[2 + place], seed, first, anchor, laws.day_to_day, laws.normal, levels[place])
        else:
            levels[place] = 0
        for day in range(levels.shape[1]):
            own = levels[place, day]
            for n in range(own.shape[0]):
                own[n] = (
                    laws.shares[0] * nation[day, n]
                    + laws.shares[1] * regency[day, n]
                    + laws.shares[2] * own[n]
                )


@njit(cache=True)
def weather_factor(slope: Any, levels: Any, factor: Any) -> None:
    """exp(slope x level) by its series, to a relative error of 1e-5 where the exponent is at most 4."""
    step, one = np.float32(slope / 16), np.float32(1)
    a, b, c, d = (np.float32(1 / 2), np.float32(1 / 6), np.float32(1 / 24), np.float32(1 / 120))
    for n in range(levels.shape[0]):
        x = step * levels[n]
        y = one + x * (one + x * (a + x * (b + x * (c + x * d))))
        y *= y
        y *= y
        y *= y
        factor[n] = y * y


@njit(cache=True)
def leaves(ready: Any, opens: Any, until: Any, levels: Any, lane: int, closed_above: Any) -> Any:
    """The first moment from `ready` on at which a mode may leave; `levels` [day, scenario]."""
    day = int(ready) // DAY_S
    while day < levels.shape[0]:
        ready = max(ready, np.float32(day * DAY_S) + opens)
        if levels[day, lane] <= closed_above and ready <= np.float32(day * DAY_S) + until:
            return ready
        day += 1
    return ready


@njit(cache=True, inline="always")
def waits(bits: Any, absent: float, wait: float) -> Any:
    """Seconds that a guarded trip waits for its escort."""
    chance = (np.float64((bits >> np.uint64(16)) & np.uint64(65_535)) + 0.5) / STEPS
    return np.float32(-wait * np.log(chance / absent)) if chance < absent else np.float32(0)


@njit(cache=True, inline="always")
def breaks(bits: Any, risk: float, repair: Any, way: Any) -> Any:
    """Seconds of repair, and after what way they are lost."""
    chance = (np.float64(bits >> np.uint64(44)) + 0.5) / BROKEN_STEPS
    if chance >= risk:
        return np.float32(0), np.float32(0)
    place = np.float64((bits >> np.uint64(32)) & np.uint64(PLACE_STEPS - 1)) + 0.5
    return np.float32(-repair * np.log(chance / risk)), np.float32(place / PLACE_STEPS) * way


@njit(cache=True)
def draw(at: Any, first: int, bits: Any) -> None:
    counter = at + COUNTER * np.uint64(first + 1)
    for n in range(bits.shape[0]):
        bits[n] = mixed(counter + COUNTER * np.uint64(n))


@njit(cache=True)
def look_up(bits: Any, table: Any, factor: Any) -> None:
    for n in range(bits.shape[0]):
        factor[n] = table[bits[n] & np.uint64(65_535)]


@njit(cache=True)
def mark_rare(bits: Any, absent: Any, broken: Any, rare: Any) -> None:
    """Where an escort is late or a vehicle breaks down: below these steps."""
    for n in range(bits.shape[0]):
        rare[n] = ((bits[n] >> np.uint64(44)) < broken) | (
            ((bits[n] >> np.uint64(16)) & np.uint64(65_535)) < absent
        )


@njit(cache=True)
def later(begin: Any, there: Any) -> None:
    for n in range(begin.shape[0]):
        begin[n] = max(begin[n], there[n])


@njit(cache=True)
def leave_all(
    load: Any, until: Any, air: Any, shut: Any, begin: Any, factor: Any, rare: Any, left: Any
) -> int:
    """All leave when they have loaded; where that may not be, it is marked as rare too, and counted."""
    found = 0
    for n in range(begin.shape[0]):
        left[n] = begin[n] + load
        factor[n] *= air[n]
        rare[n] |= (left[n] > until) | shut[n]
        found += rare[n]
    return found


@njit(cache=True)
def arrive(left: Any, factor: Any, way: Any, work: Any, there: Any) -> None:
    for n in range(there.shape[0]):
        there[n] = left[n] + factor[n] * way + work


@njit(cache=True)
def add_repair(way: Any, repair: Any, after: Any, there: Any) -> None:
    for n in range(there.shape[0]):
        there[n] += repair[n] if way >= after[n] else np.float32(0)


@njit(cache=True)
def count_late(there: Any, deadline: Any) -> Any:
    late = np.int32(0)
    for n in range(there.shape[0]):
        late += there[n] > deadline
    return late


@njit(cache=True, inline="always")
def step_of(share: float, steps: int) -> Any:
    """The step below which a draw happens that happens with this probability."""
    return np.uint64(max(int(np.ceil(share * steps - 0.5)), 0))


@njit(cache=True)
def close(closed_above: Any, level: Any, shut: Any) -> None:
    for n in range(level.shape[0]):
        shut[n] = level[n] > closed_above
