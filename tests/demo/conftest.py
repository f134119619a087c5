"""A regency small enough to be played in seconds, and the kawal command as its user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest

AREA = "99.02"
DISTRICTS, VILLAGES, STATIONS = 2, 3, 4  # villages per district, stations per village

Kawal = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_regency(tmp_path / "data")


def small_regency(folder: Path) -> Path:
    """Files of a regency of 2 districts, 6 villages and 24 stations."""
    areas = ["code,parent,level,name,lat,lon,area_km2"]
    areas += ["99,,province,Provinsi Uji,-2.5,105.0,", f"{AREA},99,regency,Kabupaten Uji,-2.5,105.0,2000"]
    stations = ["village,stations,voters"]
    for d in range(1, DISTRICTS + 1):
        district = f"{AREA}.{d:02d}"
        areas.append(f"{district},{AREA},district,Kecamatan {d},{-2.5 + d / 20},{105 + d / 20},600")
        for v in range(1, VILLAGES + 1):
            village = f"{district}.{2000 + v}"
            lat, lon = -2.5 + d / 20 + v / 80, 105 + d / 20 + v / 90
            areas.append(f"{village},{district},village,Desa {d}-{v},{lat},{lon},40")
            stations.append(f"{village},{STATIONS},{STATIONS * 240 + v}")
    folder.mkdir()
    (folder / "areas.csv").write_text("\n".join(areas) + "\n")
    (folder / "stations.csv").write_text("\n".join(stations) + "\n")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    return in_home(tmp_path / "home")


def in_home(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")}
    return {**kept, "KAWAL_HOME": str(home)}


@pytest.fixture
def kawal(environment: Mapping[str, str]) -> Kawal:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return _kawal(environment, *words)

    return run


def _kawal(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kawal", *words],
        env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.fixture
def play_words(small: Path) -> list[str]:
    return play(small)


def play(data: Path) -> list[str]:
    return ["demo", "--data", str(data), "--area", AREA, "--headless", "--json", "-"]


@pytest.fixture
def played(environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The home of `environment` as an exercise left it, and what that told.

    It is played once for all tests of a run, in whichever of its processes; each test has a copy.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of all workers
    home, answer = folder / "played", folder / "played.json"
    with _one_at_a_time(folder / "played.lock"):
        if not answer.exists():
            there = in_home(home)
            done = _kawal(there, *play(small_regency(folder / "played-data")))
            assert done.returncode == 0, done.stderr
            assert not still_running(there)
            answer.write_text(done.stdout)
    shutil.copytree(home, environment["KAWAL_HOME"])
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        flock(held, LOCK_EX)
        yield


def still_running(environment: Mapping[str, str]) -> list[str]:
    """Programs that hold this exercise's home in their words."""
    folder = environment["KAWAL_HOME"].encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if folder in words:
            found.append(words.decode(errors="replace"))
    return found


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stdout.startswith("{"), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
