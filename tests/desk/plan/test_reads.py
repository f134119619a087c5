from __future__ import annotations

from datetime import timedelta

import pytest

from kawal.desk.places import models as places
from kawal.desk.plan import models, reads
from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, DIRECT, Leg
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make


@pytest.mark.parametrize("area", ["16.07", "16.07.02", "16.07.02.2001"])
def test_any_area_inside_knows_the_plan_of_its_regency(regency: str, area: str) -> None:
    made = make(regency)
    plan = reads.plan_of_record(area)
    assert plan is not None and plan.id == made


def test_above_a_regency_there_are_many_plans_and_none_of_record(regency: str) -> None:
    made = make(regency)
    assert reads.plan_of_record("16") is None
    assert [plan.id for plan in reads.plans_of_record("16")] == [made]
    assert [plan.id for plan in reads.plans_of_record("")] == [made]
    assert reads.plans_of_record("17") == []


def test_a_word_that_is_no_area_is_refused(db: None) -> None:
    with pytest.raises(Refused, match="unknown_area"):
        reads.plan_of_record("Banyuasin")


def test_a_station_goes_out_and_home_in_six_legs(regency: str) -> None:
    make(regency)
    steps = reads.plan_for_station("1607022002001")
    assert [step.trip.leg for step in steps] == [
        leg for leg in Leg if leg not in BY_GATEWAY | BY_LANDING | DIRECT
    ]
    for step in steps:
        assert "1607022002001" in step.consignment.stations
    sites = [(step.consignment.from_site, step.consignment.to_site) for step in steps]
    assert sites[:3] == [
        ("GDG-16.07", "PPK-16.07.02"),
        ("PPK-16.07.02", "PPS-16.07.02.2002"),
        ("PPS-16.07.02.2002", "1607022002001"),
    ]
    assert sites[3:] == [(there, here) for here, there in reversed(sites[:3])]


def test_a_station_code_must_be_one(regency: str) -> None:
    with pytest.raises(Refused, match="unknown_station"):
        reads.plan_for_station("16")


@pytest.mark.parametrize("area", ["16.07", "16.07.01", "16.07.01.1001"])
def test_the_trips_of_an_area_are_those_that_carry_its_stations(regency: str, area: str) -> None:
    made = make(regency)
    digits = area.replace(".", "")
    expected = [
        trip
        for trip in reads.trips(made)
        if any(station.startswith(digits) for part in trip.consignments for station in part.stations)
    ]
    assert reads.trips_of_area(area) == expected


def test_an_area_without_a_plan_has_no_trips(regency: str) -> None:
    assert reads.trips_of_area("16.07.01") == []


def test_one_trip_is_found_by_its_code(regency: str) -> None:
    made = make(regency)
    assert reads.trip(made, "16.07-to_ppk-001").leg is Leg.TO_PPK
    with pytest.raises(Refused, match="unknown_trip"):
        reads.trip(made, "16.07-to_ppk-999")


def test_the_saved_plan_breaks_no_rule(regency: str) -> None:
    assert reads.check_plan(make(regency), now=NOW) == []


def test_a_plan_changed_in_its_table_is_caught(regency: str) -> None:
    made = make(regency)
    row = models.Trip.objects.filter(leg="to_station").order_by("code")[0]
    row.depart_at += timedelta(minutes=5)
    row.save()
    assert {found.code for found in reads.check_plan(made, now=NOW)} >= {"times_disagree"}


def test_a_station_that_is_gone_since_is_caught(regency: str) -> None:
    made = make(regency)
    places.Station.objects.filter(code="1607022002001").delete()
    assert {found.code for found in reads.check_plan(made, now=NOW)} == {
        "station_unknown",
        "site_unknown",
    }
