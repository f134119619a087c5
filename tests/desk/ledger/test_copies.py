"""An older copy of the database is known as such, by the hub's own memory and by its witnesses."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import pytest

from kawal.desk.ledger import actions, copies, keys, memory, pen, reads
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys as signing
from kawal.rules.signing import note

from .conftest import NOW, Grow, Tamper, entries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A process of its own with a home of its own, that holds the pen."""
    monkeypatch.setenv("KAWAL_HOME", str(tmp_path))
    with patch.object(pen, "_mine", pen._Mine()):
        assert pen.take("hub", "home")
        yield tmp_path


@contextmanager
def witness(home: Path, told: str | None) -> Iterator[None]:
    """A witness of this log that tells this checkpoint, or that it knows of none; then it is away."""
    path = f"/w/{hashlib.sha256(keys.verifier_key().name.encode()).hexdigest()}/checkpoint"

    class Told(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = told is not None and self.path == path
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write((told or "").encode() if found else b"")

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    key = note.VerifierKey("witness.example", signing.public_bytes(signing.key_from_seed(b"\x09" * 32)))
    policy = f"witness bawaslu {_cosigner(key)} http://127.0.0.1:{server.server_port}/w\nquorum none\n"
    (home / "policy").write_text(policy)
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _cosigner(key: note.VerifierKey) -> str:
    typed = b"\x04" + key.public_key
    key_id = hashlib.sha256(key.name.encode() + b"\n" + typed).digest()[:4]
    return f"{key.name}+{key_id.hex()}+{note.to_base64(typed)}"


def older_copy(tamper: Tamper, size: int) -> None:
    """The database as it was at that size: a backup put back."""
    tamper('DELETE FROM ledger_entry WHERE "index" >= %s', size)
    tamper("DELETE FROM ledger_checkpoint WHERE size > %s", size)
    tamper("DELETE FROM ledger_tile")
    tamper("INSERT INTO ledger_tile (level, number, hashes) VALUES (0, 0, %s)", _leaves(size))
    tamper("UPDATE ledger_head SET size = %s", size)


def _leaves(size: int) -> bytes:
    return b"".join(row.leaf_hash for row in reads.entries(0, size))


def test_what_was_signed_is_remembered_outside_of_the_database(grow: Grow, hub: Path) -> None:
    assert memory.head() is None
    grow(3, 2)
    latest = reads.latest_checkpoint()
    assert latest is not None
    assert (hub / "keys/log.signed").read_text() == latest.note
    assert copies.judged(None) is None


def test_the_memory_knows_an_older_copy_and_nothing_is_added_or_signed(grow: Grow, tamper: Tamper) -> None:
    grow(3, 2)
    older_copy(tamper, 3)
    told = {"refused": "log_shrunk", "size": 3, "signed_size": 5, "source": "memory"}
    assert copies.judged(None) == told
    for act in (
        lambda: actions.append(entries(1, 9), received_at=NOW),
        lambda: actions.publish_checkpoint(now=NOW),
    ):
        with pytest.raises(Refused, match="log_shrunk"):
            act()
    assert reads.size() == 3


def test_an_older_copy_that_went_on_is_known_by_its_root(grow: Grow, tamper: Tamper) -> None:
    grow(3, 2)
    remembered = memory.note()
    older_copy(tamper, 3)
    memory.forget()
    actions.append(entries(4, 20), received_at=NOW)
    memory.remember(remembered)
    with pytest.raises(Refused, match="log_forked"):
        actions.publish_checkpoint(now=NOW)
    found = copies.judged(None)
    assert found is not None and (found["refused"], found["source"]) == ("log_forked", "memory")


def test_where_the_memory_is_as_old_the_witness_tells(grow: Grow, tamper: Tamper, hub: Path) -> None:
    grow(3)
    old = memory.note()
    grow(2)
    newest = memory.note()
    older_copy(tamper, 3)
    memory.remember(old)
    assert copies.judged(None) is None  # nobody is asked
    with witness(hub, newest):
        found = copies.judged(None)
    assert found == {"refused": "log_shrunk", "size": 3, "signed_size": 5, "source": "bawaslu"}
    assert copies.judged(found) == found  # the witness is away now: what it said stays
    with witness(hub, old):
        assert copies.judged(found) is None  # it answers again, and knows no more than we do


def test_a_witness_cannot_stop_a_hub_with_a_head_that_the_hub_never_signed(grow: Grow, hub: Path) -> None:
    grow(3)
    other = signing.key_from_seed(b"\x07" * 32)
    origin = keys.verifier_key().name
    invented = note.sign(f"{origin}\n99\n{note.to_base64(bytes(32))}\n", origin, other)
    for told in (invented, "what is this", None):
        with witness(hub, told):
            assert copies.judged(None) is None


def test_a_bar_is_kept_in_the_database_for_every_hub_until_it_is_lifted(grow: Grow) -> None:
    grow(3)
    pen.release()
    bar = {"refused": "log_shrunk", "size": 3, "signed_size": 5, "source": "bawaslu"}
    with patch.object(pen, "_mine", pen._Mine()):
        assert pen.take("hub two", "home two", judged=lambda before: bar)
        assert not pen.held()
        pen.release()
    with patch.object(pen, "_mine", pen._Mine()):
        assert pen.take("hub three", "home three", judged=lambda before: before)
        with pytest.raises(Refused, match="log_shrunk"):
            actions.append(entries(1, 9), received_at=NOW)
        pen.release()
        assert pen.take("hub three", "home three", judged=lambda before: None)
        assert actions.append(entries(1, 9), received_at=NOW) == [3]


def test_a_memory_that_cannot_be_read_stops_the_hub_and_names_the_file(grow: Grow, hub: Path) -> None:
    grow(3)
    (hub / "keys/log.signed").write_text("garbled")
    with pytest.raises(Refused, match="memory_unreadable"):
        actions.append(entries(1, 9), received_at=NOW)


def test_the_memory_of_another_log_says_nothing(grow: Grow, hub: Path) -> None:
    grow(3)
    (hub / "keys/log.key").unlink()
    assert memory.head() is None
