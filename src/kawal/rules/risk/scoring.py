"""Indicators -> score 0..100, class and reasons; rolled up to district, regency, province, nation.

The computing is `composite`'s. Points are each indicator's part of the score: they add up to it. Where
nothing at all is known the score is the threshold of VULNERABLE: not knowing is not safety.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.composite.checks import Checks
from kawal.rules.risk.composite.compute import Result, compute
from kawal.rules.risk.composite.data import table_of
from kawal.rules.risk.composite.framework import RollClass
from kawal.rules.risk.composite.robustness import Mapper, replicated
from kawal.rules.risk.measures import Values
from kawal.rules.risk.spec import RiskSpec


@dataclass(frozen=True, slots=True)
class Scores:
    """Row i is area i, column j is the spec's indicator j."""

    values: Values  # (n, k), NaN = missing
    points: Values  # (n, k), part of the score; 0 where missing
    score: Values  # (n,)
    klass: NDArray[np.int64]  # (n,), RiskClass
    coverage: Values  # (n,), 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    indicator: str
    value: float | None  # None for a rolled-up area
    unit: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    shares: tuple[float, ...]  # of the replications in each class, mildest first
    changes: float  # share of them in another class than the index's
    low: float  # score: 5 % lie below, 5 % above `high`; stretched to the index's own
    high: float
    replications: int


@dataclass(frozen=True, slots=True)
class Rollup:
    """Sums over villages, so that the rollup of an area is the sum of those below it."""

    score_sum: float  # score x weight
    points_sum: Values  # (k,)
    weight: float  # voters; a village without voters weighs one
    counts: NDArray[np.int64]  # villages of each class, mildest first
    voters: int

    def __add__(self, other: Rollup) -> Rollup:
        return Rollup(
            self.score_sum + other.score_sum,
            self.points_sum + other.points_sum,
            self.weight + other.weight,
            self.counts + other.counts,
            self.voters + other.voters,
        )

    @property
    def score(self) -> float:
        return self.score_sum / self.weight

    @property
    def points(self) -> Values:
        return self.points_sum / self.weight

    @property
    def worst(self) -> RiskClass:
        return RiskClass(int(np.flatnonzero(self.counts)[-1]) + 1)


def assess(values: Values, spec: RiskSpec) -> Scores:
    """`values` has one row per area and one column per indicator of the spec, NaN where missing."""
    return scores_of(result_of(values, spec))


def result_of(values: Values, spec: RiskSpec) -> Result:
    """The same with all that the engine answers."""
    if values.ndim != 2 or values.shape[1] != len(spec.indicators):
        raise ValueError(f"{values.shape} does not fit {len(spec.indicators)} indicators")
    # Each area is a group of its own: what a list leaves out was already told to be 0 by whoever read it.
    ids = [str(row) for row in range(len(values))]
    return compute(spec.index, table_of(values, ids, groups=ids))


def scores_of(result: Result) -> Scores:
    """What the desk keeps of a computed index."""
    index = result.index
    points = np.column_stack([result.climbed.parts[item.code] for item in index.indicators])
    return Scores(
        result.table.values,
        np.nan_to_num(points, nan=0.0),
        np.clip(result.score, index.low, index.high * index.multiply),
        result.klass + 1,
        result.coverage,
    )


def sureness(
    values: Values, spec: RiskSpec, replications: int | None = None, mapper: Mapper = map
) -> list[Sureness]:
    """How often each area would be in each class if weights, means, gaps and values were a little other.

    What varies stands in the spec (`[robustness]`); its seed makes the answer repeat.
    """
    if not len(values):
        return []
    ids = [str(row) for row in range(len(values))]
    result = compute(spec.index, table_of(values, ids, groups=ids))
    sure = replicated(Checks(result), replications, mapper)
    return [
        Sureness(
            shares=tuple(float(share) for share in sure.shares[row]),
            changes=float(sure.changes[row]),
            low=float(sure.score.low[row]),
            high=float(sure.score.high[row]),
            replications=sure.replications,
        )
        for row in range(len(values))
    ]


def reasons(scores: Scores, row: int, spec: RiskSpec) -> list[Reason]:
    """Why area `row` has its score: known indicators, the largest part first."""
    known = [j for j in range(len(spec.indicators)) if not np.isnan(scores.values[row, j])]
    order = sorted(known, key=lambda j: (-scores.points[row, j], j))
    return [
        Reason(
            indicator=spec.indicators[j].code,
            value=float(scores.values[row, j]),
            unit=spec.indicators[j].unit,
            points=float(scores.points[row, j]),
        )
        for j in order
    ]


def rollup(scores: Scores, rows: NDArray[np.intp], voters: Sequence[int]) -> Rollup:
    """Of the areas `rows` (at least one), each with its voters."""
    people = np.array(voters, dtype=np.int64)[rows]
    weight = np.maximum(people, 1).astype(np.float64)
    return Rollup(
        float(scores.score[rows] @ weight),
        scores.points[rows].T @ weight,
        float(weight.sum()),
        np.bincount(scores.klass[rows] - 1, minlength=len(RiskClass)),
        int(people.sum()),
    )


def rolled_class(sums: Rollup, spec: RiskSpec) -> RiskClass:
    """The class of an area above, by the rule that the spec states (`[rollup] class`)."""
    rule = spec.index.rolling.klass
    there = np.flatnonzero(sums.counts)
    if rule is RollClass.HIGHEST:
        return sums.worst
    if rule is RollClass.LOWEST:
        return RiskClass(int(there[0]) + 1)
    if rule is RollClass.MOST:
        return RiskClass(int(np.flatnonzero(sums.counts == sums.counts.max())[-1]) + 1)
    return spec.class_of(sums.score)


def rollup_reasons(rolled: Rollup, spec: RiskSpec) -> list[Reason]:
    """Mean points of each indicator, the largest first; those that add nothing are left out."""
    points = rolled.points
    order = sorted(range(len(points)), key=lambda j: (-points[j], j))
    return [
        Reason(
            indicator=spec.indicators[j].code,
            value=None,
            unit=spec.indicators[j].unit,
            points=float(points[j]),
        )
        for j in order
        if points[j] > 0
    ]
