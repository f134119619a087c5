"""Chance that is counted, not drawn in sequence: windows of shuffled rows for each trip, and what they mean.

A hash of trip, block of scenarios and seed chooses windows. So the same load meets the same chance in every
version of a plan (common random numbers), more scenarios leave the first ones as they were, and no answer
depends on how many processors worked at it.

The rows are shuffled once and for all: 8,192 quantiles of half a journey's spread for each mode, and the
steps 0 to 65,535. A block of 512 scenarios reads a trip's chances side by side from where its windows begin:
the spread as the product of two windows, whether the escort may be late and whether the vehicle may break
down from a window each. All windows begin anywhere with equal chance and by themselves. So each scenario has
exactly the law of the rows, and within it everything is independent; scenarios of a block lean on each other
by what a row of so many shuffled values has left of order, which moves the error by some hundredths of it
(decision 0045).
Where a step says "maybe", 64 bits of the scenario's own (`fine_at`; splitmix64: Steele, Lea and Flood 2014)
say whether, for how long and where. A probability of spread is off by less than 2e-5, what happens to escorts
and vehicles by less than 1e-9.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from kawal.rules.plan.sure.compiled import inner, shared

BLOCK: Final = 512  # scenarios that read on in the same windows
SPREADS: Final = 1 << 13
MAYBES: Final = 1 << 16
LEVELS: Final = 11  # of lists of the steps that may matter: all, every second, ..., one in 1,024
NORMAL_STEPS: Final = 1 << 16  # of the weather, whose days add up
_NEAR: Final = 6  # a list is entered at its first place in 64 steps of the row

COUNTER: Final = np.uint64(0x9E3779B97F4A7C15)

Singles = NDArray[np.float32]

NORMAL: Final[Singles] = ndtri((np.arange(NORMAL_STEPS) + 0.5) / NORMAL_STEPS).astype(np.float32)


class Maybes(NamedTuple):
    """The row of steps, and where in it small ones stand."""

    steps: NDArray[np.int32]  # [place]
    places: NDArray[np.int32]  # one level behind the other; the last of each lies behind all windows
    steps_there: NDArray[np.int32]
    enter: NDArray[np.int32]  # [level, place >> _NEAR]: the first of `places` from there on


def shuffled(count: int, salt: int) -> NDArray[np.int64]:
    """0 to `count` - 1 in an order that no library can change."""
    value = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(salt << 32)) * COUNTER
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.argsort(value ^ (value >> np.uint64(31)), kind="stable")


def _around(row: NDArray[Any]) -> NDArray[Any]:
    """A row that begins anew for windows that reach beyond its end."""
    return np.concatenate((row, row[..., :BLOCK]), axis=-1)


@lru_cache(maxsize=64)
def spread_rows(spreads: tuple[float, ...]) -> Singles:
    """For each mode the shuffled quantiles of half its lognormal factor (median 1): two multiplied are it."""
    halves = ndtri((np.arange(SPREADS) + 0.5) / SPREADS)
    halves /= np.sqrt(2) * halves.std()
    return np.exp(np.outer(spreads, _around(halves[shuffled(SPREADS, 1)]))).astype(np.float32)


@lru_cache(maxsize=1)
def maybes() -> Maybes:
    steps = _around(shuffled(MAYBES, 2)).astype(np.int32)
    begins = np.arange(0, MAYBES + 1, 1 << _NEAR)
    lists, enter, behind = list[NDArray[np.int64]](), list[NDArray[np.int64]](), 0
    for level in range(LEVELS):
        places = np.append(np.flatnonzero(steps < MAYBES >> level), 2 * MAYBES)
        enter.append(behind + np.searchsorted(places, begins))
        lists.append(places)
        behind += len(places)
    places = np.concatenate(lists)
    there = np.append(steps, np.zeros(MAYBES + 1, np.int32))[np.minimum(places, len(steps))]
    return Maybes(
        steps=steps, places=places.astype(np.int32), steps_there=there.astype(np.int32),
        enter=np.array(enter, np.int32),
    )  # fmt: skip


def key_of(*words: object) -> int:
    """64 bits that name something for ever."""
    told = "|".join(map(str, words))
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")


@inner
def mixed(value: Any) -> Any:
    """splitmix64: a counter becomes 64 bits that look like chance."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@shared
def stream(key: Any, seed: int) -> Any:
    """Where the counter of one key begins."""
    return mixed(key + COUNTER * np.uint64(seed + 1))


@inner
def fine_at(begin: Any, number: Any) -> Any:
    """The 64 bits of scenario `number` of a stream."""
    return mixed(begin + COUNTER * np.uint64(number + 1))


@inner
def lot(low: Any, high: Any, number: Any) -> Any:
    """The 32 bits of scenario `number` of the stream whose halves are given (the 32-bit finaliser of Wellons,
    keyed twice)."""
    value = np.uint32(
        np.multiply(number, np.uint32(0x9E3779B9)) + low
    )  # `*` would count in 64 bits: half as fast
    value = np.multiply(np.uint32(value ^ (value >> np.uint32(16))), np.uint32(0x21F0AAAD))
    value = np.multiply(np.uint32(value ^ (value >> np.uint32(15)) ^ high), np.uint32(0x735A2D97))
    return np.uint32(value ^ (value >> np.uint32(15)))


@inner
def raised(exponent: Any) -> Any:
    """exp by its series, in single precision: to a relative error of 1e-5 where the exponent is at most 4."""
    x, one = exponent * np.float32(1 / 16), np.float32(1)
    e, b, c, d = (np.float32(1 / 2), np.float32(1 / 6), np.float32(1 / 24), np.float32(1 / 120))
    y = one + x * (one + x * (e + x * (b + x * (c + x * d))))
    y *= y
    y *= y
    y *= y
    return y * y


@inner
def windows(begin: Any, scenario: int) -> Any:
    """Of a stream and the block of a scenario: where its two windows of spread and its two of steps begin."""
    bits = mixed(begin - COUNTER * (np.uint64(scenario) // np.uint64(BLOCK) + np.uint64(1)))
    one, other = bits & np.uint64(SPREADS - 1), (bits >> np.uint64(16)) & np.uint64(SPREADS - 1)
    return one, other, (bits >> np.uint64(32)) & np.uint64(MAYBES - 1), bits >> np.uint64(48)


@inner
def few(maybes: Any, begin: Any, below: Any, seen: Any, mark: int, lanes: Any, found: int) -> Any:
    """Adds to `lanes` those of a window of steps whose step is below this one, each lane once a mark."""
    if below == 0:
        return found
    level = 0
    while level < LEVELS - 1 and (MAYBES >> (level + 1)) >= below:
        level += 1
    place = np.int64(maybes.enter[level, np.int64(begin) >> _NEAR])
    lane = np.int64(maybes.places[place]) - np.int64(begin)
    while lane < seen.shape[0]:
        if lane >= 0 and maybes.steps_there[place] < below and seen[lane] != mark:
            seen[lane] = mark
            lanes[found] = lane
            found += 1
        place += 1
        lane = np.int64(maybes.places[place]) - np.int64(begin)
    return found


@inner
def chain(key: Any, seed: int, first: int, anchor: int, day_to_day: float, normal: Any, levels: Any,
          area: int) -> None:  # fmt: skip
    """Standard normal levels, each leaning on the day beside it: fills `levels` [area, day, scenario].

    The chain begins at day `anchor` (the deadline's) and goes both ways, so that a plan that begins a day
    earlier meets the same weather. `first` is the number of the first scenario.
    """
    days, count, first_lot = levels.shape[1], levels.shape[2], np.uint32(first)
    stay, move = np.float32(day_to_day), np.float32(np.sqrt(1 - day_to_day**2))
    for day in range(days):
        at = stream(key + np.uint64(day - anchor + 512), seed)
        low, high = np.uint32(at & np.uint64(0xFFFFFFFF)), np.uint32(at >> np.uint64(32))
        for n in range(count):  # the step first, all at once, and then what it means
            one = lot(low, high, np.uint32(first_lot + np.uint32(n)))
            levels[area, day, n] = np.float32(one & np.uint32(NORMAL_STEPS - 1))
        for n in range(count):
            levels[area, day, n] = normal[np.int64(levels[area, day, n])]
    for day in range(anchor + 1, days):
        for n in range(count):
            levels[area, day, n] = stay * levels[area, day - 1, n] + move * levels[area, day, n]
    for day in range(min(anchor, days) - 1, -1, -1):
        for n in range(count):
            levels[area, day, n] = stay * levels[area, day + 1, n] + move * levels[area, day, n]
