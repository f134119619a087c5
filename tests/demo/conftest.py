"""A regency small enough to be played in seconds, and the kawal command as its user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

AREA = "99.02"
DISTRICTS, VILLAGES, STATIONS = 2, 3, 4  # villages per district, stations per village

Kawal = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def small(tmp_path: Path) -> Path:
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
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "areas.csv").write_text("\n".join(areas) + "\n")
    (folder / "stations.csv").write_text("\n".join(stations) + "\n")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")}
    return {**kept, "KAWAL_HOME": str(tmp_path / "home")}


@pytest.fixture
def kawal(environment: Mapping[str, str]) -> Kawal:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kawal", *words],
            env=environment, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def play_words(small: Path) -> list[str]:
    return ["demo", "--data", str(small), "--area", AREA, "--headless", "--json", "-"]


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stdout.startswith("{"), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
