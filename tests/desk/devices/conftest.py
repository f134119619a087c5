"""A regency's posts with officers, and devices in every state."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from kawal.desk.clock import actions as clock
from kawal.desk.people import actions as people
from kawal.desk.people.models import Officer
from kawal.rules.places.codes import level_of
from kawal.rules.places.facts import Area
from tests.desk.devices.states import certified
from tests.rules.custody.stories import Phone

NOW = datetime(2029, 2, 8, 1, 0, tzinfo=UTC)
OFFICERS = {
    "logistik": ("kpu/16.07", "logistics"),
    "ppk": ("kpu/16.07.03", "custodian"),
    "ppk-lain": ("kpu/16.07.04", "custodian"),
    "kapolres": ("polri/16.07", "chief"),
    "piket": ("polri/16.07.03", "duty"),
    "bawaslu": ("bawaslu/16.07", "supervisor"),
}


@pytest.fixture(autouse=True)
def hub(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWAL_HOME", str(tmp_path))
    clock.begin(name="16.07", seed=1, sim_at=NOW, speed=0.0, token="t")
    codes = ("", "16", "16.07", "16.07.03", "16.07.04")
    people.found_posts([Area(code=code, level=level_of(code), name=f"Wilayah {code}") for code in codes])
    for name, (post, role) in OFFICERS.items():
        people.add_officer(name, post=post, role=role, password=None)


def client(name: str) -> Client:
    found = Client()
    found.force_login(Officer.objects.get(user__username=name).user)
    return found


@pytest.fixture
def phones() -> dict[str, Phone]:
    return certified(NOW)
