"""Latest safe departures: what they promise holds where nothing was chosen, and they hang together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from bench import promise

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import ENDS_AT_STATION, FORWARD, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan, redated
from kawal.rules.plan.repair.promise import classes_of
from kawal.rules.plan.sure.check_safe import WORLDS, _most_late, wrongly_told
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.flow import flow_of, with_days_before
from kawal.rules.plan.sure.safe import Jointly, rungs_of, safely_dated
from kawal.rules.plan.sure.simulation import Outcome, simulate
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import CLASS_NAMES
from tests.rules.plan import small
from tests.rules.plan.sure.test_delays import TEXT
from tests.rules.plan.sure.test_simulation import harsh

LAW = law_of(TEXT)
SETTINGS = small.settings(delays=LAW)


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(small.ordinary(), SETTINGS)


def at_the_latest(trips: tuple[Trip, ...], *, seed: int) -> Outcome:
    """Every trip leaves at its latest safe departure, all at once, in scenarios of another seed."""
    flow = flow_of(trips, SETTINGS.fleet, SETTINGS.calendar.zone)
    latest = {trip.code: trip.latest_departure_at for trip in trips}
    begins = np.array([(latest[code] - flow.first_day).total_seconds() for code in flow.codes]) - flow.load_s
    flow = with_days_before(replace(flow, starts_s=begins.astype(np.int64)), 5)
    deadline_s = int((SETTINGS.calendar.deadline_at - flow.first_day).total_seconds())
    return simulate(
        flow, LAW, "16.07", deadline_s=deadline_s, opening_s=deadline_s + 46_800, seed=seed, scenarios=20_000
    )


def dated(trips: tuple[Trip, ...], jointly: Jointly) -> tuple[Trip, ...]:
    return safely_dated(
        trips, "16.07", law=LAW, fleet=SETTINGS.fleet, calendar=SETTINGS.calendar, jointly=jointly
    ).trips


def test_leaving_at_the_latest_keeps_the_promise_of_each_station_out_of_sample(made: PlanMade) -> None:
    for seed in (11, 12):
        shares = at_the_latest(made.trips, seed=seed).stations
        assert min(share for code, share in shares.items() if code not in made.at_risk) > 0.988


def test_a_district_planned_for_its_promise_reaches_it_out_of_sample(made: PlanMade) -> None:
    outcome = at_the_latest(dated(made.trips, Jointly.DISTRICT), seed=13)
    assert min(outcome.districts.values()) > 0.988


def test_what_a_district_needs_together_leaves_no_later_than_what_each_station_needs(made: PlanMade) -> None:
    one, all_ = (dated(made.trips, jointly) for jointly in Jointly)
    spare = [
        sum(
            (trip.latest_departure_at - trip.depart_at).total_seconds()
            for trip in trips
            if trip.leg in FORWARD
        )
        for trips in (one, all_)
    ]
    assert spare[1] <= spare[0]


def test_a_worse_law_never_allows_to_leave_later_on_the_whole(made: PlanMade) -> None:
    calm, rough = (
        safely_dated(made.trips, "16.07", law=law, fleet=SETTINGS.fleet, calendar=SETTINGS.calendar)
        for law in (LAW, harsh())
    )
    total = [
        sum(trip.latest_departure_at.timestamp() for trip in found.trips if trip.leg in FORWARD)
        for found in (calm, rough)
    ]
    assert total[1] < total[0]


def test_whom_no_departure_makes_safe_is_named(made: PlanMade) -> None:
    """Nine days of ten are closed: whenever the trips leave, it will be too late too often."""
    law = replace(LAW, modes={mode: replace(one, closed_share=0.9) for mode, one in LAW.modes.items()})
    found = safely_dated(made.trips, "16.07", law=law, fleet=SETTINGS.fleet, calendar=SETTINGS.calendar)
    assert len(found.short) == 28


def promising(**late_per_10000: int) -> Settings:
    """A table in which a station of these classes may be late in so many of 10,000 distributions."""
    table = SETTINGS.patterns
    own = {CLASS_NAMES[name]: late for name, late in late_per_10000.items()}
    return replace(
        SETTINGS,
        patterns=replace(
            table,
            classes={
                risk: replace(rules, late_per_10000=own.get(risk, rules.late_per_10000))
                for risk, rules in table.classes.items()
            },
        ),
    )


def latest_of(trips: Iterable[Trip]) -> dict[str, float]:
    return {trip.code: trip.latest_departure_at.timestamp() for trip in trips if trip.leg in FORWARD}


def test_a_class_that_is_promised_more_leaves_earlier_and_the_others_as_before(made: PlanMade) -> None:
    settings = promising(special=1)
    found = redated(made.trips, small.ordinary(), settings).trips
    before, after = latest_of(made.trips), latest_of(found)
    special = {station for station, risk in classes_of(made.trips).items() if risk is RiskClass.SPECIAL}
    carry = {
        trip.code
        for trip in made.trips
        if trip.leg in FORWARD and any(not special.isdisjoint(part.stations) for part in trip.consignments)
    }
    assert special and min(after[code] - before[code] for code in carry) < -60
    assert max(after[code] - before[code] for code in carry) <= 0
    apart = {trip.code for trip in made.trips if trip.area.startswith("16.07.01.") and trip.leg in FORWARD}
    assert apart and {after[code] - before[code] for code in apart} == {0}
    for seed in (11, 12):
        shares = at_the_latest(found, seed=seed).stations
        assert min(shares[station] for station in special) > 0.9985
    assert check(small.ordinary(), settings, found, made.unserved) == []


def test_a_table_that_asks_099_of_every_class_gives_the_plan_without_one(made: PlanMade) -> None:
    plain = safely_dated(made.trips, "16.07", law=LAW, fleet=SETTINGS.fleet, calendar=SETTINGS.calendar)
    assert plain.trips == made.trips == redated(made.trips, small.ordinary(), SETTINGS).trips


def test_a_class_that_is_promised_less_is_not_short_of_it() -> None:
    problem, lenient = small.ordinary(), promising(low=2_000, vulnerable=2_000, high=2_000, special=100)
    bold = make_plan(problem, replace(lenient, delays=harsh()))
    assert check(problem, replace(lenient, delays=harsh()), bold.trips, bold.unserved) == []
    strict = check(problem, replace(SETTINGS, delays=harsh()), bold.trips, bold.unserved)
    risks = classes_of(bold.trips)
    told = {found.where for found in strict if found.code == "promise_broken"}
    assert told and RiskClass.SPECIAL not in {risks[station] for station in told}


@pytest.mark.parametrize("late", [0.01, 0.001, 0.0001])
def test_chance_alone_is_found_at_most_once_in_300_000_times(late: float) -> None:
    most = _most_late(late)
    found = np.random.default_rng(1).binomial(WORLDS, late, 3_000_000)
    assert (found > most).sum() <= 30 and most < 3 * WORLDS * late + 12


def test_the_same_plan_gets_the_same_departures_and_the_way_home_stays(made: PlanMade) -> None:
    assert dated(made.trips, Jointly.STATION) == dated(made.trips, Jointly.STATION)
    home = [trip for trip in made.trips if trip.leg not in FORWARD]
    assert home == [
        trip for trip in make_plan(small.ordinary(), small.settings()).trips if trip.leg not in FORWARD
    ]


def test_a_trip_that_waits_for_another_can_still_leave_after_that_left_at_its_latest(made: PlanMade) -> None:
    latest = {
        (trip.leg, station): trip.latest_departure_at
        for trip in made.trips
        for part in trip.consignments
        for station in part.stations
    }
    for trip in made.trips:
        for part in trip.consignments if trip.leg in FORWARD[:-1] else ():
            following = FORWARD[FORWARD.index(trip.leg) + 1 :]
            late = trip.latest_departure_at - trip.depart_at
            assert part.arrive_at + late <= part.due_at
            assert all(
                part.due_at <= latest[leg, one]
                for one in part.stations
                for leg in following
                if (leg, one) in latest
            )


def test_the_checker_lives_through_the_promise_by_itself(made: PlanMade) -> None:
    assert check(small.ordinary(), SETTINGS, made.trips, made.unserved) == []
    by_factors = make_plan(small.ordinary(), small.settings()).trips
    rough = replace(SETTINGS, delays=harsh())
    broken = {found.code for found in check(small.ordinary(), rough, by_factors, made.unserved)}
    assert broken == {"promise_broken"}
    assert not list(wrongly_told(by_factors, small.settings(), ())), "without a law nothing is promised"


def test_a_departure_told_as_safe_that_is_not_is_found(made: PlanMade) -> None:
    """Trips to stations leave on H-1 two hours before the deadline, and say that this is early enough."""
    deadline = SETTINGS.calendar.deadline_at
    bold = [
        replace(trip, latest_departure_at=deadline - (trip.stops[-2].arrive_at - trip.depart_at))
        if trip.leg in ENDS_AT_STATION
        else trip
        for trip in made.trips
    ]
    assert "promise_broken" in {
        found.code for found in check(small.ordinary(), SETTINGS, bold, made.unserved)
    }


def test_planned_with_two_standard_errors_in_hand_and_then_halved() -> None:
    assert rungs_of(0.99) == (27, 13, 6, 3, 1, 0)
    assert rungs_of(0.9999) == (0,)


def test_nothing_to_date_is_no_error() -> None:
    found = safely_dated([], "16.07", law=LAW, fleet=SETTINGS.fleet, calendar=SETTINGS.calendar)
    assert found.trips == () and found.short == ()


def test_counting_from_an_earlier_day_changes_nothing(made: PlanMade) -> None:
    flow = flow_of(made.trips, SETTINGS.fleet, SETTINGS.calendar.zone)
    answers = []
    for one in (flow, with_days_before(flow, 3)):
        deadline_s = int((SETTINGS.calendar.deadline_at - one.first_day) / timedelta(seconds=1))
        answers.append(
            simulate(
                one, harsh(), "16.07", deadline_s=deadline_s, opening_s=deadline_s, seed=1, scenarios=500
            )
        )
    assert answers[0].stations == pytest.approx(answers[1].stations, abs=1 / 400)  # float32 rounds otherwise


@pytest.mark.slow
def test_of_districts_planned_for_a_promise_at_least_95_of_100_keep_it_out_of_sample() -> None:
    (row,) = promise.measure()
    assert row.value >= promise.WANTED
