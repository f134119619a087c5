from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.facts import Duty, Problem, Roster
from kawal.rules.plan.roster.helps import problem_of
from kawal.rules.plan.roster.naming import Named, name
from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import roster
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.roster.small_roster import (
    FIRST_DAY,
    PLACES,
    POLDA,
    POLRES,
    STRENGTH,
    A,
    B,
    C,
    duty,
    posts,
    problem,
)

EXACT = Effort(gap=0.0, nodes=10_000)


def solved(found: Problem) -> tuple[Roster, Named]:
    told, named = name(found, roster(found, effort=EXACT))
    assert check_roster(found, told, named) == []
    return told, named


def sent(told: Roster) -> dict[tuple[str, str], int]:
    return {(row.duty, row.post): row.officers_count for row in told.postings}


def test_home_guards_its_own_where_it_can() -> None:
    told, _ = solved(problem([duty("t1"), duty("t2", 3)]))
    assert sent(told) == {("t1", A): 2, ("t2", A): 2}
    assert told.short_count == 0 and told.gap < 1e-5


def test_the_nearest_helps_and_one_of_home_goes_along() -> None:
    told, _ = solved(problem([duty("t1", need=4), duty("t2", need=3)]))
    found = sent(told)
    assert found["t1", A] + found["t2", A] == 4
    assert found["t1", A] >= 1 and found["t2", A] >= 1
    assert found.get(("t1", B), 0) + found.get(("t2", B), 0) == 3


def test_who_worked_the_afternoon_rests_the_next_morning() -> None:
    only_a = {A: 2}
    told, _ = solved(problem([duty("t1", 1), duty("t2", 3)], only_a))
    assert told.short_count == 2
    told, _ = solved(problem([duty("t1", 0), duty("t2", 3)], only_a))
    assert told.short_count == 0


def test_nobody_works_more_than_five_shifts_in_seven_days() -> None:
    days = [duty(f"t{day}", 3 * day) for day in range(7)]
    told, named = solved(problem(days, {A: 2}))
    assert told.short_count == 4
    assert all(len(codes) == 5 for codes in named.officers.values())


def test_a_walking_team_is_away_for_all_its_days() -> None:
    told, _ = solved(problem([duty("walk", span=12), duty("later", 9)], {A: 2}))
    assert told.short_count == 2
    told, _ = solved(problem([duty("walk", span=6), duty("later", 9)], {A: 2}))
    assert told.short_count == 0


def test_a_duty_is_moved_to_a_shift_in_which_there_is_somebody() -> None:
    told, _ = solved(problem([duty("t1", 0), duty("t2", 0, 3)], {A: 2}))
    assert told.short_count == 0
    assert {row.duty: row.start for row in told.postings} == {"t1": 0, "t2": 3}


def test_a_shortage_falls_on_the_mildest_class() -> None:
    found = problem([duty("mild", risk=RiskClass.LOW), duty("bad", risk=RiskClass.SPECIAL)], {A: 2})
    told, _ = solved(found)
    assert [(row.duty, row.officers_count) for row in told.shorts] == [("mild", 2)]


def test_nobody_is_missing_while_somebody_who_may_help_is_free() -> None:
    told, _ = solved(problem([duty("t1", need=8)], {A: 3, B: 2, C: 3, POLRES: 2, POLDA: 2}))
    assert told.short_count == 0
    assert sent(told)["t1", A] == 3 and sent(told)["t1", B] == 2


def test_two_shifts_on_one_day_are_one_day_of_five() -> None:
    days = [duty(f"t{day}", 6 * day, span=2) for day in range(5)]
    assert solved(problem(days, {A: 2}))[0].short_count == 0


def test_alike_duties_that_share_helpers_cost_what_the_counts_say() -> None:
    found = problem([duty(f"t{n}", need=4) for n in range(4)], {A: 3, B: 6, C: 3, POLRES: 2, POLDA: 0})
    before = roster(found, effort=EXACT)
    assert before.gap < 1e-4 and before.short_count == 2
    assert name(found, before)[0].cost_rp == before.cost_rp


def test_the_polda_lends_to_several_regencies_no_more_than_it_has() -> None:
    other = duty("o1", post="polri/16.08.01", regency="16.08", need=3)
    duties = [duty("t1", need=3), other]
    more = [*posts({A: 1, POLDA: 2}), replace(posts()[0], code="polri/16.08.01", officers_count=1)]
    told, _ = solved(problem_of(duties, more, FIRST_DAY, UTC))
    assert sum(row.officers_count for row in told.postings if row.post == POLDA) == 2
    assert told.short_count == 2


strengths = st.fixed_dictionaries({post: st.integers(0, 4) for post in PLACES})
plans = st.lists(
    st.builds(
        lambda number, post, need, span, first, more, risk: duty(
            f"t{number}", *range(first, first + more), post=post, need=need, span=span, risk=risk
        ),
        st.integers(0, 10_000),
        st.sampled_from([A, B, C, POLRES]),
        st.sampled_from([1, 2, 4]),
        st.sampled_from([1, 1, 1, 2, 5]),
        st.integers(0, 20),
        st.integers(1, 3),
        st.sampled_from(RiskClass),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.code,
)


@settings(max_examples=40, deadline=None)
@given(plans, strengths, st.sampled_from(sorted(PLACES)))
def test_the_judge_finds_nothing_and_one_officer_more_never_costs_more(
    duties: list[Duty], strength: dict[str, int], post: str
) -> None:
    found = problem(duties, strength)
    before = roster(found, effort=EXACT)
    told, named = name(found, before)
    assert check_roster(found, told, named) == []
    assert told == name(found, roster(found, effort=EXACT))[0]
    after = roster(problem(duties, strength | {post: strength[post] + 1}), effort=EXACT)
    assert after.bound_rp <= before.cost_rp


@settings(max_examples=20, deadline=None)
@given(plans, strengths)
def test_other_names_of_posts_cost_the_same(duties: list[Duty], strength: dict[str, int]) -> None:
    swapped = {A: C, C: A}
    found = problem(duties, strength)
    helps = {
        code: tuple(replace(row, post=swapped.get(row.post, row.post)) for row in rows)
        for code, rows in found.helps.items()
    }
    other = replace(
        found,
        posts=tuple(replace(post, code=swapped.get(post.code, post.code)) for post in found.posts),
        duties=tuple(replace(one, post=swapped.get(one.post, one.post)) for one in found.duties),
        helps=helps,
    )
    one, two = roster(found, effort=EXACT), roster(other, effort=EXACT)
    assert one.bound_rp <= two.cost_rp and two.bound_rp <= one.cost_rp


@pytest.mark.parametrize("strength", [STRENGTH, {A: 0, B: 0, C: 0}, {}])
def test_the_bound_is_never_above_the_cost(strength: dict[str, int]) -> None:
    duties = [duty(f"t{n}", n % 4, post=[A, B, C][n % 3], need=[1, 2, 4][n % 3]) for n in range(12)]
    told, _ = solved(problem(duties, strength))
    assert 0 <= told.bound_rp <= told.cost_rp
