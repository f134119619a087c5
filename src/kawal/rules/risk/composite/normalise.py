"""Step 5, normalisation: every indicator onto one range, high always meaning a higher score.

Formulas after the handbook, part 1, section 1.5 and table 3. Missing stays missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its stats load when used

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Direction, Indicator, Method, Transform


@dataclass(frozen=True, slots=True)
class Ends:
    """The range of the index: where nothing and where everything stands."""

    low: float
    high: float

    def stretched(self, share: Values) -> Values:
        """0..1 onto the range."""
        return self.low + share * (self.high - self.low)


def normalised(
    column: Values, indicator: Indicator, ends: Ends, transform: Transform, ids: Sequence[str] = ()
) -> Values:
    """(n,) -> (n,). A column without any spread is in the middle of the range (its z-score is the centre).

    goalposts  (x - low) / (high - low), held at the goalposts unless the spec lets it go beyond
    min_max    the same between the lowest and the highest value there is
    z_score    centre + spread x (x - mean) / sd, over all units
    rank       n for the highest, 1 for the lowest, ties share their mean; not stretched to the range
    borda      how many units are below (ties count a half); not stretched either
    percentile the same as a share of all others, on the range
    reference  x / reference on the range, or reference / x where less is better
    none       the value already stands on the range
    """
    norm, down = indicator.normalisation, indicator.direction is Direction.DOWN
    if norm.method is Method.NONE:
        return ends.low + ends.high - column if down else column.copy()
    if norm.method is Method.GOALPOSTS:
        if norm.low is None or norm.high is None:
            raise ValueError(f"{indicator.code} has no goalposts")
        return ends.stretched(_between(column, norm.low, norm.high, indicator, transform))
    moved = transformed(column, transform)
    known = moved[~np.isnan(moved)]
    if not len(known):
        return moved
    if norm.method is Method.REFERENCE:
        return ends.stretched(_to_reference(moved, indicator, transform, ids))
    if norm.method in (Method.RANK, Method.BORDA, Method.PERCENTILE):
        return _by_rank(moved, down, norm.method, ends)
    if norm.method is Method.Z_SCORE:
        # Equal values have no spread, though their mean, rounded, may lie beside them.
        spread = known.std() if np.ptp(known) > 0 else 0.0
        standard = (moved - known.mean()) / spread if spread > 0 else moved * 0.0
        return norm.centre + norm.spread * (-standard if down else standard)
    low, high = known.min(), known.max()
    share = (moved - low) / (high - low) if high > low else moved * 0 + 0.5
    return ends.stretched(1 - share if down else share)


def transformed(column: Values, transform: Transform) -> Values:
    """Before normalising; what has no logarithm or root must have been refused before."""
    if transform is Transform.LOG:
        return np.log(column)
    if transform is Transform.SQUARE_ROOT:
        return np.sqrt(column)
    if transform is Transform.BOX_COX:
        known = ~np.isnan(column)
        found = column.copy()
        if known.sum() > 2 and np.ptp(column[known]) > 0:
            found[known] = scipy.stats.boxcox(column[known])[0]
        return found
    return column


def _between(column: Values, low: float, high: float, indicator: Indicator, transform: Transform) -> Values:
    norm = indicator.normalisation
    # Held first: zero has no logarithm, but it has a place on a held scale.
    held = np.maximum(column, low) if norm.hold_low else column
    held = np.minimum(held, high) if norm.hold_high else held
    ends = transformed(np.array([low, high]), transform)
    share: Values = (transformed(held, transform) - ends[0]) / (ends[1] - ends[0])
    return 1 - share if indicator.direction is Direction.DOWN else share


def _by_rank(moved: Values, down: bool, method: Method, ends: Ends) -> Values:
    found = moved.copy()
    known = ~np.isnan(moved)
    rank = scipy.stats.rankdata(-moved[known] if down else moved[known])
    if method is Method.RANK:
        found[known] = rank
    elif method is Method.BORDA:
        found[known] = rank - 1
    else:
        others = len(rank) - 1
        found[known] = ends.stretched((rank - 1) / others if others else np.array([0.5]))
    return found


def _to_reference(moved: Values, indicator: Indicator, transform: Transform, ids: Sequence[str]) -> Values:
    wanted, down = indicator.normalisation.reference, indicator.direction is Direction.DOWN
    if isinstance(wanted, float):
        reference = float(transformed(np.array([wanted]), transform)[0])
    elif wanted in ("best", "worst"):
        reference = float(np.nanmin(moved) if (wanted == "best") == down else np.nanmax(moved))
    elif wanted in ("mean", "median"):
        reference = float(np.nanmean(moved) if wanted == "mean" else np.nanmedian(moved))
    else:
        reference = float(moved[list(ids).index(wanted)])
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = reference / moved if down else moved / reference
    return found
