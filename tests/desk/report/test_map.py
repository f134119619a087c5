"""The map's data: areas by state, points where there is no border, trips that are underway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kawal.desk.custody.models import Milestone, Position
from kawal.desk.places import models as places
from tests.desk.report.world import (
    ONE,
    START,
    VILLAGE,
    clock_at,
    compute_needs,
    plan_it,
    put_alert,
    put_areas,
    put_stations,
    signed_in,
)

pytestmark = pytest.mark.django_db
TRIP = "16.07-to_pps-1"
NOW = START + timedelta(hours=30)


@pytest.fixture
def client(db: None) -> Client:
    put_areas()
    put_stations()
    compute_needs()
    plan_it()
    clock_at(NOW)
    return signed_in()


def parts(client: Client, code: str) -> dict[str, dict[str, Any]]:
    data = client.get(f"/area/{code}/map.json").json()
    return {
        part: {one["properties"]["code"]: one["properties"] for one in data[part]["features"]}
        for part in ("areas", "points", "lines")
    }


def seen(minutes_ago: float) -> None:
    at = NOW - timedelta(minutes=minutes_ago)
    Position.objects.create(
        trip_code=TRIP,
        lat=-2.4,
        lon=104.5,
        accuracy_m=9,
        happened_at=at,
        received_at=at,
        heard_at=at,
        entry_index=0,
        track=b"",
    )


def told(kind: str, minutes_ago: float, site: str = f"PPS-{VILLAGE}") -> None:
    at = NOW - timedelta(minutes=minutes_ago)
    Milestone.objects.create(
        trip_code=TRIP, site_code=site, kind=kind, happened_at=at, received_at=at, entry_index=0
    )


def test_children_with_a_border_are_areas_and_those_without_are_points(client: Client) -> None:
    drawn = parts(client, "16.07.03")
    assert set(drawn["areas"]) == {VILLAGE}
    assert set(drawn["points"]) == {"16.07.03.2002"}
    assert drawn["areas"][VILLAGE]["state"] == "ontime"
    assert drawn["areas"][VILLAGE]["value"] == "0 dari 2"
    assert drawn["areas"][VILLAGE]["href"] == f"/area/{VILLAGE}"


def test_an_area_is_drawn_by_its_worst_station(client: Client) -> None:
    put_alert("late", [ONE])
    drawn = parts(client, "16.07")["areas"]
    assert (drawn["16.07.03"]["state"], drawn["16.07.04"]["state"]) == ("late", "ontime")


def test_a_village_shows_its_stations_on_its_own_ground(client: Client) -> None:
    drawn = parts(client, VILLAGE)
    assert set(drawn["areas"]) == {VILLAGE}
    assert drawn["points"][ONE]["href"] == f"/station/{ONE}"


def test_a_village_without_a_border_lies_in_the_outline_of_its_district(client: Client) -> None:
    drawn = parts(client, "16.07.03.2002")
    assert drawn["areas"] == {}
    assert set(drawn["lines"]) == {"16.07.03"}


def test_stations_on_one_and_the_same_point_are_one_mark(client: Client) -> None:
    places.Station.objects.update(lat=-2.46, lon=104.4)
    points = parts(client, VILLAGE)["points"]
    assert points[VILLAGE]["name"] == "2 TPS"
    assert len(points) == 1


def test_a_trip_is_a_vehicle_from_its_position_until_it_arrives(client: Client) -> None:
    assert TRIP not in parts(client, "16.07")["points"]
    told("departed", 50, site="PPK-16.07.03")
    seen(20)
    vehicle = parts(client, "16.07")["points"][TRIP]
    assert (vehicle["kind"], vehicle["state"], vehicle["stale"]) == ("vehicle", "ontime", False)
    assert TRIP in parts(client, VILLAGE)["points"]
    assert TRIP not in parts(client, "16.07.04")["points"]
    told("arrived", 5)
    assert TRIP not in parts(client, "16.07")["points"]


def test_an_arrival_before_the_last_position_does_not_end_the_way(client: Client) -> None:
    told("arrived", 30)
    seen(10)
    assert TRIP in parts(client, "16.07")["points"]


def test_a_vehicle_is_stale_after_an_hour_and_shows_the_alert_about_it(client: Client) -> None:
    seen(61)
    put_alert("predicted_late", [ONE], area="16.07.03", trip=TRIP)
    vehicle = parts(client, "16.07")["points"][TRIP]
    assert (vehicle["stale"], vehicle["state"]) == (True, "risk")


def test_an_area_without_a_point_of_its_own_is_named_in_the_middle_of_its_border(client: Client) -> None:
    places.Area.objects.filter(code="16.07.03").update(lat=None, lon=None)
    drawn = parts(client, "16.07")["areas"]["16.07.03"]
    assert (round(drawn["label_lat"], 3), round(drawn["label_lon"], 3)) == (-2.46, 104.24)
