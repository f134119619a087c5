"""Faults planted one by one: the judge finds each, and nothing in a good roster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import pytest

from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.facts import Posting, Problem, Promise, Roster, Short
from kawal.rules.plan.roster.helps import problem_of
from kawal.rules.plan.roster.naming import Named, name
from kawal.rules.plan.roster.solve import roster
from tests.rules.plan.roster.small_roster import FIRST_DAY, POLDA, A, B, C, duty, posts, problem

Given = tuple[Problem, Roster, Named]


def good() -> Given:
    """t1 and t2 at once, t3 the next day; B helps, and one officer is missing nowhere."""
    found = problem(
        [duty("t1", need=4), duty("t2", need=3), duty("t3", 3, 4), duty("t4", 12, need=2, post=C)]
    )
    told, named = name(found, roster(found))
    assert check_roster(found, told, named) == []
    return found, told, named


def _postings(given: Given, *postings: Posting) -> Given:
    found, told, named = given
    return found, replace(told, postings=postings), named


def _first(given: Given, **changed: object) -> Given:
    first, *rest = given[1].postings
    return _postings(given, replace(first, **changed), *rest)


def _short(given: Given, *shorts: Short) -> Given:
    return given[0], replace(given[1], shorts=shorts), given[2]


def _cost(given: Given, **changed: int) -> Given:
    return given[0], replace(given[1], **changed), given[2]


def _named(given: Given, key: tuple[str, int], *codes: str) -> Given:
    return given[0], given[1], Named(officers={**given[2].officers, key: codes})


def _smaller(given: Given) -> Given:
    posts = tuple(replace(post, officers_count=3) if post.code == A else post for post in given[0].posts)
    return replace(given[0], posts=posts), given[1], given[2]


def _departed(given: Given) -> Given:
    """t1 has left with one officer of A fewer than stand in the roster."""
    promise = Promise(start=0, officers={A: 1}, departed=True)
    return replace(given[0], promises={"t1": promise}), given[1], given[2]


def _promised(given: Given) -> Given:
    """C was to guard t1, and that it does not come costs something."""
    promise = Promise(start=0, officers={C: 2}, departed=False)
    return replace(given[0], promises={"t1": promise}), given[1], given[2]


def _without_home(given: Given) -> Given:
    """The next day A has everybody free, yet B goes alone."""
    rest = [row for row in given[1].postings if row.duty != "t3"]
    lone = Posting(duty="t3", start=3, post=B, officers_count=2)
    officers = {
        key: tuple(code for code in codes if code != "t3") for key, codes in given[2].officers.items()
    }
    fresh = [key for key in ((B, number) for number in range(1, 5)) if not officers.get(key)]
    officers |= dict.fromkeys(fresh[:2], ("t3",))
    found, told, _ = _postings(given, *rest, lone)
    return found, told, Named(officers=officers)


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (lambda given: _first(given, duty="t9"), "duty_unknown"),
        (lambda given: _first(given, post="polri/99.01"), "post_unknown"),
        (lambda given: _first(given, officers_count=0), "nobody_sent"),
        (lambda given: _short(given, Short(duty="t9", start=0, officers_count=1)), "duty_unknown"),
        (lambda given: _first(given, officers_count=9), "miscounted"),
        (lambda given: _postings(given, *given[1].postings[1:]), "miscounted"),
        (lambda given: _short(given, Short(duty="t1", start=0, officers_count=1)), "miscounted"),
        (lambda given: _first(given, start=7), "wrong_shift"),
        (_departed, "joined_after_departure"),
        (_promised, "wrong_cost"),
        (lambda given: _first(given, post="polri/16.08.01"), "post_unknown"),
        (_without_home, "home_left_out"),
        (_smaller, "too_many_out"),
        (_smaller, "officer_unknown"),
        (lambda given: _named(given, (A, 1), "t1", "t2"), "not_rested"),
        (lambda given: _named(given, (A, 1), "t1", "t1"), "not_rested"),
        (lambda given: _named(given, (A, 0), "t1"), "officer_unknown"),
        (lambda given: _named(given, ("polri/16.07.09", 1), "t1"), "officer_unknown"),
        (lambda given: _short(given, Short(duty="t1", start=0, officers_count=-1)), "miscounted"),
        (lambda given: _short(given, Short(duty="t3", start=0, officers_count=0)), "wrong_shift"),
        (lambda given: _named(given, (A, 4)), "not_named"),
        (lambda given: _cost(given, cost_rp=1), "wrong_cost"),
        (lambda given: _cost(given, bound_rp=10**12), "wrong_cost"),
    ],
)
def test_every_planted_fault_is_found(plant: Callable[[Given], Given], code: str) -> None:
    assert code in {fault.code for fault in check_roster(*plant(good()))}


def test_an_officer_of_another_regency_may_not_help() -> None:
    found, told, named = good()
    stranger = replace(found.posts[0], code="polri/16.08.01", officers_count=9)
    rows = found.helps["t1"]
    helps = {**found.helps, "t1": (*rows, replace(rows[1], post="polri/16.08.01"))}
    odd = replace(found, posts=(*found.posts, stranger), helps=helps)
    given = _first((odd, told, named), post="polri/16.08.01")
    assert "may_not_help" in {fault.code for fault in check_roster(*given)}


def test_a_sixth_day_in_seven_is_found() -> None:
    found = problem([duty(f"t{day}", 3 * day, need=1) for day in range(6)])
    told, named = name(found, roster(found))
    officers = {key: tuple(f"t{day}" for day in range(6)) for key in [(A, 1)]}
    assert "too_long_a_week" in {fault.code for fault in check_roster(found, told, Named(officers=officers))}
    assert check_roster(found, told, named) == []


def test_a_polda_is_counted_over_all_its_regencies() -> None:
    other = duty("o1", post="polri/16.08.01", regency="16.08", need=1)
    found = problem([duty("t1", need=1), replace(other, post=A, regency="16.08")], {A: 0, POLDA: 1})
    rows = tuple(Posting(duty=code, start=0, post=POLDA, officers_count=1) for code in ("t1", "o1"))
    told = Roster(postings=rows, shorts=(), cost_rp=0, bound_rp=0)
    codes = {fault.code for fault in check_roster(found, told, Named(officers={(POLDA, 1): ("t1", "o1")}))}
    assert {"too_many_out", "not_rested"} <= codes


def _far_and_near(travel_s: int) -> set[str]:
    """C sends one officer on a morning and on the next, from so far."""
    found = problem([duty("t1", 3, need=1), duty("t2", 6, need=1)], {A: 0, C: 1})
    helps = {
        code: tuple(replace(one, travel_s=travel_s) if one.post == C else one for one in rows)
        for code, rows in found.helps.items()
    }
    rows = (
        Posting(duty="t1", start=3, post=C, officers_count=1),
        Posting(duty="t2", start=6, post=C, officers_count=1),
    )
    told = Roster(postings=rows, shorts=(), cost_rp=0, bound_rp=0)
    named = Named(officers={(C, 1): ("t1", "t2")})
    return {fault.code for fault in check_roster(replace(found, helps=helps), told, named)}


def test_who_comes_from_afar_is_away_a_shift_before_and_after() -> None:
    assert not {"not_rested", "too_many_out"} & _far_and_near(7_200)
    assert {"not_rested", "too_many_out"} <= _far_and_near(7_201)


def test_a_fifth_polsek_may_not_help_although_it_stands_among_those_who_do() -> None:
    near = [
        replace(posts()[1], officers_count=2, code=f"polri/16.07.{place:02d}", lon=104.0 + place / 100)
        for place in range(4, 9)
    ]
    found = problem_of([duty("t1", need=1)], [posts({A: 1})[0], *near], FIRST_DAY, UTC)
    assert len(found.helps["t1"]) == 5  # home and four
    fifth = replace(found.helps["t1"][-1], post=near[-1].code)
    odd = replace(found, posts=(*found.posts, near[-1]), helps={"t1": (*found.helps["t1"], fifth)})
    for post, wrong in ((near[-1].code, True), (near[-2].code, False)):
        rows = (Posting(duty="t1", start=0, post=post, officers_count=1),)
        given = (
            odd,
            Roster(postings=rows, shorts=(), cost_rp=0, bound_rp=0),
            Named(officers={(post, 1): ("t1",)}),
        )
        assert ("may_not_help" in {fault.code for fault in check_roster(*given)}) is wrong
