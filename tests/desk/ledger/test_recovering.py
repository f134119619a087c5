"""An older copy is brought back to what was signed, by bytes of somebody who is not trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from kawal.desk.ledger import actions, copies, keys, memory, pen, reads, recovering
from kawal.desk.ledger.models import Checkpoint, Former
from kawal.desk.ledger.verify import verify
from kawal.rules.ledger import bundles, tiles
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.verify.source import Log

from .conftest import NOW, Grow, Tamper, entries
from .test_copies import hub

__all__ = ["hub"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hub")]


class Mirror:
    """What a mirror serves: static resources by their paths."""

    ahead = 1

    def __init__(self) -> None:
        latest = reads.latest_checkpoint()
        assert latest is not None
        self.files = {"checkpoint": latest.note.encode()}
        for level, number, width in tiles.places(latest.size):
            self.files[tiles.path(level, number, width)] = reads.tile_served(level, number, width)
            if level == 0:
                self.files[tiles.bundle_path(number, width)] = reads.bundle_served(number, width)

    def read(self, path: str, bytes_max: int) -> bytes:
        if path not in self.files:
            raise Refused("source_missing", path=path)
        return self.files[path]


def older_copy(tamper: Tamper, size: int) -> None:
    """A backup of when the log had that size is put back."""
    leaves = [row.leaf_hash for row in reads.entries(0, size)]
    tamper('DELETE FROM ledger_entry WHERE "index" >= %s', size)
    tamper("DELETE FROM ledger_checkpoint WHERE size > %s", size)
    tamper("DELETE FROM ledger_tile")
    for (level, number), hashes in tiles.grow({}, 0, leaves).items():
        tamper("INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)", level, number, hashes)
    tamper("UPDATE ledger_head SET size = %s", size)


def went_on(start: int, count: int) -> None:
    """The older copy took events in before anybody noticed: its memory was as old as itself."""
    remembered = memory.note()
    memory.forget()
    actions.append(entries(count, start), received_at=NOW)
    memory.remember(remembered)


@pytest.fixture
def mirror(grow: Grow) -> Mirror:
    grow(250, 10, 40, 300)
    return Mirror()


def recover(mirror: Mirror) -> recovering.Recovered:
    return recovering.recover(Log(mirror))


def test_missing_entries_come_back_at_their_indexes(mirror: Mirror, tamper: Tamper) -> None:
    before = [(row.index, row.signed) for row in reads.entries(0, 600)]
    older_copy(tamper, 260)
    assert copies.judged(None) is not None
    found = recover(mirror)
    assert (found.start, found.size, found.moved, found.unchecked) == (260, 600, (), ())
    assert [(row.index, row.signed) for row in reads.entries(0, 600)] == before
    assert copies.judged(None) is None
    assert verify().size == 600
    assert actions.append(entries(1, 600), received_at=NOW) == [600]
    assert actions.publish_checkpoint(now=NOW).size == 601


def test_what_the_older_copy_took_in_is_told_again_behind_and_kept(mirror: Mirror, tamper: Tamper) -> None:
    older_copy(tamper, 260)
    went_on(5_000, 3)
    with pytest.raises(Refused, match="log_shrunk"):
        actions.publish_checkpoint(now=NOW)
    found = recover(mirror)
    assert (found.start, found.size) == (260, 600)
    assert [(one.old_index, one.index) for one in found.moved] == [(260, 600), (261, 601), (262, 602)]
    assert [row.signed for row in reads.entries(600, 603)] == [signed for _, signed in entries(3, 5_000)]
    assert list(Former.objects.order_by("index").values_list("index", "why")) == [
        (260, "recovered"), (261, "recovered"), (262, "recovered"),
    ]  # fmt: skip
    assert actions.publish_checkpoint(now=NOW).size == 603
    assert verify().size == 603


def test_an_event_that_both_took_in_stands_once_where_it_was_signed(mirror: Mirror, tamper: Tamper) -> None:
    older_copy(tamper, 260)
    went_on(400, 1)  # the mirror has it at 400
    found = recover(mirror)
    assert [(one.old_index, one.index) for one in found.moved] == [(260, 400)]
    assert reads.size() == 600


def test_an_empty_database_is_filled_again(mirror: Mirror, tamper: Tamper) -> None:
    older_copy(tamper, 0)
    assert (recover(mirror).start, verify().size) == (0, 600)


def test_a_log_that_lacks_nothing_is_left_as_it_is(mirror: Mirror) -> None:
    found = recover(mirror)
    assert (found.start, found.size, reads.size()) == (600, 600, 600)


def _other_bytes(mirror: Mirror) -> None:
    path = tiles.bundle_path(2, 88)
    told = bundles.entries_in(mirror.files[path])
    mirror.files[path] = bundles.bundle([*told[:40], entries(1, 9_000)[0][1], *told[41:]])


def _bad_signature(mirror: Mirror) -> None:
    path = tiles.bundle_path(2, 88)
    mirror.files[path] = mirror.files[path][:-1] + bytes([mirror.files[path][-1] ^ 1])


def _forged_head(mirror: Mirror) -> None:
    mirror.files["checkpoint"] = mirror.files["checkpoint"].replace(b"\n600\n", b"\n599\n")


def _older_head(mirror: Mirror) -> None:
    old = Checkpoint.objects.filter(size=300).values_list("note", flat=True).first()
    if old is not None:
        mirror.files["checkpoint"] = old.encode()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_other_bytes, "source_differs"), (_bad_signature, "entry_bad"), (_forged_head, "bad_signature"),
        (lambda mirror: mirror.files.pop(tiles.bundle_path(1)), "source_missing"),
        (_older_head, "source_behind"),
    ],
)  # fmt: skip
def test_a_source_that_is_not_what_was_signed_changes_nothing(
    mirror: Mirror, tamper: Tamper, spoil: Callable[[Mirror], object], code: str
) -> None:
    spoil(mirror)
    older_copy(tamper, 260)
    with pytest.raises(Refused) as refused, transaction.atomic():
        recover(mirror)
    assert refused.value.code == code
    assert (reads.size(), Former.objects.count()) == (260, 0)
    assert copies.judged(None) is not None


def test_a_copy_that_signed_another_history_is_not_recovered(mirror: Mirror, tamper: Tamper) -> None:
    newest = memory.note()
    older_copy(tamper, 260)
    memory.forget()
    actions.append(entries(3, 5_000), received_at=NOW)
    actions.publish_checkpoint(now=NOW)
    memory.remember(newest)
    with pytest.raises(Refused, match="fork_signed"), transaction.atomic():
        recover(mirror)
    assert reads.size() == 263


def test_a_source_without_the_witnesses_that_the_policy_asks_for_is_refused(
    mirror: Mirror, tamper: Tamper, tmp_path: Path
) -> None:
    older_copy(tamper, 260)
    own = keys.verifier_key()
    typed = note.to_base64(b"\x04" + own.public_key)
    from .test_copies import _cosigner

    assert typed
    policy = f"witness w {_cosigner(note.VerifierKey('w.example', own.public_key))}\nquorum w\n"
    (tmp_path / "policy").write_text(policy)
    with pytest.raises(Refused, match="source_not_cosigned"):
        recover(mirror)


def test_the_database_lets_no_entry_go_whose_bytes_are_not_kept(grow: Grow) -> None:
    grow(3)
    row = reads.entry(2)
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute('DELETE FROM ledger_entry WHERE "index" = 2')
        Former.objects.create(
            log="x", index=2, leaf_hash=row.leaf_hash, signed=row.signed, received_at=NOW, left_at=NOW,
            why="recovered",
        )  # fmt: skip
        cursor.execute('DELETE FROM ledger_entry WHERE "index" = 2')
        for act in ("DELETE FROM ledger_former", "UPDATE ledger_former SET why = 'x'"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(act)


def test_a_process_that_does_not_hold_the_pen_recovers_nothing(mirror: Mirror, tamper: Tamper) -> None:
    older_copy(tamper, 260)
    with patch.object(pen, "_mine", pen._Mine()), pytest.raises(Refused, match="not_the_writer"):
        recover(mirror)
