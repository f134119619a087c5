from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from kawal.rules.plan.facts import FORWARD
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.summary import summary_of
from tests.rules.plan.small import district, fleet, ordinary, ordinary_plan, regency, settings, village

MADE = ordinary_plan()
SUMMARY = summary_of(ordinary(), MADE, fleet(), {"default_fleet": 1})


def test_the_figures_are_those_of_the_trips() -> None:
    assert SUMMARY["stations_count"] == 28
    assert SUMMARY["parcels_count"] == 28 * 6
    assert SUMMARY["trips_count"] == len(MADE.trips)
    assert sum(sum(modes.values()) for modes in SUMMARY["trips"].values()) == len(MADE.trips)
    assert SUMMARY["escort"]["officers_count"] == sum(trip.escort.officers_count for trip in MADE.trips)
    assert SUMMARY["assumptions"] == ["default_fleet"]


def test_officers_at_once_are_fewer_than_over_all_trips_and_no_fewer_than_on_one() -> None:
    most = max(trip.escort.officers_count for trip in MADE.trips)
    assert most <= SUMMARY["escort"]["officers_peak_count"] < SUMMARY["escort"]["officers_count"]


def test_no_more_vehicles_are_used_than_there_are() -> None:
    assert SUMMARY["vehicles"]
    assert all(row["used"] <= row["available"] for row in SUMMARY["vehicles"])


def test_the_summary_is_plain_json() -> None:
    assert json.loads(json.dumps(SUMMARY)) == SUMMARY


def _scattered(spread_m: int) -> tuple[PlanMade, dict[str, Any]]:
    problem = regency(district("16.07.01", village("16.07.01.2001", 90, spread_m=spread_m)))
    made = make_plan(problem, settings())
    return made, summary_of(problem, made, fleet(), {})


def test_stations_that_cannot_be_reached_are_told_with_what_would_help() -> None:
    _, summary = _scattered(30_000)
    assert summary["stations_unserved_count"] > 0
    assert {row["reason"] for row in summary["unserved"]} == {"fleet_too_small"}
    assert {row["mode"] for row in summary["shortfalls"]} == {"motorbike"}


def test_trips_that_leave_later_than_is_safe_are_told() -> None:
    made, summary = _scattered(18_000)
    late = [trip for trip in made.trips if trip.leaves_too_late]
    assert [row["trip"] for row in summary["at_risk"]] == [trip.code for trip in late]
    assert summary["stations_at_risk_count"] == len(made.at_risk) > 0
    assert summary["stations_at_risk"] == sorted(made.at_risk)


def test_a_trip_that_leaves_too_late_tells_for_how_many_aboard() -> None:
    made, _ = _scattered(18_000)
    late = next(trip for trip in made.trips if trip.leg in FORWARD and trip.leaves_too_late)
    one = late.consignments[0].stations[0]
    summary = summary_of(ordinary(), replace(made, at_risk=(one, "elsewhere")), fleet(), {})
    row = next(row for row in summary["at_risk"] if row["trip"] == late.code)
    assert row["stations_at_risk_count"] == 1 < row["stations_count"]
