from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, DIRECT, FORWARD, LEVEL_OF_LEG, Access, Leg, Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import district, ordinary, ordinary_plan, regency, settings, village

villages = st.tuples(
    st.integers(1, 14),  # stations
    st.floats(0.5, 60),  # km
    st.sampled_from(list(RiskClass)),
    st.sampled_from([Access.ROAD, Access.ROAD, Access.WATER, Access.FOOT]),
    st.sampled_from([200, 1_500, 9_000]),  # spread
    st.booleans(),
)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    found = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        code = f"16.07.{number:02d}"
        own = draw(st.lists(villages, min_size=1, max_size=4))
        found.append(
            district(
                code,
                *(
                    village(
                        f"{code}.20{place:02d}",
                        n,
                        km=km,
                        risk=risk,
                        access=access,
                        spread_m=spread,
                        given=given_,
                    )
                    for place, (n, km, risk, access, spread, given_) in enumerate(own, start=1)
                ),
                km=draw(st.floats(1, 150)),
            )
        )
    return regency(*found)


def _stations(problem: Problem) -> set[str]:
    return {load.station for one in problem.villages() for load in one.loads}


def _carried(trips: Iterable[Trip], leg: Leg) -> list[str]:
    return [code for trip in trips if trip.leg is leg for part in trip.consignments for code in part.stations]


@effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.integers(0, 2**31))
def test_the_checker_finds_nothing_in_any_plan(problem: Problem, seed: int) -> None:
    chosen = settings(seed=seed)
    made = make_plan(problem, chosen)
    assert check(problem, chosen, made.trips, made.unserved) == []


def test_every_station_goes_all_six_legs() -> None:
    problem = ordinary()
    made = make_plan(problem, settings())
    assert not made.unserved
    for leg in set(Leg) - BY_GATEWAY - BY_LANDING - DIRECT:
        assert sorted(_carried(made.trips, leg)) == sorted(_stations(problem))


def test_the_same_problem_and_seed_give_the_same_plan_in_any_order_of_districts() -> None:
    def shuffled(function, tasks):  # type: ignore[no-untyped-def]
        mixed = list(tasks)
        random.Random(4).shuffle(mixed)
        return [function(task) for task in mixed]

    assert make_plan(ordinary(), settings()) == make_plan(ordinary(), settings(), shuffled)


def test_what_is_due_at_each_level_leaves_time_for_the_next() -> None:
    made = ordinary_plan()
    due: dict[tuple[Leg, str], Trip] = {}
    at = {}
    for trip in made.trips:
        for part in trip.consignments:
            for station in part.stations:
                due[trip.leg, station] = trip
                at[trip.leg, station] = part
    deadline = settings().calendar.deadline_at
    for station in _stations(ordinary()):
        assert at[Leg.TO_STATION, station].due_at < deadline
        for before, after in pairwise(leg for leg in FORWARD if leg not in BY_GATEWAY | BY_LANDING | DIRECT):
            assert at[before, station].due_at < due[after, station].latest_departure_at


def test_a_worse_class_must_leave_earlier() -> None:
    def latest(risk: RiskClass) -> object:
        problem = regency(district("16.07.01", village("16.07.01.2001", 3, km=40, risk=risk)))
        made = make_plan(problem, settings())
        return min(trip.latest_departure_at for trip in made.trips if trip.leg is Leg.TO_PPK)

    found = [latest(risk) for risk in RiskClass]
    assert found == sorted(found, reverse=True) and found[0] != found[-1]


def test_a_place_out_of_reach_is_told_once_and_the_rest_is_planned() -> None:
    far = district("16.07.09", village("16.07.09.2001", 3, km=602), km=600)
    problem = regency(*ordinary().districts, far)
    made = make_plan(problem, settings())
    assert [(row.leg, row.site, row.reason) for row in made.unserved] == [
        (Leg.TO_PPK, "PPK-16.07.09", "too_far_for_days")
    ]
    assert set(_carried(made.trips, Leg.TO_STATION)) == _stations(ordinary())


def test_hard_villages_are_served_a_day_earlier() -> None:
    made = ordinary_plan()
    deadline = settings().calendar.deadline_at

    def first(area: str) -> object:
        return min(t.depart_at for t in made.trips if t.leg is Leg.TO_STATION and t.area == area)

    assert first("16.07.01.2002") < deadline - timedelta(hours=24) < first("16.07.01.2001")  # type: ignore[operator]


def test_trips_are_numbered_by_leg_in_the_order_of_departure() -> None:
    made = ordinary_plan()
    for leg in Leg:
        own = [trip for trip in made.trips if trip.leg is leg]
        assert [trip.code for trip in own] == [f"16.07-{leg}-{n:03d}" for n in range(1, len(own) + 1)]
        assert all(first.depart_at <= second.depart_at for first, second in pairwise(own))


def test_the_escort_comes_from_the_post_of_the_area() -> None:
    made = ordinary_plan()
    for trip in made.trips:
        expected = "polri/16.07" if LEVEL_OF_LEG[trip.leg] == "regency" else f"polri/{trip.area[:8]}"
        assert trip.escort.post == expected


def test_a_regency_without_stations_is_refused() -> None:
    with pytest.raises(Refused, match="no_stations"):
        make_plan(regency(district("16.07.01", village("16.07.01.2001", 0))), settings())
