"""How sure: replications and Sobol indices, against analytic functions and against their own promises."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.risk.composite import robustness
from kawal.rules.risk.composite.checks import Checks, Factor
from kawal.rules.risk.composite.robustness import Robustness, replicated
from kawal.rules.risk.composite.sensitivity import sensitivity, sobol

from .small import index, result

CHOICES = {
    "weights": "30 %",
    "normalisation": ["goalposts", "min-max", "rank"],
    "aggregation": ["arithmetic", "geometric"],
    "missing": ["reweight", "median"],
    "noise": "10 %",
    "seed": 7,
}
CLASSES = {"thresholds": {"low": 0, "middle": 0.4, "high": 0.7}}


def checks(rows: list[list[float | None]], **choices: Any) -> Checks:
    items = [{"code": code, "goalposts": [0, 10]} for code in "abc"]
    spec = index(indicators=items, classes=CLASSES, robustness=choices or CHOICES)
    return Checks(result(spec, *rows))


ROWS: list[list[float | None]] = [
    [9.0, 8.0, 7.0], [1.0, 2.0, None], [5.0, 4.0, 6.0], [8.0, None, 2.0], [3.0, 3.5, 9.0], [2.0, 7.0, 7.0],
]  # fmt: skip


def same(one: Robustness, other: Robustness) -> bool:
    pairs = [
        (one.shares, other.shares), (one.shift, other.shift), (one.rank.low, other.rank.low),
        (one.rank.high, other.rank.high), (one.score.median, other.score.median),
    ]  # fmt: skip
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def threads(count: int) -> Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]:
    def mapped(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(function, items)

    return mapped


def test_the_same_seed_gives_the_same_answer_however_many_work_on_it() -> None:
    alone = replicated(checks(ROWS), 60)
    assert same(alone, replicated(checks(ROWS), 60, threads(3)))
    assert not same(alone, replicated(Checks(checks(ROWS).result, seed=8), 60))
    one, other = sensitivity(checks(ROWS), 16, ["u2"]), sensitivity(checks(ROWS), 16, ["u2"], threads(3))
    assert repr(one) == repr(other)  # repr, for a NaN equals itself there


@settings(max_examples=15)
@given(st.lists(st.lists(st.floats(0.5, 9.5), min_size=3, max_size=3), min_size=2, max_size=6))
def test_intervals_contain_the_point_and_shares_add_up(rows: list[list[float | None]]) -> None:
    found = checks(rows)
    sure, point = replicated(found, 20), found.result
    assert (sure.rank.low <= point.rank).all()
    assert (point.rank <= sure.rank.high).all()
    assert (sure.score.low <= point.score + 1e-12).all()
    assert (point.score <= sure.score.high + 1e-12).all()
    assert sure.shares.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    own = sure.shares[np.arange(len(rows)), point.klass]
    assert sure.changes == pytest.approx(1 - own)


def test_without_any_doubt_nothing_changes() -> None:
    sure = replicated(checks(ROWS, weights=0), 10)
    assert (sure.factors, sure.mean_shift) == ((), 0)
    assert not sure.changes.any()
    assert sure.rank.low.tolist() == sure.rank.high.tolist()


def test_a_unit_near_a_threshold_changes_class_more_often_than_one_far_away() -> None:
    near: list[float | None] = [4.0, 4.0, 4.1]
    sure = replicated(checks([near, [9.9, 9.9, 9.9], [0.1, 0.1, 0.1]], weights="30 %", noise="10 %"), 300)
    assert 0.1 < sure.changes[0] < 0.6
    assert sure.changes[1:].tolist() == [0, 0]


def test_other_scales_keep_as_many_units_in_each_class_as_the_index() -> None:
    found = checks(ROWS, weights=0, aggregation=["arithmetic", "geometric"])
    assert found.factors == (Factor.AGGREGATION,)
    other = found.outcome({Factor.AGGREGATION: 0.99})
    assert not other.comparable
    assert np.bincount(other.klass).tolist() == np.bincount(found.result.klass).tolist()


def test_steps_of_sixteen_bits_are_near_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = replicated(checks(ROWS), 50)
    monkeypatch.setattr(robustness, "_EXACT_CELLS_MAX", 0)
    coarse = replicated(checks(ROWS), 50)
    assert coarse.rank.median == pytest.approx(exact.rank.median, abs=0.01)
    assert coarse.score.median == pytest.approx(exact.score.median, abs=0.001)
    assert np.array_equal(coarse.shares, exact.shares)


def test_sobol_indices_of_the_function_of_ishigami() -> None:
    """a = 7, b = 0.1: S = 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Saltelli and others 2008, 4.5)."""

    def ishigami(u: np.ndarray) -> np.ndarray:
        x = np.pi * (2 * u - 1)
        return np.array([np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])])

    variance, first, total = sobol(ishigami, 3, 2048, 1)
    assert variance[0] == pytest.approx(13.845, rel=0.02)
    assert first[0] == pytest.approx([0.3139, 0.4424, 0], abs=0.03)
    assert total[0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_sobol_indices_of_the_g_function() -> None:
    """Product of (|4u - 2| + a) / (1 + a): V_i = 1 / (3 (1 + a)^2), V = product of (1 + V_i) - 1."""
    a = np.array([0.0, 1.0, 4.5, 9.0])
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1
    alone = parts / whole
    company = parts * np.array([np.prod(1 + np.delete(parts, at)) for at in range(4)]) / whole

    _, first, total = sobol(lambda u: np.array([np.prod((np.abs(4 * u - 2) + a) / (1 + a))]), 4, 2048, 3)
    assert first[0] == pytest.approx(alone, abs=0.03)
    assert total[0] == pytest.approx(company, abs=0.03)


def test_what_never_varies_has_no_indices_and_odd_sizes_are_a_bug() -> None:
    variance, first, _ = sobol(lambda u: np.array([1.0, u[0]]), 2, 512, 1)
    assert variance[0] == 0
    assert np.isnan(first[0]).all()
    assert first[1] == pytest.approx([1, 0], abs=0.05)
    with pytest.raises(ValueError, match="power of two"):
        sobol(lambda u: u, 1, 100, 1)


def test_one_factor_alone_is_the_whole_answer() -> None:
    _, first, total = sobol(lambda u: np.array([u[0]]), 1, 512, 1)
    assert [*first[0], *total[0]] == pytest.approx([1, 1], abs=0.05)


def test_the_choice_that_matters_is_named() -> None:
    """Weights that may vary by 1 % do not matter beside values that may be off by 40 %."""
    found = sensitivity(checks(ROWS, weights="1 %", noise="40 %"), 128)
    shift = found.shares[0]
    told = dict(zip(found.factors, shift.total, strict=True))
    assert told[Factor.NOISE] > 0.9 > 0.1 > abs(told[Factor.WEIGHTS])
