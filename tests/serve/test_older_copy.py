"""A hub that is started on an older copy of its database takes nothing in, signs nothing and says why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kawal.rules.signing import keys

from .conftest import Start, enrol, kawal
from .test_hub import KEY, position


@pytest.mark.slow
def test_a_hub_on_an_older_copy_refuses_until_the_newer_one_is_back(start: Start, tmp_path: Path) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    database, yesterday, today = (tmp_path / name for name in ("kawal.sqlite3", "yesterday", "today"))
    hub = start()
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    hub.end()
    shutil.copy(database, yesterday)
    hub = start()
    assert hub.told("POST", "/door/v1/events", position(1))[0] == 200
    hub.end()
    shutil.move(database, today)
    shutil.copy(yesterday, database)

    hub = start()
    status, refused = hub.told("POST", "/door/v1/events", position(2))
    assert (status, refused["refused"], refused["size"], refused["signed_size"]) == (503, "log_shrunk", 1, 2)
    status, health = hub.told("GET", "/door/v1/health")
    assert (status, health["size"], health["writes"], health["reason"]) == (200, 1, False, "log_shrunk")
    hub.end()
    assert "log_shrunk" in (tmp_path / "hub.err").read_text()
    for command in ("verify", "status"):
        told = kawal(tmp_path, "ledger", command, "--json")
        assert told.returncode == 1
        assert "log_shrunk" in told.stdout

    shutil.move(today, database)
    hub = start()
    assert hub.told("POST", "/door/v1/events", position(2))[1]["receipts"][0]["index"] == 2
    hub.end()
    told = kawal(tmp_path, "ledger", "status", "--json")
    assert (told.returncode, json.loads(told.stdout)["known"]) == (
        0, [{"source": "database", "size": 3}, {"source": "memory", "size": 3}],
    )  # fmt: skip
