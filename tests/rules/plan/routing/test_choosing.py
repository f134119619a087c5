from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given, settings

from kawal.rules.plan.routing.choosing import Limits, chosen
from kawal.rules.plan.routing.flat import NEVER_S, Day, Flat, judged
from tests.rules.plan.routing.test_flat import HOUR, flat, problems

ENOUGH = Limits(runs=10_000, days=4_000, nodes=1_000)


@settings(max_examples=20)
@given(problems())
def test_chosen_days_break_nothing_and_are_none_only_where_a_call_is_out_of_reach(problem: Flat) -> None:
    found = chosen(problem, ENOUGH)
    out_of_reach = any(
        {wrong.code for wrong in judged(problem, [Day(0, ((call,),))]).wrong} & {"late", "home_late"}
        for call in range(len(problem.calls))
    )
    assert (found is None) == out_of_reach
    assert found is None or not judged(problem, found.days).wrong


def _days(calls: tuple[int, ...]) -> list[tuple[tuple[int, ...], ...]]:
    """Each way to do the calls by one vehicle: each order, cut into runs in each way."""
    found = []
    for order in permutations(calls):
        for cuts in range(len(order)):
            for places in combinations(range(1, len(order)), cuts):
                ends = 0, *places, len(order)
                found.append(tuple(order[a:b] for a, b in pairwise(ends)))
    return found


def _least(problem: Flat) -> int:
    """By looking at everything: the least that any days cost that break nothing."""
    known: dict[frozenset[int], int] = {frozenset(): 0}
    every = frozenset(range(len(problem.calls)))
    alone: dict[frozenset[int], int] = {}
    for size in range(1, len(every) + 1):
        for calls in combinations(sorted(every), size):
            for runs in _days(calls):
                for rank in range(len(problem.ranks)):
                    told = judged(problem, [Day(rank, runs)])
                    if all(wrong.code == "missing" for wrong in told.wrong):
                        key = frozenset(calls)
                        alone[key] = min(told.rp, alone.get(key, NEVER_S))
    for size in range(1, len(every) + 1):
        for calls in combinations(sorted(every), size):
            whole = frozenset(calls)
            known[whole] = min(
                alone[part] + known.get(whole - part, NEVER_S) for part in alone if part <= whole
            )
    return known[every]


@pytest.mark.parametrize(
    ("kms", "closes_s"),
    [([5, 9, 30, 31], 3 * HOUR), ([40, 41, 42, 43], 4 * HOUR), ([3, 60, 20, 21], 12 * HOUR)],
)
def test_nobody_finds_cheaper_days_by_looking_at_all(kms: list[int], closes_s: int) -> None:
    problem = flat(kms, count=len(kms), closes_s=closes_s)
    found = chosen(problem, ENOUGH)
    assert found is not None
    assert judged(problem, found.days).rp == _least(problem)


def test_a_vehicle_makes_no_more_runs_a_day_than_it_may() -> None:
    problem = flat([10] * 6)
    free, bound = chosen(problem, ENOUGH), chosen(problem, ENOUGH, runs_most=1)
    assert free is not None and bound is not None
    assert max(len(day.runs) for day in free.days) > 1
    assert max(len(day.runs) for day in bound.days) == 1


def test_nothing_is_chosen_where_the_vehicles_are_too_few() -> None:
    problem = flat([40, 41, 42, 43, 44, 45], count=2, closes_s=2 * HOUR)
    (big, _) = problem.ranks
    assert chosen(replace(problem, ranks=(replace(big, count=1),)), ENOUGH) is None
    assert chosen(replace(problem, ranks=(replace(big, count=2),)), ENOUGH) is not None
    assert chosen(problem, replace(ENOUGH, runs=3)) is None
