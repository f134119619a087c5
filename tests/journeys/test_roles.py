"""One way through the desk for each role, on a real hub after a played exercise, as people walk it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kawal.rehearsal.duty import Session
from tests.demo.conftest import AREA, environment, played

__all__ = ["environment", "played"]

pytestmark = pytest.mark.slow

DISTRICT, OTHER_DISTRICT = f"{AREA}.01", f"{AREA}.02"
VILLAGE = f"{DISTRICT}.2001"
STATION = "9902012001001"

Enter = Callable[[str], Session]


@pytest.fixture
def hub(played: object, environment: Mapping[str, str]) -> Iterator[str]:
    serving = subprocess.Popen(
        [sys.executable, "-m", "kawal", "serve", "--port", "0"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    told = Path(environment["KAWAL_HOME"], "hub.json")
    until = time.monotonic() + 60
    while not told.exists() and time.monotonic() < until:
        time.sleep(0.1)
    yield str(json.loads(told.read_text())["url"])
    os.kill(serving.pid, signal.SIGTERM)
    serving.wait(timeout=30)


def test_every_role_finds_its_own_and_is_refused_what_is_not(
    hub: str,
    environment: Mapping[str, str],
) -> None:
    def enter(username: str) -> Session:
        """The operator makes a link; the officer opens it and presses its button."""
        made = subprocess.run(
            [sys.executable, "-m", "kawal", "people", "sign-in-link", username, "--json"],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        session = Session(hub.rstrip("/") + urlsplit(json.loads(made.stdout)["link"]).path)
        session.sign_in()
        opened.append(session)
        return session

    opened: list[Session] = []
    _logistics_officer(enter("logistik"))
    _district_committee(enter("ppk"))
    _chief_of_the_polres(enter("kapolres"))
    _supervisor(enter("bawaslu"))
    _duty_officer_of_a_polsek(enter(f"piket-polsek-{DISTRICT}"))
    for username, area in (("piket-polda", "99"), ("piket-mabes", "id")):
        above = enter(username)
        assert "24" in _page(above, f"/area/{area}")
        _page(above, f"/station/{STATION}")
    for session in opened:
        session.close()


def _logistics_officer(officer: Session) -> None:
    """From the regency down to a single box and the event behind it; then the plan."""
    for address in (f"/area/{AREA}", f"/area/{DISTRICT}", f"/area/{VILLAGE}", f"/plan/{AREA}"):
        _page(officer, address)
    station = _page(officer, f"/station/{STATION}")
    assert "246" in station  # ballots of a station of some 241 voters: 2 % more, rounded up
    event = re.search(r"/entry/\d+", station)
    assert event is not None
    _page(officer, event[0])
    _refused(officer, "/area/99", 403)
    _refused(officer, f"/station/{'9' * 13}", 403)


def _district_committee(officer: Session) -> None:
    _page(officer, f"/area/{DISTRICT}")
    _page(officer, f"/station/{STATION}")
    _refused(officer, f"/area/{OTHER_DISTRICT}", 403)
    _refused(officer, f"/area/{AREA}", 403)


def _chief_of_the_polres(officer: Session) -> None:
    """Sees all of the regency, its classes and alerts, and never what is in a box."""
    assert f"/area/{DISTRICT}" in _page(officer, f"/area/{AREA}?layer=risk")
    _page(officer, f"/alerts/{AREA}")
    assert "Surat suara" not in _page(officer, f"/station/{STATION}")
    _refused(officer, "/area/99", 403)


def _supervisor(officer: Session) -> None:
    """All custody of the own area, unasked: findings, open and cleared, and each station's story."""
    _page(officer, f"/area/{AREA}")
    _page(officer, f"/findings/{AREA}?state=all")
    assert "/entry/" in _page(officer, f"/station/{STATION}")
    assert officer.post(f"/alerts/{10**6}/acknowledge", {}).status == 404


def _duty_officer_of_a_polsek(officer: Session) -> None:
    assert json.loads(officer.get("/alerts/mine.json").body) is not None
    _page(officer, f"/alerts/{DISTRICT}")
    _refused(officer, f"/alerts/{OTHER_DISTRICT}", 403)
    assert officer.post(f"/alerts/{10**6}/acknowledge", {}).status == 404


def _page(officer: Session, address: str) -> str:
    answer = officer.get(address)
    assert answer.status == 200, address
    page = answer.body.decode()
    assert "LATIHAN" in page  # an exercise is marked on every page
    return page


def _refused(officer: Session, address: str, status: int) -> None:
    assert officer.get(address).status == status, address
