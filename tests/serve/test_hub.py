import json
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from kawal.rules.custody import event
from kawal.rules.ledger import checkpoint
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.hashes import leaf_hash

from .conftest import Start, enrol, kawal

KEY = keys.key_from_seed(b"\x05" * 32)


def position(seq: int) -> bytes:
    told = event.Event(
        act=event.Act.POSITION, seq=seq, prev=bytes(32) if seq else None, happened_ms=1_865_000_000_000,
        recorded_ms=1_865_000_000_000, trip="T-1", position=(-29_761_000, 1_047_754_000, 8),
    )  # fmt: skip
    return cose.sign(event.payload(told), KEY)


def test_a_hub_starts_from_nothing_says_where_it_is_and_ends_cleanly(start: Start) -> None:
    hub = start()
    place = json.loads((hub.home / "hub.json").read_text())
    assert place == {"pid": hub.process.pid, "port": hub.port, "url": f"http://127.0.0.1:{hub.port}/"}
    status, health = hub.told("GET", "/door/v1/health")
    assert (status, health["size"], health["exercise"]) == (200, 0, False)
    assert hub.ask("GET", "/door/v1/nothing")[0] == 404
    assert hub.ask("GET", "/nothing-at-all")[0] == 404  # Django's
    assert hub.end()[0] == 0
    assert not (hub.home / "hub.json").exists()


def test_an_acknowledged_event_survives_a_killed_hub(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    events = [position(seq) for seq in range(20)]
    hub = start()
    status, told = hub.told("POST", "/door/v1/events", codec.encode(events))
    hub.process.kill()
    hub.process.wait(timeout=10)
    assert status == 200, told
    assert (hub.home / "hub.json").exists()  # nobody was there to remove it

    again = start()
    status, answer = again.told("POST", "/door/v1/events", codec.encode([*events, position(20)]))
    assert status == 200
    assert [one["index"] for one in answer["receipts"]] == list(range(21))
    assert [one["repeated"] for one in answer["receipts"]] == [True] * 20 + [False]
    assert again.end()[0] == 0
    verified = kawal(tmp_path, "ledger", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["size"] == 21


@pytest.mark.slow
def test_the_head_of_the_log_is_signed_soon_after_an_event_and_at_the_end(
    start: Start, tmp_path: Path
) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start()
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    deadline = time.monotonic() + 20
    while _signed_sizes(tmp_path)[-1:] != [1]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert hub.told("POST", "/door/v1/events", position(1))[0] == 200
    hub.end()
    assert _signed_sizes(tmp_path)[-1] == 2


@pytest.mark.slow
def test_a_signal_ends_the_hub_within_seconds_though_a_live_page_is_open(start: Start) -> None:
    hub = start()
    with socket.create_connection(("127.0.0.1", hub.port), timeout=10) as page:
        page.sendall(b"GET /live/id HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        assert page.recv(100)
        code, took_s = hub.end(signal.SIGINT)
    assert code == 0
    assert took_s < 15  # the limits of uvicorn and of the watch, with room for a slow machine


def test_a_second_hub_on_the_same_home_is_refused_and_the_first_goes_on(start: Start) -> None:
    hub = start()
    second = kawal(hub.home, "serve", "--port", "0", "--json")
    assert (second.returncode, json.loads(second.stdout)["refused"]) == (1, "hub_runs")
    assert json.loads((hub.home / "hub.json").read_text())["port"] == hub.port
    assert hub.told("GET", "/door/v1/health")[0] == 200


def test_a_port_that_is_taken_is_refused_in_words(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        told = kawal(tmp_path, "serve", "--port", port)
        as_json = kawal(tmp_path, "serve", "--port", port, "--json")
    assert told.returncode == 1
    assert port in told.stderr
    assert "Traceback" not in told.stderr
    assert json.loads(as_json.stdout)["refused"] == "port_taken"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "kawal.example"])
def test_a_hub_open_to_others_needs_its_hosts_named(tmp_path: Path, host: str) -> None:
    told = kawal(tmp_path, "serve", "--host", host, "--port", "0", "--json")
    assert (told.returncode, json.loads(told.stdout)) == (1, {"refused": "host_not_named", "host": host})


def test_a_database_of_a_newer_kawal_is_refused(tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    with sqlite3.connect(tmp_path / "kawal.sqlite3") as database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '0999_x', 0)")
    database.close()
    told = kawal(tmp_path, "serve", "--port", "0", "--json")
    assert (told.returncode, json.loads(told.stdout)) == (
        1, {"refused": "database_newer", "migration": "ledger.0999_x"},
    )  # fmt: skip


def test_the_events_of_a_hub_are_its_log(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start()
    status, answer = hub.told("POST", "/door/v1/events", position(0))
    assert (status, answer["receipts"][0]["id"]) == (200, leaf_hash(position(0)).hex())
    hub.end()
    shown = json.loads(kawal(tmp_path, "ledger", "show", "0", "--json").stdout)
    assert bytes.fromhex(shown["signed"]) == position(0)


def _signed_sizes(home: Path) -> list[int]:
    database = sqlite3.connect(home / "kawal.sqlite3")
    try:
        rows = database.execute("SELECT note FROM ledger_checkpoint ORDER BY size").fetchall()
    finally:
        database.close()
    return [checkpoint.head_in(note.rpartition("\n\n")[0] + "\n").size for (note,) in rows]


def test_a_hub_that_ended_in_order_leaves_everything_in_the_one_file(start: Start, tmp_path: Path) -> None:
    """Whoever copies `kawal.sqlite3` of a stopped hub has all that was acknowledged."""
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start()
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    assert hub.end()[0] == 0
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes((tmp_path / "kawal.sqlite3").read_bytes())
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT COUNT(*) FROM ledger_entry").fetchone() == (1,)
        assert database.execute("SELECT holder FROM ledger_head").fetchone() == ("",)
