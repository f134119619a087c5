"""Steps 4 and 9: do the parts of an index hang together, and which of them does the score follow?

Cronbach's alpha of the children of a node, standardised (handbook 4.3): Q r / (1 + (Q - 1) r), with r
their mean correlation. A child that hangs together with none, or against the others, shows by a higher
alpha without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.compute import Result
from kawal.rules.risk.composite.framework import Node


@dataclass(frozen=True, slots=True)
class Child:
    """NaN where it cannot be told: no spread, fewer than three units, or too few sisters."""

    with_score: float  # correlation with the score
    with_sisters: float  # with the sum of the other children, standardised
    alpha_without: float


@dataclass(frozen=True, slots=True)
class Structure:
    alpha: float
    children: dict[str, Child]


def structures(result: Result) -> dict[str, Structure]:
    """Node -> how its children hang together, over the units for which all of them are known."""
    return {node.code: _structure(node, result) for node in result.index.nodes}


def _structure(node: Node, result: Result) -> Structure:
    columns = np.array([result.climbed.values[child.code] for child in node.children])
    score = result.exact
    whole = ~np.isnan(columns).any(axis=0) & ~np.isnan(score)
    standard = np.array([_standard(column) for column in columns[:, whole]])
    known_score = _standard(score[whole])
    rows = list(range(len(columns)))
    children = {}
    for at, child in enumerate(node.children):
        others = [row for row in rows if row != at]
        children[child.code] = Child(
            with_score=_correlation(standard[at], known_score),
            with_sisters=_correlation(standard[at], standard[others].sum(axis=0)) if others else np.nan,
            alpha_without=_alpha(standard[others]),
        )
    return Structure(_alpha(standard), children)


def _alpha(standard: Values) -> float:
    count = len(standard)
    if count < 2 or standard.shape[1] < 3 or np.isnan(standard).any():
        return float("nan")
    matrix = standard @ standard.T / standard.shape[1]
    mean = float((matrix.sum() - np.trace(matrix)) / (count * (count - 1)))
    below = 1 + (count - 1) * mean
    return count * mean / below if below > 1e-12 else float("nan")


def _standard(column: Values) -> Values:
    if len(column) < 3 or np.ptp(column) < 1e-12:
        return np.full(len(column), np.nan)
    found: Values = (column - column.mean()) / column.std()
    return found


def _correlation(one: Values, other: Values) -> float:
    if len(one) < 3 or np.isnan(one).any() or np.isnan(other).any() or np.ptp(other) < 1e-12:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
