"""Step 3, missing data: what stands in for a value that nobody has, by a rule that shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy  # its parts load when used
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Indicator, Missing

Groups = NDArray[np.intp]  # (n,), a number for each group; one group for all where none is told
Bools = NDArray[np.bool_]

Middle = Callable[[Values], float]


def _mean(known: Values) -> float:
    return float(known.mean())


def _median(known: Values) -> float:
    return float(np.median(known))


_ALONE: dict[Missing, Middle] = {Missing.MEAN: _mean, Missing.MEDIAN: _median}
_GROUPED: dict[Missing, Middle] = {Missing.GROUP_MEAN: _mean, Missing.GROUP_MEDIAN: _median}


def filled(values: Values, indicators: Sequence[Indicator], groups: Groups) -> tuple[Values, Bools]:
    """(n, k) with what the rules put in, and where they did. `reweight` and `refuse` put in nothing.

    A rule that has nothing to go by (no value in the group, or anywhere) leaves the value missing.
    """
    found = values.copy(order="K")
    for j, indicator in enumerate(indicators):
        gaps = np.isnan(values[:, j])
        if not gaps.any() or (gaps.all() and indicator.missing is not Missing.CONSTANT):
            continue
        column = values[:, j]
        if indicator.missing in _ALONE:
            found[gaps, j] = _ALONE[indicator.missing](column[~gaps])
        elif indicator.missing in _GROUPED:
            found[gaps, j] = _by_group(column, groups, _GROUPED[indicator.missing])[gaps]
        elif indicator.missing is Missing.CONSTANT:
            found[gaps, j] = indicator.filling.constant
        elif indicator.missing is Missing.LISTED:
            covered = np.bincount(groups, weights=~gaps)[groups] > 0
            found[gaps & covered, j] = 0.0
        elif indicator.missing is Missing.NEIGHBOUR:
            found[gaps, j] = _by_neighbours(values, j, gaps, indicator.filling.neighbours)
    return found, np.isnan(values) & ~np.isnan(found)


def _by_group(column: Values, groups: Groups, middle: Middle) -> Values:
    found = np.full(len(column), np.nan)
    order = np.argsort(groups, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        known = column[rows][~np.isnan(column[rows])]
        if len(known):
            found[rows] = middle(known)
    return found


def _by_neighbours(values: Values, j: int, gaps: Bools, count: int) -> Values:
    """Mean of indicator j over the units most alike in the others, each indicator in its own spread.

    What a unit lacks in the others counts as the mean there (handbook, 3.2: hot deck by nearest units).
    """
    others = np.delete(values, j, axis=1)
    known = ~np.isnan(others)
    counts = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, others, 0).sum(axis=0) / counts
    spread = np.sqrt((np.where(known, others - centre, 0) ** 2).sum(axis=0) / counts)
    alike = np.where(known, others - centre, 0) / np.where(spread > 0, spread, 1)
    givers = np.flatnonzero(~gaps)
    count = min(count, len(givers))
    _, nearest = scipy.spatial.cKDTree(alike[givers]).query(alike[gaps], k=count)
    found: Values = values[givers[np.reshape(nearest, (-1, count))], j].mean(axis=1)
    return found
