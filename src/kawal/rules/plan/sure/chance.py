"""Chance that is counted, not drawn in sequence: 64 bits for each trip and scenario, and what they mean.

A hash of trip, scenario and seed gives the bits (splitmix64: Steele, Lea and Flood 2014). So the same load
meets the same chance in every version of a plan (common random numbers), more scenarios leave the first ones
as they were, and no answer depends on how many processors worked at it.

Of the 64 bits 16 choose the spread of the journey (a table of 65,536 quantiles, each in the middle of its
step: the worst is that of 1 - 1/131,072), 16 whether and how long the escort is waited for, 12 where a
vehicle breaks down and 20 whether it does and for how long. A probability is off by at most half a step: 8e-6
for the escort, 5e-7 for a breakdown.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri

STEPS: Final = 65_536  # of a table of quantiles: 16 bits
BROKEN_STEPS: Final = 1 << 20
PLACE_STEPS: Final = 1 << 12

COUNTER: Final = np.uint64(0x9E3779B97F4A7C15)

Singles = NDArray[np.float32]

NORMAL: Final[Singles] = ndtri((np.arange(STEPS) + 0.5) / STEPS).astype(np.float32)


def spread_table(spreads: list[float]) -> Singles:
    """For each mode the quantiles of its lognormal factor (median 1): [mode, step]."""
    quantiles = ndtri((np.arange(STEPS) + 0.5) / STEPS)
    return np.exp(np.outer(spreads, quantiles)).astype(np.float32)


def key_of(*words: object) -> int:
    """64 bits that name something for ever."""
    told = "|".join(map(str, words))
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")


@njit(cache=True, inline="always")
def mixed(value: Any) -> Any:
    """splitmix64: a counter becomes 64 bits that look like chance."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def stream(key: Any, seed: int) -> Any:
    """Where the counter of one key begins."""
    return mixed(key + COUNTER * np.uint64(seed + 1))


@njit(cache=True, inline="always")
def bits_at(begin: Any, number: Any) -> Any:
    """The 64 bits of scenario `number` of a stream."""
    return mixed(begin + COUNTER * (number + np.uint64(1)))


@njit(cache=True)
def chain(key: Any, seed: int, first: int, anchor: int, day_to_day: float, normal: Any, levels: Any) -> None:
    """Standard normal levels, each leaning on the day beside it: fills `levels` [day, scenario].

    The chain begins at day `anchor` (the deadline's) and goes both ways, so that a plan that begins a day
    earlier meets the same weather. `first` is the number of the first scenario.
    """
    days, count = levels.shape
    stay, move = np.float32(day_to_day), np.float32(np.sqrt(1 - day_to_day**2))
    for day in range(days):
        begin = stream(key + np.uint64(day - anchor + 512), seed)
        row = levels[day]
        for n in range(count):
            row[n] = normal[bits_at(begin, np.uint64(first + n)) & np.uint64(65_535)]
    for day in range(anchor + 1, days):
        for n in range(count):
            levels[day, n] = stay * levels[day - 1, n] + move * levels[day, n]
    for day in range(min(anchor, days) - 1, -1, -1):
        for n in range(count):
            levels[day, n] = stay * levels[day + 1, n] + move * levels[day, n]
