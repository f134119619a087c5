"""`kawal report epcis`: the whole log, or an area and a time of it, as one document."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kawal.desk.ledger import reads
from kawal.desk.places.models import Area
from kawal.desk.report.commands import report
from tests.desk.report import recorded
from tests.rules.custody.stories import START

pytestmark = pytest.mark.django_db


def exported(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(report, ["epcis", "-", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def events(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = exported(*words)["epcisBody"]["eventList"]
    return found


@pytest.fixture
def log() -> None:
    Area.objects.create(code="16.07", level="regency", name="Banyuasin")
    Area.objects.create(code="16.07.03.2001", level="village", name="Sungsang I")
    recorded.told(recorded.cast(), "pack", "out", "vote", "back")


@pytest.mark.usefixtures("log")
def test_every_entry_of_the_log_is_in_the_document_under_its_leaf_hash() -> None:
    document = exported()
    assert document["type"] == "EPCISDocument" and document["schemaVersion"] == "2.0"
    assert "kawal" in document["@context"][1]
    told = document["epcisBody"]["eventList"]
    assert {one["kawal:leafHash"] for one in told} == {
        entry.leaf_hash.hex() for entry in reads.entries(0, reads.size())
    }
    assert max(Counter(one["eventID"] for one in told).values()) == 1
    accepts = [one for one in told if one["kawal:act"] == "ACCEPT"]
    assert accepts and all("sourceList" in one for one in accepts)  # the OFFER's signer was looked up


@pytest.mark.usefixtures("log")
def test_an_area_and_a_window_of_time_leave_the_rest_out() -> None:
    whole = events()
    assert events("--area", "16.07") == whole
    village = events("--area", "16.07.03.2001")
    assert village and all("16070320010" in json.dumps(one) for one in village)
    assert events("--until", START.isoformat()) == []
    cut = whole[len(whole) // 2]["recordTime"]
    early, late = events("--until", cut), events("--since", cut)
    assert early and late and early + late == whole


def test_an_empty_log_is_an_empty_document() -> None:
    assert events() == []


@pytest.mark.parametrize("told", ["2029-02-08", "yesterday", "2029-02-08T01:00:00"])
def test_a_time_without_a_zone_is_refused(told: str) -> None:
    done = CliRunner().invoke(report, ["epcis", "-", "--since", told])
    assert done.exit_code == 2 and "+07:00" in done.output


def test_an_unknown_area_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(report, ["epcis", str(tmp_path / "x.jsonld"), "--area", "99.99"])
    assert done.exit_code == 1 and done.stderr and not list(tmp_path.iterdir())


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    recorded.told(recorded.cast(), "pack")
    path = tmp_path / "log.jsonld"
    assert CliRunner().invoke(report, ["epcis", str(path)]).exit_code == 0
    before = path.read_bytes()
    assert json.loads(before)["epcisBody"]["eventList"]
    done = CliRunner().invoke(report, ["epcis", str(tmp_path / "nowhere" / "log.jsonld")])
    assert done.exit_code == 2 and "nowhere" in done.stderr


def test_times_are_told_by_hub_and_phone() -> None:
    recorded.told(recorded.cast(), "pack")
    first = events()[0]
    assert first["eventTime"] > (START + timedelta(hours=7)).isoformat()[:19]
    assert first["recordTime"] > START.isoformat()[:19]
