"""The page of announced shipments: what is on its way, and for whom."""

from __future__ import annotations

import pytest

from tests.desk.supply.conftest import Printer, officer
from tests.rules.report.epcis.foreign import BOXES, document, packing, shipping

pytestmark = pytest.mark.django_db


def page(client: object, **asked: str) -> str:
    response = client.get("/shipments", asked)  # type: ignore[attr-defined]
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_logistics_officer_sees_what_is_on_its_way(printer: Printer) -> None:
    client = officer("kpu", "logistics")
    assert "kawal report supplier add" not in page(client) and "/epcis/capture" in page(client)
    printer.post("capture", document(packing(), shipping()))
    told = page(client)
    assert "Percetakan Satu" in told and "2.500 dpr" in told and ">77<" in told
    assert "dalam perjalanan" in told and "20 Jan" in told
    came = shipping(bizStep="receiving", eventID="urn:came", eventTime="2029-01-21T00:00:00Z")
    printer.post("capture", document({**came, "epcList": BOXES[:2]}))
    assert "diterima sebagian" in page(client)
    client.cookies["django_language"] = "en"
    assert "Suppliers announced" in page(client) and "partly received" in page(client)


def test_before_anybody_may_announce_the_page_says_what_to_do() -> None:
    assert "kawal report supplier add" in page(officer("kpu", "logistics"))


@pytest.mark.parametrize(
    ("agency", "role", "area"), [("polri", "duty", "16.07"), ("kpu", "custodian", "1607032001001")]
)
def test_it_is_not_for_the_police_and_not_for_a_station(agency: str, role: str, area: str) -> None:
    client = officer(agency, role, area)
    assert client.get("/shipments").status_code == 403
    assert "/shipments" not in client.get("/design").content.decode()


def test_what_a_supplier_writes_is_text_on_the_page(printer: Printer) -> None:
    paper = [{"type": "desadv", "bizTransaction": "urn:a:%3Cscript%3E'x"}]
    assert printer.post("capture", document(shipping(bizTransactionList=paper))).status_code == 202
    assert "'x" not in page(officer("kpu", "logistics"))
