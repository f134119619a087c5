"""The smallest loops of the simulation: one thing that happens to one trip, in many scenarios side by side.

Each does the same to all scenarios of a block, so that a processor does eight or sixteen at once, and takes
whole arrays and the row to work on: to cut a row out costs more than to work on it, for numba counts
references. What happens rarely is not a number here (`RARE`), and is done one by one (`course.py`).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.sure.arrays import Ways
from kawal.rules.plan.sure.chance import STEPS, TAIL, Singles, chain, lot
from kawal.rules.plan.sure.compiled import inner, shared

BLOCK: Final = 512  # scenarios
RARE: Final = np.float32(
    np.nan
)  # how slow a journey is that must be lived through by itself: later than nothing


class Lanes(NamedTuple):
    """What a block of scenarios is worked at; a lane is a scenario."""

    levels: Singles  # [place, day, lane]: the weather; behind the last place that of nation and regency
    airs: Singles  # [row of `Ways.airs`, lane]: how it slows a journey; RARE on a rough day
    kept: Singles  # [row, lane]: moments that others wait for
    left: Singles  # [lane], as all below, of the trip at hand: when it leaves
    slow: Singles  # how many times as long as planned it is on its way; RARE: lived through by itself
    bits: NDArray[np.uint32]  # its common draws
    words: NDArray[np.uint64]  # `rare`, eight in one
    rare: NDArray[np.uint8]  # where something rare may happen
    marked: NDArray[np.int64]  # the lanes that are lived through by themselves
    there: Singles  # [stop] of one lane, behind the last when the vehicle is free
    behind: NDArray[np.int64]  # stops that are late: 2 x (stop x BLOCK + lane), 1 more if after the opening


def lanes_of(count: int, ways: Ways, areas: int, days: int) -> Lanes:
    """A place to work at for so many scenarios."""
    words = np.zeros(-(-count // 8), np.uint64)
    most_stops = int(np.diff(ways.trips["stops"]).max())
    return Lanes(
        levels=np.empty((areas, days, count), np.float32), airs=np.empty((len(ways.airs), count), np.float32),
        kept=np.empty((ways.rows, count), np.float32), left=np.empty(count, np.float32),
        slow=np.empty(count, np.float32), bits=np.empty(count, np.uint32), words=words,
        rare=words.view(np.uint8), marked=np.empty(count + 8, np.int64),
        there=np.empty(most_stops + 1, np.float32), behind=np.empty(len(ways.stops) * count, np.int64),
    )  # fmt: skip


@shared
def weather_levels(areas: Any, laws: Any, seed: int, first: int, anchor: int, levels: Any) -> None:
    """Fills `levels` [area, day, scenario]: first the regency's districts, behind them nation and regency."""
    districts = levels.shape[0] - 2
    for area in range(levels.shape[0]):
        if area >= districts or laws.shares[2] > 0:
            key = areas[area + 2 if area < districts else area - districts]
            chain(key, seed, first, anchor, laws.day_to_day, laws.normal, levels, area)
        else:
            for day in range(levels.shape[1]):
                for n in range(levels.shape[2]):
                    levels[area, day, n] = 0
    for place in range(districts):
        for day in range(levels.shape[1]):
            for n in range(levels.shape[2]):
                levels[place, day, n] = (
                    laws.shares[0] * levels[districts, day, n]
                    + laws.shares[1] * levels[districts + 1, day, n]
                    + laws.shares[2] * levels[place, day, n]
                )


@inner
def weather_factor(slope: Any, rough: Any, levels: Any, place: int, day: int, airs: Any, a: int) -> None:
    """exp(slope x level) by its series, to a relative error of 1e-5 where the exponent is at most 4; on days
    rougher than this, what goes then is lived through by itself."""
    step, one = np.float32(slope / 16), np.float32(1)
    e, b, c, d = (np.float32(1 / 2), np.float32(1 / 6), np.float32(1 / 24), np.float32(1 / 120))
    for n in range(levels.shape[2]):
        level = levels[place, day, n]
        x = step * level
        y = one + x * (one + x * (e + x * (b + x * (c + x * d))))
        y *= y
        y *= y
        y *= y
        airs[a, n] = RARE if level > rough else y * y


@inner
def begin_at(start: Any, begin: Any) -> None:
    for n in range(begin.shape[0]):
        begin[n] = start


@inner
def wait_for(kept: Any, row: int, begin: Any) -> None:
    for n in range(begin.shape[0]):
        begin[n] = max(begin[n], kept[row, n])


@inner
def draw(at: Any, first: int, trip: Any, airs: Any, left: Any, bits: Any, rare: Any) -> Any:
    """All load and leave. Fills `bits` with the common draws of scenarios from `first` on, and marks where an
    escort may be late or a vehicle break down, where the journey is of the tail, leaves after the limit or
    meets a rough day."""
    low, high = np.uint32(at & np.uint64(0xFFFFFFFF)), np.uint32(at >> np.uint64(32))
    absent, broken = np.uint32(trip.absent_looked << 21), np.uint32(trip.broken_looked << 21)
    load, limit, air, first_lot = trip.load, trip.limit, trip.air, np.uint32(first)
    for n in range(left.shape[0]):
        one = lot(low, high, np.uint32(first_lot + np.uint32(n)))
        bits[n] = one
        ready = left[n] + load
        left[n] = ready
        rare[n] = (
            (np.uint32(one >> np.uint32(1)) < broken)
            | (np.uint32(np.uint32(one << np.uint32(10)) >> np.uint32(1)) < absent)
            | (np.uint32(one & np.uint32(STEPS - 1)) >= np.uint32(TAIL))
            | (ready > limit)
            | (airs[air, n] != airs[air, n])
        )


@inner
def list_marked(words: Any, rare: Any, lanes: Any) -> Any:
    """Fills `lanes` with the scenarios that are marked; how many. `words`: the marks, eight in one."""
    found = 0
    for word in range(words.shape[0]):
        if words[word]:
            for n in range(8 * word, 8 * word + 8):
                lanes[found] = n
                found += rare[n]
    return found


@inner
def look_up(bits: Any, table: Any, mode: int, airs: Any, air: int, slow: Any) -> None:
    """How many times as long as planned the journey takes in each scenario."""
    for n in range(bits.shape[0]):
        slow[n] = table[mode, bits[n] & np.uint32(STEPS - 1)] * airs[air, n]


@inner
def keep(way: Any, work: Any, lasts: Any, left: Any, slow: Any, kept: Any, row: int) -> None:
    """Keeps the moment at which those who wait for it may go on."""
    for n in range(left.shape[0]):
        kept[row, n] = left[n] + slow[n] * way + work + lasts


@inner
def count_late(way: Any, work: Any, due: Any, left: Any, slow: Any) -> Any:
    late = np.int32(0)
    for n in range(left.shape[0]):
        late += left[n] + slow[n] * way + work > due
    return late
