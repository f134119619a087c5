"""The log's side of tlog-witness: what is asked, what is kept of the answer, when a head is published."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import Client

from kawal.desk.ledger import actions, asking, keys, policies, publishing, reads
from kawal.desk.ledger.models import Cosignature, Publication, WitnessState
from kawal.home import home
from kawal.rules.ledger import checkpoint, tree, witnessing
from kawal.rules.ledger.policy import Policy, Witness, policy_in
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys as signing
from kawal.rules.signing import note
from tests import c2sp
from tests.witness.conftest import Witness as Running
from tests.witness.conftest import serving

from .conftest import NOW, Grow, entries

KEY = signing.key_from_seed(b"\x09" * 32)
OTHER = note.VerifierKey("other.example/w", signing.public_bytes(KEY), note.COSIGNATURE)


def real() -> datetime:
    """Asked when it is needed: witnesses live in the real world, and a suite takes its minutes."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    vkey = str(keys.verifier_key())
    with serving(tmp_path_factory.mktemp("w"), "--name", "bawaslu.example/w", "--log", vkey) as witness:
        yield witness


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Running]:
    """A witness that has not seen the log yet."""
    with serving(tmp_path / "w", "--name", "polda.example/w", "--log", str(keys.verifier_key())) as witness:
        yield witness


def told(running: Running) -> Witness:
    return Witness("w", note.verifier_key(running.place["vkey"]), running.place["url"])


@pytest.fixture
def policy() -> Iterator[Callable[[str], Policy]]:
    """policy(text): installed for this test."""
    path = home() / policies.FILE

    def install(text: str) -> Policy:
        path.write_text(text)
        return policies.installed()

    yield install
    path.unlink(missing_ok=True)


def test_a_witness_is_brought_to_the_newest_head_step_by_step(grow: Grow, fresh: Running) -> None:
    witness = told(fresh)
    for count in (3, 297):
        grow(count)
        assert asking.ask(witness, now=real())
        shown = publishing.newest(published=True)
        assert shown is not None
        assert fresh.signer.signed(shown.note)
        assert c2sp.Signer.of(str(keys.verifier_key())).signed(shown.note) == 0
    assert not asking.ask(witness, now=real())
    assert publishing.known_size(witness) == publishing.cosigned_size(witness) == 300


def test_a_witness_that_we_know_wrongly_tells_where_it_stands(grow: Grow, fresh: Running) -> None:
    witness = told(fresh)
    grow(3)
    asking.ask(witness, now=real())
    grow(7)
    for wrong in (0, 2, 10, 99):
        WitnessState.objects.update(size=wrong)
        Cosignature.objects.filter(size=10).delete()
        assert asking.ask(witness, now=real())
        assert publishing.known_size(witness) == 10


def test_a_witness_that_cosigned_more_than_we_hold_shows_that_this_is_an_older_copy(
    grow: Grow, fresh: Running
) -> None:
    grow(5)
    longer = [leaf for leaf, _ in entries(9)]
    origin = keys.verifier_key().name
    head = checkpoint.Head(origin, 9, tree.root_of(9, tree.subtree_of(longer)))
    signed = note.sign(checkpoint.text(head), origin, keys.log_key())
    assert fresh.add(witnessing.body(witnessing.Request(0, (), signed))).status == 200
    with pytest.raises(Refused) as refused:
        asking.ask(told(fresh), now=real())
    assert (refused.value.code, refused.value.facts) == ("witness_ahead", {"size": 9, "ours": 5})
    assert publishing.known_size(told(fresh)) == 9


def test_a_witness_that_remembers_another_history_is_told_apart(grow: Grow, fresh: Running) -> None:
    grow(5)
    origin = keys.verifier_key().name
    other = note.sign(checkpoint.text(checkpoint.Head(origin, 3, bytes(32))), origin, keys.log_key())
    assert fresh.add(witnessing.body(witnessing.Request(0, (), other))).status == 200
    with pytest.raises(Refused, match="witness_forked"):
        asking.ask(told(fresh), now=real())
    assert not Cosignature.objects.exists()


def test_nothing_is_asked_before_the_first_head(db: None, running: Running) -> None:
    assert not asking.ask(told(running), now=real())


@contextmanager
def answering(status: int, kind: str, body: bytes) -> Iterator[str]:
    """A witness that says the same whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "kind", "body", "code"),
    [
        (200, "text/plain", b"", "witness_no_cosignature"),
        (200, "text/plain", b"\xff\xfe", "witness_no_cosignature"),
        (200, "text/plain", "— other.example/w AAAAAAAA\n".encode(), "witness_no_cosignature"),
        (200, "text/plain", b"x" * 1_000_000, "witness_no_cosignature"),
        (500, "text/plain", b"broken", "witness_status"),
        (404, "text/plain", b"not found", "witness_status"),
        (409, "text/x.tlog.size", b"0\n", "witness_status"),
        (409, "text/x.tlog.size", b"03\n", "witness_status"),
        (409, "text/x.tlog.size", b"-1\n", "witness_status"),
        (409, "text/x.tlog.size", b"9999\n", "witness_ahead"),
        (409, "text/plain", b"other root", "witness_forked"),
        (422, "text/plain", b"", "witness_forked"),
        (302, "text/plain", b"", "witness_status"),
    ],
)
def test_what_is_no_cosignature_is_refused_and_nothing_is_kept(
    grow: Grow, status: int, kind: str, body: bytes, code: str
) -> None:
    grow(3)
    with answering(status, kind, body) as url, pytest.raises(Refused, match=code):
        asking.ask(Witness("w", OTHER, url), now=real())
    assert not Cosignature.objects.exists()


def test_a_cosignature_by_another_or_for_another_head_does_not_count(grow: Grow) -> None:
    grow(3)
    signed = reads.latest_checkpoint()
    assert signed is not None
    text = signed.note.rpartition("\n\n")[0] + "\n"
    stranger = signing.key_from_seed(b"\x08" * 32)
    for line in (
        note.cosigned(text, OTHER.name, stranger, time_s=1),
        note.cosigned(text + "more\n", OTHER.name, KEY, time_s=1),
        note.cosigned(text, "another.example/w", KEY, time_s=1),
        note.cosigned(text, OTHER.name, KEY, time_s=int(real().timestamp()) + 3_600),
    ):
        with (
            answering(200, "text/plain", line.encode()) as url,
            pytest.raises(Refused, match=r"witness_(no|clock)"),
        ):
            asking.ask(Witness("w", OTHER, url), now=real())
    line = note.cosigned(text, OTHER.name, KEY, time_s=1)
    with answering(200, "text/plain", line.encode()) as url:
        assert asking.ask(Witness("w", OTHER, url), now=real())


def test_a_witness_that_is_away_or_silent_is_given_up(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(3)
    with answering(200, "text/plain", b"") as url:
        pass
    with pytest.raises(Refused, match="witness_unreachable"):
        asking.ask(Witness("w", OTHER, url), now=real())
    monkeypatch.setattr(asking, "SILENCE_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Refused, match="witness_too_slow"):
            asking.ask(Witness("w", OTHER, url), now=real())


def test_failures_in_a_row_are_told_since_when_until_the_witness_answers(grow: Grow, fresh: Running) -> None:
    grow(3)
    witness = told(fresh)
    before = real() - timedelta(hours=2)
    publishing.failed(witness, Refused("witness_unreachable", detail="x"), now=before)
    publishing.failed(witness, Refused("witness_too_slow", seconds=5), now=real())
    state = WitnessState.objects.get()
    assert (state.failure, state.facts, state.failed_since) == (
        "witness_too_slow", {"seconds": "5"}, before,
    )  # fmt: skip
    asking.ask(witness, now=real())
    state.refresh_from_db()
    assert (state.failure, state.failed_since, state.size) == ("", None, 3)


ONE = "witness w {vkey} {url}\nquorum w\n"


def test_a_head_waits_for_its_witnesses_before_it_is_shown(
    grow: Grow, policy: Callable[[str], Policy], client: Client, fresh: Running
) -> None:
    grow(2)
    before = client.get("/checkpoint").content
    trusted = policy(ONE.format(**fresh.place))
    actions.append(entries(3, 2), received_at=NOW)
    actions.publish_checkpoint(now=NOW)
    assert publishing.waiting() == 5
    assert client.get("/checkpoint").content == before
    pending = client.get("/witness/checkpoint")
    assert pending.content.decode().split("\n")[1] == "5"
    assert pending["Cache-Control"] == "no-store"
    assert not trusted.satisfied_by(publishing.cosigners(5, trusted))
    asking.ask(trusted.witnesses[0], now=real())
    assert trusted.satisfied_by(publishing.cosigners(5, trusted))
    publishing.publish(5, quorum=True, now=real())
    assert fresh.signer.signed(client.get("/checkpoint").content.decode())
    assert Publication.objects.get(size=5).quorum is True


def test_a_cosignature_that_comes_late_is_added_to_what_is_shown(
    grow: Grow, policy: Callable[[str], Policy], client: Client, fresh: Running
) -> None:
    trusted = policy(ONE.format(**fresh.place))
    grow(2)
    publishing.publish(2, quorum=False, now=real())
    assert fresh.signer.signed(client.get("/checkpoint").content.decode()) is None
    asking.ask(trusted.witnesses[0], now=real())
    assert fresh.signer.signed(client.get("/checkpoint").content.decode())
    assert Publication.objects.get().quorum is False  # what was not so when it went out stays told


def test_a_witness_without_an_address_brings_its_cosignature(
    grow: Grow, policy: Callable[[str], Policy], client: Client
) -> None:
    policy(f"witness other {OTHER}\nquorum other\n")
    grow(3)
    pending = client.get("/witness/checkpoint").content.decode()
    text = pending.rpartition("\n\n")[0] + "\n"
    line = note.cosigned(text, OTHER.name, KEY, time_s=1)

    def bring(body: str | bytes) -> int:
        return client.post("/add-cosignature", body, content_type="text/plain").status_code

    assert bring("x") == 400
    assert bring(b"\xff") == 400
    assert bring(pending) == 403
    assert bring(pending + note.cosigned(text, "stranger.example/w", KEY, time_s=1)) == 403
    assert bring(pending + note.cosigned(text + "x\n", OTHER.name, KEY, time_s=1)) == 403
    assert bring(pending.replace("\n3\n", "\n4\n") + line) == 404
    assert bring(f"{text.replace('A', 'B', 1).replace('a', 'b', 1)}\n{line}") in {400, 409}
    assert not Cosignature.objects.exists()
    assert bring(pending + line) == 200
    assert bring(f"{text}\n{line}") == 200  # told twice, also without the log's own line
    assert Cosignature.objects.count() == 1
    assert publishing.cosigners(3, policies.installed()) == ["other"]
    assert client.get("/add-cosignature").status_code == 405


def test_without_a_policy_a_head_is_shown_as_soon_as_it_is_signed(grow: Grow) -> None:
    grow(2)
    shown = publishing.newest(published=True)
    assert shown is not None
    assert (shown.size, shown.quorum, publishing.waiting()) == (2, None, None)


def test_a_policy_is_checked_before_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: Callable[[str], Policy]
) -> None:
    own, other = str(keys.verifier_key()), str(note.VerifierKey("other.example/log", OTHER.public_key))
    file = tmp_path / "policy"

    def refused(text: str) -> str:
        file.write_text(text)
        with pytest.raises(Refused) as caught:
            policies.install(file)
        return caught.value.code

    assert refused("quorum nobody\n") == "bad_policy"
    assert refused(f"log {other}\nquorum none\n") == "policy_other_log"
    assert refused(f"witness w {OTHER} ftp://w.example\nquorum w\n") == "policy_bad_url"
    assert policies.installed() == policies.NO_WITNESSES
    with pytest.raises(Refused, match="policy_unreadable"):
        policies.install(tmp_path / "nothing")
    text = f"log {own}\nwitness w {OTHER} https://w.example/a/\nquorum w\n"
    file.write_text(text)
    assert policies.install(file) == policies.installed() == policy_in(text)
    assert policies.asks_witnesses()
    assert policies.remove()
    assert not policies.asks_witnesses()
    monkeypatch.setenv("KAWAL_LEDGER_POLICY", str(file))
    assert policies.asks_witnesses()
    with pytest.raises(Refused, match="policy_elsewhere"):
        policies.install(file)
    with pytest.raises(Refused, match="policy_elsewhere"):
        policies.remove()
    monkeypatch.setenv("KAWAL_LEDGER_POLICY", str(tmp_path / "nothing"))
    assert policies.asks_witnesses()  # a setting that cannot be used must not do away with the witnesses
