from __future__ import annotations

from hypothesis import given, settings

from kawal.rules.plan.routing.flat import Day, Flat, judged
from kawal.rules.plan.routing.search import Count, cheapest
from kawal.rules.plan.routing.solver import Asked, Iterations
from tests.rules.plan.routing.test_flat import flat, problems


@settings(max_examples=20)
@given(problems())
def test_it_finds_days_where_the_solver_alone_does_and_is_judged_right(problem: Flat) -> None:
    found = cheapest(problem, Count(60), 1)
    assert found.judged == judged(problem, found.days)
    if Asked(problem).improve(Iterations(10), 1).feasible:
        assert not found.judged.wrong


def test_the_same_budget_and_seed_give_the_same_days() -> None:
    problem = flat([5, 9, 12, 30, 31, 7, 8, 15, 22], count=6)
    assert cheapest(problem, Count(200), 7).days == cheapest(problem, Count(200), 7).days


def test_it_is_never_dearer_than_where_it_began() -> None:
    problem = flat([10, 20, 30])
    start = [Day(0, ((0, 1, 2),))]
    assert cheapest(problem, Count(0), 1, start).days == tuple(start)
    assert cheapest(problem, Count(60), 1, start).judged.rp <= judged(problem, start).rp


def test_a_vehicle_that_is_not_needed_stays_home() -> None:
    """Two vehicles with half a day each: one by one no call that is moved saves anything."""
    problem = flat([10] * 12, count=3)
    halves = [Day(0, ((0, 1, 2), (3, 4, 5))), Day(0, ((6, 7, 8), (9, 10, 11)))]
    found = cheapest(problem, Count(150), 1, halves)
    assert not found.judged.wrong
    assert sum(found.judged.vehicles) == 1
