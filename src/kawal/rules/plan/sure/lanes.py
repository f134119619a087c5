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
from kawal.rules.plan.sure.chance import Singles, chain, raised
from kawal.rules.plan.sure.compiled import inner, shared

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
    words: NDArray[np.uint64]  # `rare`, eight in one
    rare: NDArray[np.uint8]  # what is not as it ordinarily is: leaves too late, is too slow, comes late
    seen: NDArray[np.int32]  # the last trip at which something rare may have happened
    marked: NDArray[np.int64]  # the lanes in which it may happen at this one
    lots: Singles  # [place in marked, 4]: their spread, wait, repair, after (`course.drawn`)
    rough: NDArray[np.int32]  # [row of airs]: the lanes with a rough day
    roughs: NDArray[np.int32]  # [row of airs]: how many they are
    again: Singles  # [row of airs, place in rough, 2]: the midnight before it is open again, or 0; how slow
    there: Singles  # [stop] of one lane, behind the last when the vehicle is free
    behind: NDArray[np.int64]  # stops that are late: 2 x (stop x BLOCK + lane), 1 more if after the opening


def lanes_of(count: int, ways: Ways, areas: int, days: int) -> Lanes:
    """A place to work at for so many scenarios."""
    words = np.zeros(-(-count // 8), np.uint64)
    most_stops = int(np.diff(ways.trips["stops"]).max())
    return Lanes(
        levels=np.empty((areas, days, count), np.float32), airs=np.empty((len(ways.airs), count), np.float32),
        kept=np.empty((ways.rows, count), np.float32), left=np.empty(count, np.float32),
        slow=np.empty(count, np.float32), words=words, rare=words.view(np.uint8),
        seen=np.empty(count, np.int32), marked=np.empty(count, np.int64),
        lots=np.empty((count, 4), np.float32),
        rough=np.empty((len(ways.airs), count + 1), np.int32), roughs=np.empty(len(ways.airs), np.int32),
        again=np.empty((len(ways.airs), count, 2), np.float32),
        there=np.empty(most_stops + 1, np.float32), behind=np.empty(len(ways.stops) * count + 1, np.int64),
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
    for n in range(levels.shape[2]):
        level = levels[place, day, n]
        airs[a, n] = RARE if level > rough else raised(slope * level)


@inner
def begin_at(start: Any, begin: Any) -> None:
    for n in range(begin.shape[0]):
        begin[n] = start


@inner
def wait_for(kept: Any, row: int, begin: Any) -> None:
    for n in range(begin.shape[0]):
        begin[n] = max(begin[n], kept[row, n])


@inner
def leave(trip: Any, spread: Any, one: Any, other: Any, airs: Any, left: Any, slow: Any, rare: Any) -> Any:
    """All load and leave: fills `slow`, how many times as long as planned each is on its way, by the two
    windows of `spread` and the weather. Marks who leaves after the limit or is too slow; how many."""
    mode, load, limit, most, air, found = trip.mode, trip.load, trip.limit, trip.most, trip.air, np.int32(0)
    for n in range(left.shape[0]):
        ready = left[n] + load
        left[n] = ready
        factor = spread[mode, one + np.uint64(n)] * spread[mode, other + np.uint64(n)]
        slow[n] = factor * airs[air, n]
        odd = (ready > limit) | (factor > most)
        rare[n] = odd
        found = np.add(found, np.int32(odd))
    return found


@inner
def list_marked(words: Any, rare: Any, seen: Any, mark: int, lanes: Any, found: int) -> Any:
    """Adds to `lanes` the scenarios that are marked. `words`: the marks, eight in one."""
    for word in range(words.shape[0]):
        if words[word]:
            for n in range(8 * word, min(8 * word + 8, seen.shape[0])):
                if rare[n] and seen[n] != mark:
                    seen[n] = mark
                    lanes[found] = n
                    found += 1
    return found


@inner
def keep(way: Any, work: Any, lasts: Any, left: Any, slow: Any, kept: Any, row: int) -> None:
    """Keeps the moment at which those who wait for it may go on."""
    for n in range(left.shape[0]):
        kept[row, n] = left[n] + slow[n] * way + work + lasts


@inner
def count_late(way: Any, work: Any, due: Any, left: Any, slow: Any, rare: Any) -> Any:
    """Marks who reaches a stop late; how many."""
    found = np.int32(0)
    for n in range(left.shape[0]):
        late = left[n] + slow[n] * way + work > due
        rare[n] = late
        found = np.add(found, np.int32(late))
    return found
