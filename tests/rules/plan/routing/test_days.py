"""Runs of several days: on the way by day, at rest by night, there in time or told in days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.places.codes import WIB, WIT
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import FORWARD, Access, Leg, Mode, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import District
from kawal.rules.plan.routing.days import along
from kawal.rules.plan.routing.marching import DAY_S, Clock
from tests.rules.plan.small import VOTING_DAY, district, fleet, ordinary, regency, settings, village

FLEET = fleet()
NEAR = district("16.07.01", village("16.07.01.2001", 4), village("16.07.01.2002", 2, km=14))


def far(km: float, access: Access = Access.ROAD, stations: int = 3, on: float = 2) -> District:
    return district("16.07.09", village("16.07.09.2001", stations, km=km + on, access=access), km=km)


def beginning(first_day: int, by: Fleet | None = None) -> Settings:
    return replace(settings(by=by), calendar=calendar(VOTING_DAY, WIB, first_day=first_day))


@cache
def planned(km: float, access: Access, first_day: int = 5, on: float = 2) -> PlanMade:
    return make_plan(regency(NEAR, far(km, access, on=on)), beginning(first_day))


def of_days(made: PlanMade) -> list[Trip]:
    return [trip for trip in made.trips if trip.halts]


@given(
    st.sampled_from([Mode.TRUCK, Mode.SPEEDBOAT, Mode.FOOT]),
    st.sampled_from([WIB, WIT]),
    st.integers(1_700_000_000, 1_700_400_000),
    st.integers(0, 400_000),
)
def test_the_clock_moves_by_day_alone_and_rests_the_rest(mode: Mode, zone, at_s: int, way_s: int) -> None:  # type: ignore[no-untyped-def]
    clock = Clock(FLEET.kinds[mode], zone)
    there_s, rests = clock.walk(at_s, way_s)
    assert there_s - at_s - sum(until - begin for begin, until, _ in rests) == way_s
    edges = [at_s, *(edge for begin, until, _ in rests for edge in (begin, until)), there_s]
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        assert begin == end or (clock.opens(begin) <= begin and end <= clock.march_ends(begin))
    assert all(until % DAY_S == clock.opens(until) % DAY_S for _, until, _ in rests)


@pytest.mark.parametrize(
    ("km", "access", "on", "nights"),
    [(300, Access.ROAD, 2, 1), (150, Access.WATER, 2, 1), (30, Access.FOOT, 25, 1), (60, Access.ROAD, 2, 0)],
)
def test_what_is_too_far_for_one_day_is_there_after_a_night_and_all_the_way_home(
    km: float, access: Access, on: float, nights: int
) -> None:
    made = planned(km, access, on=on)
    assert made.unserved == () and made.shortfalls == ()
    assert check(regency(NEAR, far(km, access, on=on)), settings(), made.trips, made.unserved) == []
    out = [trip for trip in of_days(made) if trip.leg is Leg.TO_PPK]
    assert {len([h for h in trip.halts if h.arrive_at < trip.visits[-1].arrive_at]) for trip in out} <= {
        nights
    }
    assert bool(out) is bool(nights)
    for trip in of_days(made):
        assert trip.escort.officers_count >= 2 and trip.escort.substitute is None
        if trip.leg in FORWARD:
            assert trip.latest_departure_at > trip.depart_at


def test_where_all_days_are_too_few_it_is_told_how_many_it_takes() -> None:
    (left,) = planned(600, Access.ROAD).unserved
    assert (left.leg, left.site, left.reason, left.days) == (
        Leg.TO_PPK,
        "PPK-16.07.09",
        "too_far_for_days",
        3,
    )
    assert planned(600, Access.ROAD, first_day=left.days + 3).unserved == ()


@pytest.mark.parametrize(("km", "access"), [(600, Access.ROAD), (330, Access.WATER)])
def test_a_day_more_to_distribute_leaves_no_more_behind(km: float, access: Access) -> None:
    left = [
        sum(len(row.stations) for row in planned(km, access, first_day=days).unserved)
        for days in (5, 6, 7, 8)
    ]
    assert left == sorted(left, reverse=True) and left[0] > left[-1] == 0


def test_where_nothing_is_far_a_day_more_changes_nothing() -> None:
    assert make_plan(ordinary(), beginning(9)) == make_plan(ordinary(), beginning(5))


def test_a_vehicle_that_is_away_for_days_does_nothing_else_on_them() -> None:
    made = make_plan(regency(far(300, stations=40), NEAR), settings())
    assert check(regency(far(300, stations=40), NEAR), settings(), made.trips, made.unserved) == []
    for trip in of_days(made):
        days = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        others = [one for one in made.trips if one.vehicle == trip.vehicle and one is not trip]
        assert all(one.back_at <= days[0] or one.depart_at >= days[1] for one in others)


def test_far_places_take_no_vehicle_from_near_ones_that_would_then_stay_behind() -> None:
    """One boat at sea for two days, or four villages served: the four."""
    crowd = district(
        "16.07.02", *(village(f"16.07.02.200{n}", 9, km=30, access=Access.WATER) for n in (1, 2, 3))
    )
    stock = replace(
        FLEET,
        stocks=tuple(
            replace(one, at_least=1, one_per_stations=1_000) if one.mode is Mode.SPEEDBOAT else one
            for one in FLEET.stocks
        ),
    )
    alone = make_plan(regency(crowd), beginning(5, stock))
    both = make_plan(regency(crowd, far(150, Access.WATER)), beginning(5, stock))
    missed = {station for row in both.unserved for station in row.stations}
    assert len(missed) <= 3 + sum(len(row.stations) for row in alone.unserved)
    assert check(regency(crowd, far(150, Access.WATER)), beginning(5, stock), both.trips, both.unserved) == []


def test_the_vehicles_said_to_be_missing_for_far_places_are_enough() -> None:
    problem = regency(far(300, stations=150))
    made = make_plan(problem, settings())
    assert {row.reason for row in made.unserved if row.leg in FORWARD} == {"fleet_too_small"}
    (short,) = [row for row in made.shortfalls if row.leg is Leg.TO_PPK]
    more = replace(
        FLEET,
        stocks=tuple(
            replace(one, at_least=one.count(150) + short.vehicles_count)
            if one.level == "regency" and one.mode is short.mode
            else one
            for one in FLEET.stocks
        ),
    )
    assert not [row for row in make_plan(problem, settings(by=more)).unserved if row.leg is Leg.TO_PPK]


@budget(max_examples=4, deadline=None)
@given(st.integers(90, 420), st.sampled_from([Access.ROAD, Access.WATER]), st.integers(1, 30))
def test_whatever_the_distance_the_plan_holds_by_its_judge(km: int, access: Access, stations: int) -> None:
    problem = regency(NEAR, far(km, access, stations))
    made = make_plan(problem, settings())
    assert check(problem, settings(), made.trips, made.unserved) == []


def test_leaving_at_the_latest_is_counted_over_the_nights() -> None:
    (trip,) = [trip for trip in of_days(planned(300, Access.ROAD)) if trip.leg is Leg.TO_PPK]
    due = trip.consignments[0].due_at
    way = trip.visits[0].arrive_at - trip.depart_at - (trip.halts[0].depart_at - trip.halts[0].arrive_at)
    assert due - trip.latest_departure_at > way * FLEET.kinds[Mode.TRUCK].safety + timedelta(hours=12)


def test_a_point_along_a_line_lies_where_its_share_of_the_length_ends() -> None:
    line = ((0.0, 0.0), (0.0, 3.0), (1.0, 3.0))
    assert along(line, 0.75) == (0.0, 3.0)
    assert along(line, 0.5) == (0.0, 2.0)
    assert along(line, 1.0) == (1.0, 3.0)
