"""Small tight rosters against all that there are, tried one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.roster.facts import Duty, Posting, Problem, Short, away
from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import roster
from tests.rules.plan.roster.small_roster import POLDA, POLRES, A, B, C, duty, problem

EXACT = Effort(gap=0.0, nodes=10_000)
POSTS = (A, B, POLRES)


def _teams(one: Duty) -> Iterator[tuple[int, dict[str, int]]]:
    for start in one.starts:
        for counts in product(range(one.need + 1), repeat=len(POSTS)):
            if sum(counts) <= one.need:
                yield start, dict(zip(POSTS, counts, strict=True))


def _cheapest(found: Problem) -> int:
    """By trying everything; costs are written out here once more, from docs/plan-escorts.md."""
    has = {post.code: post.officers_count for post in found.posts}
    rp = {(code, help_.post): help_.officer_rp for code, rows in found.helps.items() for help_ in rows}
    best = 10**12
    for teams in product(*(list(_teams(one)) for one in found.duties)):
        out: Counter[tuple[str, int]] = Counter()
        cost = 0
        for one, (start, team) in zip(found.duties, teams, strict=True):
            missing = one.need - sum(team.values())
            cost += missing * found.short_rp * (10 + one.risk - 1) // 10
            for post, count in team.items():
                cost += count * rp[one.code, post]
                for shift in away(one, start, far=False):
                    out[post, shift] += count
            if not missing and not team[one.post]:
                cost += found.alone_rp
        if cost < best and all(count <= has[post] for (post, _), count in out.items()):
            best = cost
    return best


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B]),
            st.integers(1, 3),
            st.integers(0, 3),
            st.integers(1, 2),
            st.integers(1, 2),
        ),
        min_size=2,
        max_size=3,
    ),
    st.fixed_dictionaries({A: st.integers(0, 2), B: st.integers(0, 2), POLRES: st.integers(0, 1)}),
)
def test_a_tight_roster_is_the_cheapest_of_all(
    asked: list[tuple[str, int, int, int, int]], strength: dict[str, int]
) -> None:
    duties = [
        duty(f"t{number}", *range(first, first + more), post=post, need=min(need, 2), span=span)
        for number, (post, need, first, more, span) in enumerate(asked)
    ]
    found = problem(duties, strength | {C: 0, POLDA: 0})
    told = roster(found, effort=EXACT)
    assert told.cost_rp == _cheapest(found)
    assert told.bound_rp <= told.cost_rp


def test_a_shortage_is_told_as_postings_and_shorts_that_add_up() -> None:
    found = problem([duty("t1", need=4), duty("t2", need=4)], {A: 2, B: 1, C: 0, POLRES: 1, POLDA: 0})
    told = roster(found, effort=EXACT)
    rows: list[Posting | Short] = [*told.postings, *told.shorts]
    assert sum(row.officers_count for row in rows) == 8
    assert told.short_count == 4
