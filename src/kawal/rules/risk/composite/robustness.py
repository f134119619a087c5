"""Step 7, how sure we are: intervals of score and rank per unit, and how often it would be in each class.

Same seed, same answer: replication i draws from a generator of its own, whoever computes it and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.checks import Checks, Factor, Outcome

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]  # like `map`: in order

QUANTILES: Final = (0.05, 0.5, 0.95)
_EXACT_CELLS_MAX: Final = 20_000_000  # beyond, ranks and scores are kept in steps of 1/65,534 of their range
_STEPS: Final = 65_534
_ROWS: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Of one figure over all replications, 5 to 95 %; stretched to the index's own where that is outside."""

    low: Values  # (n,)
    median: Values
    high: Values


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """Row i is unit i. Shares are of the replications; `changes` is how often the class is another."""

    replications: int
    seed: int
    factors: tuple[Factor, ...]
    rank: Interval
    score: Interval  # over the replications whose scores mean the same as the index's
    shares: Values  # (n, classes)
    changes: Values  # (n,)
    shift: Values  # (replications,) mean absolute change of rank

    @property
    def mean_shift(self) -> float:
        return float(self.shift.mean())


def replicated(checks: Checks, replications: int | None = None, mapper: Mapper = map) -> Robustness:
    """Computes the index anew under drawn choices. `mapper` may work in parallel but keeps the order.

    Memory: 4 bytes a unit and replication for a nation, 16 for a small table.
    """
    result = checks.result
    count = checks.choices.replications if replications is None else replications
    n = len(result.score)
    names = max(len(result.index.classes.names), 1)
    exact = n * count <= _EXACT_CELLS_MAX
    ranks, scores = _Kept(n, count, 1.0, max(n, 2), exact), _Kept(n, count, *_span(result.exact), exact)
    classes = np.zeros((n, names))
    shift = np.zeros(count)
    rows = np.arange(n)
    compared = 0
    outcomes: Iterator[Outcome] = mapper(_Replication(checks), range(count))
    for at, found in enumerate(outcomes):
        ranks.put(at, np.where(found.rank > 0, found.rank, np.nan))
        if found.comparable:
            scores.put(compared, found.score)
            compared += 1
        known = found.klass >= 0
        classes[rows[known], found.klass[known]] += 1
        both = (found.rank > 0) & (result.rank > 0)
        shift[at] = np.abs(found.rank[both] - result.rank[both]).mean() if both.any() else 0.0
    total = classes.sum(axis=1)
    shares = classes / np.where(total > 0, total, 1)[:, None]
    own = np.where(result.klass >= 0, shares[rows, np.maximum(result.klass, 0)], np.nan)
    point = np.where(result.rank > 0, result.rank, np.nan).astype(np.float64)
    return Robustness(
        count,
        checks.seed,
        checks.factors,
        ranks.interval(count, point),
        scores.interval(compared, result.score),
        shares,
        1 - own,
        shift,
    )


@dataclass(frozen=True, slots=True)
class _Replication:
    """One replication by its number, so that whoever computes it draws the same."""

    checks: Checks

    def __call__(self, number: int) -> Outcome:
        chance = np.random.default_rng([self.checks.seed, len(Factor), number])
        drawn = chance.random(len(Factor))
        return self.checks.outcome(
            {
                factor: float(u)
                for factor, u in zip(Factor, drawn, strict=True)
                if factor in self.checks.factors
            }
        )


class _Kept:
    """(n, count) figures between two ends: as they are, or in 16-bit steps where that would be too much."""

    def __init__(self, n: int, count: int, low: float, high: float, exact: bool) -> None:
        self.low, self.width, self.exact = low, max(high - low, 1e-12), exact
        # One row per replication: written at once, read in blocks of columns.
        self.cells: NDArray[Any] = np.zeros((count, n), dtype=np.float64 if exact else np.uint16)

    def put(self, at: int, figures: Values) -> None:
        if self.exact:
            self.cells[at] = figures
            return
        steps = np.clip((figures - self.low) / self.width, 0, 1) * _STEPS
        self.cells[at] = np.where(np.isnan(steps), _STEPS + 1, np.round(np.nan_to_num(steps)))

    def interval(self, used: int, point: Values) -> Interval:
        n = self.cells.shape[1]
        found = np.full((3, n), np.nan)
        for begin in range(0, n if used else 0, _ROWS):
            columns = slice(begin, begin + _ROWS)
            block = self.cells[:used, columns].astype(np.float64)
            if not self.exact:
                block[block > _STEPS] = np.nan
                block = self.low + block / _STEPS * self.width
            known = ~np.isnan(block).any(axis=0)
            part = np.full((3, block.shape[1]), np.nan)
            if known.all():
                part = np.quantile(block, QUANTILES, axis=0)
            else:
                part[:, known] = np.quantile(block[:, known], QUANTILES, axis=0)
                for column in np.flatnonzero(~known & ~np.isnan(block).all(axis=0)):
                    part[:, column] = np.nanquantile(block[:, column], QUANTILES)
            found[:, columns] = part
        return Interval(np.fmin(found[0], point), found[1], np.fmax(found[2], point))


def _span(scores: Values) -> tuple[float, float]:
    """Twice the width of the scores there are: no choice of the same scale leads further."""
    known = scores[~np.isnan(scores)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    return low - (high - low) / 2, high + (high - low) / 2
