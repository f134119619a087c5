"""A hub whose database was put back to yesterday gets today back, from another that kept it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kawal.rules.signing import codec, keys
from tests.serve.conftest import Start, enrol, environment, kawal, start
from tests.serve.test_hub import KEY, position

__all__ = ["start"]
pytestmark = pytest.mark.slow

# What a hub does that does not know yet that its copy is old; killed before it signs a head for it.
TAKE_IN = """
import django, sys
django.setup()
from kawal.desk.clock.reads import now
from kawal.desk.ledger import actions
from kawal.rules.signing.hashes import leaf_hash
signed = bytes.fromhex(sys.argv[1])
actions.append_new([(leaf_hash(signed), signed)], received_at=now())
"""


def take_in(home: Path, signed: bytes) -> None:
    subprocess.run([sys.executable, "-c", TAKE_IN, signed.hex()], env=environment(home), check=True)


@pytest.fixture
def homes(start: Start, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A hub's home on yesterday's database, and a copy of it as of today. Three entries came in between,
    and one that only the older copy took in."""
    home, mirror = tmp_path / "home", tmp_path / "mirror"
    home.mkdir()
    enrol(home, keys.public_bytes(KEY))
    hub = start(home)
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    hub.end()
    shutil.copy(home / "kawal.sqlite3", tmp_path / "yesterday")
    hub = start(home)
    assert hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in (1, 2, 3)]))[0] == 200
    hub.end()
    shutil.copytree(home, mirror)
    for file in home.glob("kawal.sqlite3*"):
        file.unlink()
    shutil.move(tmp_path / "yesterday", home / "kawal.sqlite3")
    yield home, mirror


def test_recovery_by_command_brings_entries_and_tables_back_and_the_hub_goes_on(
    start: Start, homes: tuple[Path, Path]
) -> None:
    home, mirror = homes
    take_in(home, position(7))
    other = start(mirror)
    url = f"http://127.0.0.1:{other.port}/"
    result = kawal(home, "ledger", "recover", "--from", url, "--json")
    assert result.returncode == 0, result.stderr + result.stdout
    found = json.loads(result.stdout)
    assert (found["start"], found["size"], found["unchecked"]) == (1, 4, [])
    assert [(one["old_index"], one["index"]) for one in found["moved"]] == [(1, 4)]
    assert kawal(home, "custody", "rebuild", "--check").returncode == 0
    assert kawal(home, "ledger", "verify").returncode == 0

    hub = start(home)
    told = hub.told("POST", "/door/v1/events", codec.encode([position(3), position(7), position(8)]))[1]
    assert [(one["index"], one["repeated"]) for one in told["receipts"]] == [(3, True), (4, True), (5, False)]
    hub.end()
    status = json.loads(kawal(home, "ledger", "status", "--json").stdout)
    assert (status["size"], status["signed_size"], status["barred"]) == (6, 6, None)


def test_a_refused_recovery_says_why_and_changes_nothing(homes: tuple[Path, Path], start: Start) -> None:
    home, mirror = homes
    other = start(mirror)
    behind = start(home)  # as old as itself, and no hub of the home may run meanwhile
    told = kawal(home, "ledger", "recover", "--from", f"http://127.0.0.1:{other.port}", "--json")
    assert (told.returncode, json.loads(told.stdout)["refused"]) == (1, "hub_runs")
    behind.end()
    told = kawal(home, "ledger", "recover", "--from", "ftp://nowhere", "--json")
    assert (told.returncode, json.loads(told.stdout)["refused"]) == (1, "source_address")
    told = kawal(home, "ledger", "recover", "--from", "http://127.0.0.1:9", LANGUAGE_CODE="id")
    assert told.returncode == 1
    assert "Log tidak menjawab" in told.stderr
    assert json.loads(kawal(home, "ledger", "status", "--json").stdout)["size"] == 1
