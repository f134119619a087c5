from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.facts import Access, Leg, Level
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.wide.last_leg import last_leg
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import district, fleet, regency, settings, village

DEADLINE_S = int(datetime(2024, 2, 13, 11, tzinfo=UTC).timestamp())


@given(
    stations=st.integers(1, 60),
    access=st.sampled_from(Access),
    risk=st.sampled_from(RiskClass),
    spread_m=st.integers(100, 20_000),
)
def test_time_is_kept_free_before_the_deadline_and_more_for_a_larger_village(
    stations: int, access: Access, risk: RiskClass, spread_m: int
) -> None:
    one = village("16.07.01.2001", stations, access=access, risk=risk, spread_m=spread_m)
    wider = replace(one, spread_m=2 * spread_m)
    kept, more = last_leg(one, settings()), last_leg(wider, settings())
    assert more.begins_s <= kept.begins_s < DEADLINE_S
    assert more.home_s >= kept.home_s > DEADLINE_S


def test_without_a_vehicle_all_of_the_time_is_kept_free() -> None:
    bare = replace(fleet(), stocks=())
    kept = last_leg(village("16.07.01.2001", 3), settings(by=bare))
    shifts = settings().calendar.shifts[Leg.TO_STATION]
    assert kept.begins_s == min(int(shift.start.timestamp()) for shift in shifts)


@given(stations=st.integers(1, 40), spread_m=st.integers(100, 4_000))
def test_what_is_kept_free_is_enough_for_the_leg_that_would_be_planned(stations: int, spread_m: int) -> None:
    """By road, where the leg can be planned at all: its trips take no longer than was kept free for them."""
    problem = regency(district("16.07.01", village("16.07.01.2001", stations, spread_m=spread_m)))
    (one,) = problem.villages()
    made = make_plan(problem, settings())
    trips = [trip for trip in made.trips if trip.leg is Leg.TO_STATION]
    begin = min(trip.stops[0].arrive_at for trip in trips).timestamp()
    end = max(trip.stops[-2].depart_at for trip in trips).timestamp()
    if len({trip.depart_at.date() for trip in trips}) == 1:
        assert last_leg(one, settings()).begins_s <= DEADLINE_S - (end - begin) + 1


def test_a_plan_down_to_the_villages_has_no_leg_below_them() -> None:
    problem = regency(district("16.07.01", village("16.07.01.2001", 9), village("16.07.01.2002", 3)))
    made = make_plan(problem, replace(settings(), level=Level.VILLAGE))
    assert {trip.leg for trip in made.trips} == {Leg.TO_PPK, Leg.TO_PPS, Leg.BACK_PPK, Leg.BACK_WAREHOUSE}
