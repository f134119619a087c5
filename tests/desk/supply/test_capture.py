"""What a supplier's system sends: taken whole or not at all, repeats harmless, errors named."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from kawal.desk.supply import tokens
from kawal.desk.supply.models import Capture, Event
from kawal.rules.refusals import Refused
from kawal.rules.report.epcis import reading
from tests.desk.supply.conftest import Printer, events_in, officer
from tests.rules.custody.stories import START
from tests.rules.report.epcis.foreign import CONTEXT, document, packing, sensed, shipping, traded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "type", ["application/ld+json", "application/json", "application/json; charset=utf-8"]
)
def test_a_document_is_accepted_and_its_job_tells_the_end(printer: Printer, type: str) -> None:
    sent = printer.post("capture", document(packing(), shipping(), sensed(), traded()), type=type)
    assert sent.status_code == 202 and sent.headers["GS1-EPCIS-Version"] == "2.0.0"
    job = printer.job(sent)
    assert job["success"] is True and job["running"] is False and job["errors"] == []
    assert job["captureErrorBehaviour"] == "rollback"
    assert sent.headers["Location"].endswith(f"/epcis/capture/{job['captureID']}")
    assert len(events_in(printer.get("events"))) == 4


def test_one_wrong_event_and_nothing_is_taken(printer: Printer) -> None:
    wrong = packing(action="MOVE", eventID="urn:uuid:wrong")
    sent = printer.post("capture", document(shipping(), wrong))
    assert sent.status_code == 400 and sent.headers["Content-Type"] == "application/problem+json"
    told = sent.json()
    assert told["type"] == "epcisException:ValidationException" and told["status"] == 400
    (error,) = told["errors"]
    assert (error["event"], error["eventID"], error["field"]) == (1, "urn:uuid:wrong", "eventList[1].action")
    assert "ADD, DELETE, OBSERVE" in error["detail"] and error["code"] == "must_be_one_of"
    job = printer.job(sent)
    assert job["success"] is False and job["errors"] == told["errors"]
    assert not Event.objects.exists()


def test_asked_to_proceed_the_good_events_are_taken(printer: Printer) -> None:
    behaviour = {"GS1-Capture-Error-Behaviour": "proceed"}
    sent = printer.post("capture", document(shipping(), packing(action="MOVE")), **behaviour)
    job = printer.job(sent)
    assert sent.status_code == 202 and job["success"] is False and len(job["errors"]) == 1
    assert [one["eventID"] for one in events_in(printer.get("events"))] == [shipping()["eventID"]]


def test_a_repeat_is_harmless_and_changes_nothing(printer: Printer) -> None:
    nameless = packing()
    del nameless["eventID"]
    told = document(shipping(), nameless, nameless)
    assert [printer.job(printer.post("capture", told))["success"] for _ in range(3)] == [True] * 3
    assert Event.objects.count() == 2 and Capture.objects.count() == 3
    assert printer.job(printer.post("capture", document(shipping(recordTime="2029-01-01T00:00:00Z"))))[
        "success"
    ]


def test_the_same_name_for_other_content_is_refused(printer: Printer) -> None:
    printer.post("capture", document(shipping()))
    sent = printer.post("capture", document(packing(), shipping(bizStep="receiving")))
    job = printer.job(sent)
    assert sent.status_code == 202 and job["success"] is False
    assert [(one["code"], one["event"]) for one in job["errors"]] == [("id_taken", 1)]
    assert [one["bizStep"] for one in events_in(printer.get("events"))] == ["shipping"]


def test_two_contents_of_one_name_in_one_document_are_refused(printer: Printer) -> None:
    sent = printer.post("capture", document(shipping(), shipping(bizStep="receiving")))
    assert printer.job(sent)["success"] is False and not Event.objects.exists()


def test_what_others_added_comes_back_as_it_came(printer: Printer) -> None:
    event = json.dumps(shipping())[:-1] + ', "example:weight":  1.50, "example:more": {"é":[1e2 ,null]}}'
    text = json.dumps(document("@")).replace('"@"', event)
    assert printer.post("capture", text.encode()).status_code == 202
    body = b"".join(printer.get("events").streaming_content).decode()
    assert '"example:weight":  1.50, "example:more": {"é":[1e2 ,null]}' in body
    (told,) = json.loads(body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert told["@context"] == CONTEXT and told["recordTime"].endswith("Z")
    assert not reading.document(body.encode()).wrongs  # our own answer can be captured again


def test_a_record_time_of_the_sender_is_replaced(printer: Printer) -> None:
    printer.post("capture", document(shipping(recordTime="2001-01-01T00:00:00Z")))
    (told,) = events_in(printer.get("events"))
    assert not told["recordTime"].startswith("2001")


def test_a_single_event_is_created(printer: Printer) -> None:
    sent = printer.post("events", {"@context": CONTEXT, **shipping()})
    assert sent.status_code == 201
    found = printer.client.get(sent.headers["Location"], **printer.headers())
    assert [one["eventID"] for one in events_in(found)] == [shipping()["eventID"]]
    wrong = printer.post("events", {"@context": CONTEXT, **shipping(action="MOVE")})
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["field"] == "action"


STRANGE = [
    '{"a\\u0000\\ud800": 1}',
    '{"type": "ObjectEvent", "eventID": "\\u0000", "action": "\\ud800"}',
    '{"type": "example:Own", "eventTime": "2029-01-01T00:00:00Z", "eventTimeZoneOffset": "+07:00",'
    ' "bizStep": "\\u0000", "epcList": ["\\ud800", 5], "readPoint": {"id": []},'
    ' "bizTransactionList": [1, {}]}',
]


@pytest.mark.parametrize("event", STRANGE)
@pytest.mark.parametrize("behaviour", ["rollback", "proceed"])
def test_what_no_database_can_hold_is_named_or_kept_as_text(
    printer: Printer, event: str, behaviour: str
) -> None:
    whole = json.dumps(document("@", **{"@context": [{"x": "#"}]})).replace('"@"', event)
    data = whole.replace('"#"', '"\\ud800"').encode()
    sent = printer.post("capture", data, **{"GS1-Capture-Error-Behaviour": behaviour})
    assert sent.status_code in (202, 400)
    printer.job(sent)
    assert printer.get("events").status_code == 200 and len(events_in(printer.get("events"))) <= 1


def test_a_body_in_chunks_is_read_up_to_the_limit(printer: Printer) -> None:
    def sent(data: bytes) -> int:
        chunks = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(data)}
        asked = {"REQUEST_METHOD": "POST", "PATH_INFO": "/epcis/capture", "CONTENT_TYPE": "application/json"}
        shown = {"HTTP_AUTHORIZATION": f"Bearer {printer.token}"}
        status: int = printer.client.request(**asked, **shown, **chunks).status_code
        return status

    assert sent(json.dumps(document(shipping())).encode()) == 202
    assert sent(b" " * (reading.BYTES_MAX + 1)) == 413


def test_words_come_in_the_language_that_the_machine_asks_for(printer: Printer) -> None:
    wrong = document(shipping(action="MOVE"))
    english = printer.post("capture", wrong, **{"Accept-Language": "en-GB,en;q=0.9"})
    assert "must be one of" in english.json()["errors"][0]["detail"]
    assert english.headers["Content-Language"] == "en"
    assert "harus salah satu" in printer.post("capture", wrong).json()["errors"][0]["detail"]


def status(response: Any) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code and told["title"] and told["detail"]
    return response.status_code, told["type"]


def test_every_refusal_has_its_status(printer: Printer) -> None:
    assert status(printer.post("capture", b"{"))[0] == 400
    assert status(printer.post("capture", document(type="Other")))[0] == 400
    assert status(printer.post("capture", document(), **{"GS1-Capture-Error-Behaviour": "maybe"}))[0] == 400
    assert status(printer.get("capture/none"))[0] == 404
    assert status(printer.get("events/urn:none"))[0] == 404
    assert status(printer.get("nowhere"))[0] == 404
    assert status(printer.post("capture/none", {}))[0] == 405
    assert status(printer.get("events", Accept="application/xml"))[0] == 406
    assert status(printer.get("events", **{"GS1-EPCIS-Version": "1.2"}))[0] == 406
    large = printer.post("capture", b" " * (reading.BYTES_MAX + 1))
    assert status(large) == (413, "epcisException:CaptureLimitExceededException")
    assert large.headers["GS1-Capture-File-Size-Limit"] == str(reading.BYTES_MAX)
    many = printer.post("capture", document(*[0] * (reading.EVENTS_MAX + 1)))
    assert status(many)[0] == 413 and many.headers["GS1-Capture-Limit"] == str(reading.EVENTS_MAX)
    assert status(printer.post("capture", document(), type="text/xml"))[0] == 415
    assert not Capture.objects.exists()


@pytest.mark.parametrize("token", ["", "x" * 43, "é"])
def test_who_shows_no_good_token_is_told_so(printer: Printer, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")} if token else {}
    sent = printer.client.post("/epcis/capture", b"{}", content_type="application/json", headers=headers)
    assert status(sent)[0] == 401 and sent.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_opens_nothing_and_what_was_announced_stays(printer: Printer) -> None:
    printer.post("capture", document(shipping()))
    tokens.revoke("Percetakan Satu", now=START)
    assert printer.get("events").status_code == 401 and Event.objects.count() == 1
    with pytest.raises(Refused, match="no_such_supplier"):
        tokens.revoke("Nobody", now=START)


def test_an_officer_reads_and_does_not_announce() -> None:
    client = officer("kpu", "logistics")
    sent = client.post("/epcis/capture", b"{}", content_type="application/json")
    assert status(sent)[0] == 403


def test_suppliers_see_their_own_alone_and_may_use_the_same_names(printer: Printer, other: Printer) -> None:
    sent = printer.post("capture", document(shipping()))
    assert other.job(other.post("capture", document(shipping(bizStep="receiving"))))["success"]
    assert [one["bizStep"] for one in events_in(printer.get("events"))] == ["shipping"]
    code = sent.headers["Location"].rpartition("/")[2]
    assert other.get(f"capture/{code}").status_code == 404
    assert len(other.get("capture").json()) == 1


def test_what_the_door_takes_can_be_asked(printer: Printer) -> None:
    told = printer.client.options("/epcis/capture", **printer.headers())
    assert told.status_code == 204 and "POST" in told.headers["Allow"]
    assert told.headers["GS1-Capture-Limit"] == str(reading.EVENTS_MAX)
    assert told.headers["GS1-CBV-Version"] == "2.0.0" and "kawal=" in told.headers["GS1-Extensions"]
    assert printer.client.options("/epcis/capture").status_code == 401


def test_a_token_is_kept_as_its_hash_alone(printer: Printer) -> None:
    from kawal.desk.supply.models import Supplier

    assert printer.token not in str(list(Supplier.objects.values()))
    with pytest.raises(Refused, match="supplier_known"):
        tokens.add("Percetakan Satu", now=START)
