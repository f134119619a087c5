"""The whole index: data -> filled -> treated -> normalised -> weighed -> aggregated -> ranked and classed.

`compute` reads like the handbook's steps; each step has its own module. Nothing here knows which index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.aggregate import Combined, combined
from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.classify import placed, thresholds_of
from kawal.rules.risk.composite.data import Table
from kawal.rules.risk.composite.framework import (
    Aggregation,
    Index,
    Indicator,
    Mean,
    Node,
    Weighting,
)
from kawal.rules.risk.composite.normalise import Ends
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.outranking import TooManyUnits
from kawal.rules.risk.composite.prepare import (
    Mark,
    Prepared,
    checked,
    norms_of,
    prepared,
    rounded,
)
from kawal.rules.risk.composite.weights import CONSISTENT, by_entropy, by_factors, judged


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Own weight of every child, as a share of its parent's, and what they came from."""

    shares: Mapping[str, float]
    ratios: Mapping[str, float]  # node -> consistency ratio of its judgements


@dataclass(frozen=True, slots=True, eq=False)
class Climbed:
    """Values of all nodes, and what each part adds to the whole."""

    values: Mapping[str, Values]  # code of a node or indicator -> (n,) on the index's range
    parts: Mapping[str, Values]  # the same -> its part of the root's value; NaN under outranking
    coverage: Mapping[str, Values]  # node -> share of its weight told by the data itself


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Row i is unit i of the table. `parts` of the indicators add up to `exact`."""

    index: Index
    table: Table
    prepared: Prepared
    norms: Values  # (n, k)
    weighed: Weighed
    climbed: Climbed
    exact: Values  # (n,) before the last rounding
    score: Values  # (n,) as the spec rounds it; NaN where not scored
    rank: NDArray[np.intp]  # (n,) 1 = first; ties share the smallest; 0 where not scored
    thresholds: Values  # least score of each class but the lowest
    klass: NDArray[np.intp]  # (n,) 0 = lowest; -1 where not scored
    notices: Notices

    @property
    def coverage(self) -> Values:
        return self.climbed.coverage[self.index.root.code]

    def class_name(self, row: int) -> str | None:
        names, place = self.index.classes.names, int(self.klass[row])
        return names[place] if names and place >= 0 else None


def compute(index: Index, table: Table, notices: Notices | None = None) -> Result:
    """Scores a table. Raises `Wrong` with notices where the data do not allow what the spec asks for."""
    told = Notices(table.file) if notices is None else notices
    checked(index, table, told)
    ready = prepared(index, table)
    norms = norms_of(ready)
    weighed = weigh(index, norms, told)
    _no_negative(index, norms, told)
    try:
        climbed = climb(index, norms, ready.known, weighed)
    except TooManyUnits as many:
        told.add(Code.TOO_LARGE, value=str(many), expected='aggregation = "copeland"')
        raise Wrong(told) from many
    exact = scored(index, climbed.values[index.root.code], climbed.coverage[index.root.code])
    score = rounded(exact, index.digits.score)
    thresholds = thresholds_of(score, index.classes)
    result = Result(
        index,
        table,
        ready,
        norms,
        weighed,
        climbed,
        exact,
        score,
        ranked(score, high_first=index.high_first),
        thresholds,
        placed(score, thresholds) if index.classes.names else np.full(len(score), -1),
        told,
    )
    _tell(result)
    return result


def scored(index: Index, root: Values, coverage: Values) -> Values:
    """The root on the scale of the published score; where nothing is known, what the spec says of that."""
    exact = root * index.multiply
    if index.unknown_score is None:
        return exact
    return np.where(np.isnan(root) & (coverage == 0), index.unknown_score, exact)


def ranked(score: Values, *, high_first: bool) -> NDArray[np.intp]:
    found = np.zeros(len(score), dtype=np.intp)
    known = ~np.isnan(score)
    order = -score[known] if high_first else score[known]
    found[known] = np.searchsorted(np.sort(order), order) + 1
    return found


def weigh(index: Index, norms: Values, notices: Notices | None = None) -> Weighed:
    """Own shares of all children. Entropy and factor analysis look at normalised indicators below a node."""
    column = {item.code: j for j, item in enumerate(index.indicators)}
    shares: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for node in index.nodes:
        codes = [child.code for child in node.children]
        found: Values | None = np.array([child.weight for child in node.children], dtype=np.float64)
        if node.weighting is Weighting.EQUAL:
            found = np.ones(len(codes))
        elif node.weighting is Weighting.AHP:
            found = _judged(node, codes, ratios, notices)
        elif node.weighting in (Weighting.ENTROPY, Weighting.PCA):
            below = np.column_stack([_mean_below(child, norms, column) for child in node.children])
            found = by_entropy(below) if node.weighting is Weighting.ENTROPY else by_factors(below)
            if found is None and notices is not None:
                notices.add(Code.WEIGHT_UNDEFINED, node.code, value=node.weighting, expected="equal")
        if found is None:
            found = np.ones(len(codes))
        shares.update(zip(codes, (found / found.sum()).tolist(), strict=True))
    return Weighed(shares, ratios)


def _judged(node: Node, codes: list[str], ratios: dict[str, float], notices: Notices | None) -> Values:
    answer = judged(node.judgements, codes)
    ratios[node.code] = answer.ratio
    if notices is not None and answer.ratio > CONSISTENT:
        notices.add(Code.INCONSISTENT, node.code, value=f"{answer.ratio:.3f}", expected=f"<= {CONSISTENT:g}")
    return answer.weights


def _mean_below(child: Node | Indicator, norms: Values, column: Mapping[str, int]) -> Values:
    if isinstance(child, Indicator):
        return norms[:, column[child.code]]
    inside = np.column_stack([_mean_below(one, norms, column) for one in child.children])
    known = ~np.isnan(inside)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, inside, 0).sum(axis=1) / np.maximum(count, 1), np.nan)


def climb(
    index: Index,
    norms: Values,
    known: NDArray[np.bool_],
    weighed: Weighed,
    mean: Mean | None = None,
    *,
    parts: bool = True,
) -> Climbed:
    """From the indicators to the root, then back down for what each part adds.

    `mean` stands in for that of all nodes (robustness); without `parts` nobody asks what adds what.
    """
    ends = Ends(index.low, index.high)
    values = {item.code: norms[:, j] for j, item in enumerate(index.indicators)}
    told = {item.code: known[:, j].astype(np.float64) for j, item in enumerate(index.indicators)}
    there = {code: (~np.isnan(column)).astype(np.float64) for code, column in values.items()}
    slopes: dict[str, Combined] = {}
    for node in index.nodes:
        codes = [child.code for child in node.children]
        own = np.array([weighed.shares[code] for code in codes])
        children = np.array([values[code] for code in codes]).T  # column after column
        part = np.array([there[code] for code in codes]).T
        weights = own * (part if index.by_coverage else part > 0)
        how = node.aggregation if mean in (None, node.aggregation.mean) else _instead(mean, ends)
        answer = combined(children, weights, how, ends)
        told[node.code] = own @ np.array([told[code] for code in codes])
        value = answer.value
        if node.minimum_coverage:
            value = np.where(told[node.code] + 1e-12 < node.minimum_coverage, np.nan, value)
        last = node is index.root
        values[node.code] = value if last else rounded(value, index.digits.dimensions)
        there[node.code] = np.where(np.isnan(value), 0.0, part @ own)
        slopes[node.code] = answer
    found = _parts(index, values, slopes) if parts else {}
    return Climbed(values, found, {node.code: told[node.code] for node in index.nodes})


def _instead(mean: Mean | None, ends: Ends) -> Aggregation:
    """Another mean than the index's own. On 1 to 100 where a single zero would be the whole answer."""
    if mean in (Mean.GEOMETRIC, Mean.HARMONIC):
        span = ends.high - ends.low
        return Aggregation(mean=mean, on=(span / 100, span))
    return Aggregation(mean=mean or Mean.ARITHMETIC)


def _parts(index: Index, values: Mapping[str, Values], slopes: Mapping[str, Combined]) -> dict[str, Values]:
    root = index.root
    rise = {root.code: np.ones(len(values[root.code]))}
    parts = {root.code: values[root.code] * index.multiply}
    for node in reversed(index.nodes):
        found = slopes[node.code].slopes
        for place, child in enumerate(node.children):
            rise[child.code] = rise[node.code] * (np.nan if found is None else found[:, place])
            there = np.where(np.isnan(values[child.code]), 0.0, values[child.code])
            parts[child.code] = rise[child.code] * there * index.multiply
    return parts


def _no_negative(index: Index, norms: Values, notices: Notices) -> None:
    """A geometric or harmonic mean of a negative number would be nonsense, so it is refused."""
    column = {item.code: j for j, item in enumerate(index.indicators)}
    for node in index.nodes:
        how = node.aggregation
        if how.mean not in (Mean.GEOMETRIC, Mean.HARMONIC, Mean.POWER) or how.on is not None:
            continue
        for child in node.children:
            if child.code in column and np.nanmin(norms[:, column[child.code]], initial=0.0) < 0:
                notices.add(Code.NEGATIVE_IN_MEAN, child.code, value=how.mean, expected="clip = true")
    if notices.errors_count:
        raise Wrong(notices)


def _tell(result: Result) -> None:
    """What was done to how many values, and who has no score."""
    notices, marks = result.notices, result.prepared.marks
    for j, item in enumerate(result.index.indicators):
        for mark, code, rule in (
            (Mark.IMPUTED, Code.IMPUTED, item.missing.value),
            (Mark.PULLED_IN, Code.TREATED, item.treatment.method.value),
            (Mark.HELD, Code.HELD, "goalposts"),
            (Mark.CAPPED, Code.HELD, "floor, cap"),
        ):
            count = int(np.count_nonzero(marks[:, j] & np.uint8(mark)))
            if count:
                notices.add(code, item.code, value=count, expected=rule)
        if item.normalisation.low is not None:
            continue
        column = result.prepared.values[:, j]
        known = column[~np.isnan(column)]
        if len(known) and np.ptp(known) == 0:
            notices.add(Code.NO_SPREAD, item.code, value=f"{known[0]:g}")
    for row in np.flatnonzero(np.isnan(result.score)):
        notices.add(
            Code.NOT_SCORED,
            row=int(result.table.lines[row]),
            value=result.table.ids[row],
            expected=f"{result.coverage[row]:.0%}",
        )
