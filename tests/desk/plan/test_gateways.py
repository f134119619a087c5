"""A jetty in the tables of places changes the way of what is reached by water, from the plan to its pages."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from kawal.desk.places import models as places
from kawal.desk.plan import reads
from kawal.desk.plan.leg_words import leg_by, leg_of
from kawal.desk.plan.showing import base_of, names_under
from kawal.rules.plan.facts import BACKWARD, BY_GATEWAY, BY_LANDING, DIRECT, FORWARD, Leg
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.test_pages import signed_in

JETTY = "DMG-16.07.01-1"
ACCESS = "area,access\n16.07.02,water\n"
BEYOND = "1607022001001"


@pytest.fixture
def jetty(regency: str) -> str:
    places.Site.objects.create(
        code=JETTY, kind="jetty", area_id="16.07.01", name="Tepi", lat=-2.9, lon=104.9, source="given"
    )
    return regency


def test_what_lies_beyond_the_jetty_goes_over_it_and_what_lies_before_does_not(jetty: str) -> None:
    made = make(jetty, access=ACCESS)
    assert [step.trip.leg for step in reads.plan_for_station(BEYOND)] == [
        leg for leg in (*FORWARD, *BACKWARD) if leg not in BY_LANDING | DIRECT
    ]
    assert Leg.TO_GATEWAY not in [step.trip.leg for step in reads.plan_for_station("1607011001001")]
    assert reads.check_plan(made, now=NOW) == []


def test_without_a_jetty_given_boats_start_at_the_warehouse_as_before(regency: str) -> None:
    make(regency, access=ACCESS)
    legs = [step.trip.leg for step in reads.plan_for_station(BEYOND)]
    assert legs == [leg for leg in (*FORWARD, *BACKWARD) if leg not in BY_GATEWAY | BY_LANDING | DIRECT]


def test_the_jetty_is_named_and_its_boats_belong_to_its_district(jetty: str) -> None:
    made = make(jetty, access=ACCESS)
    boat = next(trip for trip in reads.trips(made, leg=Leg.TO_PPK) if trip.stops[0].site == JETTY)
    assert base_of(boat.vehicle) == "16.07.01"
    with override("en"):
        assert leg_of(boat) == "from jetties and airstrips to the district committees (PPK)"
    with override("id"):
        assert names_under("16.07").site(JETTY) == "dermaga A 1"


def test_the_pages_of_the_legs_over_the_jetty_open(jetty: str) -> None:
    made = make(jetty, access=ACCESS)
    trip = next(iter(reads.trips(made, leg=Leg.TO_GATEWAY)))
    client = signed_in()
    for page in (
        "/plan/16.07",
        "/plan/16.07.02",
        "/plan/16.07?leg=to_gateway",
        f"/plan/16.07/trip/{trip.code}",
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "dermaga A 1" in answer.content.decode()


def test_below_a_ppk_on_the_road_the_jetty_of_its_district_serves_the_villages_by_water(jetty: str) -> None:
    made = make(jetty, access="area,access\n16.07.01,road\n16.07.01.1001,water\n16.07.02,road\n")
    legs = [step.trip.leg for step in reads.plan_for_station("1607011001001")]
    assert legs == [leg for leg in (*FORWARD, *BACKWARD) if leg not in BY_GATEWAY | DIRECT]
    assert Leg.TO_LANDING not in [step.trip.leg for step in reads.plan_for_station(BEYOND)]
    assert reads.check_plan(made, now=NOW) == []
    boat = next(trip for trip in reads.trips(made, leg=Leg.TO_PPS) if trip.stops[0].site == JETTY)
    assert boat.area == base_of(boat.vehicle) == "16.07.01"
    with override("id"):
        assert leg_of(boat) == leg_by(boat.leg, boat.vehicle) == "dari dermaga dan bandara ke PPS"
        assert {leg_of(one) for one in reads.trips(made, leg=Leg.TO_PPS) if one.stops[0].site != JETTY} == {
            "dari PPK ke PPS"
        }
        home = [one for one in reads.trips(made, leg=Leg.BACK_PPK) if one.area == "16.07.01"]
        assert "dari dermaga dan bandara kembali ke PPK" in {leg_of(one) for one in home}
    trip = next(iter(reads.trips(made, leg=Leg.TO_LANDING)))
    client = signed_in()
    for page in (
        "/plan/16.07.01",
        "/plan/16.07.01.1001",
        "/plan/16.07?leg=to_landing",
        f"/plan/16.07/trip/{trip.code}",
        f"/plan/16.07/trip/{boat.code}",
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "dermaga A 1" in answer.content.decode(), page
