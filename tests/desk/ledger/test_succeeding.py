"""A log that cannot be continued is closed, and another takes its place that commits to it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kawal.desk.ledger import actions, copies, former, keys, memory, pen, reads, succeeding
from kawal.desk.ledger.models import Checkpoint, Former, FormerCheckpoint
from kawal.desk.ledger.verify import verify
from kawal.rules.ledger import checkpoint, proof, succession, tiles, tree
from kawal.rules.ledger.policy import policy_in
from kawal.rules.ledger.succession import Reason
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.hashes import leaf_hash
from kawal.verify.source import Log

from .conftest import NOW, Grow, Tamper, entries
from .test_copies import hub
from .test_recovering import Mirror, older_copy

__all__ = ["hub"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hub")]


def first_of_the_successor() -> succession.Succession:
    log = keys.verifier_key()
    return succession.opened(reads.entry(0).signed, log.name, [log.public_key])


def test_a_closed_log_takes_nothing_in_and_signs_its_last_head(grow: Grow) -> None:
    grow(3, 5)
    actions.append(entries(2, 8), received_at=NOW)
    assert succeeding.close(Reason.ENDED) == 10
    latest = reads.latest_checkpoint()
    assert latest is not None and latest.size == 10
    for attempt in (lambda: actions.append(entries(1, 10), received_at=NOW), pen.check):
        with patch.object(pen._mine, "kept", True), pytest.raises(Refused, match="log_closed"):
            attempt()
    assert succeeding.close(Reason.FORKED) == 10, "closed again, it stays as it was"
    assert (pen.stored_bar() or {})["reason"] == "ended"


def test_a_closed_log_stays_closed_though_nobody_finds_it_wanting(grow: Grow) -> None:
    grow(3)
    succeeding.close(Reason.ENDED)
    assert copies.judged(pen.stored_bar()) == pen.stored_bar()


def test_a_log_in_order_is_not_succeeded_by_mistake(grow: Grow) -> None:
    grow(3)
    with pytest.raises(Refused, match="log_open"):
        succeeding.succeed(Reason.ENDED)


def test_the_successor_commits_to_what_was_signed_and_goes_on_from_what_is_held(
    grow: Grow, tamper: Tamper
) -> None:
    grow(250, 10, 40)
    was, signed = keys.verifier_key(), reads.latest_checkpoint()
    before = [(row.signed, row.received_at) for row in reads.entries(0, 300)]
    assert signed is not None
    older_copy(tamper, 255)  # nobody has the other 45 any more
    pen.bar(copies.judged(None) or {})
    followed = []
    found = succeeding.succeed(Reason.ENTRIES_LOST, follow=lambda: followed.append(reads.size()))
    assert (found.former.size, found.former.root, found.held) == (300, signed.root, 255)
    assert followed == [256]
    said = first_of_the_successor()
    assert (said.former.origin, said.held, said.reason) == (was.name, 255, Reason.ENTRIES_LOST)
    assert keys.verifier_key() != was and str(keys.verifier_key()) == found.log
    assert [(row.signed, row.received_at) for row in reads.entries(1, 256)] == before[:255]
    assert verify().size == 256
    assert actions.append(entries(1, 300), received_at=NOW) == [256]
    assert actions.publish_checkpoint(now=NOW).size == 257
    assert copies.judged(None) is None


def test_an_old_cosigned_head_is_held_against_the_successor(grow: Grow, tamper: Tamper) -> None:
    grow(200, 100)
    heads = [checkpoint.head_in(row.note.rpartition("\n\n")[0] + "\n") for row in reads.checkpoints(300)]
    older_copy(tamper, 255)
    pen.bar(copies.judged(None) or {})
    succeeding.succeed(Reason.ENTRIES_LOST)
    said = first_of_the_successor()
    held = [row.leaf_hash for row in reads.entries(1, 256)]

    def root(size: int) -> bytes | None:
        return tree.root_of(size, tree.subtree_of(held[:size])) if size <= len(held) else None

    succession.kept(said, heads[0], root(200))
    with pytest.raises(Refused, match="former_missing"):
        succession.kept(said, heads[1], root(300))


def test_the_former_log_is_served_as_it_was_and_its_receipts_hold(grow: Grow) -> None:
    grow(300)
    was = keys.verifier_key()
    client = Client()
    latest = reads.latest_checkpoint()
    assert latest is not None
    hashes = tuple(reads.inclusion(7, 300))
    id = leaf_hash(reads.entry(7).signed)
    paths = ["checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"]
    before = [client.get(f"/{path}").content for path in paths]
    succeeding.close(Reason.ENDED)
    succeeding.succeed(Reason.ENDED)
    place = f"/former/{sha256(was.name.encode()).hexdigest()}"
    assert [client.get(f"{place}/{path}").content for path in paths] == before
    assert client.get(f"{place}/tile/0/002").status_code == 404
    assert client.get(f"/former/{'0' * 64}/checkpoint").status_code == 404
    listed = former.logs()
    assert listed == [(was.name, 300)]
    receipt = proof.Proof(7, hashes, before[0].decode())
    assert proof.checked(receipt, id, policy_in(f"log {was}\nquorum none\n")).head.size == 300
    assert reads.index_of([id]) == {id: 8}, "in the successor it stands one further"


def test_what_is_set_aside_can_neither_be_changed_nor_taken_away(grow: Grow) -> None:
    grow(3)
    succeeding.close(Reason.ENDED)
    succeeding.succeed(Reason.ENDED)
    actions.publish_checkpoint(now=NOW)
    for table in ("ledger_former", "ledger_formertile", "ledger_formercheckpoint", "ledger_checkpoint"):
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    assert Former.objects.count() == 3
    assert FormerCheckpoint.objects.count() == Checkpoint.objects.count() == 1


def test_whatever_fails_on_the_way_changes_nothing(grow: Grow) -> None:
    grow(5)
    succeeding.close(Reason.FORKED)
    was = keys.verifier_key()

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        succeeding.succeed(Reason.FORKED, follow=killed)
    assert keys.verifier_key() == was
    assert reads.size() == 5 and not Former.objects.exists()
    assert memory.head() is not None
    assert verify().size == 5
    assert succeeding.succeed(Reason.FORKED).held == 5, "and it can be done again"


def test_a_kill_before_the_key_changed_hands_is_mended_by_who_takes_the_pen_next(
    grow: Grow, hub: Path
) -> None:
    grow(5)
    succeeding.close(Reason.ENDED)
    was = keys.verifier_key()
    with patch.object(keys, "settle"):
        new = succeeding.succeed(Reason.ENDED).log
    assert keys.verifier_key() == was
    pen.release()
    assert pen.take("hub", "home")
    assert str(keys.verifier_key()) == new
    assert [path.name for path in (hub / "keys").glob("log-former-*.key")]
    assert actions.publish_checkpoint(now=NOW).size == 6
    assert verify().size == 6


@pytest.mark.parametrize(
    ("named", "origin", "code"),
    [
        ("kawal.kpu.example/log/1", None, "origin_needed"),
        ("kawal.kpu.example/log/1", "kawal.kpu.example/log/1", "origin_taken"),
        ("kawal.kpu.example/log/1", "with space", "bad_origin"),
        ("kawal.kpu.example/log/1", "a+b", "bad_origin"),
    ],
)
def test_a_log_named_by_people_needs_another_name(
    enrolled: None, monkeypatch: pytest.MonkeyPatch, named: str, origin: str | None, code: str
) -> None:
    pen.release()
    monkeypatch.setenv("KAWAL_LOG_ORIGIN", named)
    pen.Head.objects.all().update(log="")
    assert pen.take("hub", "home")
    actions.append(entries(2), received_at=NOW)
    succeeding.close(Reason.ENDED)
    with pytest.raises(Refused, match=code):
        succeeding.succeed(Reason.ENDED, origin)


def test_the_outsiders_source_reads_the_successor(grow: Grow) -> None:
    grow(5)
    succeeding.close(Reason.ENDED)
    succeeding.succeed(Reason.ENDED)
    actions.publish_checkpoint(now=NOW)
    log = Log(Mirror())
    assert succession.is_succession(next(log.entries(0, 6)))
    assert note.parsed(log.checkpoint()).text.startswith(keys.verifier_key().name)
    assert tiles.root_of(6, log.tile_of(6)) == tiles.root_of(6, reads.tile)
