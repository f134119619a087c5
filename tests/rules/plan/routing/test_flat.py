from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.routing.flat import Call, Day, Flat, Rank, judged
from kawal.rules.plan.routing.pack import packed, priced, runs_of, span_of
from kawal.rules.plan.routing.solver import Asked, Iterations

HOUR = 3_600


def flat(kms: list[int], *, collect: bool = False, count: int = 2, closes_s: int = 12 * HOUR) -> Flat:
    """Calls along a line; a big and a small vehicle at 60 km/h, Rp 1,000 a km; loading takes 10 minutes."""
    places = np.array([0, *kms])
    away = np.abs(places[:, None] - places[None, :])
    return Flat(
        calls=tuple(
            Call(node=number, amounts=(10,), service_s=300) for number in range(1, len(kms) + 1)
        ),
        ranks=(
            Rank(count=count, profile=0, capacity=(30,), rp_per_day=500_000, opens_s=0, closes_s=closes_s),
            Rank(count=count, profile=0, capacity=(10,), rp_per_day=200_000, opens_s=0, closes_s=closes_s),
        ),
        money=(away * 1_000,),
        seconds=(away * 60,),
        load_s=600,
        collect=collect,
    )  # fmt: skip


def codes(problem: Flat, days: list[Day]) -> list[str]:
    return [wrong.code for wrong in judged(problem, days).wrong]


def test_an_answer_costs_its_vehicles_and_its_ways() -> None:
    found = judged(flat([10, 20, 30]), [Day(0, ((0, 1), (2,)))])
    assert (found.rp, found.vehicles, found.runs_count) == (500_000 + 40_000 + 60_000, (1, 0), 2)
    assert found.last_home_s == 600 + 40 * 60 + 2 * 300 + 600 + 60 * 60 + 300
    assert not found.wrong


def test_every_rule_that_is_broken_is_named() -> None:
    problem = flat([10, 20, 30])
    assert codes(problem, [Day(0, ((0, 1),))]) == ["missing"]
    assert codes(problem, [Day(0, ((0, 1, 2), (1,)))]) == ["twice"]
    assert codes(problem, [Day(1, ((0, 1), (2,)))]) == ["overloaded"]
    assert codes(problem, [Day(1, ((0,),)), Day(1, ((1,),)), Day(1, ((2,),))]) == ["too_many_vehicles"]
    assert codes(flat([10, 20, 30], closes_s=2 * HOUR), [Day(0, ((0, 1), (2,)))]) == ["home_late"]
    calls = replace(problem.calls[0], closes_s=1_000), replace(problem.calls[1], profiles=frozenset({7}))
    broken = replace(problem, calls=(*calls, problem.calls[2]))
    assert codes(broken, [Day(0, ((0, 1, 2),))]) == ["late", "cannot_reach"]


def test_who_comes_early_waits_and_nothing_loads_before_it_is_ready() -> None:
    problem = flat([10])
    (call,) = problem.calls
    waits = judged(replace(problem, calls=(replace(call, opens_s=2 * HOUR),)), [Day(0, ((0,),))])
    loads = judged(replace(problem, calls=(replace(call, ready_s=2 * HOUR),)), [Day(0, ((0,),))])
    assert waits.last_home_s == 2 * HOUR + 300 + 600
    assert loads.last_home_s == 2 * HOUR + 600 + 600 + 300 + 600


@st.composite
def problems(draw: st.DrawFn) -> Flat:
    kms = draw(st.lists(st.integers(1, 60), min_size=1, max_size=8))
    problem = flat(kms, collect=draw(st.booleans()), count=len(kms))
    times = st.integers(0, 6 * HOUR)
    calls = []
    for call in problem.calls:
        opens_s = draw(times)
        more = draw(st.integers(2 * HOUR, 4 * HOUR))
        calls.append(
            replace(call, opens_s=opens_s, closes_s=opens_s + more, ready_s=min(opens_s, draw(times)))
        )
    return replace(problem, calls=tuple(calls))


@given(problems(), st.integers(0, 8 * HOUR))
def test_a_run_told_as_a_span_ends_when_it_is_lived_through(problem: Flat, now_s: int) -> None:
    run = tuple(range(min(3, len(problem.calls))))
    rank = replace(problem.ranks[0], opens_s=now_s, closes_s=100 * HOUR)
    lived = judged(replace(problem, ranks=(rank,)), [Day(0, (run,))])
    ends = span_of(problem, 0, run).ends(now_s)
    assert (ends is None) == ("late" in [wrong.code for wrong in lived.wrong])
    assert ends is None or ends == lived.last_home_s


def test_a_run_that_cannot_be_does_not_become_possible_by_a_later_wait() -> None:
    opens = ((6_901, 14_101), (0, 7_200), (7_502, 14_702))
    known = flat([1, 1, 1])
    calls = tuple(
        replace(call, opens_s=first, closes_s=last)
        for call, (first, last) in zip(known.calls, opens, strict=True)
    )
    problem = replace(known, calls=calls)
    assert span_of(problem, 0, (0, 1, 2)).ends(0) is None
    assert span_of(problem, 0, (1, 0, 2)).ends(0) is not None


@given(problems())
def test_what_is_packed_breaks_nothing_and_what_is_not_is_told(problem: Flat) -> None:
    days, left = packed(problem, [(number,) for number in range(len(problem.calls))])
    wrong = judged(problem, days).wrong
    assert {(found.code, found.where) for found in wrong} == {("missing", run[0]) for run in left}


@given(problems())
def test_the_solver_and_the_judge_agree(problem: Flat) -> None:
    found = Asked(problem).improve(Iterations(20), 1)
    told = judged(problem, found.days)
    assert found.feasible == (not told.wrong)
    if found.feasible:
        assert found.units * 10 == told.rp


def test_time_that_is_priced_shortens_runs_and_packing_saves_vehicles() -> None:
    problem = flat([5, 6, 7, 30, 31, 32, 8, 9], count=8)
    single = Asked(priced(problem), runs_most=1).improve(Iterations(100), 1)
    runs = runs_of(single.days)
    assert all(problem.carries(problem.ranks[0], run) for run in runs)
    days, left = packed(problem, runs)
    assert not left and len(days) < len(runs)
    assert not judged(problem, days).wrong
