"""Groups of units: score and class by the spec's rules, beside their range and the count of classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.classify import placed
from kawal.rules.risk.composite.compute import Result
from kawal.rules.risk.composite.framework import RollClass, RollScore
from kawal.rules.risk.composite.prepare import rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    units_count: int
    scored_count: int
    weight: float
    score: float | None
    klass: int  # -1 = none
    lowest: float | None
    highest: float | None
    counts: tuple[int, ...]  # units of each class, lowest first


def rolled_up(result: Result, groups: Sequence[str] | None = None) -> list[Group]:
    """By the table's groups, or those given for each unit; units without one (empty text) are left out."""
    names = np.array(result.table.groups if groups is None else groups, dtype=str)
    return [_group(result, name, np.flatnonzero(names == name)) for name in sorted({*names.tolist()} - {""})]


def _group(result: Result, name: str, rows: np.ndarray) -> Group:
    known = rows[~np.isnan(result.score[rows])]
    scores, weights = result.exact[known], result.table.weights[known]
    classes = result.klass[known][result.klass[known] >= 0]
    names = result.index.classes.names
    counts = np.bincount(classes, minlength=len(names)) if names else np.zeros(0, dtype=np.intp)
    score = _score(result.index.rolling.score, scores, weights) if len(known) else None
    stated = None if score is None else float(rounded(np.array([score]), result.index.digits.score)[0])
    return Group(
        name=name,
        units_count=len(rows),
        scored_count=len(known),
        weight=float(result.table.weights[rows].sum()),
        score=stated,
        klass=_class(result, stated, counts),
        lowest=float(result.score[known].min()) if len(known) else None,
        highest=float(result.score[known].max()) if len(known) else None,
        counts=tuple(int(count) for count in counts),
    )


def _score(rule: RollScore, scores: Values, weights: Values) -> float:
    if rule is RollScore.WEIGHTED_MEAN and weights.sum() > 0:
        return float(scores @ weights / weights.sum())
    if rule is RollScore.MEDIAN:
        return float(np.median(scores))
    if rule is RollScore.HIGHEST:
        return float(scores.max())
    if rule is RollScore.LOWEST:
        return float(scores.min())
    return float(scores.mean())


def _class(result: Result, score: float | None, counts: np.ndarray) -> int:
    if score is None or not counts.sum():
        return -1
    there = np.flatnonzero(counts)
    rule = result.index.rolling.klass
    if rule is RollClass.HIGHEST:
        return int(there[-1])
    if rule is RollClass.LOWEST:
        return int(there[0])
    if rule is RollClass.MOST:
        return int(np.flatnonzero(counts == counts.max())[-1])
    return int(placed(np.array([score]), result.thresholds)[0])
