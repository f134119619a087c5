"""What a supplier's events add up to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kawal.rules.report.epcis.shipments import Announced, Shipment, shipments
from tests.rules.report.epcis.foreign import BOXES, packing, shipping

BALLOTS = "https://printer.example.com/ballot/dpr"
PAPER = "https://printer.example.com/sj/77"


def announced(*told: dict[str, Any], supplier: str = "Satu") -> list[Announced]:
    return [
        Announced(supplier=supplier, event_id=one.get("eventID", f"urn:n:{n}"), told=one)
        for n, one in enumerate(told)
    ]


def coming(*boxes: str, **others: Any) -> dict[str, Any]:
    later = {"bizStep": "receiving", "eventTime": "2029-01-21T09:00:00Z", "eventID": "urn:uuid:came"}
    return shipping(**{**later, "epcList": list(boxes), "bizTransactionList": [], **others})


def one_of(*told: dict[str, Any]) -> Shipment:
    (found,) = shipments(announced(*told))
    return found


def test_a_shipment_has_its_parcels_and_what_was_packed_into_them() -> None:
    found = one_of(packing(), packing(parentID=BOXES[1], eventID="urn:b"), shipping())
    assert found.parcels == frozenset(BOXES) and found.paper == PAPER and not found.is_received
    assert found.quantities == {(BALLOTS, ""): Decimal(5000)}


def test_loose_goods_are_counted_once_however_often_they_leave() -> None:
    goods = [{"epcClass": BALLOTS, "quantity": 10, "uom": "KGM"}]
    left = shipping(eventID="urn:b", bizStep="departing", quantityList=goods)
    assert one_of(shipping(quantityList=goods), left).quantities == {(BALLOTS, "KGM"): Decimal(10)}


def test_the_despatch_advice_names_it_before_other_papers() -> None:
    papers = [{"type": "po", "bizTransaction": "urn:a:po"}, {"type": "desadv", "bizTransaction": PAPER}]
    assert one_of(shipping(bizTransactionList=papers)).paper == PAPER


def test_shipments_without_a_paper_and_of_two_suppliers_are_kept_apart() -> None:
    bare = [shipping(bizTransactionList=[], eventID=f"urn:{n}") for n in "ab"]
    assert len(shipments(announced(*bare))) == 2
    both = [*announced(shipping()), *announced(shipping(), supplier="Dua")]
    assert [one.supplier for one in shipments(both)] and len(shipments(both)) == 2


def test_received_is_what_a_later_event_names() -> None:
    assert one_of(shipping(), coming(BOXES[0])).received == {BOXES[0]}
    assert one_of(shipping(), coming(*BOXES)).is_received
    early = coming(*BOXES, eventTime="2029-01-19T09:00:00Z")
    assert not one_of(shipping(), early).received


def test_a_paper_may_be_received_as_a_whole() -> None:
    paper = [{"type": "desadv", "bizTransaction": PAPER}]
    assert one_of(shipping(), coming(bizTransactionList=paper)).is_received
    part = one_of(shipping(), coming(BOXES[0], bizTransactionList=paper))
    assert part.received == {BOXES[0]} and not part.is_received
