"""A repair asked for on the page is worked on by a process of the hub, through its kill and the hub's end."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import Hub, Start, prepared

# Run in the hub's own home, before it: a regency with a plan of record, and a repair of it that is asked for.
ASKED = """
import django
django.setup()
from kawal.desk.plan import gathering
from kawal.desk.site import tables
tables.migrate()
from kawal.desk.watch import repairs
from tests.desk.plan.conftest import NOW, lay_out, make
law = gathering.default_delays().replace("closed_share = 0.003 ", "closed_share = 0.06 ")
make(lay_out(), delays=law)
assert repairs.ask("16.07", what_if=True, reason="Lebih pasti", by="Logistik", now=NOW)
"""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    shutil.copytree(prepared(ASKED), tmp_path, dirs_exist_ok=True)
    return tmp_path


def row(home: Path) -> tuple[str, str, str | None]:
    """Outcome, stage and when it was begun of the newest repair."""
    database = sqlite3.connect(f"file:{home / 'kawal.sqlite3'}?mode=ro", uri=True)
    try:
        found: tuple[str, str, str | None] = database.execute(
            "select outcome, stage, begun_at from watch_repairrun order by id desc"
        ).fetchone()
        return found
    finally:
        database.close()


def wait_for(home: Path, outcome: str) -> None:
    until = time.monotonic() + 300
    while row(home)[0] != outcome:
        assert time.monotonic() < until, (row(home), (home / "hub.err").read_text())
        time.sleep(0.1)


def repairer(hub: Hub) -> int:
    """The process that works on it, among the hub's children; it comes within a second or two."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = subprocess.run(
            ["ps", "--ppid", str(hub.process.pid), "-o", "pid=,args="],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        for line in found.stdout.splitlines():
            if "watch.repairer" in line:
                return int(line.split()[0])
        time.sleep(0.02)
    raise AssertionError((hub.home / "hub.err").read_text())


def test_the_hub_works_on_what_waits(asked: Path, start: Start) -> None:
    start(asked)
    wait_for(asked, "made")


def test_a_killed_process_is_told_as_broken_off(asked: Path, start: Start) -> None:
    hub = start(asked)
    os.kill(repairer(hub), signal.SIGKILL)
    wait_for(asked, "died")


def test_a_hub_that_ends_takes_its_process_along_and_the_next_begins_it_anew(
    asked: Path, start: Start
) -> None:
    hub = start(asked)
    process = repairer(hub)
    assert hub.end()[0] == 0
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert row(asked) == ("", "", None)
    start(asked)
    wait_for(asked, "made")


def test_a_killed_hub_leaves_its_process_to_end_what_it_is_at(asked: Path, start: Start) -> None:
    hub = start(asked)
    repairer(hub)
    hub.process.kill()
    wait_for(asked, "made")
