"""A hub that grows: saved from one kind of database, restored into the other. Needs PostgreSQL
(`.ci/postgresql`)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from kawal.rules.signing import codec, keys
from tests.serve.conftest import Start, enrol, kawal, start
from tests.serve.test_hub import KEY, position
from tests.serve.test_two_hubs import _database

__all__ = ["start"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("KAWAL_DATABASE", "").startswith("postgresql:"), reason="no PostgreSQL is named"
    ),
]


def test_from_sqlite_to_postgresql_and_back_nothing_changes(start: Start, tmp_path: Path) -> None:
    small, large, again = tmp_path / "small", tmp_path / "large", tmp_path / "again"
    for home in (small, large, again):
        home.mkdir()
    enrol(small, keys.public_bytes(KEY))
    hub = start(small)
    assert hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in range(5)]))[0] == 200
    hub.end()
    first = json.loads(kawal(small, "backup", str(tmp_path / "first"), "--json").stdout)
    with _database(tmp_path) as url:
        grown = {"KAWAL_DATABASE": url}
        restored = kawal(large, "restore", str(tmp_path / "first"), "--json", **grown)
        assert restored.returncode == 0, restored.stderr + restored.stdout
        shutil.copy(small / "keys/log.key", large / "keys/log.key")
        refused = kawal(large, "restore", str(tmp_path / "first"), "--json", **grown)
        assert json.loads(refused.stdout)["refused"] == "home_not_empty"
        assert kawal(large, "ledger", "verify", **grown).returncode == 0
        assert kawal(large, "custody", "rebuild", "--check", **grown).returncode == 0
        hub = start(large, **grown)
        assert hub.told("POST", "/door/v1/events", position(5))[1]["receipts"][0]["index"] == 5
        hub.end()
        saved = kawal(large, "backup", str(tmp_path / "second"), "--json", **grown)
        assert saved.returncode == 0, saved.stderr + saved.stdout
    second = json.loads(saved.stdout)
    assert (first["size"], second["size"], first["log"]) == (5, 6, second["log"])
    back = kawal(again, "restore", str(tmp_path / "second"), "--json")
    assert back.returncode == 0, back.stderr + back.stdout
    assert kawal(again, "ledger", "verify").returncode == 0
