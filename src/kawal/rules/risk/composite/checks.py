"""Step 7, uncertainty: what else the index might as well have been, one choice after another.

Each source of doubt is a factor with a number u in [0, 1): a method is picked by it, weights and noise
are drawn from a generator seeded with it. So one outcome is a function of a few numbers (Saisana,
Saltelli and Tarantola 2005), which both the replications and the Sobol indices evaluate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.classify import placed
from kawal.rules.risk.composite.compute import Result, Weighed, climb, ranked, scored
from kawal.rules.risk.composite.framework import (
    Choices,
    Index,
    Indicator,
    Mean,
    Method,
    Missing,
    Noise,
    Transform,
)
from kawal.rules.risk.composite.prepare import Prepared, norms_of, prepared, rounded

T = TypeVar("T")
_BITS: Final = 2.0**53


class Factor(StrEnum):
    WEIGHTS = "weights"
    NORMALISATION = "normalisation"
    AGGREGATION = "aggregation"
    MISSING = "missing"
    NOISE = "noise"


_TAG: Final = {factor: place for place, factor in enumerate(Factor)}


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    score: Values  # (n,), on the index's own scale only where `comparable`
    rank: NDArray[np.intp]  # (n,)
    klass: NDArray[np.intp]  # (n,)
    comparable: bool  # same normalisation and means as the index: its scores mean the same


class Checks:
    """An index, its table and its result, ready to be computed anew under other choices."""

    def __init__(self, result: Result, seed: int | None = None) -> None:
        index = result.index
        self.result = result
        self.choices: Choices = index.choices
        self.seed = index.choices.seed if seed is None else seed
        self.noise = [_noise_of(item, self.choices) for item in index.indicators]
        # The index's own way (None) is always one of the options.
        self._methods = (None, *(one for one in self.choices.normalisation if not _own_method(index, one)))
        self._means = (None, *(one for one in self.choices.aggregation if not _own_mean(index, one)))
        self._rules = (None, *(one for one in self.choices.missing if not _own_rule(index, one)))
        self.factors: tuple[Factor, ...] = tuple(factor for factor in Factor if self._varies(factor))
        rules = self._rules if Factor.MISSING in self.factors else (None,)
        self._ready: dict[Missing | None, Prepared] = {
            rule: prepared(index, result.table, rule) for rule in rules
        }
        self._norms: dict[tuple[Missing | None, Method | None], Values] = {}
        self._places = _places(result)
        if Factor.NOISE not in self.factors:  # else they differ every time
            for rule, ready in self._ready.items():
                for method in self._methods:
                    self._norms[rule, method] = norms_of(ready, method)

    def outcome(self, u: Mapping[Factor, float]) -> Outcome:
        """The index under the choices that `u` stands for; a factor that is not told stays as it is."""
        index = self.result.index
        rule = _picked(self._rules, u.get(Factor.MISSING, 0.0))
        method = _picked(self._methods, u.get(Factor.NORMALISATION, 0.0))
        mean = _picked(self._means, u.get(Factor.AGGREGATION, 0.0))
        ready = self._ready[rule]
        if Factor.NOISE in u:
            norms = norms_of(ready, method, self._noisy(ready, self._chance(Factor.NOISE, u)))
        else:
            norms = self._norms[rule, method]
        weighed = self.result.weighed
        if Factor.WEIGHTS in u:
            weighed = _shaken(index, weighed, self._chance(Factor.WEIGHTS, u), self.choices)
        climbed = climb(index, norms, ready.known, weighed, mean, parts=False)
        root = index.root.code
        score = rounded(scored(index, climbed.values[root], climbed.coverage[root]), index.digits.score)
        comparable = _own_method(index, method) and _own_mean(index, mean)
        rank = ranked(score, high_first=index.high_first)
        klass = placed(score, self.result.thresholds) if comparable else self._by_place(score)
        return Outcome(score, rank, klass, comparable)

    def _by_place(self, score: Values) -> NDArray[np.intp]:
        """Where scores mean something else, each class keeps as many units as it has in the index."""
        found = np.full(len(score), -1, dtype=np.intp)
        known = np.flatnonzero(~np.isnan(score))
        order = known[np.argsort(score[known], kind="stable")]
        found[order] = self._places[np.arange(len(order)) * len(self._places) // max(len(order), 1)]
        return found

    def _chance(self, factor: Factor, u: Mapping[Factor, float]) -> np.random.Generator:
        return np.random.default_rng([self.seed, _TAG[factor], int(u[factor] * _BITS)])

    def _noisy(self, ready: Prepared, chance: np.random.Generator) -> Values:
        values = ready.values.copy()
        for j, (item, noise) in enumerate(zip(self.result.index.indicators, self.noise, strict=True)):
            if not noise.sd and not noise.share:
                continue
            column = values[:, j]
            if np.isnan(column).all():
                continue
            drawn = column + chance.standard_normal(len(column)) * (noise.sd + noise.share * np.abs(column))
            if item.transform is not Transform.NONE and (column > 0).any():
                drawn = np.maximum(drawn, column[column > 0].min() / 2)  # a logarithm stays one
            values[:, j] = np.clip(drawn, item.valid_low, item.valid_high) if _limited(item) else drawn
        return values

    def _varies(self, factor: Factor) -> bool:
        choices = self.choices
        if factor is Factor.WEIGHTS:
            return choices.weights_vary > 0 or choices.concentration is not None
        if factor is Factor.NORMALISATION:
            return len(self._methods) > 1
        if factor is Factor.AGGREGATION:
            return len(self._means) > 1
        if factor is Factor.MISSING:
            return len(self._rules) > 1 and bool(np.isnan(self.result.table.values).any())
        return any(noise.sd or noise.share for noise in self.noise)


def _places(result: Result) -> NDArray[np.intp]:
    """Classes of the scored units, lowest score first."""
    known = result.klass[~np.isnan(result.score)]
    return np.sort(known) if len(known) else np.array([-1], dtype=np.intp)


def _noise_of(item: Indicator, choices: Choices) -> Noise:
    return item.noise if item.noise.sd or item.noise.share else choices.noise


def _limited(item: Indicator) -> bool:
    return (item.valid_low, item.valid_high) != (None, None)


def _picked(options: Sequence[T], u: float) -> T:
    return options[min(int(u * len(options)), len(options) - 1)]


def _own_method(index: Index, method: Method | None) -> bool:
    return method is None or all(item.normalisation.method is method for item in index.indicators)


def _own_rule(index: Index, rule: Missing) -> bool:
    return all(item.missing is rule for item in index.indicators)


def _own_mean(index: Index, mean: Mean | None) -> bool:
    return mean is None or all(node.aggregation.mean is mean for node in index.nodes)


def _shaken(index: Index, weighed: Weighed, chance: np.random.Generator, choices: Choices) -> Weighed:
    """Own shares drawn around those of the index, node by node; each node's add up to one."""
    shares = dict(weighed.shares)
    for node in index.nodes:
        codes = [child.code for child in node.children]
        own = np.array([shares[code] for code in codes])
        if choices.concentration is None:
            drawn = own * chance.uniform(1 - choices.weights_vary, 1 + choices.weights_vary, len(own))
        else:
            drawn = np.zeros(len(own))
            drawn[own > 0] = chance.dirichlet(own[own > 0] * choices.concentration * (own > 0).sum())
        shares.update(zip(codes, (drawn / drawn.sum()).tolist(), strict=True))
    return Weighed(shares, weighed.ratios)
