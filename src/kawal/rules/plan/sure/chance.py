"""Chance that is counted, not drawn in sequence: bits for each trip and scenario, and what they mean.

A hash of trip, scenario and seed gives the bits. So the same load meets the same chance in every version of
a plan (common random numbers), more scenarios leave the first ones as they were, and no answer depends on
how many processors worked at it.

There are two draws. The common one has 32 bits (`lot`; a 32-bit finaliser of Wellons, keyed twice by
splitmix64: Steele, Lea and Flood 2014) and is asked everywhere: 12 bits choose the spread of the journey,
10 whether the escort may be late, 10 whether the vehicle may break down. Where they say "maybe", 64 more
bits (`fine`) say whether, for how long and where. The table has 4,096 quantiles, each in the middle of its
step; its last 16 steps are told apart 4,096 times finer (`TAIL`). So a probability is off by at most
1/8,192, by 1e-6 where it is rarer than 1/256, and what happens to escorts and vehicles by less than 1e-7.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from kawal.rules.plan.sure.compiled import inner, shared

STEPS: Final = 1 << 12  # of a table of quantiles
TAIL: Final = STEPS - 16  # from here on the steps are told apart further
MAYBE_STEPS: Final = 1 << 10
NORMAL_STEPS: Final = 1 << 16  # of the weather, whose days add up

COUNTER: Final = np.uint64(0x9E3779B97F4A7C15)

Singles = NDArray[np.float32]

NORMAL: Final[Singles] = ndtri((np.arange(NORMAL_STEPS) + 0.5) / NORMAL_STEPS).astype(np.float32)


@lru_cache(maxsize=64)
def spread_table(spreads: tuple[float, ...]) -> Singles:
    """For each mode the quantiles of its lognormal factor (median 1): [mode, step], then the tail's."""
    middles = (np.arange(STEPS) + 0.5) / STEPS
    tail = 1 - (1 - TAIL / STEPS) * middles[::-1]
    return np.exp(np.outer(spreads, ndtri(np.concatenate((middles, tail))))).astype(np.float32)


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
    """The 32 bits of scenario `number` of the stream whose halves are given."""
    value = np.uint32(
        np.multiply(number, np.uint32(0x9E3779B9)) + low
    )  # `*` would count in 64 bits: half as fast
    value = np.multiply(np.uint32(value ^ (value >> np.uint32(16))), np.uint32(0x21F0AAAD))
    value = np.multiply(np.uint32(value ^ (value >> np.uint32(15)) ^ high), np.uint32(0x735A2D97))
    return np.uint32(value ^ (value >> np.uint32(15)))


@inner
def lot_at(at: Any, number: int) -> Any:
    low, high = np.uint32(at & np.uint64(0xFFFFFFFF)), np.uint32(at >> np.uint64(32))
    return lot(low, high, np.uint32(number))


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
