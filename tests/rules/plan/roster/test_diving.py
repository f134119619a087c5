"""Dives against the search that they spare, on tight rosters of some days."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.highs import Kept, solved
from kawal.rules.plan.roster.diving import dived, rounded
from kawal.rules.plan.roster.facts import Problem
from kawal.rules.plan.roster.model import Model, model_of, regencies
from tests.rules.plan.roster.small_roster import POLDA, POLRES, A, B, C, duty, problem

PLACES = (A, B, C)


def model(found: Problem) -> Model:
    ((regency, duties),) = regencies(found).items()
    return model_of(found, regency, duties)


def tight(seed: int, count: int) -> Model:
    chance = np.random.default_rng(seed)
    duties = []
    for number in range(count):
        first, more = int(chance.integers(0, 6)), int(chance.integers(1, 5))
        post, need = PLACES[int(chance.integers(3))], int(chance.choice([2, 4, 8]))
        duties.append(duty(f"t{number}", *range(first, first + more), post=post, need=need))
    return model(problem(duties, {A: 5, B: 7, C: 4, POLRES: 3, POLDA: 0}))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 12))
def test_a_dive_is_whole_keeps_all_limits_and_costs_no_less_than_the_best(seed: int, count: int) -> None:
    asked = tight(seed, count)
    found = dived(asked, asked.cost, 0.0)
    rows = asked.matrix @ found.x
    assert (rows >= asked.least - 1e-6).all() and (rows <= asked.most + 1e-6).all()
    assert (found.x >= -1e-6).all() and (found.x <= asked.upper + 1e-6).all()
    begun = found.x[asked.begun]
    assert np.abs(begun - np.round(begun)).max() < 1e-6
    assert found.value == pytest.approx(asked.cost @ found.x)
    best = solved(asked.linear(asked.cost), asked.begun)
    assert found.bound <= best.value + 1 and best.value <= found.value + 1


def test_the_same_problem_gives_the_same_dive() -> None:
    asked = tight(3, 12)
    assert np.array_equal(dived(asked, asked.cost, 0.0).x, dived(asked, asked.cost, 0.0).x)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 10))
def test_a_search_that_begins_with_a_dive_ends_where_one_without_ends(seed: int, count: int) -> None:
    asked = tight(seed, count)
    known = dived(asked, asked.cost, 0.0).x
    found = solved(asked.linear(asked.cost), asked.begun, known, {"mip_rel_gap": 0.0})
    best = solved(asked.linear(asked.cost), asked.begun)
    assert found.value == pytest.approx(best.value) and found.bound == pytest.approx(best.value)


def test_an_option_that_the_solver_does_not_know_is_refused() -> None:
    asked = tight(1, 3)
    with pytest.raises(RuntimeError, match="no_such_option"):
        solved(asked.linear(asked.cost), asked.begun, options={"no_such_option": 1})


def test_a_problem_that_is_kept_answers_as_one_that_is_new() -> None:
    asked = tight(5, 8)
    kept = Kept(asked.linear(asked.cost))
    before = kept.solve()
    column = np.flatnonzero(asked.begun)[:1].astype(np.int32)
    kept.bound(column, np.zeros(1), np.zeros(1))
    upper = asked.upper.copy()
    upper[column] = 0
    new = solved(asked.linear(asked.cost, upper=upper))
    assert kept.solve() == pytest.approx(new.value)
    assert kept.solve(new.value - 1) == np.inf
    kept.bound(column, np.zeros(1), asked.upper[column])
    assert kept.solve() == pytest.approx(before)


def test_shares_are_rounded_to_the_same_sum_the_largest_fractions_first() -> None:
    assert rounded(np.array([0.4, 1.7, 0.9]), 3).tolist() == [0, 2, 1]
    assert rounded(np.array([1.0, 2.0]), 3).tolist() == [1, 2]
