from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings

from kawal.rules.plan.routing.every import every_run
from kawal.rules.plan.routing.flat import NEVER_S, Day, Flat, judged
from kawal.rules.plan.routing.pack import span_of
from tests.rules.plan.routing.test_flat import flat, problems


@settings(max_examples=25)
@given(problems())
def test_each_run_of_up_to_two_calls_is_told_in_its_cheapest_order(problem: Flat) -> None:
    rank = replace(problem.ranks[0], capacity=(20,))
    told = every_run(problem, rank, 10_000)
    assert told is not None
    alone = replace(problem, ranks=(replace(rank, count=1, rp_per_day=0),))
    able: dict[frozenset[int], int] = {}
    for size in (1, 2):
        for run in permutations(range(len(problem.calls)), size):
            found = judged(alone, [Day(0, (run,))])
            if not {"late", "home_late"} & {wrong.code for wrong in found.wrong}:
                calls = frozenset(run)
                able[calls] = min(found.rp, able.get(calls, NEVER_S))
    assert dict(zip(map(frozenset, told.calls), told.rp.tolist(), strict=True)) == able


@settings(max_examples=25)
@given(problems())
def test_a_run_is_told_as_a_span_tells_it(problem: Flat) -> None:
    told = every_run(problem, problem.ranks[0], 10_000)
    assert told is not None
    for number, run in enumerate(told.calls):
        span = span_of(problem, 0, run)
        row = told.takes_s[number], told.first_s[number], told.last_s[number]
        assert row == (span.takes_s, span.first_s, span.last_s)
        assert {call for call, yes in enumerate(told.serves[number]) if yes} == set(run)


def test_a_vehicle_runs_only_where_it_reaches() -> None:
    problem = flat([10, 20])
    calls = problem.calls[0], replace(problem.calls[1], profiles=frozenset({7}))
    told = every_run(replace(problem, calls=calls), problem.ranks[0], 10)
    assert told is not None
    assert told.calls == ((0,),)


def test_more_runs_than_asked_for_are_not_told() -> None:
    problem = flat([10, 20, 30, 40])
    assert every_run(problem, problem.ranks[0], 14) is not None  # 4 + 6 + 4
    assert every_run(problem, problem.ranks[0], 3) is None
