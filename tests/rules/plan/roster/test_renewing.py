"""A roster after a new version of the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.facts import Problem, Roster
from kawal.rules.plan.roster.naming import Named, name
from kawal.rules.plan.roster.renewing import Changed, changed, held, with_promises
from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import roster
from tests.rules.plan.roster.small_roster import A, B, C, duty, problem

EXACT = Effort(gap=0.0, nodes=10_000)
BEFORE_ALL = datetime(2024, 1, 1, tzinfo=UTC)
NOON = datetime(2024, 2, 8, 12, tzinfo=UTC)


def _made(found: Problem, before: Named | None = None) -> tuple[Roster, Named]:
    told, named = name(found, roster(found, effort=EXACT), before)
    assert check_roster(found, told, named) == []
    return told, named


def test_what_a_new_version_changes_is_named_by_duty() -> None:
    old = [duty("t1"), duty("t2"), duty("t3")]
    new = [duty("t1"), duty("t2", need=4), duty("t4")]
    assert changed(old, new) == Changed(new=("t4",), otherwise=("t2",), gone=("t3",))
    assert not changed(old, old)


def test_who_was_promised_stays_although_another_would_be_cheaper() -> None:
    strength = {A: 0, B: 4, C: 4}
    first = problem([duty("t1", need=2), duty("t2", need=3)], strength)
    told, _ = _made(first)
    helped = {row.duty: row.post for row in told.postings}
    assert sorted(helped.values()) == [B, B, C] or set(helped.values()) == {B, C}
    # The other duty is gone: all of B is free, which is nearer; whoever was told to go still goes.
    code = next(row.duty for row in told.postings if row.post == C)
    left = problem([one for one in first.duties if one.code == code], strength)
    renewed, _ = _made(with_promises(left, first, told, BEFORE_ALL))
    assert held(with_promises(left, first, told, BEFORE_ALL), renewed.postings).moved == 0
    afresh, _ = _made(left)
    assert {row.post for row in afresh.postings} == {B}


def test_a_promise_gives_way_where_an_officer_would_be_missing() -> None:
    strength = {A: 2, B: 2, C: 0}
    first = problem([duty("t1", need=2)], strength)
    told, named = _made(first)
    more = problem([duty("t1", need=2), duty("t0", need=2, post=B)], strength)
    again = with_promises(more, first, told, BEFORE_ALL)
    renewed, names = _made(again, named)
    assert renewed.short_count == 0 and held(again, renewed.postings).moved == 0
    assert names.officers[A, 1] == named.officers[A, 1] == ("t1",)


def test_nobody_joins_a_trip_that_has_left_and_nobody_of_it_is_sent_elsewhere() -> None:
    first = problem([duty("t1", need=4), duty("t2", need=2)], {A: 3, B: 0, C: 0})
    told, named = _made(first)
    out = {row.duty: row.officers_count for row in told.postings}
    more = problem([*first.duties, replace(duty("t3", 6, need=1))], {A: 8, B: 4, C: 4})
    again = with_promises(more, first, told, NOON)
    assert {promise.departed for promise in again.promises.values()} == {True}
    renewed, names = _made(again, named)
    kept = {row.duty: row.officers_count for row in renewed.postings if row.duty != "t3"}
    assert kept == out and renewed.short_count == 3
    assert [codes[0] for codes in named.officers.values()] == [
        names.officers[key][0] for key in named.officers
    ]


def test_another_first_day_moves_the_shifts_of_promises_along() -> None:
    first = problem([duty("t1", 3)])
    told, _ = _made(first)
    later = replace(problem([duty("t1", 0)]), first_day=first.first_day.replace(day=9))
    assert with_promises(later, first, told, BEFORE_ALL).promises["t1"].start == 0
