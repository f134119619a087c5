from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import roster
from kawal.rules.plan.roster.whatif import least_short, with_need, with_strength
from tests.rules.plan.roster.small_roster import STRENGTH, A, B, C, duty, problem

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


@pytest.mark.parametrize("count", [-100, 0, 3])
def test_a_post_never_has_less_than_nobody(count: int) -> None:
    found = with_strength(problem(DUTIES, STRENGTH), {A: count})
    assert next(post for post in found.posts if post.code == A).officers_count == max(0, STRENGTH[A] + count)
