"""What of a plan can be taken along: spreadsheets, GeoJSON, GPX, the route map on paper."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from django.utils.translation import override
from openpyxl import load_workbook

from kawal.desk.plan import reads, timetable
from kawal.desk.plan.commands import plan as plan_command
from kawal.desk.plan.taken import route_map
from kawal.rules.places.codes import WIB
from kawal.rules.plan.facts import Leg
from tests.desk.plan.conftest import make
from tests.desk.plan.test_pages import signed_in

GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture
def plan(regency: str) -> int:
    return make(regency)


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_spreadsheet_has_a_row_for_each_stop_and_counts_every_parcel(plan: int) -> None:
    client = signed_in()
    rows = rows_of(client.get("/plan/16.07/trips.csv"))
    trips = reads.trips(plan)
    assert len(rows) == 2 + sum(len(trip.stops) - 2 for trip in trips)
    parcels = rows[1].index("Koli")
    assert sum(int(row[parcels]) for row in rows[2:]) == sum(trip.parcels_count for trip in trips)
    book = load_workbook(io.BytesIO(client.get("/plan/16.07/trips.xlsx").content))
    assert book.active is not None
    assert [str(cell.value) for cell in book.active[2]] == rows[1]


def test_the_filter_of_the_page_is_the_filter_of_the_file(plan: int) -> None:
    rows = rows_of(signed_in().get("/plan/16.07/trips.csv?leg=to_pps"))
    told = {row[0] for row in rows[2:]}
    assert told == {trip.code for trip in reads.trips(plan) if trip.leg is Leg.TO_PPS}


def test_stations_of_another_area_are_counted_and_not_named(plan: int) -> None:
    rows = rows_of(signed_in("16.07.02").get("/plan/16.07.02/trips.csv"))
    head = rows[1]
    for row in rows[2:]:
        assert all(code.startswith("160702") for code in row[head.index("TPS menurut kode")].split())


def test_who_may_not_see_classes_gets_none_in_any_form(plan: int) -> None:
    panel = signed_in("16.07.01", "kpu", "custodian")
    assert "Kerawanan" not in rows_of(panel.get("/plan/16.07.01/trips.csv"))[1]
    told = json.loads(panel.get("/plan/16.07.01/trips.geojson").content)
    assert not any("risk" in feature["properties"] for feature in told["features"])
    chief = json.loads(signed_in().get("/plan/16.07/trips.geojson").content)
    assert any("risk" in feature["properties"] for feature in chief["features"])


def test_geojson_has_a_line_for_each_trip_and_a_point_for_each_stop(plan: int) -> None:
    told = json.loads(signed_in().get("/plan/16.07/trips.geojson").content)
    trips = {trip.code: trip for trip in reads.trips(plan)}
    lines = [one for one in told["features"] if one["geometry"]["type"] == "LineString"]
    points = [one for one in told["features"] if one["geometry"]["type"] == "Point"]
    assert {one["properties"]["trip"] for one in lines} == set(trips)
    assert len(points) == sum(len(trip.stops) for trip in trips.values())
    for line in lines:
        stops = trips[line["properties"]["trip"]].stops
        assert line["geometry"]["coordinates"] == [[stop.lon, stop.lat] for stop in stops]


def test_gpx_is_read_by_its_schema_and_holds_the_stops_in_order(plan: int) -> None:
    trip = reads.trips(plan)[0]
    answer = signed_in().get(f"/plan/16.07/trip/{trip.code}/way.gpx")
    root = ElementTree.fromstring(answer.content)  # our own bytes
    (route,) = root.findall(f"{GPX}rte")
    points = route.findall(f"{GPX}rtept")
    told = [(float(point.get("lat", "")), point.findtext(f"{GPX}desc")) for point in points]
    assert told == [(stop.lat, stop.site) for stop in trip.stops]
    assert all([part.tag for part in point] == [f"{GPX}time", f"{GPX}name", f"{GPX}desc"] for point in points)


def test_the_route_map_is_a_pdf_and_the_same_each_time(plan: int) -> None:
    client = signed_in()
    first, second = (client.get("/plan/16.07/route-map.pdf").content for _ in range(2))
    assert first.startswith(b"%PDF-") and first == second
    client.cookies["django_language"] = "en"
    english = client.get("/plan/16.07/route-map.pdf").content
    assert english.startswith(b"%PDF-") and english != first


def test_the_route_map_says_first_how_many_stations_it_does_not_reach(plan: int) -> None:
    made = reads.plan_of_record("16.07")
    assert made is not None
    all_reached = timetable.delivery(plan, "16.07")
    two_left = replace(all_reached, unserved=("1607011001001", "1607011001002"))
    with override("en"):
        told = [route_map._sentence(made, 4, found, None, WIB) for found in (all_reached, two_left)]
    assert "not reached" not in told[0]
    assert told[1].endswith(" 2 stations are not reached.")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/plan/16.07/trips.doc", 404),
        ("/plan/16.07/trip/16.07-to_ppk-999/way.gpx", 404),
        ("/plan/16.08/trips.csv", 403),
        ("/plan/16.08/route-map.pdf", 403),
    ],
)
def test_what_is_not_there_or_not_theirs_is_told_so(plan: int, address: str, status: int) -> None:
    assert signed_in().get(address).status_code == status


def test_the_commands_write_files_and_say_what_they_miss(plan: int, tmp_path: Path) -> None:
    run = CliRunner()
    for name in ("trips.gpx", "trips.geojson"):
        done = run.invoke(plan_command, ["export", "--area", "16.07", str(tmp_path / name)])
        assert (done.exit_code, (tmp_path / name).stat().st_size > 0) == (0, True)
    done = run.invoke(plan_command, ["route-map", "--area", "16.07.01", str(tmp_path / "map.pdf")])
    assert (done.exit_code, (tmp_path / "map.pdf").read_bytes()[:5]) == (0, b"%PDF-")
    assert run.invoke(plan_command, ["export", "--area", "16.07", str(tmp_path / "trips")]).exit_code == 1
    lost = run.invoke(plan_command, ["route-map", "--area", "16.09", str(tmp_path / "none.pdf")])
    assert lost.exit_code == 1 and not (tmp_path / "none.pdf").exists()
