"""Backups that prove themselves: saved while the hub runs, restored into an empty home, and gone on from."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, keys
from kawal.safekeeping import file
from tests.serve.conftest import KAWAL, Start, enrol, environment, kawal, start
from tests.serve.test_hub import KEY, position

__all__ = ["start"]
pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    folder.mkdir()
    enrol(folder, keys.public_bytes(KEY))
    (tmp_path / "passphrase").write_text("kotak suara nomor satu\n")
    yield folder


def told(home: Path, *command: str) -> dict[str, object]:
    result = kawal(home, *command, "--json")
    assert result.returncode == 0, result.stderr + result.stdout
    found: dict[str, object] = json.loads(result.stdout)
    return found


def refused(home: Path, *command: str) -> str:
    result = kawal(home, *command, "--json")
    assert result.returncode == 1, result.stdout
    return str(json.loads(result.stdout)["refused"])


def test_a_hub_goes_on_from_a_backup_that_was_saved_while_it_ran(
    start: Start, home: Path, tmp_path: Path
) -> None:
    backup, sealed = tmp_path / "backup", ("--with-keys", "--passphrase-file", str(tmp_path / "passphrase"))
    hub = start(home)
    assert hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in range(4)]))[0] == 200
    saved = told(home, "backup", str(backup), *sealed)
    assert saved["size"] == 4
    assert hub.told("POST", "/door/v1/events", position(4))[0] == 200  # it went on meanwhile
    hub.end()
    assert refused(home, "backup", str(backup)) == "file_exists"
    assert refused(home, "restore", str(backup)) == "home_not_empty"

    other = tmp_path / "other"
    restored = told(other, "restore", str(backup), *sealed)
    assert (restored["size"], restored["log"]) == (4, saved["log"])
    assert (other / "keys/log.key").read_bytes() == (home / "keys/log.key").read_bytes()
    assert kawal(other, "ledger", "verify").returncode == 0
    hub = start(other)
    assert hub.told("POST", "/door/v1/events", position(9))[1]["receipts"][0]["index"] == 4
    hub.end()

    # The first home remembers an event that was acknowledged after the backup: put back there, it is missed.
    for path in home.glob("kawal.sqlite3*"):
        path.unlink()
    shutil.copy(home / "keys/log.signed", tmp_path / "remembered")
    for name in ("log.key", "log.signed"):
        (home / "keys" / name).unlink()
    told(home, "restore", str(backup), *sealed)
    shutil.copy(tmp_path / "remembered", home / "keys/log.signed")
    assert json.loads(kawal(home, "ledger", "status", "--json").stdout)["barred"]["refused"] == "log_shrunk"


def test_without_keys_a_restored_home_can_be_verified_and_never_signs(
    start: Start, home: Path, tmp_path: Path
) -> None:
    hub = start(home)
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    hub.end()
    told(home, "backup", str(tmp_path / "backup"))
    other = tmp_path / "other"
    told(other, "restore", str(tmp_path / "backup"))
    assert not (other / "keys/log.key").exists()
    assert kawal(other, "ledger", "verify").returncode == 0
    hub = start(other)
    status, answer = hub.told("POST", "/door/v1/events", position(1))
    assert (status, answer["refused"]) == (503, "log_key_missing")
    hub.end()
    shutil.copy(home / "keys/log.key", other / "keys/log.key")
    hub = start(other)
    assert hub.told("POST", "/door/v1/events", position(1))[0] == 200
    hub.end()


def test_wrong_passphrases_missing_keys_and_changed_bytes_are_found(home: Path, tmp_path: Path) -> None:
    sealed = ("--with-keys", "--passphrase-file", str(tmp_path / "passphrase"))
    backup, bare, other = tmp_path / "backup", tmp_path / "bare", tmp_path / "other"
    told(home, "backup", str(backup), *sealed)
    told(home, "backup", str(bare))
    assert refused(other, "restore", str(bare), *sealed) == "keys_missing"
    (tmp_path / "passphrase").write_text("another\n")
    assert refused(other, "restore", str(backup), *sealed) == "wrong_passphrase"
    whole = backup.read_bytes()
    for at in range(0, len(whole), 997):
        backup.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Refused, match="backup_"):
            file.manifest_of(backup)
    backup.write_bytes(whole[:-1])
    assert refused(other, "restore", str(backup)) == "backup_changed"
    assert not list(other.glob("kawal.sqlite3*"))


def test_a_database_that_contradicts_its_log_gives_no_backup(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "kawal.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO ledger_entry VALUES (0, ?, ?, '2029-02-01 00:00:00')", (bytes(32), b"junk")
        )
    assert refused(home, "backup", str(tmp_path / "backup")) == "backup_not_good"
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def _killed_when(there: Path, home: Path, *command: str) -> None:
    process = subprocess.Popen(
        [*KAWAL, *command], env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not there.exists():
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_is_good(home: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    for step in (".backup.part", ".backup.part/backup", ".backup.part/home"):
        _killed_when(tmp_path / step, home, "backup", str(backup))
        assert not backup.exists()
    told(home, "backup", str(backup))
    assert backup.exists() and not (tmp_path / ".backup.part").exists()


def test_a_restore_that_is_killed_leaves_a_home_in_which_no_hub_starts(home: Path, tmp_path: Path) -> None:
    backup, other = tmp_path / "backup", tmp_path / "other"
    told(home, "backup", str(backup))
    other.mkdir()
    _killed_when(other / ".restore.part", other, "restore", str(backup))
    assert not (other / "kawal.sqlite3").exists()
    (other / ".restoring").touch()  # killed a moment later
    (other / "kawal.sqlite3").write_bytes(b"half")
    assert refused(other, "serve", "--port", "0") == "restore_unfinished"
    told(other, "restore", str(backup))
    assert not (other / ".restoring").exists()
    assert kawal(other, "ledger", "verify").returncode == 0
