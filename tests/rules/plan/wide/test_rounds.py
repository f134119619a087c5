"""The leg that a plan down to the villages leaves out is lived through with the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import FORWARD, Access, Leg, Level, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import Problem, Village
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.wide.last_leg import last_leg, round_by_round
from kawal.rules.plan.wide.rounds import Beyond, rounds_of
from tests.rules.plan.small import district, fleet, ordinary, regency, settings, village

LAW = law_of((files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8"))
SURE = replace(settings(delays=LAW), level=Level.VILLAGE)
BY_FACTORS = replace(SURE, delays=None)


def planned(problem: Problem, by: Settings = SURE) -> tuple[Trip, ...]:
    return make_plan(problem, by).trips


def of_one(one: Village) -> Problem:
    return regency(district("16.07.01", one))


@budget(max_examples=25, deadline=None)
@given(
    st.integers(1, 60),
    st.sampled_from([Access.ROAD, Access.WATER, Access.FOOT]),
    st.integers(100, 9_000),
)
def test_its_rounds_carry_every_station_that_is_at_the_pps_once_and_take_what_was_estimated(
    stations: int, access: Access, spread_m: int
) -> None:
    problem = of_one(village("16.07.01.2001", stations, access=access, spread_m=spread_m))
    trips = planned(problem, BY_FACTORS)
    beyond = rounds_of(problem, SURE, trips)
    there = [
        s for trip in trips if trip.leg is Leg.TO_PPS for part in trip.consignments for s in part.stations
    ]
    if beyond.ends:
        assert beyond == Beyond((), frozenset({"PPS-16.07.01.2001"}))
        return
    carried = [s for trip in beyond.trips for part in trip.consignments for s in part.stations]
    assert sorted(carried) == sorted(there)
    (one,) = problem.villages()
    rounds = round_by_round(one, SURE)
    assert rounds is not None
    spent = sum((trip.stops[-1].depart_at - trip.stops[0].arrive_at for trip in beyond.trips), timedelta())
    assert spent <= timedelta(seconds=rounds.count * rounds.takes_s)
    for before, after in zip(beyond.trips, beyond.trips[1:], strict=False):
        assert before.stops[-1].depart_at <= after.stops[0].arrive_at, "by one vehicle"
    received = max(trip.visits[0].depart_at for trip in trips if trip.leg is Leg.TO_PPS)
    assert max(trip.stops[0].arrive_at for trip in beyond.trips) >= received


def test_a_plan_down_to_the_stations_has_its_own_last_leg() -> None:
    whole = settings(delays=LAW)
    assert rounds_of(ordinary(), whole, planned(ordinary(), whole)) == Beyond()


def test_where_no_vehicle_fits_or_the_work_fills_all_days_these_are_kept_free() -> None:
    bare = replace(
        SURE, fleet=replace(fleet(), stocks=tuple(s for s in fleet().stocks if s.level != "village"))
    )
    one = village("16.07.01.2001", 9)
    wide = village("16.07.01.2001", 60, access=Access.WATER, spread_m=40_000)
    for problem, by in ((of_one(one), bare), (of_one(wide), SURE)):
        trips = planned(problem, by)
        (place,) = problem.villages()
        beyond = rounds_of(problem, by, trips)
        assert beyond.ends | beyond.full == {place.site}
        begins_s = last_leg(place, by).begins_s
        due = {part.due_at.timestamp() for t in trips if t.leg is Leg.TO_PPS for part in t.consignments}
        assert max(due) <= begins_s
        assert check(problem, by, trips, make_plan(problem, by).unserved) == []


def _spread_alone(times: float = 1.0) -> Settings:
    """Journeys spread so many times as much as in the default law, and nothing else goes wrong."""
    modes = {
        mode: replace(own, closed_share=0.0, breakdowns_per_hour=0.0, spread=times * own.spread)
        for mode, own in LAW.modes.items()
    }
    return replace(SURE, delays=replace(LAW, modes=modes, absent_share=0.0))


def _due_at_pps(problem: Problem, by: Settings) -> float:
    trips = planned(problem, by)
    return min(part.due_at.timestamp() for t in trips if t.leg is Leg.TO_PPS for part in t.consignments)


def test_where_only_journeys_spread_less_time_is_kept_free_than_safety_factors_would() -> None:
    """The draws ask for less than the sum of worst cases did."""
    problem = of_one(village("16.07.01.2001", 40, spread_m=2_000))
    (one,) = problem.villages()
    due_s = _due_at_pps(problem, _spread_alone())
    assert last_leg(one, SURE).begins_s < due_s < SURE.calendar.deadline_at.timestamp()


def test_where_days_are_closed_and_vehicles_break_down_boxes_are_due_on_the_day_before() -> None:
    """No safety factor on hours knows that."""
    problem = of_one(village("16.07.01.2001", 40, spread_m=2_000))
    (one,) = problem.villages()
    rounds = round_by_round(one, SURE)
    assert rounds is not None and LAW.modes[rounds.kind.mode].closed_share > 0
    assert _due_at_pps(problem, SURE) < last_leg(one, SURE).begins_s - 12 * 3_600


def test_no_rounds_are_among_the_trips_of_the_plan() -> None:
    assert {trip.leg for trip in planned(ordinary())} & set(FORWARD) == {Leg.TO_PPK, Leg.TO_PPS}


def test_journeys_that_spread_more_ask_for_boxes_at_the_pps_earlier() -> None:
    problem = of_one(village("16.07.01.2001", 40, spread_m=2_000))
    assert _due_at_pps(problem, _spread_alone(2)) < _due_at_pps(problem, _spread_alone())


def test_a_village_with_more_work_than_its_days_hold_is_told_at_risk_by_what_part_of_it_may_meet() -> None:
    problem = of_one(village("16.07.01.2001", 12, access=Access.WATER, spread_m=40_000))
    beyond = rounds_of(problem, SURE, planned(problem, SURE))
    assert beyond.full == {"PPS-16.07.01.2001"} and not beyond.ends
    assert sum(len(part.stations) for trip in beyond.trips for part in trip.consignments) == 12
    # Its boxes are at the PPS in time; but one day on which no boat goes leaves too few days behind.
    assert len(make_plan(problem, SURE).at_risk) == 12
    calm = {mode: replace(own, closed_share=0.0) for mode, own in LAW.modes.items()}
    assert not make_plan(problem, replace(SURE, delays=replace(LAW, modes=calm))).at_risk
