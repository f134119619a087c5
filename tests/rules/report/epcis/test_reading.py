"""Documents of others: taken whole, or told what is wrong with which event and where."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody.event import Act, Line, Mismatch
from kawal.rules.refusals import Refused
from kawal.rules.report.epcis import document, reading
from tests.rules.custody.stories import BOX, BUNDLE
from tests.rules.report.epcis import foreign
from tests.rules.report.epcis.foreign import packing, sensed, sent, shipping, traded, transformed
from tests.rules.report.epcis.tellings import NAMING, mapped, told

EXAMPLES = os.environ.get("KAWAL_EPCIS_EXAMPLES", "")  # a copy of gs1/EPCIS, which is not ours to ship


def wrongs(*events: Any) -> list[tuple[str, str]]:
    found = reading.document(sent(foreign.document(*events))).wrongs
    return [(one.at.removeprefix("eventList[0]."), one.code) for one in found]


def counted(quantity: Any) -> dict[str, Any]:
    return shipping(quantityList=[quantity])


def felt(*reports: Any) -> dict[str, Any]:
    return sensed(sensorElementList=[{"sensorReport": list(reports)}])


def refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as told_why:
        reading.document(data)
    return told_why.value


@pytest.mark.parametrize("make", [shipping, packing, sensed, transformed, traded])
@pytest.mark.parametrize("around", [foreign.document, foreign.answer])
def test_every_kind_of_event_is_taken_and_its_text_kept(
    make: Callable[..., Any], around: Callable[..., Any]
) -> None:
    extended = make(**{"example:own": {"a": [1.50, 1e3, "\u00e9"]}})
    text = json.dumps(around(shipping(), extended), indent=3).replace("1.5", "1.50")
    read = reading.document(text.encode())
    assert not read.wrongs and json.loads(read.context) == foreign.CONTEXT
    assert read.events[1].text in text and "1.50" in read.events[1].text and "\\u00e9" in read.events[1].text
    assert json.loads(read.events[1].text) == extended


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (shipping(eventTime=None), ("eventTime", "must_be_time")),
        (shipping(eventTime="2029-01-20T09:00:00"), ("eventTime", "must_be_time")),
        (shipping(eventTime="2029-02-30T09:00:00Z"), ("eventTime", "must_be_time")),
        (shipping(eventTimeZoneOffset="+7"), ("eventTimeZoneOffset", "must_be_offset")),
        (shipping(action="MOVE"), ("action", "must_be_one_of")),
        (shipping(bizStep="sealing"), ("bizStep", "unknown_word")),
        (shipping(bizStep="urn:epcglobal:cbv:bizstep:shipping"), ("bizStep", "write_bare_word")),
        (shipping(disposition=["in_transit"]), ("disposition", "unknown_word")),
        (shipping(epcList=["not a uri"]), ("epcList[0]", "must_be_uri")),
        (shipping(epcList=[foreign.BOXES[0]] * 2), ("epcList", "named_twice")),
        (shipping(epcList="x"), ("epcList", "must_be_list")),
        (shipping(readPoint="urn:a:b"), ("readPoint", "must_be_object")),
        (shipping(readPoint={}), ("readPoint.id", "missing")),
        (shipping(ilmd={"example:lot": "A"}), ("ilmd", "ilmd_needs_add")),
        (shipping(vendorField=1), ("vendorField", "unknown_field")),
        (counted({"epcClass": "urn:a:b", "quantity": "1"}), ("quantityList[0].quantity", "must_be_number")),
        (counted({"epcClass": "urn:a:b", "uom": "kilo"}), ("quantityList[0].uom", "must_be_unit")),
        (counted({"quantity": 1}), ("quantityList[0].epcClass", "missing")),
        (counted({"epcClass": "urn:a:b", "x:y": 1}), ("quantityList[0].x:y", "unknown_field")),
        (shipping(sourceList=[{"source": "urn:a:b"}]), ("sourceList[0].type", "missing")),
        (shipping(persistentDisposition={}), ("persistentDisposition.set", "missing")),
        (shipping(errorDeclaration={}), ("errorDeclaration.declarationTime", "missing")),
        (felt(), ("sensorElementList[0].sensorReport", "list_empty")),
        (felt({}), ("sensorElementList[0].sensorReport[0].type", "missing")),
        (sensed(sensorElementList=[]), ("epcList", "no_objects")),
        (packing(childQuantityList=[]), ("childEPCs", "no_children")),
        (packing(type="AssociationEvent", parentID=5), ("parentID", "must_be_uri")),
        (traded(bizTransactionList=[]), ("bizTransactionList", "list_empty")),
        (transformed(inputQuantityList=[]), ("inputEPCList", "no_inputs")),
        (transformed(outputEPCList=[]), ("outputEPCList", "no_outputs")),
        (shipping(type="ShippingEvent"), ("type", "unknown_word")),
        (shipping(eventID="5"), ("eventID", "must_be_uri")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(event: dict[str, Any], found: tuple[str, str]) -> None:
    assert wrongs(event) == [found]


@pytest.mark.parametrize("field", ["type", "eventTime", "eventTimeZoneOffset", "action"])
def test_what_is_missing_is_named(field: str) -> None:
    event = shipping()
    del event[field]
    assert wrongs(event) == [(field, "missing")]


def test_an_aggregation_that_adds_needs_a_parent_and_one_that_is_seen_does_not() -> None:
    orphan = packing()
    del orphan["parentID"]
    assert wrongs(orphan) == [("parentID", "parent_needed")]
    assert wrongs({**orphan, "action": "OBSERVE"}) == []


def test_each_event_has_its_own_wrongs() -> None:
    read = reading.document(sent(foreign.document(shipping(), shipping(action="MOVE"), 7)))
    assert [len(event.wrongs) for event in read.events] == [0, 1, 1]
    assert [one.at for one in read.wrongs] == ["eventList[1].action", "eventList[2]"]


def test_an_event_type_of_their_own_is_kept() -> None:
    assert wrongs(shipping(type="example:Inspection", action="LOOK")) == []


@pytest.mark.parametrize(
    ("told_wrong", "at"),
    [
        (foreign.document(type="Catalogue"), "type"),
        (foreign.document(type=["EPCISDocument"]), "type"),
        (foreign.document(schemaVersion="1.2"), "schemaVersion"),
        (foreign.document(creationDate="yesterday"), "creationDate"),
        (foreign.document(epcisBody={}), "epcisBody.eventList"),
        (foreign.document(epcisBody={"eventList": {}}), "epcisBody.eventList"),
        (foreign.document(**{"@context": 5}), "@context"),
        (foreign.document(vendor=1), "vendor"),
        ([], "type"),
    ],
)
def test_what_is_wrong_around_the_events_refuses_the_document(told_wrong: Any, at: str) -> None:
    why = refused(sent(told_wrong))
    assert why.code == "bad_document" and [one.at for one in why.facts["wrongs"]] == [at]  # type: ignore[attr-defined]


HOSTILE = {
    "encoding": b'{"type": "\xff"}',
    "syntax": b'{"type": "EPCISDocument",}',
    "depth": b"[" * 100_000,
    "twice": b'{"type": "EPCISDocument", "type": "EPCISQueryDocument"}',
    "number": b'{"type": NaN}',
}


@pytest.mark.parametrize("why", HOSTILE)
def test_hostile_json_is_refused_before_it_costs_anything(why: str) -> None:
    assert (refused(HOSTILE[why]).code, refused(HOSTILE[why]).facts["why"]) == ("bad_json", why)


@pytest.mark.parametrize("digits", ["1" * 5000, "1e999999999", "-Infinity", "0." + "1" * 5000])
def test_a_number_that_no_quantity_needs_is_refused(digits: str) -> None:
    data = sent(foreign.document(shipping(**{"example:n": "@"}))).replace(b'"@"', digits.encode())
    assert refused(data).facts["why"] == "number"


def test_an_event_that_names_itself_twice_has_the_last_name() -> None:
    data = sent(foreign.document(shipping())).replace(b'{"eventID"', b'{"eventID": "urn:a:first", "eventID"')
    (event,) = reading.document(data).events
    assert not event.wrongs and event.told["eventID"] == shipping()["eventID"]


def test_a_document_may_be_a_blank_node() -> None:
    assert not reading.document(sent(foreign.document(shipping(), id="_:document1"))).wrongs


def test_what_is_too_large_or_too_many_is_refused() -> None:
    assert refused(b" " * (reading.BYTES_MAX + 1)).code == "too_large"
    many = foreign.document(*[5] * (reading.EVENTS_MAX + 1))
    assert refused(sent(many)).code == "too_many_events"


def test_no_more_wrongs_are_told_than_somebody_can_mend() -> None:
    found = wrongs(shipping(epcList=["x"] * 5000))
    assert 100 <= len(found) <= 102


def test_the_same_event_has_the_same_fingerprint_however_it_is_written() -> None:
    event = shipping(**{"example:n": 1.5})
    turned = dict(reversed(event.items())) | {"recordTime": "2029-01-21T00:00:00Z"}
    first, second, other = (
        reading.document(text.encode()).events[0].fingerprint()
        for text in (
            json.dumps(foreign.document(event)),
            json.dumps(foreign.document(turned), indent=2).replace("1.5", "1.50"),
            json.dumps(foreign.document(event)).replace("1.5", "1.51"),
        )
    )
    assert first == second != other


FIELDS = ["epcList", "quantityList", "type", "sensorElementList", "eventTime", "@context"]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(
    json_values,
    st.sampled_from(FIELDS),
)
def test_any_value_in_any_place_is_taken_or_named_never_a_crash(value: Any, field: str) -> None:
    reading.document(sent(foreign.document({**shipping(), field: value})))


@given(json_values)
def test_any_json_at_all_is_taken_or_refused(value: Any) -> None:
    try:
        reading.document(sent(value))
    except Refused as why:
        assert why.code in ("bad_document", "bad_json")


_lines = st.lists(
    st.sampled_from([BOX, BUNDLE]), unique=True, min_size=1
).flatmap(
    lambda parcels: st.tuples(
        *(st.builds(Line, st.just(one), st.lists(st.integers(0, 2**53 - 1), max_size=5).map(tuple),
                    st.none() | st.integers(0, 2**53 - 1)) for one in sorted(parcels))
    )
)  # fmt: skip
_codes = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
_fields = st.fixed_dictionaries(
    {
        "manifest": _lines, "site": _codes, "trip": st.none() | _codes, "to": st.just(b"receiver"),
        "offer": st.just(b"o" * 32), "second": st.just(b"2econd.."), "nonce": st.none() | st.just(b"n" * 8),
        "exceptions": st.lists(
            st.tuples(st.sampled_from([BOX, BUNDLE]), st.sampled_from(Mismatch)), unique=True
        ).map(lambda pairs: tuple(sorted(pairs))),
        "position": st.none() | st.tuples(
            st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000),
            st.integers(0, 999_999),
        ),
        "officers": st.none() | st.integers(0, 999), "photo": st.none() | st.just(b"p" * 32),
    }
)  # fmt: skip


@given(st.sampled_from(Act), _fields, st.booleans(), st.sampled_from(["16.07", "73.71", "91.03.01.2001", ""]))
def test_whatever_a_phone_tells_is_an_event_that_others_can_read(
    act: Act, fields: dict[str, Any], contents: bool, area: str
) -> None:
    kinds = {Act.INCIDENT: "theft", Act.ATTEST: "start"}
    whole = (
        {"trip": "16.07-T001", "position": (0, 0, 0)}
        if act in (Act.ATTEST, Act.POSITION, Act.DEPARTED)
        else {}
    )
    needed = {key: value for key, value in whole.items() if not fields.get(key)}
    one = told(act, **{**fields, **needed, "kind": kinds.get(act)})
    events = mapped(one, area=area, contents=contents, signed=b"\x84", giver=b"giver...")
    text = "".join(document.document(events, NAMING, created=one.received_at))
    read = reading.document(text.encode())
    assert not read.wrongs and len(read.events) == len(events) >= 1
    assert len({event.told["eventID"] for event in read.events}) == len(events)


@pytest.mark.skipif(not EXAMPLES, reason="KAWAL_EPCIS_EXAMPLES names no copy of github.com/gs1/EPCIS")
def test_every_official_example_is_taken() -> None:
    paths = sorted(Path(EXAMPLES).rglob("JSON/**/*.jsonld"))
    assert paths
    broken = {str(path): one for path in paths for one in reading.document(path.read_bytes()).wrongs[:1]}
    assert not broken
