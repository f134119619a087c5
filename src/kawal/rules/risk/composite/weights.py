"""Step 6a, weights of the children of one node: given, equal, by pairwise judgements, from the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Judgements

# Mean consistency index of random reciprocal matrices, by order: T. L. Saaty, The Analytic Hierarchy
# Process (1980); Saaty and Tran (2007), table 3, for 3 to 15.
RANDOM_INDEX: Final = (
    0.0,
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.54,
    1.56,
    1.57,
    1.59,
)
_FACTOR_SHARE: Final = 0.10  # handbook 6.1: of the variance, for a factor to be kept
_TOGETHER: Final = 0.60
CONSISTENT: Final = 0.10  # Saaty: above it the judgements should be made anew


@dataclass(frozen=True, slots=True)
class Judged:
    weights: Values  # they add up to one
    ratio: float  # consistency ratio; NaN beyond the order for which a random index is published
    largest: float  # principal eigenvalue


def judged(judgements: Judgements, codes: Sequence[str]) -> Judged:
    """The analytic hierarchy process: principal eigenvector of the reciprocal matrix.

    lambda = mean of (A w) / w; consistency index = (lambda - n) / (n - 1); ratio = index / random index.
    """
    return judged_matrix(matrix_of(judgements, codes), by_mean=judgements.by_mean)


def matrix_of(judgements: Judgements, codes: Sequence[str]) -> Values:
    matrix = np.ones((len(codes), len(codes)))
    place = {code: at for at, code in enumerate(codes)}
    for one, other, ratio in judgements.pairs:
        matrix[place[one], place[other]] = ratio
        matrix[place[other], place[one]] = 1 / ratio
    return matrix


def judged_matrix(matrix: Values, *, by_mean: bool = False) -> Judged:
    size = len(matrix)
    if by_mean:
        weights = np.exp(np.log(matrix).mean(axis=1))
    else:
        values, vectors = np.linalg.eig(matrix)
        weights = np.abs(np.real(vectors[:, int(np.argmax(np.real(values)))]))
    weights = weights / weights.sum()
    largest = float((matrix @ weights / weights).mean())
    index = (largest - size) / (size - 1) if size > 1 else 0.0
    if size >= len(RANDOM_INDEX):
        return Judged(weights, float("nan"), largest)
    ratio = max(index, 0.0) / RANDOM_INDEX[size] if RANDOM_INDEX[size] else 0.0
    return Judged(weights, ratio, largest)


def by_entropy(norms: Values) -> Values | None:
    """Shannon's entropy: what differs more between units weighs more. (n, c) >= 0, missing left out.

    p = x / sum(x); e = -sum(p ln p) / ln n; weight ~ 1 - e. None where nothing differs.
    """
    spread = np.zeros(norms.shape[1])
    for j in range(norms.shape[1]):
        known = norms[~np.isnan(norms[:, j]), j]
        if len(known) < 2 or known.min() < 0 or known.sum() <= 0:
            continue
        part = known / known.sum()
        part = part[part > 0]
        spread[j] = max(1 + float((part * np.log(part)).sum()) / np.log(len(known)), 0.0)
    total = spread.sum()
    return spread / total if total > 1e-12 else None


def by_factors(norms: Values) -> Values | None:
    """Weights from factor analysis (handbook, 1.6.1, table 18; Nicoletti, Scarpetta and Boylaud 2000).

    Principal components of the correlation matrix that each explain more than 10 % of the variance,
    together at least 60 % (more are taken until they do); varimax rotation; each indicator weighs its
    squared loading in the factor on which it loads most, scaled by factor and by the factor's share of
    the explained variance.
    Rows with a missing value are left out. None where there are fewer than three rows or no spread.
    """
    full = norms[~np.isnan(norms).any(axis=1)]
    if len(full) < 3 or np.any(np.ptp(full, axis=0) <= 1e-12):
        return None
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(full, rowvar=False)))
    values, vectors = values[::-1], vectors[:, ::-1]
    share = values / values.sum()
    count = max(int((share > _FACTOR_SHARE).sum()), int(np.searchsorted(np.cumsum(share), _TOGETHER)) + 1)
    loadings = varimax(vectors[:, :count] * np.sqrt(np.maximum(values[:count], 0)))
    squared = loadings**2
    explained = squared.sum(axis=0)
    own = squared.argmax(axis=1)
    each = np.arange(len(own))
    weights = squared[each, own] / explained[own] * (explained[own] / explained.sum())
    found: Values = weights / weights.sum()
    return found


def varimax(loadings: Values, turns_max: int = 500) -> Values:
    """Kaiser's rotation (with row normalisation): high loadings high, low loadings low."""
    size, count = loadings.shape
    if count < 2:
        return loadings
    length = np.sqrt((loadings**2).sum(axis=1))[:, None]
    length[length == 0] = 1
    rows = loadings / length
    turned: NDArray[np.float64] = np.eye(count)
    before = 0.0
    for _ in range(turns_max):
        there = rows @ turned
        left, singular, right = np.linalg.svd(rows.T @ (there**3 - there * ((there**2).sum(axis=0) / size)))
        turned = left @ right
        if singular.sum() < before * (1 + 1e-12):
            break
        before = singular.sum()
    found: Values = (rows @ turned) * length
    return found
