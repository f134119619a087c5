from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.roster.facts import Problem
from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import roster
from kawal.rules.plan.roster.whatif import least_short, with_need, with_strength
from tests.rules.plan.roster.small_roster import POLDA, POLRES, STRENGTH, A, B, C, duty, problem

EXACT = Effort(gap=0.0, nodes=10_000)
DUTIES = [duty("t1", 0, need=4), duty("t2", 0, post=B, need=3), duty("t3", 3, post=C, need=2)]


def test_what_is_enough_stays_enough_and_what_is_taken_away_is_missed() -> None:
    found = problem(DUTIES, {A: 4, B: 3, C: 2})
    assert least_short(found, {}, {}).officers_count == 0
    less = least_short(with_strength(found, {A: -4, B: -3, C: -2}), {}, {})
    assert less.officers_count == 9 and less.by_post == {A: 4, B: 3, C: 2}


def test_a_village_that_becomes_worse_needs_more() -> None:
    found = problem([duty("t1", 0, need=4)], {A: 4, B: 2})
    assert least_short(found, {}, {}).officers_count == 0
    assert least_short(with_need(found, {"t1": 8}), {}, {}).by_post == {A: 2}


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.sampled_from([A, B, C]), st.integers(-4, 4)))
def test_no_roster_misses_fewer_than_what_is_told_at_once(change: dict[str, int]) -> None:
    found = with_strength(problem(DUTIES, STRENGTH), change)
    told = roster(found, effort=EXACT)
    starts = {row.duty: row.start for row in told.postings}
    assert least_short(found, starts, {"16.07": 1}).officers_count <= told.short_count


ASKED = st.lists(
    st.tuples(st.sampled_from([A, B, C]), st.integers(0, 18), st.integers(1, 4), st.integers(1, 5)),
    min_size=1,
    max_size=8,
)
FEW = st.fixed_dictionaries({post: st.integers(0, 4) for post in (A, B, C, POLRES)})


def _asked(rows: list[tuple[str, int, int, int]], strength: dict[str, int]) -> Problem:
    duties = [
        duty(f"t{number}", start, post=post, need=need, span=span)
        for number, (post, start, need, span) in enumerate(rows)
    ]
    return problem(duties, strength | {POLDA: 1})


@settings(max_examples=40, deadline=None)
@given(ASKED, FEW)
def test_what_is_told_at_once_agrees_with_a_whole_new_roster(
    rows: list[tuple[str, int, int, int]], strength: dict[str, int]
) -> None:
    found = _asked(rows, strength)
    told = roster(found, effort=EXACT)
    least = least_short(found, {}, {"16.07": 1}).officers_count
    assert least <= told.short_count <= least + 1
    ample = _asked(rows, dict.fromkeys(strength, 60))
    assert least_short(ample, {}, {"16.07": 1}).officers_count == 0
    assert roster(ample, effort=EXACT).short_count == 0


@settings(max_examples=40, deadline=None)
@given(ASKED, FEW, st.sampled_from([A, B, C, POLRES]), st.sampled_from([A, B, C]))
def test_an_officer_more_never_makes_it_worse_and_a_worse_class_never_better(
    rows: list[tuple[str, int, int, int]], strength: dict[str, int], more: str, worse: str
) -> None:
    found = _asked(rows, strength)
    now = least_short(found, {}, {"16.07": 1}).officers_count
    assert now - 5 <= least_short(with_strength(found, {more: 1}), {}, {"16.07": 1}).officers_count <= now
    needs = {one.code: one.need + 2 for one in found.duties if one.post == worse}
    then = least_short(with_need(found, needs), {}, {"16.07": 1}).officers_count
    assert now <= then <= now + 2 * len(needs)


@pytest.mark.parametrize("count", [-100, 0, 3])
def test_a_post_never_has_less_than_nobody(count: int) -> None:
    found = with_strength(problem(DUTIES, STRENGTH), {A: count})
    assert next(post for post in found.posts if post.code == A).officers_count == max(0, STRENGTH[A] + count)
