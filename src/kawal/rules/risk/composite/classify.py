"""Classes of scores: thresholds, quantiles, natural breaks (exact), equal intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Breaks, Classes

Ints = NDArray[np.intp]
_Within = Callable[[Ints, Ints], Values]


def thresholds_of(scores: Values, classes: Classes) -> Values:
    """Least score of every class but the lowest; fewer where the scores are too few to part."""
    if classes.breaks in (Breaks.NONE, Breaks.THRESHOLDS):
        return np.array(classes.thresholds, dtype=np.float64)
    known: Values = scores[~np.isnan(scores)]
    count = len(classes.names)
    if not len(known):
        return np.full(count - 1, np.inf)
    if classes.breaks is Breaks.QUANTILES:
        return np.array(np.quantile(known, np.arange(1, count) / count), dtype=np.float64)
    if classes.breaks is Breaks.EQUAL:
        return np.array(np.linspace(known.min(), known.max(), count + 1)[1:-1])
    return natural_breaks(known, count)


def placed(scores: Values, thresholds: Values) -> Ints:
    """(n,) 0 for the lowest class; -1 without a score. A class begins at its threshold."""
    found = np.searchsorted(thresholds, scores, side="right")
    classes: Ints = np.where(np.isnan(scores), -1, found)
    return classes


def natural_breaks(values: Values, count: int) -> Values:
    """Least value of each class but the lowest, so that squares within classes are least (Fisher 1958).

    Exact, in O(count n log n): the best first member of the last class never falls as values are added
    (Wang and Song 2011; Gronlund and others 2017), so each layer is searched by halves, all at once.
    """
    unique, times = np.unique(values, return_counts=True)
    n, count = len(unique), min(count, len(unique))
    shifted = unique - unique.mean()  # against cancellation
    weight = np.concatenate([[0.0], np.cumsum(times.astype(np.float64))])
    first = np.concatenate([[0.0], np.cumsum(times * shifted)])
    second = np.concatenate([[0.0], np.cumsum(times * shifted**2)])

    def within(a: Ints, b: Ints) -> Values:
        """Squares of the values a..b (inclusive) about their mean."""
        mass, total = weight[b + 1] - weight[a], first[b + 1] - first[a]
        squares: Values = np.maximum(second[b + 1] - second[a] - total**2 / mass, 0.0)
        return squares

    cost = within(np.zeros(n, dtype=np.intp), np.arange(n))
    begins = []
    for classes in range(1, count):
        cost, start = _layer(cost, within, n, classes)
        begins.append(start)
    found, last = [], n - 1
    for start in reversed(begins):
        found.append(unique[start[last]])
        last = start[last] - 1
    return np.array(found[::-1], dtype=np.float64)


def _layer(before: Values, within: _Within, n: int, classes: int) -> tuple[Values, Ints]:
    """One class more: for each last value, the least cost and the first member of the new class."""
    cost, start = np.full(n, np.inf), np.zeros(n, dtype=np.intp)
    lows, highs = np.array([classes]), np.array([n - 1])  # ranges of last values still to be done
    least, most = np.array([classes]), np.array([n - 1])  # where their first members must lie
    while len(lows):
        middle = (lows + highs) // 2
        sizes = np.minimum(middle, most) - least + 1
        offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        begin = np.arange(sizes.sum()) - np.repeat(offsets, sizes) + np.repeat(least, sizes)
        total = before[begin - 1] + within(begin, np.repeat(middle, sizes))
        smallest = np.minimum.reduceat(total, offsets)
        hit = np.flatnonzero(total == np.repeat(smallest, sizes))
        owner = np.searchsorted(offsets, hit, side="right") - 1
        _, firsts = np.unique(owner, return_index=True)
        cost[middle], start[middle] = smallest, begin[hit[firsts]]
        left, right = lows < middle, middle < highs
        lows, highs, least, most = (
            np.concatenate([lows[left], middle[right] + 1]),
            np.concatenate([middle[left] - 1, highs[right]]),
            np.concatenate([least[left], start[middle][right]]),
            np.concatenate([start[middle][left], most[right]]),
        )
    return cost, start
