"""A receipt from the hub, checked as somebody would who has nothing but the key of the log."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import include, path

from kawal.desk.ledger import actions, keys, publishing, reads
from kawal.rules.ledger import policy, receipt
from kawal.rules.ledger.policy import Log, Policy
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys as signing

from .conftest import KEYS, NOW, Grow, entries

urlpatterns = [path("", include("kawal.desk.ledger.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def trusted() -> Policy:
    return Policy(policy.NONE, (Log(keys.verifier_key()),))


def address(id: bytes) -> str:
    return f"/receipt/{id.hex()}.tlog-proof"


def test_every_entry_has_a_receipt_that_a_stranger_checks(client: Client, grow: Grow) -> None:
    grow(3, 297)
    for index, (id, signed) in enumerate(entries(300)):
        if index % 37 and index < 298:
            continue
        answer = client.get(address(id))
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
        told, proven = receipt.checked(answer.content.decode(), trusted())
        assert (told.leaf_hash, told.entry, proven.head.size) == (id, signed, 300)
        assert told.public_key == signing.public_bytes(KEYS[index % 2])


def test_what_the_log_does_not_hold_has_no_receipt(client: Client, grow: Grow) -> None:
    grow(3)
    for wrong in (address(bytes(32)), address(bytes(31)), address(entries(1)[0][0]).upper(), "/receipt/0"):
        assert client.get(wrong).status_code == 404


def test_an_entry_that_no_published_head_covers_is_asked_for_again(client: Client, grow: Grow) -> None:
    grow(3)
    actions.append(entries(1, 3), received_at=NOW)
    answer = client.get(address(entries(1, 3)[0][0]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    actions.publish_checkpoint(now=NOW)
    assert client.get(address(entries(1, 3)[0][0])).status_code == 200


def test_a_head_that_witnesses_stand_behind_is_preferred(client: Client, grow: Grow) -> None:
    grow(3, 2)
    publishing.Publication.objects.filter(size=3).update(quorum=True)
    covered, newer = (publishing.covering(index) for index in (2, 3))
    assert covered and newer and (covered.size, newer.size) == (3, 5)
    told, proven = receipt.checked(client.get(address(entries(1, 2)[0][0])).content.decode(), trusted())
    assert (proven.head.size, told.entry) == (3, entries(1, 2)[0][1])


def test_where_entries_are_closed_a_stranger_s_receipt_tells_the_leaf_hash_only(
    client: Client, grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(3)
    monkeypatch.setenv("KAWAL_ENTRIES_TOKEN", "a-token-that-is-long-enough")
    id, signed = entries(1)[0]
    told, _ = receipt.checked(client.get(address(id)).content.decode(), trusted())
    assert (told.leaf_hash, told.entry) == (id, None)
    shown = client.get(address(id), headers={"authorization": "Bearer a-token-that-is-long-enough"})
    assert receipt.checked(shown.content.decode(), trusted())[0].entry == signed
    assert shown["Cache-Control"] == "no-store" and "Authorization" in shown["Vary"]


def test_a_receipt_of_another_hub_is_not_taken_for_ours(client: Client, grow: Grow) -> None:
    grow(3)
    told = client.get(address(entries(1)[0][0])).content.decode()
    assert reads.size() == 3
    with pytest.raises(Refused, match="log_unknown"):
        receipt.checked(told, Policy(policy.NONE))
