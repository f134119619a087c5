"""The picture follows the log on its own: through a kill at the worst moment, and through its own death."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from kawal.rules.signing import codec, keys

from .conftest import Hub, Start, enrol, kawal
from .test_hub import KEY, position


def projectors(hub: Hub) -> list[int]:
    """The processes that fold, among the hub's children."""
    found = subprocess.run(
        ["ps", "--ppid", str(hub.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line.split()[0]) for line in found.stdout.splitlines() if "custody.projector" in line]


def folded(home: Path) -> int:
    database = sqlite3.connect(f"file:{home / 'kawal.sqlite3'}?mode=ro", uri=True)
    try:
        row = database.execute("select up_to_index from custody_projection").fetchone()
        return row[0] if row else 0
    finally:
        database.close()


def wait_until_folded(home: Path, size: int) -> None:
    until = time.monotonic() + 60  # it is a process of its own, which must start first
    while folded(home) < size:
        assert time.monotonic() < until, (home / "hub.err").read_text()
        time.sleep(0.02)


def test_what_was_acknowledged_but_not_folded_when_everything_was_killed_is_folded_later(
    start: Start, tmp_path: Path
) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start()
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    wait_until_folded(tmp_path, 1)
    (projector,) = projectors(hub)
    os.kill(projector, signal.SIGSTOP)
    status, told = hub.told("POST", "/door/v1/events", codec.encode([position(n) for n in range(1, 30)]))
    assert (status, told["size"]) == (200, 30)
    hub.process.kill()
    os.kill(projector, signal.SIGKILL)
    hub.process.wait(timeout=10)
    assert folded(tmp_path) == 1

    start()
    wait_until_folded(tmp_path, 30)
    checked = kawal(tmp_path, "custody", "rebuild", "--check", "--json")
    assert json.loads(checked.stdout) == {"events": 30, "waiting": 0, "differences": []}


@pytest.mark.slow
def test_a_projector_that_dies_is_started_again_and_one_whose_hub_was_killed_ends(
    start: Start, tmp_path: Path
) -> None:
    enrol(tmp_path, keys.public_bytes(KEY))
    hub = start()
    os.kill(projectors(hub)[0], signal.SIGKILL)
    assert hub.told("POST", "/door/v1/events", position(0))[0] == 200
    wait_until_folded(tmp_path, 1)
    (projector,) = projectors(hub)
    hub.process.kill()
    hub.process.wait(timeout=10)
    until = time.monotonic() + 10
    while Path(f"/proc/{projector}").exists() and "Z" not in Path(f"/proc/{projector}/stat").read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
