"""Classes: thresholds, quantiles, equal intervals, natural breaks."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.risk.composite.classify import natural_breaks, placed, thresholds_of
from kawal.rules.risk.composite.framework import Breaks, Classes


def squares(values: np.ndarray, starts: list[float]) -> float:
    parts = np.split(np.sort(values), np.searchsorted(np.sort(values), starts))
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts if len(part)))


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=9), st.integers(2, 4))
def test_no_other_breaks_leave_less_within_the_classes(numbers: list[int], count: int) -> None:
    values = np.array(numbers, dtype=float)
    unique = sorted(set(numbers))
    wanted = min(count, len(unique))
    best = min(squares(values, [float(one) for one in cut]) for cut in combinations(unique[1:], wanted - 1))
    found = natural_breaks(values, count)
    assert len(found) == wanted - 1
    assert squares(values, found.tolist()) == pytest.approx(best, abs=1e-9)


def test_natural_breaks_of_many_values_find_the_gaps() -> None:
    chance = np.random.default_rng(7)
    values = np.concatenate([chance.normal(middle, 1, 5000) for middle in (0, 20, 50)])
    first, second = natural_breaks(values, 3)
    assert 3 < first < 17
    assert 23 < second < 47


def test_a_class_begins_at_its_threshold_and_a_missing_score_has_none() -> None:
    found = placed(np.array([29.9, 30, 44.9, 45, np.nan]), np.array([30.0, 45.0]))
    assert found.tolist() == [0, 1, 1, 2, -1]


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [(Breaks.QUANTILES, [0, 0, 1, 1]), (Breaks.EQUAL, [0, 0, 0, 1]), (Breaks.NATURAL, [0, 0, 0, 1])],
)
def test_scores_are_parted_by_the_rule(breaks: Breaks, expected: list[int]) -> None:
    scores = np.array([1.0, 2.0, 3.0, 10.0])
    classes = Classes(breaks=breaks, names=("low", "high"))
    assert placed(scores, thresholds_of(scores, classes)).tolist() == expected
