"""Who guards freight: by class and mode, Polda after Polda, with Mabes behind them, and who is missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.facts import Duty, Problem, Roster
from kawal.rules.plan.roster.naming import Named, name
from kawal.rules.plan.roster.solve import roster
from kawal.rules.plan.upper.assign import assign
from kawal.rules.plan.upper.escorts import MABES, escorts_of, posts_of
from kawal.rules.plan.upper.facts import UpperProblem
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import patterns
from tests.rules.plan.upper.test_upper import FAR, FLIGHT, ON_JAVA, SHIP, house, problem

PATTERNS = patterns()
# Tegal and Semarang lie in Central Java, Surabaya in East Java: the way from Kudus crosses a border.
PLACES = {"33.19": (-6.8, 110.84), "33.28": (-6.9, 109.1), "35.78": (-7.25, 112.75), "81.71": (-3.69, 128.18)}
EAST = house("35.78", -7.25, 112.75)


def on_java() -> UpperProblem:
    return replace(problem(ON_JAVA, EAST, FAR, lanes=(SHIP,)), regencies=PLACES)


def duties(
    given: UpperProblem, classes: dict[str, RiskClass] | None = None, officers: int = 50
) -> tuple[Problem, list[Duty]]:
    strengths = dict.fromkeys(posts_of(given), officers)
    found = escorts_of(given, assign(given), classes or {}, strengths, PATTERNS)
    return found, list(found.duties)


def rostered(found: Problem) -> tuple[Roster, Named]:
    told, named = name(found, roster(found))
    assert check_roster(found, told, named) == []
    return told, named


def test_the_polda_changes_at_the_border_on_land_and_at_the_port() -> None:
    found, all_duties = duties(on_java())
    rostered(found)
    ways = {
        trip: [one for one in all_duties if one.trips == (trip,)] for one in all_duties for trip in one.trips
    }
    posts = sorted(tuple(part.post[-2:] for part in parts) for parts in ways.values())
    assert ("33", "35") in posts  # Kudus to Surabaya
    assert ("33",) in posts  # the ship to Ambon, by the Polda it leaves
    assert ("81",) in posts  # from the port to the warehouse
    for parts in ways.values():
        assert all(one.ends_at == two.begins_at for one, two in pairwise(parts))


def test_the_worst_class_aboard_and_the_mode_say_how_many_go() -> None:
    calm = {"33.19": RiskClass.LOW, "35.78": RiskClass.LOW, "81.71": RiskClass.LOW}
    _, mild = duties(on_java(), calm)
    _, bad = duties(on_java(), {**calm, "81.71": RiskClass.SPECIAL})
    truck = {klass: PATTERNS.classes[klass].officers["truck"] for klass in RiskClass}
    assert {one.need for one in mild} == {truck[RiskClass.LOW]}
    # To the port by road, and from the port to Ambon's warehouse.
    assert [one.need for one in bad if one.risk is RiskClass.SPECIAL and one.mode == "truck"] == [
        truck[RiskClass.SPECIAL]
    ] * 2
    assert {one.risk for one in duties(on_java(), {})[1]} == {RiskClass.VULNERABLE}


def test_nobody_has_a_seat_in_the_aircraft_so_it_is_met_where_it_lands() -> None:
    wants = replace(FAR, demand={"ballot_dpr": 5_000})
    given_ = replace(problem(wants, lanes=(SHIP, FLIGHT)), regencies=PLACES)
    _, found = duties(given_)
    met = [one for one in found if one.mode == "plane"]
    assert met and {(one.post, one.substitute) for one in met} == {("polri/81", "meets_at_destination")}
    assert all(one.begins_at == one.ends_at for one in met)
    assert {one.substitute for one in found if one.mode != "plane"} == {None}


def test_mabes_fills_up_where_a_polda_is_short_and_else_somebody_is_missing() -> None:
    given_ = on_java()
    strengths = dict.fromkeys(posts_of(given_), 0)
    plan = assign(given_)
    enough = {**strengths, MABES: 500}
    told, _ = rostered(escorts_of(given_, plan, {}, enough, PATTERNS))
    assert told.short_count == 0 and {row.post for row in told.postings} == {MABES}
    nobody = escorts_of(given_, plan, {}, strengths, PATTERNS)
    told, _ = rostered(nobody)
    assert told.short_count == sum(one.need for one in nobody.duties)


@settings(max_examples=15)
@given(officers=st.integers(0, 12), more=st.integers(1, 5))
def test_an_officer_more_never_leaves_more_missing(officers: int, more: int) -> None:
    few, _ = rostered(duties(on_java(), officers=officers)[0])
    many, _ = rostered(duties(on_java(), officers=officers + more)[0])
    assert many.short_count <= few.short_count


def test_a_plan_that_sends_nothing_needs_nobody() -> None:
    plan = replace(assign(on_java()), shipments=(), loads=())
    found = escorts_of(on_java(), plan, {}, dict.fromkeys(posts_of(on_java()), 5), PATTERNS)
    told, _ = rostered(found)
    assert found.duties == () and told.short_count == 0


def test_a_post_of_which_nobody_told_a_strength_is_a_bug() -> None:
    with pytest.raises(KeyError):
        escorts_of(on_java(), assign(on_java()), {}, {}, PATTERNS)
