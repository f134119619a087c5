"""A plan that ends at the villages and leaves no time for its stations is caught."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Access, Leg, Level, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.wide.check_last_leg import at_least, without_time
from tests.rules.plan.small import district, fleet, ordinary, ordinary_plan, regency, settings, village

SETTINGS = replace(settings(), level=Level.VILLAGE)
LARGE = regency(district("16.07.01", village("16.07.01.2001", 40, spread_m=2_000)))


def found(trips: list[Trip], problem: Problem = LARGE, by: Settings = SETTINGS) -> list[tuple[str, str]]:
    return list(without_time(problem, by, trips))


def due_later(trip: Trip, by: timedelta) -> Trip:
    return replace(trip, consignments=tuple(replace(p, due_at=p.due_at + by) for p in trip.consignments))


def test_a_pps_that_may_receive_an_hour_before_the_deadline_is_caught_by_name() -> None:
    trips = list(make_plan(LARGE, SETTINGS).trips)
    assert found(trips) == []
    deadline = SETTINGS.calendar.deadline_at
    late = [
        due_later(one, deadline - timedelta(hours=1) - one.consignments[0].due_at)
        if one.leg is Leg.TO_PPS
        else one
        for one in trips
    ]
    codes = {part.code for one in trips if one.leg is Leg.TO_PPS for part in one.consignments}
    assert set(found(late)) == {(code, "PPS-16.07.01.2001") for code in codes}
    assert "no_time_for_last_leg" in {one.code for one in check(LARGE, SETTINGS, late, ())}


def test_boxes_fetched_from_the_pps_before_they_can_be_there_are_caught() -> None:
    trips = list(make_plan(LARGE, SETTINGS).trips)
    opening = SETTINGS.calendar.shifts[Leg.BACK_PPS][0].start
    early = []
    for one in trips:
        if one.leg is Leg.BACK_PPK:
            by = opening + timedelta(minutes=5) - one.stops[1].arrive_at
            stops = tuple(replace(stop, arrive_at=stop.arrive_at + by) for stop in one.stops)
            one = replace(one, stops=stops)
        early.append(one)
    assert {site for _, site in found(early)} == {"PPS-16.07.01.2001"}


def test_without_a_vehicle_all_days_of_the_leg_must_be_free() -> None:
    stocks = tuple(stock for stock in fleet().stocks if stock.level != "village")
    bare = replace(SETTINGS, fleet=replace(fleet(), stocks=stocks))
    trips = list(make_plan(LARGE, bare).trips)
    assert found(trips, by=bare) == []
    late = [due_later(one, timedelta(hours=1)) if one.leg is Leg.TO_PPS else one for one in trips]
    assert found(late, by=bare)


def test_a_plan_down_to_the_stations_is_judged_by_its_trips_instead() -> None:
    made = ordinary_plan()
    assert found(list(made.trips), ordinary(), settings()) == []


@budget(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.sampled_from([Access.ROAD, Access.WATER, Access.FOOT]), st.integers(100, 9_000))
def test_what_the_planner_keeps_free_is_never_too_little(
    stations: int, access: Access, spread_m: int
) -> None:
    one = village("16.07.01.2001", stations, access=access, spread_m=spread_m)
    problem = regency(district("16.07.01", one))
    made = make_plan(problem, SETTINGS)
    assert check(problem, SETTINGS, made.trips, made.unserved) == []


@pytest.mark.parametrize("km", [8, 60])
def test_an_ordinary_plan_down_to_the_villages_breaks_nothing(km: int) -> None:
    problem = regency(*ordinary().districts, district("16.07.09", village("16.07.09.2001", 5, km=km), km=km))
    made = make_plan(problem, SETTINGS)
    assert check(problem, SETTINGS, made.trips, made.unserved) == []


def test_a_pps_that_is_promised_too_late_for_a_last_leg_that_may_be_held_up_is_caught() -> None:
    """The boats' least time lies between, but on days on which they may not sail it is not enough."""
    law = law_of((files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8"))
    by = replace(SETTINGS, delays=law)
    one = village("16.07.01.2001", 6, access=Access.WATER, spread_m=3_000)
    problem = regency(district("16.07.01", one, village("16.07.01.2002", 3)))
    made = make_plan(problem, by)
    assert check(problem, by, made.trips, made.unserved) == []
    (least,) = (trip for trip in at_least(problem, by, made.trips) if trip.area == one.code)
    last = by.calendar.deadline_at - (least.back_at - least.stops[0].arrive_at) - timedelta(hours=2)
    late = []
    for trip in made.trips:
        if trip.leg is Leg.TO_PPS and one.site in {part.to_site for part in trip.consignments}:
            spare = last - max(part.due_at for part in trip.consignments)
            trip = replace(
                due_later(trip, spare), latest_departure_at=max(trip.latest_departure_at, trip.depart_at)
            )
        late.append(trip)
    assert not found(late, problem, by)
    codes = {one.code for one in check(problem, by, late, made.unserved)}
    assert "promise_broken" in codes
