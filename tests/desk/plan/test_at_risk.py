"""Stations at risk are told one by one, on pages and in files; of plans from before all aboard as then."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.urls import reverse

from kawal.desk.places import models as places
from kawal.desk.plan import gathering, models, reads, timetable
from kawal.desk.plan.anew import comparing, comparing_words
from kawal.desk.plan.commands import plan as plan_command
from kawal.rules.places.codes import village_of
from kawal.rules.plan.at_risk import carried_out
from kawal.rules.plan.facts import Leg, Trip
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.test_pages import SQUARE, signed_in, text_of

SHORT = "1607011001002"  # one of eight of its village


@pytest.fixture
def plan(regency: str) -> int:
    return make(regency)


def tell(plan: int, *stations: str) -> None:
    """The plan tells these as at risk."""
    summary = reads.plan_by_id(plan).summary
    told = {"stations_at_risk": list(stations), "stations_at_risk_count": len(stations)}
    models.Plan.objects.filter(pk=plan).update(summary={**summary, **told})


def lorry_too_late(plan: int) -> Trip:
    """The trip that brings the station to its PPS, planned an hour later than is safe."""
    trip = next(
        one for one in reads.trips(plan, leg=Leg.TO_PPS) if any(SHORT in p.stations for p in one.consignments)
    )
    early = trip.depart_at - timedelta(hours=1)
    models.Trip.objects.filter(plan_id=plan, code=trip.code).update(latest_departure_at=early)
    return trip


def as_before(plan: int) -> set[str]:
    """The plan as one was stored before; answers who counts then."""
    trip = lorry_too_late(plan)
    aboard = {station for part in trip.consignments for station in part.stations}
    summary = {**reads.plan_by_id(plan).summary, "stations_at_risk_count": len(aboard)}
    del summary["stations_at_risk"]
    models.Plan.objects.filter(pk=plan).update(summary=summary)
    return aboard


def test_a_plan_keeps_who_is_at_risk(plan: int) -> None:
    assert reads.plan_by_id(plan).summary["stations_at_risk"] == []
    assert timetable.delivery(plan, "16.07").at_risk == ()
    tell(plan, SHORT)
    assert timetable.delivery(plan, "16.07").at_risk == (SHORT,)
    assert timetable.delivery(plan, "16.07.02").at_risk == ()
    assert reads.doubted_stations([reads.plan_by_id(plan)]) == {SHORT}


def test_the_page_counts_and_names_them_by_village(plan: int) -> None:
    tell(plan, SHORT)
    lorry_too_late(plan)
    page = signed_in().get("/plan/16.07")
    assert "1 TPS rawan terlambat: tepat waktu kurang sering" in text_of(page)
    assert reverse("report:station", args=[SHORT]) in page.content.decode()
    assert "TPS rawan terlambat menurut desa/kelurahan" in text_of(page)
    assert "dibuat sebelum" not in text_of(page)


def test_a_trip_that_leaves_too_late_names_the_station_it_is_too_late_for(plan: int) -> None:
    tell(plan, SHORT)
    trip = lorry_too_late(plan)
    client = signed_in()
    page = text_of(client.get(f"/plan/16.07/trip/{trip.code}"))
    assert "Berangkat 1 jam lebih lambat daripada yang aman bagi TPS 002 16.07.01.1001." in page
    assert "TPS lain dalam perjalanan ini tepat waktu" in page
    assert "1 rawan terlambat" in text_of(client.get("/plan/16.07?at_risk=on"))


def test_of_another_district_stations_are_counted_and_not_named(plan: int) -> None:
    tell(plan, SHORT)
    trip = next(one for one in reads.trips(plan, leg=Leg.TO_PPK) if len({*_districts(one)}) > 1)
    early = trip.depart_at - timedelta(hours=1)
    models.Trip.objects.filter(code=trip.code).update(latest_departure_at=early)
    page = text_of(signed_in("16.07.02").get(f"/plan/16.07.02/trip/{trip.code}"))
    assert "lebih lambat daripada yang aman bagi 1 TPS." in page and "TPS 002" not in page


def _districts(trip: Trip) -> set[str]:
    return {village_of(one)[:8] for part in trip.consignments for one in part.stations}


def test_the_map_is_red_where_they_are_and_not_where_a_late_trip_stops_besides(plan: int) -> None:
    for code in ("16.07.01", "16.07.02"):
        places.Border.objects.create(area_id=code, geometry=SQUARE)
    tell(plan, SHORT)
    lorry_too_late(plan)
    told = signed_in().get("/plan/16.07/map.json").json()
    areas = {one["properties"]["code"]: one["properties"]["state"] for one in told["areas"]["features"]}
    assert areas == {"16.07.01": "risk", "16.07.02": "ontime"}
    sites = {one["properties"]["code"]: one["properties"]["state"] for one in told["points"]["features"]}
    red = {code for code, state in sites.items() if state == "risk"}
    assert red == {"GDG-16.07", "PPK-16.07.01", "PPS-16.07.01.1001"}


def test_the_files_tell_how_many_at_each_stop(plan: int) -> None:
    tell(plan, SHORT)
    client = signed_in()
    rows = list(csv.reader(io.StringIO(client.get("/plan/16.07/trips.csv").content.decode("utf-8-sig"))))
    place = rows[1].index("TPS rawan terlambat")
    legs = [trip for trip in reads.trips(plan) if SHORT in carried_out([trip])]
    assert sum(int(row[place]) for row in rows[2:]) == len(legs) > 0
    features = client.get("/plan/16.07/trips.geojson").json()["features"]
    told = [one["properties"] for one in features if one["geometry"]["type"] == "LineString"]
    assert {one["trip"] for one in told if one["stations_at_risk_count"]} == {trip.code for trip in legs}


def closed_on(share: str) -> str:
    """A law by which nothing goes wrong but that nobody leaves on this share of days."""
    told = re.sub(r"(breakdowns_per_hour|absent_share) = [0-9.]+", r"\1 = 0.0", gathering.default_delays())
    return re.sub(r"closed_share = [0-9.]+", f"closed_share = {share}", told)


def test_who_checks_a_plan_finds_a_station_told_as_at_risk_that_is_not(regency: str) -> None:
    plan = make(regency, delays=closed_on("0.0"))
    assert reads.told_at_risk(reads.plan_by_id(plan).summary) == ()
    assert reads.check_plan(plan, now=NOW) == []
    tell(plan, SHORT)
    assert [(one.code, one.where) for one in reads.check_plan(plan, now=NOW)] == [("at_no_risk", SHORT)]


def test_who_checks_a_plan_finds_a_station_at_risk_that_it_does_not_tell(regency: str) -> None:
    plan = make(regency, delays=closed_on("0.2"))
    told = reads.stations_at_risk(plan, reads.plan_by_id(plan).summary)
    assert told and reads.check_plan(plan, now=NOW) == []
    tell(plan)
    found = reads.check_plan(plan, now=NOW)
    assert found and {one.code for one in found} == {"promise_broken"}
    assert {one.where for one in found} <= {*told}


def test_of_a_plan_from_before_all_aboard_a_trip_too_late_count_and_it_says_so(plan: int) -> None:
    aboard = as_before(plan)
    assert {*timetable.delivery(plan, "16.07").at_risk} == aboard and len(aboard) > 1
    assert not {one.code for one in reads.check_plan(plan, now=NOW)} & {"promise_broken", "at_no_risk"}
    page = text_of(signed_in().get("/plan/16.07"))
    assert f"{len(aboard)} TPS rawan terlambat" in page
    assert "Versi 1 dibuat sebelum TPS yang rawan terlambat disebut satu per satu" in page
    answer = CliRunner().invoke(plan_command, ["show", "--area", "16.07"])
    assert answer.exit_code == 0 and "Versi 1 dibuat sebelum" in answer.output
    assert "1 rencana dibuat sebelum" in text_of(signed_in("16").get("/plan/16"))


def test_a_version_from_before_and_one_of_today_are_not_judged_by_who_is_at_risk(plan: int) -> None:
    make("16.07", seed=2, reason="Again")
    as_before(plan)
    found = comparing.compared("16.07", 1, 2)
    assert found.found.before.stations_at_risk_count > 0 == found.found.after.stations_at_risk_count
    assert not found.counted_alike and "TPS rawan" not in comparing_words.verdict(found)
    assert any("Versi 1 dibuat sebelum" in line for line in comparing_words.lines(found))
    assert comparing.compared("16.07", 2, 2).counted_alike
