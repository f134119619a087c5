"""Weights by judgements and from the data, against worked examples of the literature."""

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kawal.composite
from kawal.rules.risk.composite.framework import Judgements
from kawal.rules.risk.composite.notices import Code, Wrong
from kawal.rules.risk.composite.weights import by_entropy, by_factors, judged, judged_matrix, varimax

from .small import index, result

# T. L. Saaty, "How to make a decision: the analytic hierarchy process", European Journal of Operational
# Research 48 (1990), buying a house: size, transportation, neighbourhood, age, yard, facilities, condition,
# financing. He gives the vector below, lambda max 9.669 and a consistency ratio of 0.17.
HOUSE = """1 5 3 7 6 6 1/3 1/4
1/5 1 1/3 5 3 3 1/5 1/7
1/3 3 1 6 3 4 6 1/5
1/7 1/5 1/6 1 1/3 1/4 1/7 1/8
1/6 1/3 1/3 3 1 1/2 1/5 1/6
1/6 1/3 1/4 4 2 1 1/5 1/6
3 5 1/6 7 5 5 1 1/2
4 7 5 8 6 6 2 1"""
EXAMPLES = Path(kawal.composite.__file__).parent / "examples"


def matrix(text: str) -> np.ndarray:
    return np.array([[float(Fraction(cell)) for cell in row.split()] for row in text.splitlines()])


def test_buying_a_house_weighs_as_saaty_published_it() -> None:
    found = judged_matrix(matrix(HOUSE))
    assert found.weights.round(3).tolist() == [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert round(found.largest, 3) == 9.669
    assert round(found.ratio, 2) == 0.17


def test_consistent_judgements_give_back_their_weights_with_a_ratio_of_nothing() -> None:
    pairs = (("a", "b", 2.0), ("a", "c", 6.0), ("b", "c", 3.0))
    found = judged(Judgements(pairs=pairs), ["a", "b", "c"])
    assert found.weights == pytest.approx([0.6, 0.3, 0.1])
    assert found.ratio == pytest.approx(0, abs=1e-9)
    by_mean = judged(Judgements(pairs=pairs, by_mean=True), ["a", "b", "c"])
    assert by_mean.weights == pytest.approx(found.weights)


@given(st.lists(st.floats(min_value=1 / 9, max_value=9), min_size=6, max_size=6))
def test_weights_of_judgements_are_positive_and_add_up_to_one(ratios: list[float]) -> None:
    names = ["a", "b", "c", "d"]
    every = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    found = judged(Judgements(pairs=tuple((*pair, r) for pair, r in zip(every, ratios, strict=True))), names)
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights > 0).all()
    assert found.ratio >= 0


def test_judgements_that_contradict_each_other_are_warned_of_or_refused() -> None:
    text = """
    weights = { judgements = [["a", "b", 9], ["b", "c", 9], ["c", "a", 9]]%s }
    indicators = [{ code = "a" }, { code = "b" }, { code = "c" }]
    """
    told = result(index(text % ""), [1, 2, 3], [3, 2, 1]).notices
    assert told.counts[Code.INCONSISTENT] == 1
    with pytest.raises(Wrong) as wrong:
        result(index(text % ", refuse_above = 0.1"), [1, 2, 3], [3, 2, 1])
    assert wrong.value.notices.kept[0].code is Code.JUDGEMENTS_WRONG


def test_factor_weights_of_the_technology_achievement_index_are_the_handbooks() -> None:
    """OECD/JRC handbook (2008), tables 16 to 18, column PC; its data are printed to few digits."""
    with (EXAMPLES / "tai.csv").open() as lines:
        values = np.array([[float(cell) for cell in row[1:]] for row in list(csv.reader(lines))[1:]])
    shares = np.linalg.eigvalsh(np.corrcoef(values, rowvar=False))[::-1] / 8
    assert shares[:4] == pytest.approx([0.419, 0.218, 0.123, 0.111], abs=0.001)
    found = by_factors(values)
    assert found is not None
    assert found == pytest.approx([0.17, 0.15, 0.11, 0.07, 0.08, 0.12, 0.14, 0.16], abs=0.006)
    assert found[1:].round(2).tolist() == [0.15, 0.11, 0.07, 0.08, 0.12, 0.14, 0.16]


def test_a_rotation_keeps_what_each_indicator_shares_with_the_factors() -> None:
    loadings = np.array([[0.8, 0.4], [0.7, 0.5], [0.3, -0.8], [0.2, -0.9]])
    turned = varimax(loadings)
    assert (turned**2).sum(axis=1) == pytest.approx((loadings**2).sum(axis=1))
    assert ((turned**2).max(axis=1) > (loadings**2).max(axis=1) - 1e-9).sum() >= 3


def test_entropy_weighs_what_differs_and_nothing_else() -> None:
    values = np.array([[1.0, 5.0, 0.0], [1.0, 6.0, 0.0], [1.0, 5.0, 9.0]])
    found = by_entropy(values)
    assert found is not None
    assert found[0] == pytest.approx(0)
    assert 0 < found[1] < found[2]
    assert found.sum() == pytest.approx(1)
    # By hand: p = 1/2, 1/2 of two units has entropy 1; p = 1, 0 has none.
    assert by_entropy(np.array([[1.0, 1.0], [1.0, 0.0]])) == pytest.approx([0, 1])


def test_where_the_data_allow_no_weights_they_are_equal_and_it_is_said() -> None:
    found = result(
        index('weights = "entropy"\nindicators = [{ code = "a" }, { code = "b" }]'), [1, 2], [1, 2]
    )
    assert found.weighed.shares == {"a": 0.5, "b": 0.5}
    assert found.notices.counts[Code.WEIGHT_UNDEFINED] == 1
