"""What must hold for any index: monotone, independent of units and of the order of rows, and so on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kawal.rules.risk.composite.compute import compute
from kawal.rules.risk.composite.data import table_of
from kawal.rules.risk.composite.framework import Index

from .small import index, two

cell = st.one_of(st.none(), st.floats(min_value=0.1, max_value=10).map(lambda number: round(number, 3)))
full = st.floats(min_value=0.1, max_value=10).map(lambda number: round(number, 3))
MEANS: list[Any] = ["arithmetic", "geometric", "harmonic", 0.5, 3, "minimum", "maximum"]
NORMS = ["min-max", "z-score", "rank", "percentile", "borda"]


def of(rows: list[tuple[float | None, ...]], spec: Index) -> np.ndarray:
    values = np.array([[np.nan if one is None else one for one in row] for row in rows], dtype=float)
    return compute(spec, table_of(values, [str(at) for at in range(len(rows))])).score


def tree(mean: Any) -> Index:
    return index(
        aggregation=mean,
        indicators=[{"code": "a", "goalposts": [0, 10]}],
        dimension=[{"code": "d", "indicator": [{"code": code, "goalposts": [0, 10]} for code in "bc"]}],
    )


@given(st.sampled_from(MEANS), st.tuples(full, full, full), st.integers(0, 2), full)
def test_more_of_a_good_thing_never_lowers_the_score(
    mean: Any, row: tuple[float, ...], at: int, other: float
) -> None:
    low, high = sorted((row[at], other))
    one, more = list(row), list(row)
    one[at], more[at] = low, high
    first, second = of([tuple(one), tuple(more)], tree(mean))
    assert first <= second + 1e-9


@given(st.sampled_from(NORMS), st.lists(st.tuples(full, full), min_size=2, max_size=6), st.integers(0, 1))
def test_more_never_lowers_the_score_under_any_normalisation(
    norm: str, rows: list[tuple[float, float]], at: int
) -> None:
    better = list(rows[0])
    better[at] += 1
    spec = index(normalisation=norm, indicators=[{"code": "a"}, {"code": "b"}])
    alone = of([*rows, tuple(better)], spec)
    assert alone[0] <= alone[-1] + 1e-9


@given(
    st.sampled_from(["goalposts", *NORMS]),
    st.lists(st.tuples(cell, cell), min_size=1, max_size=6),
    st.floats(min_value=0.01, max_value=100),
    st.floats(min_value=-50, max_value=50),
)
@example("z-score", [(0.1, None)] * 3, 0.01171875, 0.0)  # the mean of three 0.1 is not quite 0.1
def test_another_unit_of_measure_changes_nothing(
    norm: str, rows: list[tuple[float | None, float | None]], factor: float, shift: float
) -> None:
    """Any affine change for what is linear: kilometres or miles, Celsius or Fahrenheit."""
    items = two() if norm == "goalposts" else [{"code": "a"}, {"code": "b"}]
    moved = (
        [{**one, "goalposts": [shift, 10 * factor + shift]} for one in items]
        if norm == "goalposts"
        else items
    )
    there = [tuple(None if one is None else one * factor + shift for one in row) for row in rows]
    first = of(list(rows), index(normalisation=norm, indicators=items))
    second = of(there, index(normalisation=norm, indicators=moved))
    assert second == pytest.approx(first, abs=1e-6, nan_ok=True)


@given(st.lists(st.tuples(full, full), min_size=2, max_size=6), st.floats(min_value=0.01, max_value=100))
def test_another_unit_changes_nothing_on_a_logarithmic_scale(
    rows: list[tuple[float, float]], factor: float
) -> None:
    spec = index(indicators=[{"code": "a", "scale": "log"}, {"code": "b", "scale": "log"}])
    there = [tuple(one * factor for one in row) for row in rows]
    assert of(there, spec) == pytest.approx(of(list(rows), spec), abs=1e-6)


@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=6), st.floats(min_value=0.01, max_value=100))
def test_only_proportions_of_weights_count(
    rows: list[tuple[float | None, float | None]], factor: float
) -> None:
    one = index(indicators=[{**two()[0], "weight": 3}, {**two()[1], "weight": 1}])
    other = index(indicators=[{**two()[0], "weight": 3 * factor}, {**two()[1], "weight": factor}])
    assert of(list(rows), other) == pytest.approx(of(list(rows), one), nan_ok=True)


@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=6), st.tuples(cell, cell, cell))
def test_a_unit_added_does_not_change_the_others_under_goalposts(
    rows: list[tuple[float | None, ...]], more: tuple[float | None, ...]
) -> None:
    spec = tree("geometric")
    assert of([*rows, more], spec)[:-1] == pytest.approx(of(rows, spec), nan_ok=True)


@given(
    st.sampled_from(["goalposts", *NORMS]),
    st.sampled_from(["arithmetic", "copeland", "borda"]),
    st.lists(st.tuples(cell, cell), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_changes_nothing(
    norm: str, mean: str, rows: list[tuple[float | None, ...]], chance: Any
) -> None:
    items = two() if norm == "goalposts" else [{"code": "a"}, {"code": "b"}]
    spec = index(normalisation=norm, aggregation=mean, indicators=items)
    order = list(range(len(rows)))
    chance.shuffle(order)
    first = of(rows, spec)
    second = of([rows[at] for at in order], spec)
    assert second == pytest.approx(first[order], abs=1e-9, nan_ok=True)


@given(st.sampled_from(["arithmetic", "geometric", "copeland", "borda"]), st.tuples(cell, cell))
def test_equal_inputs_have_equal_scores(mean: str, row: tuple[float | None, float | None]) -> None:
    found = of([row, (5.0, 1.0), row], index(aggregation=mean, indicators=two()))
    assert found[0] == pytest.approx(found[2], nan_ok=True)


@given(st.sampled_from(MEANS), st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=5))
def test_contributions_add_up_to_the_score(mean: Any, rows: list[tuple[float | None, ...]]) -> None:
    spec = tree(mean)
    values = np.array([[np.nan if one is None else one for one in row] for row in rows], dtype=float)
    found = compute(spec, table_of(values, [str(at) for at in range(len(rows))]))
    parts = np.column_stack([found.climbed.parts[code] for code in "abc"]).sum(axis=1)
    known = ~np.isnan(found.exact)
    assert parts[known] == pytest.approx(found.exact[known])
    direct = found.climbed.parts["a"] + found.climbed.parts["d"]
    assert direct[known] == pytest.approx(found.exact[known])


@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=5))
def test_a_mean_lies_between_its_least_and_its_greatest(rows: list[tuple[float | None, ...]]) -> None:
    for mean in MEANS:
        for row, score in zip(rows, of(rows, tree(mean)), strict=True):
            known = [one / 10 for one in row if one is not None]
            if known:
                assert min(known) - 1e-9 <= score <= max(known) + 1e-9
            else:
                assert np.isnan(score)
