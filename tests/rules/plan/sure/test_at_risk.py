"""Who is told as at risk falls short of the promise, nobody else does, and the checker finds either lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kawal.rules.plan.at_risk import aboard_too_late, carried_out, too_late_for
from kawal.rules.plan.check import check
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import FORWARD, Access, Leg, Mode
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.sure.check_safe import WORLDS, _fewest_late
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import flow_of
from kawal.rules.plan.sure.simulation import simulate
from tests.rules.plan import small
from tests.rules.plan.sure.test_simulation import calm

PROBLEM = small.regency(
    small.district(
        "16.07.01",
        small.village("16.07.01.2001", 6),
        small.village("16.07.01.2002", 7, km=30, access=Access.WATER),
    ),
    small.district("16.07.02", small.village("16.07.02.2001", 4, km=14), km=12),
)


def stormy() -> Law:
    """Nothing goes wrong but that boats lie still on three days of ten, and then for days on end."""
    boats = (Mode.LONGBOAT, Mode.SPEEDBOAT)
    modes = {
        mode: replace(one, closed_share=0.3 if mode in boats else 0.0) for mode, one in calm().modes.items()
    }
    return replace(calm(), modes=modes, day_to_day=0.9)


SETTINGS = small.settings(delays=stormy())


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(PROBLEM, SETTINGS)


@pytest.fixture(scope="module")
def shares(made: PlanMade) -> dict[str, float]:
    """P(on time) of each station as planned, by scenarios that nothing was chosen on."""
    flow = flow_of(made.trips, SETTINGS.fleet, SETTINGS.calendar.zone)
    by_s = int((SETTINGS.calendar.deadline_at - flow.first_day).total_seconds())
    lived = simulate(
        flow, stormy(), "16.07", deadline_s=by_s, opening_s=by_s + 46_800, seed=17, scenarios=40_000
    )
    return dict(lived.stations)


def judged(made: PlanMade, at_risk: set[str] | None) -> list[Violation]:
    return check(PROBLEM, SETTINGS, made.trips, made.unserved, at_risk)


def test_at_risk_are_those_who_fall_short_out_of_sample(made: PlanMade, shares: dict[str, float]) -> None:
    told = set(made.at_risk)
    assert told and told != shares.keys()
    assert max(shares[one] for one in told) < 0.992
    assert min(share for one, share in shares.items() if one not in told) > 0.988


def test_a_trip_that_leaves_too_late_for_one_does_not_put_all_aboard_at_risk(made: PlanMade) -> None:
    late = [trip for trip in made.trips if trip.leg in FORWARD and trip.leaves_too_late]
    assert late and all(too_late_for(trip, made.at_risk) for trip in late), "each for somebody aboard"
    assert aboard_too_late(made.trips) > set(made.at_risk)
    lorry = next(trip for trip in late if trip.leg is Leg.TO_PPK)
    assert set(too_late_for(lorry, made.at_risk)) < carried_out([lorry])


def test_a_trip_in_time_or_on_its_way_home_is_too_late_for_nobody(made: PlanMade) -> None:
    everybody = carried_out(made.trips)
    home = [trip for trip in made.trips if trip.leg not in FORWARD]
    late = [
        replace(trip, latest_departure_at=trip.depart_at - trip.back_at + trip.depart_at) for trip in home
    ]
    in_time = [replace(trip, latest_departure_at=trip.depart_at) for trip in made.trips]
    assert late and all(trip.leaves_too_late for trip in late)
    assert not any(too_late_for(trip, everybody) for trip in (*late, *in_time))


def test_the_plan_as_told_keeps_every_rule(made: PlanMade) -> None:
    assert judged(made, set(made.at_risk)) == []


def test_a_station_at_risk_that_the_plan_hides_is_found(made: PlanMade, shares: dict[str, float]) -> None:
    worst = min(made.at_risk, key=lambda one: shares[one])
    found = judged(made, set(made.at_risk) - {worst})
    assert [(one.code, one.where) for one in found] == [("promise_broken", worst)]


def test_a_station_told_as_at_risk_that_is_not_is_found(made: PlanMade, shares: dict[str, float]) -> None:
    surest = max(shares, key=lambda one: shares[one])
    found = judged(made, {*made.at_risk, surest})
    assert [(one.code, one.where) for one in found] == [("at_no_risk", surest)]


def test_a_plan_from_before_is_judged_but_for_who_is_aboard_a_trip_that_leaves_too_late(
    made: PlanMade,
) -> None:
    assert judged(made, None) == []
    silent = [replace(trip, latest_departure_at=trip.leaves_by) for trip in made.trips]
    told = {one.code for one in judged(replace(made, trips=tuple(silent)), None)}
    assert "promise_broken" in told


def test_without_a_law_all_aboard_a_trip_that_leaves_too_late_are_at_risk() -> None:
    far = small.regency(small.district("16.07.01", small.village("16.07.01.2001", 90, spread_m=18_000)))
    made = make_plan(far, small.settings())
    assert made.at_risk and set(made.at_risk) == aboard_too_late(made.trips)


@pytest.mark.parametrize("late", [0.2, 0.05, 0.01, 0.001])
def test_chance_alone_tells_at_risk_as_not_at_most_once_in_300_000_times(late: float) -> None:
    fewest = _fewest_late(late)
    found = np.random.default_rng(2).binomial(WORLDS, late, 3_000_000)
    assert (found < fewest).sum() <= 30
    assert (fewest > 0) == (late >= 0.01)
