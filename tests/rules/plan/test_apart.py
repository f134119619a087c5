"""Loads that must not share a vehicle do not, and a plan that lets them is caught."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.apart import Apart
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Leg, Mode, Trip
from kawal.rules.plan.fleet import Fleet, fleet_of
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.refusals import Refused
from tests.rules.plan.small import DEFAULT_TEXT, district, fleet, ordinary, regency, settings, village

TOLD = """
[[apart]]
by = "groups"
modes = ["speedboat"]
source = "electoral districts of the regency's council"
[[apart.group]]
areas = ["16.07.01", "16.07.02"]
[[apart.group]]
areas = ["16.07.03"]
"""


def three() -> Problem:
    """Three districts of two villages on one road, so near that a truck would serve all."""
    return regency(
        *(
            district(
                f"16.07.0{number}",
                *(village(f"16.07.0{number}.200{own}", 3, km=10 + number + own) for own in (1, 2)),
                km=9 + number,
            )
            for number in (1, 2, 3)
        )
    )


def by(*rules: Apart) -> Fleet:
    return replace(fleet(), aparts=rules)


def made(problem: Problem, with_fleet: Fleet) -> PlanMade:
    found = make_plan(problem, settings(by=with_fleet))
    assert check(problem, settings(by=with_fleet), found.trips, found.unserved) == []
    return found


def aboard(trip: Trip) -> list[str]:
    return [station for part in trip.consignments for station in part.stations]


def test_districts_do_not_share_a_truck_where_that_is_told() -> None:
    free = [trip for trip in made(three(), fleet()).trips if trip.leg is Leg.TO_PPK]
    assert any(len({parent_of(village_of(one)) for one in aboard(trip)}) > 1 for trip in free)
    plan = made(three(), by(Apart(by="district")))
    assert not plan.unserved
    for trip in plan.trips:
        assert len({parent_of(village_of(one)) for one in aboard(trip)}) == 1


def test_a_district_goes_in_parts_where_villages_must_not_share() -> None:
    plan = made(three(), by(Apart(by="village", modes=(Mode.TRUCK,))))
    trucks = [trip for trip in plan.trips if trip.mode is Mode.TRUCK]
    assert trucks and all(len({village_of(one) for one in aboard(trip)}) == 1 for trip in trucks)


def test_groups_of_areas_are_electoral_districts_and_the_rest_is_one_more() -> None:
    rule = Apart(by="groups", groups=(("16.07.01", "16.07.02"),))
    assert rule.group("1607012001001") == rule.group("1607022002001") != rule.group("1607032001001")
    plan = made(three(), by(rule))
    shared = {frozenset(parent_of(village_of(one)) for one in aboard(trip)) for trip in plan.trips}
    assert frozenset({"16.07.01", "16.07.02"}) in shared
    assert not any("16.07.03" in districts and len(districts) > 1 for districts in shared)


@pytest.mark.parametrize(
    ("rule", "caught"),
    [
        (Apart(by="district"), True),
        (Apart(by="district", modes=(Mode.TRUCK,)), True),
        (Apart(by="groups", groups=(("16.07.01",),)), True),
        (Apart(by="district", modes=(Mode.SPEEDBOAT,)), False),
        (Apart(by="groups", groups=(("16.07",),)), False),
    ],
)
def test_a_truck_with_loads_that_must_not_share_it_is_caught(rule: Apart, caught: bool) -> None:
    found = make_plan(three(), settings())
    codes = {one.code for one in check(three(), settings(by=by(rule)), found.trips, found.unserved)}
    assert ("together" in codes) is caught


def test_a_fleet_file_tells_what_must_not_share() -> None:
    assert fleet_of(DEFAULT_TEXT + TOLD).aparts == (
        Apart(by="groups", groups=(("16.07.01", "16.07.02"), ("16.07.03",)), modes=(Mode.SPEEDBOAT,)),
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('by = "groups"', 'by = "colour"', "apart[1].by", "must_be_one_of"),
        ('by = "groups"', 'by = "district"', "apart[1].group", "unknown_key"),
        ('["speedboat"]', '["ship"]', "apart[1].modes", "must_be_one_of"),
        ('["16.07.03"]', '["Dapil 3"]', "apart[1].group[2].areas", "must_be_areas"),
        ('["16.07.03"]', '["16.07.02.2001"]', "apart[1].group", "must_not_overlap"),
        ('source = "electoral districts of the regency\'s council"\n', "", "apart[1].source", "is_missing"),
    ],
)
def test_a_wrong_row_is_refused_by_key(old: str, new: str, key: str, problem: str) -> None:
    assert old in TOLD
    with pytest.raises(Refused) as refused:
        fleet_of(DEFAULT_TEXT + TOLD.replace(old, new))
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)


_RULE = st.builds(
    Apart,
    by=st.sampled_from(["district", "village"]),
    modes=st.lists(st.sampled_from([Mode.TRUCK, Mode.PICKUP, Mode.SPEEDBOAT]), max_size=2).map(tuple),
)


@tries(max_examples=10, deadline=None)
@given(rules=st.lists(_RULE, min_size=1, max_size=2))
def test_any_rules_give_a_plan_without_faults(rules: list[Apart]) -> None:
    made(ordinary(), by(*rules))
