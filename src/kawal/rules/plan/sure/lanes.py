"""The smallest loops of the simulation: one thing that happens to one trip, in many scenarios side by side.

Each takes plain arrays of one length and does the same to all of them, so that a processor does eight or
sixteen at once. What happens rarely is done one by one (`course.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kawal.rules.plan.sure.chance import MAYBE_STEPS, STEPS, TAIL, Singles, chain


class Lanes(NamedTuple):
    """One trip in all scenarios of a block."""

    bits: NDArray[np.uint32]
    left: Singles
    drawn: Singles
    factor: Singles
    rare: NDArray[np.uint8]
    there: Singles  # [stop, scenario], behind the last when the vehicle is free


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
def look_up(bits: Any, table: Any, factor: Any) -> None:
    for n in range(bits.shape[0]):
        factor[n] = table[bits[n] & np.uint32(STEPS - 1)]


@njit(cache=True)
def mark_rare(bits: Any, absent: Any, broken: Any, load: Any, limit: Any, rough: Any, begin: Any,
              rare: Any) -> Any:  # fmt: skip
    """Marks where an escort may be late or a vehicle break down (below these steps), where the journey is of
    the tail, leaves after the limit or meets a rough day; how many these are."""
    found = np.uint32(0)
    for n in range(bits.shape[0]):
        one = bits[n]
        seen = (
            np.uint32((one >> np.uint32(22)) < broken)
            | np.uint32(((one >> np.uint32(12)) & np.uint32(MAYBE_STEPS - 1)) < absent)
            | np.uint32((one & np.uint32(STEPS - 1)) >= np.uint32(TAIL))
            | np.uint32(begin[n] + load > limit)
            | np.uint32(rough[n])
        )
        rare[n] = np.uint8(seen)
        found = np.uint32(found + seen)
    return np.int64(found)


@njit(cache=True)
def later(begin: Any, there: Any, ready: Any) -> None:
    """The later of two moments; into other lanes, for eight at once are not written where they were read."""
    for n in range(begin.shape[0]):
        own, other = begin[n], there[n]
        ready[n] = other if other > own else own


@njit(cache=True)
def leave_all(load: Any, air: Any, begin: Any, drawn: Any, left: Any, factor: Any) -> None:
    """All leave when they have loaded, and the weather slows them."""
    for n in range(begin.shape[0]):
        left[n] = begin[n] + load
        factor[n] = drawn[n] * air[n]


@njit(cache=True)
def arrive(left: Any, factor: Any, way: Any, work: Any, there: Any) -> None:
    for n in range(there.shape[0]):
        there[n] = left[n] + factor[n] * way + work


@njit(cache=True)
def count_late(there: Any, deadline: Any) -> Any:
    late = np.int32(0)
    for n in range(there.shape[0]):
        late += there[n] > deadline
    return late


@njit(cache=True)
def mark_rough(above: Any, level: Any, rough: Any) -> None:
    for n in range(level.shape[0]):
        rough[n] = level[n] > above
