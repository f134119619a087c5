"""The log of a real hub, read by a client that shares no code with it, and cosigned by real witnesses."""

from __future__ import annotations

import gzip
import socket
import subprocess
import time
from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import pytest

from kawal.rules.signing import codec, keys
from tests import c2sp
from tests.witness.conftest import serving

from .conftest import KAWAL, Hub, Start, enrol, kawal
from .test_hub import KEY, position


def log_key(home: Path) -> c2sp.Signer:
    return c2sp.Signer.of(kawal(home, "ledger", "key").stdout.strip())


def asked(hub: Hub, path: str, method: str = "GET", **headers: str) -> tuple[int, HTTPMessage, bytes]:
    connection = HTTPConnection("127.0.0.1", hub.port, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def fetching(hub: Hub) -> c2sp.Fetch:
    def fetch(path: str) -> bytes:
        status, body = hub.ask("GET", f"/{path}")
        assert status == 200, path
        return body

    return fetch


def awaited(holds: Callable[[], bool], *, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def size(hub: Hub) -> int:
    status, body = hub.ask("GET", "/checkpoint")
    return int(body.decode().split("\n")[1]) if status == 200 else -1


def post(hub: Hub, start: int, stop: int) -> None:
    assert (
        hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in range(start, stop)]))[0] == 200
    )


def test_any_client_of_the_formats_reads_the_log(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start()
    post(hub, 0, 100)
    awaited(lambda: size(hub) == 100)
    post(hub, 100, 300)
    awaited(lambda: size(hub) == 300)
    _, entries = c2sp.read(fetching(hub), log_key(tmp_path))
    assert entries == [position(n) for n in range(300)]

    for path, kind, cache in (
        ("/checkpoint", "text/plain; charset=utf-8", "public, max-age=2"),
        ("/tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/tile/0/001.p/44", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/tile/1/000.p/1", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/tile/entries/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/tile/0/000.p/100", "application/octet-stream", "public, max-age=31536000, immutable"),
    ):
        status, headers, body = asked(hub, path)
        assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, kind, cache)
        assert headers["Set-Cookie"] is None
        assert headers["Vary"] == ("Accept-Encoding" if "entries" in path else None)
        status, head, empty = asked(hub, path, "HEAD")
        assert (status, head["Content-Length"], empty) == (200, str(len(body)), b"")
    status, headers, packed = asked(hub, "/tile/entries/000", **{"Accept-Encoding": "gzip, identity"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == asked(hub, "/tile/entries/000")[2]
    for path in ("/tile/0/001", "/tile/1/000", "/tile/0/001.p/45", "/tile/2/000.p/1", "/tile/0/x000/000"):
        assert asked(hub, path)[0] == 404


def test_entries_may_be_kept_for_those_who_show_the_token(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start(KAWAL_ENTRIES_TOKEN="a-long-enough-token")
    post(hub, 0, 3)
    awaited(lambda: size(hub) == 3)
    assert asked(hub, "/tile/0/000.p/3")[0] == 200
    for shown in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "a-long-enough-token"}):
        status, headers, _ = asked(hub, "/tile/entries/000.p/3", **shown)
        assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="entries"')
    good = {"Authorization": "Bearer a-long-enough-token"}
    status, headers, _ = asked(hub, "/tile/entries/000.p/3", **good)
    assert (status, headers["Cache-Control"]) == (200, "private, max-age=31536000, immutable")


def test_a_hub_with_a_token_that_cannot_be_used_does_not_start(tmp_path: Path) -> None:
    told = kawal(tmp_path, "serve", "--port", "0", KAWAL_ENTRIES_TOKEN="short")
    assert (told.returncode, "Traceback" in told.stderr) == (1, False)
    told = kawal(tmp_path, "serve", "--port", "0", KAWAL_ENTRIES_TOKEN_FILE=str(tmp_path / "nothing"))
    assert told.returncode == 1


def test_a_hub_with_a_policy_that_is_wrong_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("quorum nobody\n")
    told = kawal(tmp_path, "serve", "--port", "0")
    assert (told.returncode, "Traceback" in told.stderr) == (1, False)


def test_a_head_is_shown_with_the_cosignatures_of_all_levels(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    log = log_key(tmp_path)
    with (
        serving(tmp_path / "bawaslu", "--name", "bawaslu.example/w", "--log", log.vkey) as bawaslu,
        serving(tmp_path / "polda", "--name", "polda.example/w", "--log", log.vkey) as polda,
    ):
        lines = [f"witness {n} {w.place['vkey']} {w.place['url']}" for n, w in (("b", bawaslu), ("p", polda))]
        (tmp_path / "new").write_text(
            "\n".join([f"log {log.vkey}", *lines, "group q all b p", "quorum q", ""])
        )
        assert kawal(tmp_path, "ledger", "policy", str(tmp_path / "new")).returncode == 0
        hub = start()
        for stop in (1, 5):
            post(hub, 0, stop)
            awaited(lambda stop=stop: size(hub) == stop)  # type: ignore[misc]
            note = hub.ask("GET", "/checkpoint")[1].decode()
            assert log.signed(note) == 0
            assert bawaslu.signer.signed(note)
            assert polda.signer.signed(note)


@pytest.mark.slow
def test_a_witness_that_is_away_delays_no_phone_and_the_head_goes_out_and_says_so(
    start: Start, tmp_path: Path
) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    log = log_key(tmp_path)
    with serving(tmp_path / "w", "--log", log.vkey) as witness:
        place = witness.place
    (tmp_path / "policy").write_text(f"witness w {place['vkey']} {place['url']}\nquorum w\n")
    hub = start(KAWAL_WITNESS_WAIT_S="0.3")
    post(hub, 0, 3)
    awaited(lambda: size(hub) == 3)
    assert witness.signer.signed(hub.ask("GET", "/checkpoint")[1].decode()) is None
    assert "went out without its quorum" in (tmp_path / "hub.err").read_text()

    with serving(tmp_path / "w", port=place["port"]):  # it comes back, and catches up
        awaited(lambda: witness.signer.signed(hub.ask("GET", "/checkpoint")[1].decode()) is not None)
    assert hub.end()[0] == 0


@pytest.mark.slow
def test_a_silent_witness_does_not_hold_up_the_intake(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = kawal(tmp_path, "witness", "key", "--home", str(tmp_path / "w")).stdout.strip()
        (tmp_path / "policy").write_text(
            f"witness w {place} http://127.0.0.1:{silent.getsockname()[1]}\nquorum w\n"
        )
        hub = start(KAWAL_WITNESS_WAIT_S="60")
        before = time.monotonic()
        for n in range(20):
            post(hub, n, n + 1)
        assert time.monotonic() - before < 30  # a head waits 60 s for this witness
        assert size(hub) <= 0


@pytest.mark.slow
def test_a_witness_behind_a_firewall_comes_by_itself_and_its_copy_gives_the_log_back(
    start: Start, tmp_path: Path
) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    log, home = log_key(tmp_path), str(tmp_path / "w")
    vkey = kawal(tmp_path, "witness", "key", "--home", home).stdout.strip()
    kawal(tmp_path, "witness", "trust", log.vkey, "--home", home)
    (tmp_path / "policy").write_text(f"witness w {vkey}\nquorum w\n")
    hub = start(KAWAL_WITNESS_WAIT_S="20", KAWAL_ENTRIES_TOKEN="a-long-enough-token")
    (tmp_path / "token").write_text("a-long-enough-token\n")
    words = ["witness", "watch", f"http://127.0.0.1:{hub.port}", "--home", home, "--every", "0.2"]
    watch = subprocess.Popen(
        [*KAWAL, *words, "--token-file", str(tmp_path / "token")], stdout=subprocess.DEVNULL
    )
    try:
        post(hub, 0, 270)
        awaited(lambda: size(hub) == 270)
        assert c2sp.Signer.of(vkey).signed(hub.ask("GET", "/checkpoint")[1].decode())
    finally:
        watch.terminate()
        assert watch.wait(timeout=20) == 0
    hub.process.kill()
    with serving(tmp_path / "w", "--token-file", str(tmp_path / "token")) as witness:

        def fetch(path: str) -> bytes:
            answer = witness.ask("GET", f"/{path}", Authorization="Bearer a-long-enough-token")
            assert answer.status == 200, path
            return answer.body

        _, entries = c2sp.read(fetch, log)
        assert entries == [position(n) for n in range(270)]
        digest = sha256(log.name.encode()).hexdigest()
        assert fetch(f"mirror/{digest}/checkpoint") == fetch("checkpoint")
        assert witness.ask("GET", "/tile/entries/000").status == 401
        assert witness.ask("GET", "/tile/0/000").headers["Cache-Control"].startswith("public")
        assert witness.ask("GET", "/tile/0/001.p/15").status == 404
