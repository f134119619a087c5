"""The whole exercise as a user runs it: one command, one JSON object, and what survives a crash."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.demo.conftest import AREA, DISTRICTS, STATIONS, VILLAGES, Kawal, still_running, told

TOTAL = DISTRICTS * VILLAGES * STATIONS
PROMISED = {
    "area", "villages", "stations", "voters", "ballots", "parcels", "trips", "escort_officers",
    "events_signed", "events_accepted", "events_repeated", "stations_on_time", "stations_total",
    "findings", "alerts", "log", "seconds",
}  # fmt: skip


def test_a_regency_is_played_to_the_end_and_every_signed_event_is_in_the_log_once(
    kawal: Kawal, played: dict[str, Any]
) -> None:
    answer = played
    assert answer.keys() >= PROMISED
    assert (answer["area"], answer["stations"], answer["parcels"]) == (AREA, TOTAL, TOTAL * 6)
    assert answer["log"]["events"] == answer["events_signed"] == answer["events_accepted"] > TOTAL * 5
    assert answer["log"]["verified"] is True
    assert {"C5", "C12"} <= answer["findings"].keys()  # a lost phone that signs on, a copied one
    assert answer["alerts"].keys() >= {"opened", "acknowledged", "escalated", "closed"}
    verified = kawal("ledger", "verify", "--json")
    assert json.loads(verified.stdout)["root"] == answer["log"]["root"]
    witnesses = answer["witnesses"]
    assert (witnesses["size"], witnesses["quorum"]) == (answer["log"]["size"], True)
    assert witnesses["cosigned_by"] == ["bawaslu", "polda"]
    assert kawal("custody", "rebuild", "--check").returncode == 0


@pytest.mark.slow
def test_the_same_seed_plays_the_same_log_and_the_old_exercise_is_set_aside(
    kawal: Kawal, played: dict[str, Any], play_words: list[str], environment: Mapping[str, str]
) -> None:
    first, second = played, told(kawal(*play_words))
    assert first["events_signed"] == second["events_signed"]
    past = list(Path(environment["KAWAL_HOME"], "past").glob("*/kawal.sqlite3"))
    assert len(past) == 1
    size = sqlite3.connect(past[0]).execute("select count(*) from ledger_entry").fetchone()[0]
    assert size == first["log"]["size"]


@pytest.mark.slow
def test_a_hub_that_is_killed_in_the_middle_loses_nothing_that_it_acknowledged(
    play_words: list[str], environment: Mapping[str, str], kawal: Kawal
) -> None:
    playing = subprocess.Popen(
        [sys.executable, "-m", "kawal", *play_words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    hub = _hub_with_events(Path(environment["KAWAL_HOME"]), playing)
    os.kill(hub, signal.SIGKILL)
    output, errors = playing.communicate(timeout=240)
    assert playing.returncode == 0, errors
    answer = json.loads(output)
    assert answer["hub_restarts"] >= 1
    assert answer["log"]["events"] == answer["events_signed"] == answer["events_accepted"]
    assert kawal("ledger", "verify").returncode == 0


@pytest.mark.slow
def test_an_exercise_that_was_killed_whole_goes_on_where_it_was(
    play_words: list[str], environment: Mapping[str, str], kawal: Kawal
) -> None:
    playing = subprocess.Popen(
        [sys.executable, "-m", "kawal", *play_words],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    home = Path(environment["KAWAL_HOME"])
    hub = _hub_with_events(home, playing)
    playing.kill()
    playing.wait(timeout=30)
    _awaited_end(environment)  # the witnesses end with it, and so does the hub
    until = time.monotonic() + 40
    while Path(f"/proc/{hub}").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    before = _events_logged(home)
    done = kawal("demo", "--headless", "--resume", "--json", "-")
    answer = told(done)
    assert done.returncode == 0, done.stderr
    assert 0 < before <= answer["log"]["events"] == answer["events_signed"]
    assert answer["events_repeated"] >= before  # all is told again, and known already


@pytest.mark.slow
def test_a_byte_changed_in_the_database_is_named(
    kawal: Kawal, played: dict[str, Any], environment: Mapping[str, str]
) -> None:
    assert kawal("ledger", "verify").returncode == 0
    database = sqlite3.connect(Path(environment["KAWAL_HOME"], "kawal.sqlite3"))
    database.execute("drop trigger ledger_entry_no_update")
    signed = bytearray(database.execute('select signed from ledger_entry where "index" = 7').fetchone()[0])
    signed[-1] ^= 1
    database.execute('update ledger_entry set signed = ? where "index" = 7', (bytes(signed),))
    database.commit()
    verified = kawal("ledger", "verify", "--json")
    assert verified.returncode == 1
    assert json.loads(verified.stdout)["index"] == 7


def test_a_home_that_holds_a_real_record_is_never_turned_into_an_exercise(
    kawal: Kawal, play_words: list[str], small: Path
) -> None:
    assert kawal("places", "import", str(small)).returncode == 0
    done = kawal(*play_words)
    assert done.returncode == 1
    assert "real_record" in done.stderr


def test_files_with_errors_stop_the_exercise_before_anything_is_played(
    kawal: Kawal, play_words: list[str], small: Path
) -> None:
    (small / "stations.csv").write_text("village,stations,voters\n99.02.77.2001,4,900\n")
    done = kawal(*play_words)
    assert done.returncode == 1
    assert "import_has_errors" in done.stderr and "99.02.77.2001" in done.stderr


_EVENTS = "select count(*) from ledger_entry where substr(signed, 1, 3) = x'd2844d'"


def _awaited_end(environment: Mapping[str, str]) -> None:
    until = time.monotonic() + 20
    while still_running(environment):
        assert time.monotonic() < until
        time.sleep(0.05)


def _hub_with_events(home: Path, playing: subprocess.Popen[Any]) -> int:
    """Waits until the hub has acknowledged some events; answers its process."""
    until = time.monotonic() + 120
    while time.monotonic() < until and playing.poll() is None:
        try:
            if _events_logged(home) > 50:
                return int(json.loads((home / "hub.json").read_text())["pid"])
        except (OSError, ValueError, sqlite3.OperationalError):
            pass  # not there yet
        time.sleep(0.02)
    raise AssertionError("the hub never took an event")


def _events_logged(home: Path) -> int:
    """Without what issuers said: events begin in another way (rules.signing.cose)."""
    database = sqlite3.connect(f"file:{home / 'kawal.sqlite3'}?mode=ro", uri=True)
    try:
        return int(database.execute(_EVENTS).fetchone()[0])
    finally:
        database.close()
