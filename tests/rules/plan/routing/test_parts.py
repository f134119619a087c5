from __future__ import annotations

from dataclasses import replace

from kawal.rules.plan.routing.flat import Day, Flat, judged
from kawal.rules.plan.routing.parts import parted
from kawal.rules.plan.routing.search import Count, cheapest
from tests.rules.plan.routing.test_flat import flat


def _road_and_water() -> Flat:
    problem = flat([10, 20, 30, 40])
    big, small = problem.ranks
    road, water = frozenset({0}), frozenset({1})
    return replace(
        problem,
        calls=tuple(
            replace(call, profiles=water if number % 2 else road) for number, call in enumerate(problem.calls)
        ),
        ranks=(big, replace(small, profile=1)),
        money=problem.money * 2,
        seconds=problem.seconds * 2,
    )


def test_what_shares_no_vehicle_is_apart_and_comes_together_again() -> None:
    problem = _road_and_water()
    road, water = parted(problem)
    assert (road.calls, road.ranks) == ((0, 2), (0,))
    assert (water.calls, water.ranks) == ((1, 3), (1,))
    days = [Day(0, ((0, 2),)), Day(1, ((3,), (1,)))]
    assert water.of(days) == [Day(0, ((1,), (0,)))]
    assert [*road.whole(road.of(days)), *water.whole(water.of(days))] == days
    costs = [judged(part.flat, part.of(days)).rp for part in (road, water)]
    assert judged(problem, days).rp == sum(costs)


def test_what_shares_a_vehicle_stays_together() -> None:
    (whole,) = parted(flat([10, 20, 30]))
    assert (whole.calls, whole.ranks) == ((0, 1, 2), (0, 1))
    problem = _road_and_water()
    both = replace(problem.calls[0], profiles=None)
    assert len(parted(replace(problem, calls=(both, *problem.calls[1:])))) == 1


def test_a_whole_with_a_call_that_nobody_reaches_stays_whole_and_is_told_missing() -> None:
    problem = _road_and_water()
    lost = replace(problem, calls=(replace(problem.calls[0], profiles=frozenset({7})), *problem.calls[1:]))
    (whole,) = parted(lost)
    assert whole.flat is not problem
    assert len(whole.calls) == 4
    assert cheapest(lost, Count(20), 1).judged.wrong


def test_parts_are_searched_together() -> None:
    found = cheapest(_road_and_water(), Count(40), 1)
    assert not found.judged.wrong
    assert {day.rank for day in found.days} == {0, 1}
