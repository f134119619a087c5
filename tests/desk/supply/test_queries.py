"""Queries: of suppliers' announcements, and of the log in the same language."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from kawal.desk.supply import mapped
from tests.desk.custody.told import parcels, stations
from tests.desk.report import recorded
from tests.desk.supply.conftest import Printer, events_in, officer, printer
from tests.rules.report.epcis.foreign import BOXES, document, packing, shipping, transformed

pytestmark = pytest.mark.django_db
__all__ = ["printer"]


@pytest.fixture
def told(printer: Printer) -> Printer:
    events = [
        shipping(bizLocation={"id": "urn:a:place"}),
        packing(),
        transformed(eventID="urn:uuid:t", inputEPCList=["urn:a:in"]),
    ]
    assert printer.job(printer.post("capture", document(*events)))["success"]
    return printer


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 3),
        ({"eventType": "ObjectEvent|TransformationEvent"}, 2),
        ({"EQ_action": "ADD"}, 1),
        ({"EQ_bizStep": "shipping|packing"}, 2),
        ({"EQ_disposition": "in_transit"}, 1),
        ({"EQ_readPoint": "https://printer.example.com/dock/1"}, 1),
        ({"EQ_bizLocation": "urn:a:place"}, 1),
        ({"GE_eventTime": "2029-01-20T09:00:00+07:00"}, 2),
        ({"LT_eventTime": "2029-01-20T09:00:00+07:00"}, 1),
        ({"GE_recordTime": "2000-01-01T00:00:00Z"}, 3),
        ({"LT_recordTime": "2000-01-01T00:00:00Z"}, 0),
        ({"MATCH_epc": BOXES[1]}, 1),
        ({"MATCH_anyEPC": BOXES[0]}, 3),
        ({"MATCH_parentID": BOXES[0]}, 1),
        ({"MATCH_anyEPC": "urn:a:in", "EQ_bizStep": "shipping"}, 0),
    ],
)
def test_each_parameter_chooses(told: Printer, asked: dict[str, str], count: int) -> None:
    assert len(events_in(told.get("events", asked))) == count


@pytest.mark.parametrize("asked", [{"perPage": "0"}, {"GE_eventTime": "now"}, {"WD_bizLocation": "x"},
                                   {"nextPageToken": "zz"}, {"nextPageToken": "a1.x"}])  # fmt: skip
def test_a_parameter_that_cannot_be_read_is_named(told: Printer, asked: dict[str, str]) -> None:
    refused = told.get("events", asked)
    assert refused.status_code == 400 and refused.json()["type"] == "epcisException:QueryParameterException"
    assert next(iter(asked)) in refused.json()["detail"]


def test_addresses_of_one_event_one_epc_and_one_type(told: Printer) -> None:
    name = quote(shipping()["eventID"], safe="")
    assert len(events_in(told.get(f"events/{name}"))) == 1
    assert len(events_in(told.get(f"epcs/{quote(BOXES[0], safe='')}/events"))) == 3
    assert len(events_in(told.get("eventTypes/AggregationEvent/events"))) == 1


def pages(client: Client, address: str, **headers: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(500):
        response = client.get(address, **headers)
        assert response.status_code == 200
        found += events_in(response)
        link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("Link", ""))
        if link is None:
            return found
        address = link[1]
    raise AssertionError("no end")


def test_pages_lead_on_until_all_is_told(told: Printer) -> None:
    whole = pages(told.client, "/epcis/events?perPage=100", **told.headers())
    assert pages(told.client, "/epcis/events?perPage=1", **told.headers()) == whole and len(whole) == 3


@pytest.mark.usefixtures("told")
def test_an_officer_reads_announcements_and_then_the_log() -> None:
    recorded.told(recorded.cast(), "pack", "out")
    client = officer("kpu", "logistics")
    whole = pages(client, "/epcis/events?perPage=1000")
    assert [one.get("kawal:act") for one in whole[:3]] == [None] * 3
    assert {one["kawal:act"] for one in whole[3:]} >= {"PACKED", "SEALED", "OFFER", "ACCEPT"}
    assert pages(client, "/epcis/events?perPage=7") == whole
    accepts = pages(client, "/epcis/events?EQ_bizStep=accepting&perPage=1")
    assert accepts == [one for one in whole if one.get("bizStep") == "accepting"]
    (one,) = pages(client, f"/epcis/events/{quote(accepts[0]['eventID'], safe='')}")
    assert one == accepts[0]


def test_the_story_of_one_parcel_is_asked_by_its_name() -> None:
    recorded.told(recorded.cast(), "pack", "out")
    parcel = mapped.naming().parcel(parcels(stations(1)[0])[0])
    found = pages(officer("kpu", "logistics"), f"/epcis/epcs/{quote(parcel, safe='')}/events")
    assert {one["kawal:act"] for one in found} >= {"PACKED", "SEALED", "OFFER", "ACCEPT"}
    assert all(parcel in str(one) for one in found)


@pytest.mark.usefixtures("told")
def test_the_police_read_custody_without_counts_and_no_announcements() -> None:
    recorded.told(recorded.cast(), "pack")
    whole = pages(officer("polri", "duty"), "/epcis/events?perPage=1000")
    assert whole and all("kawal:act" in one for one in whole)
    packed = [one for one in whole if one["kawal:act"] == "PACKED"]
    assert packed and not any("quantity" in str(one) or "kawal:cose" in one for one in packed)


def test_an_officer_sees_the_own_area_alone() -> None:
    recorded.told(recorded.cast(), "pack", "out")
    assert pages(officer("kpu", "logistics", "17.01"), "/epcis/events?perPage=1000") == []
    village = pages(officer("kpu", "custodian", "16.07.03.2001"), "/epcis/events?perPage=1000")
    assert village
    station = pages(officer("kpu", "custodian", stations(1)[0]), "/epcis/events?perPage=1000")
    other = mapped.naming().parcel(parcels(stations(2)[1])[0])
    assert station and not any(other in str(one) for one in station)
    assert any(other in str(one) for one in village)
