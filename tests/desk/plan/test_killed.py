"""A run over a province that is killed with all its processes goes on where it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

REGENCIES = 6
MAKE = ("plan", "make", "--area", "16", "--by", "Logistics", "--json")


def _kawal(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kawal", *arguments],
        env={**os.environ, "KAWAL_HOME": str(home)},
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _places(folder: Path) -> None:
    """Regencies of eight villages each, on a grid: enough that the run is not over at once."""
    areas, stations = ["code,name,lat,lon", "16,Sumatera Selatan,-3,104"], ["village,stations,voters"]
    for one in range(1, REGENCIES + 1):
        regency = f"16.{one:02d}"
        areas += [f"{regency},R{one},-3,{103 + one}", f"{regency}.01,D{one},-3.05,{103 + one}"]
        for number in range(1, 26):
            village = f"{regency}.01.20{number:02d}"
            areas.append(f"{village},V{number},{-3 - number % 5 / 30},{103 + one + number / 60}")
            stations.append(f"{village},12,3000")
    (folder / "areas.csv").write_text("\n".join(areas) + "\n")
    (folder / "stations.csv").write_text("\n".join(stations) + "\n")


def _plans(home: Path) -> dict[str, tuple[int, int]]:
    with sqlite3.connect(f"file:{home / 'kawal.sqlite3'}?mode=ro", uri=True) as tables:
        found = {area: (key, trips) for area, key, trips in tables.execute(
            "select p.area_code, p.id, count(t.id) from plan_plan p join plan_trip t on t.plan_id = p.id"
            " where of_record group by p.id"
        )}  # fmt: skip
    tables.close()
    return found


@pytest.mark.slow
def test_what_was_planned_before_a_kill_is_not_planned_again(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    home.mkdir(), files.mkdir()
    _places(files)
    imported = _kawal(home, "places", "import", str(files))
    told, errors = imported.communicate(timeout=60)
    assert imported.returncode == 0, errors

    killed = _kawal(home, *MAKE)
    until = time.monotonic() + 60
    while not _plans(home) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    before = _plans(home)
    assert 0 < len(before) < REGENCIES, "it was killed in the middle"

    again = _kawal(home, *MAKE)
    told, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors
    assert f'"planned": {REGENCIES}' in told
    after = _plans(home)
    assert len(after) == REGENCIES
    assert {area: after[area] for area in before} == before
    with sqlite3.connect(home / "kawal.sqlite3") as tables:
        assert tables.execute("select count(*), count(ended_at) from plan_planrun").fetchone() == (1, 1)
        assert tables.execute("select max(version) from plan_plan").fetchone() == (1,)
    tables.close()
