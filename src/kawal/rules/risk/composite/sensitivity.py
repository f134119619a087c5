"""Step 7, which choice matters: first-order and total Sobol indices of the sources of doubt.

Saltelli and others (2010), Computer Physics Communications 181: matrices A and B of a low-discrepancy
sample, A with one column of B for each factor; first order by Saltelli, total by Jansen, as SciPy's
`sobol_indices` computes them. Evaluations: size x (factors + 2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its stats load when used

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.checks import Checks, Factor
from kawal.rules.risk.composite.robustness import Mapper


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the variance of one figure: by each factor alone, and with all its company. NaN: it never varies."""

    figure: str  # `shift`: mean absolute change of rank; else `score`, `rank` or `class` of `unit`
    unit: str
    variance: float
    first: tuple[float, ...]
    total: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    size: int
    seed: int
    factors: tuple[Factor, ...]
    shares: tuple[Shares, ...]


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of one sample row: the mean shift in rank, then score, rank and class of the units."""

    checks: Checks
    rows: tuple[int, ...]

    def __call__(self, u: Values) -> Values:
        found = self.checks.outcome(dict(zip(self.checks.factors, map(float, u), strict=True)))
        base = self.checks.result.rank
        both = (found.rank > 0) & (base > 0)
        shift = np.abs(found.rank[both] - base[both]).mean() if both.any() else 0.0
        units = [(found.score[row], found.rank[row], found.klass[row]) for row in self.rows]
        return np.array([shift, *(figure for unit in units for figure in unit)], dtype=np.float64)


def sensitivity(
    checks: Checks, size: int = 256, units: Sequence[str] = (), mapper: Mapper = map
) -> Sensitivity:
    """`size` is a power of two; `units` are ids whose own score, rank and class are looked at as well."""
    ids = checks.result.table.ids
    rows = tuple(ids.index(unit) for unit in units)
    names = [("shift", ""), *((figure, unit) for unit in units for figure in ("score", "rank", "class"))]
    indices = sobol(_Figures(checks, rows), len(checks.factors), size, checks.seed, mapper)
    shares = tuple(
        Shares(figure, unit, variance, tuple(first.tolist()), tuple(total.tolist()))
        for (figure, unit), variance, first, total in zip(names, *indices, strict=True)
    )
    return Sensitivity(size, checks.seed, checks.factors, shares)


def sobol(
    function: Callable[[Values], Values], count: int, size: int, seed: int, mapper: Mapper = map
) -> tuple[list[float], list[Values], list[Values]]:
    """Variance, first-order and total indices of each figure of a function of `count` numbers in [0, 1)."""
    if size < 2 or size & (size - 1):
        raise ValueError(f"{size} is not a power of two")
    if count == 0:
        width = len(function(np.zeros(0)))
        return [0.0] * width, [np.zeros(0)] * width, [np.zeros(0)] * width
    # Shifted by a seeded vector (Cranley and Patterson): another seed is another sample.
    points = scipy.stats.qmc.Sobol(2 * count, scramble=False).random(size)
    points = (points + np.random.default_rng([seed, count]).random(2 * count)) % 1.0
    a, b = points[:, :count], points[:, count:]
    mixed = []
    for factor in range(count):
        one = a.copy()
        one[:, factor] = b[:, factor]
        mixed.append(one)
    answers = np.array(list(mapper(function, np.concatenate([a, b, *mixed]))))  # (size x (count + 2), s)
    parts = answers.reshape(count + 2, size, -1).transpose(0, 2, 1)
    varies = np.isfinite(parts).all(axis=(0, 2)) & (
        parts[:2].transpose(1, 0, 2).reshape(parts.shape[1], -1).var(axis=1) > 1e-18
    )
    variance = np.where(varies, np.concatenate([parts[0], parts[1]], axis=1).var(axis=1), 0.0)
    first = np.full((parts.shape[1], count), np.nan)
    total = np.full((parts.shape[1], count), np.nan)
    if varies.any():
        # SciPy squeezes what has one row, and then stumbles over it: the last row goes in twice.
        rows = [*np.flatnonzero(varies), int(np.flatnonzero(varies)[-1])]
        found = scipy.stats.sobol_indices(
            func={"f_A": parts[0][rows], "f_B": parts[1][rows], "f_AB": parts[2:][:, rows]}, n=size
        )
        first[varies] = found.first_order.reshape(len(rows), count)[:-1]
        total[varies] = found.total_order.reshape(len(rows), count)[:-1]
    return variance.tolist(), list(first), list(total)
