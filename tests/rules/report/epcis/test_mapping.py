"""Every act of the log as others' systems read it."""

from __future__ import annotations

import base64

import pytest

from kawal.rules.custody.event import Act, Line, Mismatch
from tests.rules.custody.stories import BOX, BUNDLE, GDG, PPK, SEALS, STATION
from tests.rules.report.epcis.tellings import BASE, GIVER, RECEIVER, mapped, told

PARCEL = f"{BASE}/parcel/{BOX:015d}"
OUTSIDE = f"{BASE}/parcel/{BUNDLE:015d}"
WAREHOUSE = {"id": f"{BASE}/site/{GDG}"}
OFFER = b"o" * 32
PARTIES = {
    "sourceList": [{"type": "possessing_party", "source": f"{BASE}/post/kpu/16.07"}],
    "destinationList": [{"type": "possessing_party", "destination": f"{BASE}/post/kpu/16.07.03"}],
}


def test_packing_tells_the_class_and_the_number_of_what_is_in_each_box() -> None:
    packed = told(
        Act.PACKED, site=GDG, second=b"2econd..", manifest=(Line(BOX, (), 255), Line(BUNDLE, (), None))
    )
    box, bundle = mapped(packed)
    assert (box["type"], box["action"], box["bizStep"]) == ("AggregationEvent", "ADD", "packing")
    assert box["parentID"] == PARCEL and box["bizLocation"] == box["readPoint"] == WAREHOUSE
    assert box["childQuantityList"] == [{"epcClass": f"{BASE}/class/ballot/dpd", "quantity": 255}]
    assert bundle["childQuantityList"] == [{"epcClass": f"{BASE}/class/equipment"}]
    assert box["kawal:second"] == f"{BASE}/device/{b'2econd..'.hex()}"
    assert {box["eventID"], bundle["eventID"]} == {
        f"{BASE}/event/{packed.id.hex()}/{code:015d}" for code in (BOX, BUNDLE)
    }


def test_whoever_may_not_know_the_contents_is_not_told_how_many() -> None:
    packed = told(Act.PACKED, site=GDG, second=b"2econd..", manifest=(Line(BOX, (), 255),))
    (box,) = mapped(packed, contents=False)
    assert box["childQuantityList"] == [{"epcClass": f"{BASE}/class/ballot/dpd"}]
    assert "255" not in str(box["childQuantityList"]) and "kawal:cose" not in box


def test_sealing_associates_the_seals_under_a_word_of_our_own() -> None:
    (sealed,) = mapped(told(Act.SEALED, site=GDG, manifest=(Line(BOX, SEALS),)))
    assert (sealed["type"], sealed["action"]) == ("AssociationEvent", "ADD")
    assert sealed["parentID"] == PARCEL and sealed["disposition"] == "container_closed"
    assert sealed["childEPCs"] == [f"{BASE}/seal/{number}" for number in SEALS]
    assert sealed["bizStep"] == f"{BASE}/ns/bizstep/sealing"  # CBV has no word for it


def test_sealing_without_a_seal_associates_nothing() -> None:
    (sealed,) = mapped(told(Act.SEALED, site=GDG, manifest=(Line(BOX),)))
    assert (sealed["type"], sealed["epcList"]) == ("ObjectEvent", [PARCEL])


def test_a_hand_over_is_two_events_with_the_same_parties_and_papers() -> None:
    offered = told(Act.OFFER, site=GDG, to=RECEIVER.kid, nonce=b"n" * 8, manifest=(Line(BOX, SEALS),))
    (offer,) = mapped(offered)
    taken = told(Act.ACCEPT, by=RECEIVER.forked(), site=GDG, offer=offered.id, manifest=(Line(BOX, SEALS),))
    (accept,) = mapped(taken, giver=GIVER.kid)
    assert (offer["bizStep"], offer["disposition"]) == ("shipping", "in_transit")
    assert (accept["bizStep"], accept["disposition"]) == ("accepting", "in_progress")
    assert {key: offer[key] for key in PARTIES} == {key: accept[key] for key in PARTIES} == PARTIES
    desadv = {"type": "desadv", "bizTransaction": f"{BASE}/handover/{offered.id.hex()}"}
    recadv = {"type": "recadv", "bizTransaction": f"{BASE}/handover/{taken.id.hex()}"}
    assert offer["bizTransactionList"] == [desadv] and accept["bizTransactionList"] == [recadv, desadv]
    assert "bizLocation" not in offer and accept["bizLocation"] == WAREHOUSE
    assert offer["kawal:sealsRead"] == [{"kawal:parcel": PARCEL, "kawal:seals": list(SEALS)}]


def test_a_party_without_a_post_is_named_by_its_device() -> None:
    offered = told(Act.OFFER, site=GDG, to=b"unknown!", manifest=(Line(BOX),))
    (offer,) = mapped(offered)
    assert offer["destinationList"][0]["destination"] == f"{BASE}/device/{b'unknown!'.hex()}"


def test_what_was_not_found_as_offered_is_told_kind_by_kind() -> None:
    taken = told(
        Act.ACCEPT, site=GDG, offer=OFFER, manifest=(Line(BOX),),
        exceptions=((BOX, Mismatch.DAMAGED), (BUNDLE, Mismatch.SHORT)),
    )  # fmt: skip
    accept, short, damaged = mapped(taken)
    assert accept["epcList"] == [PARCEL] and "sourceList" not in accept  # the OFFER is not in the log
    assert (short["epcList"], short["disposition"]) == ([OUTSIDE], "mismatch_instance")
    assert (damaged["epcList"], damaged["disposition"]) == ([PARCEL], "damaged")
    assert damaged["persistentDisposition"] == {"set": ["damaged"]}
    assert damaged["kawal:exception"] == "damaged" and short["eventID"].endswith("/short")
    assert len({one["eventID"] for one in (accept, short, damaged)}) == 3


def test_a_trip_departs_arrives_and_is_escorted() -> None:
    trip = f"{BASE}/trip/16.07-T001"
    (left,) = mapped(told(Act.DEPARTED, trip="16.07-T001", site=GDG))
    (came,) = mapped(told(Act.ARRIVED, trip="16.07-T001", site=PPK))
    (said,) = mapped(told(Act.ATTEST, trip="16.07-T001", kind="on_the_way", officers=2))
    assert (left["bizStep"], left["disposition"], left["epcList"]) == ("departing", "in_transit", [trip])
    assert "bizLocation" not in left and came["bizLocation"] == {"id": f"{BASE}/site/{PPK}"}
    assert (came["bizStep"], came["disposition"]) == ("arriving", "in_progress")
    assert said["bizStep"] == f"{BASE}/ns/bizstep/escorting"
    assert (said["kawal:kind"], said["kawal:officers"]) == ("on_the_way", 2)


def test_a_seal_check_tells_what_was_read_and_judges_nothing() -> None:
    (seen,) = mapped(told(Act.SEAL_CHECK, site=PPK, manifest=(Line(BOX, SEALS),)))
    assert seen["bizStep"] == "inspecting" and "disposition" not in seen


def test_opening_takes_the_seals_off() -> None:
    opened, removed = mapped(told(Act.OPENED, site=STATION, manifest=(Line(BOX, SEALS), Line(BUNDLE))))
    assert (opened["bizStep"], opened["epcList"]) == ("unpacking", [PARCEL, OUTSIDE])
    assert (removed["type"], removed["action"], removed["bizStep"]) == (
        "AssociationEvent", "DELETE", "removing",
    )  # fmt: skip
    assert opened["disposition"] == removed["disposition"] == "container_open"


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("theft", "persistentDisposition", {"set": ["stolen"]}),
        ("damage", "persistentDisposition", {"set": ["damaged"]}),
        ("flood", "disposition", "unknown"),
    ],
)
def test_an_incident_tells_how_the_parcels_are(kind: str, key: str, value: object) -> None:
    (told_of,) = mapped(told(Act.INCIDENT, kind=kind, trip="16.07-T001", manifest=(Line(BOX),)))
    assert told_of[key] == value and told_of["kawal:kind"] == kind


def test_an_incident_without_parcels_says_nothing_of_any() -> None:
    (told_of,) = mapped(told(Act.INCIDENT, kind="theft", trip="16.07-T001"))
    assert "persistentDisposition" not in told_of and "disposition" not in told_of


def test_a_position_is_a_geo_uri_with_exactly_the_digits_that_were_told() -> None:
    (seen,) = mapped(told(Act.POSITION, trip="16.07-T001", position=(-29_761_000, 1_047_754_001, 12)))
    assert seen["readPoint"] == {"id": "geo:-2.9761,104.7754001;u=12"}
    (tiny,) = mapped(told(Act.POSITION, position=(-1, 0, 0)))
    assert tiny["readPoint"] == {"id": "geo:-0.0000001,0;u=0"} and tiny["epcList"] == []


@pytest.mark.parametrize(("area", "offset"), [("16.07", "+07:00"), ("73.71", "+08:00"), ("91.03", "+09:00")])
def test_the_time_is_told_in_the_zone_of_the_area(area: str, offset: str) -> None:
    one = told(Act.DEPARTED, trip="T", site=GDG)
    (left,) = mapped(one, area=area)
    assert left["eventTimeZoneOffset"] == offset and left["eventTime"].endswith(offset)
    assert left["recordTime"].endswith("Z") and left["eventTime"].startswith("2029-02-08T")


def test_every_event_leads_to_its_entry_and_its_proof() -> None:
    one = told(Act.DEPARTED, trip="T", site=GDG)
    (left,) = mapped(one, signed=b"\x84signed", doubt="revoked")
    assert left["eventID"] == f"{BASE}/event/{one.id.hex()}"
    assert (left["kawal:leafHash"], left["kawal:logIndex"]) == (one.id.hex(), 7)
    assert base64.b64decode(left["kawal:cose"]) == b"\x84signed" and left["kawal:doubt"] == "revoked"


def test_a_code_that_is_no_uri_is_encoded() -> None:
    (left,) = mapped(told(Act.DEPARTED, trip='a b"<%>', site=GDG))
    assert left["epcList"] == [f"{BASE}/trip/a%20b%22%3C%25%3E"]


def test_the_signed_bytes_of_an_entry_are_told_once() -> None:
    lines = (Line(BOX, (), 255), Line(BUNDLE))
    box, bundle = mapped(told(Act.PACKED, site=GDG, second=b"2econd..", manifest=lines), signed=b"bytes")
    assert "kawal:cose" in box and "kawal:cose" not in bundle
    assert box["kawal:leafHash"] == bundle["kawal:leafHash"]
