"""The simulation's clock of trips of several days is the planner's, forwards and backwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places.codes import WIB
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Access, Leg
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.repair.promise import judged
from kawal.rules.plan.routing.marching import DAY_S, Clock
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.flow import flow_of
from kawal.rules.plan.sure.nights import by_days, days_before
from tests.rules.plan import small
from tests.rules.plan.small import district, regency, village
from tests.rules.plan.sure.test_delays import TEXT

LAW = law_of(TEXT)
SETTINGS = small.settings(delays=LAW)
CLOCK = Clock(SETTINGS.fleet.kinds[next(iter(SETTINGS.fleet.kinds))], WIB)
OPENS, MARCH = np.float32(CLOCK.opens_s), np.float32(CLOCK.march_s)
MIDNIGHT = CLOCK.opens(1_700_000_000) - CLOCK.opens_s
seconds = st.integers(0, 300_000)


@given(st.integers(0, 4), st.integers(0, CLOCK.march_s - 1), seconds)
def test_it_moves_as_the_planner_moves(day: int, into_s: int, moving_s: int) -> None:
    left_s = day * DAY_S + CLOCK.opens_s + into_s
    there_s, _ = CLOCK.walk(MIDNIGHT + left_s, moving_s)
    found = by_days(np.float32(left_s), np.float32(moving_s), OPENS, MARCH)
    ends_a_day = (into_s + moving_s) % CLOCK.march_s == 0
    assert ends_a_day or found == pytest.approx(there_s - MIDNIGHT, abs=1)


@given(st.integers(5 * DAY_S, 9 * DAY_S), seconds)
def test_backwards_it_leaves_as_late_as_can_be(by_s: int, moving_s: int) -> None:
    left = days_before(np.float32(by_s), np.float32(moving_s), OPENS, MARCH)
    assert by_days(left, np.float32(moving_s), OPENS, MARCH) <= by_s + 1
    assert by_days(np.float32(left + 3), np.float32(moving_s), OPENS, MARCH) > by_s


@pytest.mark.parametrize(("km", "access"), [(300, Access.ROAD), (150, Access.WATER)])
def test_as_planned_a_flow_comes_when_the_plan_says(km: float, access: Access) -> None:
    problem = regency(district("16.07.09", village("16.07.09.2001", 3, km=km + 2, access=access), km=km))
    made = make_plan(problem, SETTINGS)
    assert check(problem, SETTINGS, made.trips, made.unserved) == []
    flow = flow_of(made.trips, SETTINGS.fleet, WIB)
    trips = {trip.code: trip for trip in made.trips}
    assert any(flow.march_s)
    for t, code in enumerate(flow.codes):
        left_s = float(flow.starts_s[t] + flow.load_s[t])
        for number, visit in enumerate(trips[code].visits, start=int(flow.stops_at[t])):
            there_s = flow.moved(t, left_s, float(flow.stop_way_s[number] + flow.stop_work_s[number]))
            assert there_s == pytest.approx((visit.arrive_at - flow.first_day).total_seconds(), abs=1)


def test_a_slow_way_costs_a_night_more_and_the_promise_knows() -> None:
    problem = regency(district("16.07.09", village("16.07.09.2001", 3, km=302), km=300))
    made = make_plan(problem, SETTINGS)
    due = [trip for trip in made.trips if trip.leg is Leg.TO_PPK]
    promised = judged(made.trips, "16.07", SETTINGS, LAW).stations
    assert min(promised.values()) > 0.98 and due[0].latest_departure_at > due[0].depart_at
    # Half the world twice as slow: a way of eleven hours over two days then takes until the third.
    slow = replace(LAW, modes={mode: replace(one, spread=1.2) for mode, one in LAW.modes.items()})
    assert max(judged(made.trips, "16.07", SETTINGS, slow).stations.values()) < min(promised.values())
