"""Outliers (handbook, step 3 and 5; JRC's rule of skewness and kurtosis): pulled in, and told."""

from __future__ import annotations

import numpy as np
import scipy  # its stats load when used
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Outliers, Transform, Treatment

Bools = NDArray[np.bool_]


def treated(column: Values, treatment: Treatment) -> tuple[Values, Transform]:
    """The column with its outliers pulled in to the nearest that stays, and a transform if still needed.

    `skewness`: while |skewness| > 2 and kurtosis > 3.5 (adjusted Fisher-Pearson, excess) the most
    extreme value of the longer tail takes the place of the next, at most `points_max` times. If that is
    not enough the column is given back as it was, with the transform `otherwise`.
    """
    if treatment.method is Outliers.NONE:
        return column, Transform.NONE
    known = ~np.isnan(column)
    values = column[known]
    if len(np.unique(values)) < 3:
        return column, Transform.NONE
    if treatment.method is Outliers.SKEWNESS:
        pulled, enough = _by_skewness(values, treatment)
        if not enough and treatment.otherwise is not Transform.NONE:
            return column, treatment.otherwise
    else:
        low, high = _ends(values, treatment)
        pulled = np.clip(values, low, high)
    found = column.copy()
    found[known] = pulled
    return found, Transform.NONE


def is_skewed(values: Values, treatment: Treatment) -> bool:
    return bool(
        len(values) > 3
        and np.ptp(values) > 0
        and abs(scipy.stats.skew(values, bias=False)) > treatment.skewness
        and scipy.stats.kurtosis(values, bias=False) > treatment.kurtosis
    )


def _ends(values: Values, treatment: Treatment) -> tuple[float, float]:
    if treatment.method is Outliers.POINTS:
        ordered = np.sort(values)
        last = len(ordered) - 1
        low = ordered[min(int(treatment.low), last)]
        high = ordered[max(last - int(treatment.high), 0)]
        return float(min(low, high)), float(max(low, high))
    if treatment.method is Outliers.PERCENTILES:
        low, high = np.percentile(values, [treatment.low, treatment.high])
        return float(low), float(high)
    first, third = np.percentile(values, [25, 75])
    inside = values[
        (values >= first - treatment.low * (third - first))
        & (values <= third + treatment.high * (third - first))
    ]
    return float(inside.min()), float(inside.max())


def _by_skewness(values: Values, treatment: Treatment) -> tuple[Values, bool]:
    found = values.copy()
    order = np.argsort(found, kind="stable")
    low, high = 0, len(found) - 1
    for _ in range(treatment.points_max):
        if not is_skewed(found, treatment):
            return found, True
        if scipy.stats.skew(found) > 0:
            high -= 1
            found[order[high + 1 :]] = found[order[high]]
        else:
            low += 1
            found[order[:low]] = found[order[low]]
    return found, not is_skewed(found, treatment)
