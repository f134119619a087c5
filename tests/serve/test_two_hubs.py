"""Two real hubs on one database: only one adds to the log and signs, the other takes over by itself.

On SQLite, and on PostgreSQL where KAWAL_DATABASE names one (`.ci/postgresql`).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kawal.rules.signing import codec, keys

from .conftest import Hub, Start, enrol, environment, kawal
from .test_hub import KEY, position

pytestmark = pytest.mark.slow

TAKES_OVER_S = 40  # the lease, with room for a slow machine
WAITS_S = 3  # no hub needs so long for one transaction

EMPTY = """
import django, sys
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(f'{sys.argv[1]} DATABASE {sys.argv[2]}')
"""


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Path, Path, dict[str, str]]]:
    """Two homes with the same keys, and the setting that names their one database."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    with _database(tmp_path) as url:
        shared = {"KAWAL_DATABASE": url}
        enrol(one, keys.public_bytes(KEY), **shared)
        assert kawal(one, "ledger", "verify", "--json", **shared).returncode == 0  # makes the key of the log
        shutil.copytree(one / "keys", two / "keys")
        yield one, two, shared


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    server = os.environ.get("KAWAL_DATABASE", "")
    if not server.startswith("postgresql:"):
        yield f"sqlite:///{folder / 'shared.sqlite3'}"
        return
    name = f"two_hubs_{os.getpid()}_{time.monotonic_ns()}"
    _ask(server, folder, "CREATE", name)
    yield f"{server.rpartition('/')[0]}/{name}"
    _ask(server, folder, "DROP", f"{name} WITH (FORCE)")


def _ask(server: str, home: Path, act: str, name: str) -> None:
    subprocess.run(
        [sys.executable, "-c", EMPTY, act, name], env=environment(home, KAWAL_DATABASE=server), check=True
    )


def _asleep(hub: Hub, url: str) -> None:
    """Stopped, but not within a transaction: what is stopped there keeps the others from writing."""
    until(lambda: _stopped(hub) and (_can_write(url) or _woken(hub)))


def _stopped(hub: Hub) -> bool:
    os.kill(hub.process.pid, signal.SIGSTOP)
    return True


def _woken(hub: Hub) -> bool:
    os.kill(hub.process.pid, signal.SIGCONT)
    return False


def _can_write(url: str) -> bool:
    """Whether nobody has kept the row of the pen, or SQLite's one lock, for some seconds."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=WAITS_S)) as tables:
            try:
                tables.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True
    import psycopg

    with closing(psycopg.connect(url)) as tables:
        try:
            tables.execute(f"SET lock_timeout = '{WAITS_S}s'")
            tables.execute("SELECT 1 FROM ledger_head FOR UPDATE")
        except psycopg.errors.LockNotAvailable:
            return False
    return True


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TAKES_OVER_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def writes(hub: Hub) -> bool:
    status, health = hub.told("GET", "/door/v1/health")
    return status == 200 and health["writes"]


def test_only_one_of_two_hubs_writes_and_the_other_takes_over_when_it_is_killed(
    start: Start, homes: tuple[Path, Path, dict[str, str]]
) -> None:
    one, two, shared = homes
    first, second = start(one, **shared), start(two, **shared)
    assert (writes(first), writes(second)) == (True, False)
    assert first.told("POST", "/door/v1/events", position(0))[0] == 200
    status, refused = second.told("POST", "/door/v1/events", position(1))
    assert (status, refused["refused"]) == (503, "not_the_writer")
    assert str(first.process.pid) in refused["writer"] and refused["since"]
    assert second.ask("GET", "/checkpoint")[0] in (200, 404)  # pages it serves all the same

    first.process.kill()
    first.process.wait(timeout=10)
    until(lambda: writes(second))
    status, told = second.told("POST", "/door/v1/events", codec.encode([position(0), position(1)]))
    assert status == 200, told
    assert [(r["index"], r["repeated"]) for r in told["receipts"]] == [(0, True), (1, False)]

    again = start(one, **shared)
    assert (writes(again), writes(second)) == (False, True)
    assert second.end()[0] == 0
    until(lambda: writes(again))  # at once: the pen was let go
    assert again.told("POST", "/door/v1/events", position(2))[1]["receipts"][0]["index"] == 2
    assert again.end()[0] == 0
    verified = kawal(one, "ledger", "verify", "--json", **shared)
    assert (verified.returncode, json.loads(verified.stdout)["size"]) == (0, 3), verified.stderr


def test_a_hub_that_sleeps_past_its_lease_neither_adds_nor_signs_when_it_wakes(
    start: Start, homes: tuple[Path, Path, dict[str, str]]
) -> None:
    one, two, shared = homes
    first, second = start(one, **shared), start(two, **shared)
    assert first.told("POST", "/door/v1/events", position(0))[0] == 200
    _asleep(first, shared["KAWAL_DATABASE"])
    try:
        until(lambda: writes(second))
        assert second.told("POST", "/door/v1/events", position(1))[1]["receipts"][0]["index"] == 1
    finally:
        os.kill(first.process.pid, signal.SIGCONT)
    status, refused = first.told("POST", "/door/v1/events", position(2))
    assert (status, refused.get("refused") or refused["receipts"][0]["refused"]) == (503, "not_the_writer")
    assert not writes(first) and writes(second)
    assert second.told("POST", "/door/v1/events", position(2))[1]["receipts"][0]["index"] == 2
    assert (first.end()[0], second.end()[0]) == (0, 0)
    verified = kawal(two, "ledger", "verify", "--json", **shared)
    assert (verified.returncode, json.loads(verified.stdout)["size"]) == (0, 3), verified.stderr


def test_a_hub_with_another_key_serves_pages_and_never_writes(
    start: Start, homes: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    one, _, shared = homes
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    first = start(one, **shared)
    assert first.end()[0] == 0
    other = start(stranger, **shared)
    assert not writes(other)
    assert other.told("GET", "/door/v1/health")[1]["reason"] == "other_log"
    status, refused = other.told("POST", "/door/v1/events", position(0))
    assert (status, refused["refused"]) == (503, "other_log")
