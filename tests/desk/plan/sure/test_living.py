"""How sure is a saved plan? Through the command, as the officer asks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation

from kawal.desk.plan import gathering
from kawal.desk.plan.models import Consignment, Life, Trip
from kawal.desk.plan.sure import living, living_words
from kawal.desk.risk import deciding, specfiles
from kawal.desk.risk import reads as risk
from kawal.rules.plan.repair.promise import targets_of
from kawal.rules.risk.classes import RiskClass
from tests.desk.plan.conftest import NOW
from tests.desk.plan.test_commands import _run
from tests.desk.plan.test_pages import signed_in, text_of


def test_every_station_of_the_plan_gets_its_share(regency: str) -> None:
    _run("make", "--area", regency)
    code, told, errors = _run("simulate", "--area", regency, "--scenarios", "500", "--json")
    assert code == 0, errors
    answer = json.loads(told)
    planned = {
        station
        for stations in Consignment.objects.filter(trip__leg="to_station").values_list("stations", flat=True)
        for station in stations
    }
    assert set(answer["stations"]) == planned
    assert answer["not_carried"] == []
    assert all(0 <= one["home"] <= 1 for one in answer["stations"].values())
    assert all(0 <= one["on_time"] <= one["before_opening"] <= 1 for one in answer["stations"].values())
    assert answer["regency"]["on_time"] <= min(one["on_time"] for one in answer["districts"].values())
    assert set(answer["blame"]) <= set(Trip.objects.values_list("code", flat=True))


def test_it_is_told_in_words(regency: str) -> None:
    _run("make", "--area", regency)
    code, told, _ = _run("simulate", "--area", regency, "--scenarios", "500")
    assert code == 0
    assert told.startswith("16.07: ") and "18 stations receive by the deadline with at least 99" in told
    assert "500 scenarios, seed 1" in told


def test_it_tells_where_the_plan_has_more_boats_at_once_than_berths(regency: str) -> None:
    _run("make", "--area", regency)
    found = living.live(regency, seed=1, scenarios=200, now=NOW)
    with translation.override("en"):
        told = list(living_words.crowds(replace(found, crowded={"PPK-16.07.01": 3, "GDG-16.07": 12})))
    assert "than these places have berths" in told[0] and "--area 16.07 --events 100" in told[0]
    assert told[1:] == ["  GDG-16.07: up to 12 at once", "  PPK-16.07.01: up to 3 at once"]
    assert list(living_words.crowds(replace(found, crowded={}))) == []


def test_queues_are_told_beside_the_same_chances_without_them_and_nothing_is_kept(regency: str) -> None:
    _run("make", "--area", regency)
    code, told, errors = _run("simulate", "--area", regency, "--events", "20", "--berths", "1", "--json")
    assert code == 0, errors
    answer = json.loads(told)
    assert answer["scenarios"] == 20
    assert answer["regency"]["with_queues"] <= answer["regency"]["without_queues"]
    code, told, _ = _run("simulate", "--area", regency, "--events", "20")
    assert code == 0 and told.startswith("20 scenarios event by event")
    assert not Life.objects.exists()


def test_a_dock_that_no_boat_uses_is_refused_by_its_name(regency: str) -> None:
    _run("make", "--area", regency)
    code, _, errors = _run("simulate", "--area", regency, "--events", "20", "--dock", "PPK-99.99.99=1")
    assert code == 1 and "PPK-99.99.99" in errors
    assert _run("simulate", "--area", regency, "--events", "20", "--dock", "PPK")[0] == 2


def test_a_law_of_ones_own_decides(regency: str, tmp_path: Path) -> None:
    _run("make", "--area", regency)
    file = tmp_path / "hukum.toml"
    file.write_text(gathering.default_delays().replace("0.15", "3"))
    worse = json.loads(
        _run("simulate", "--area", regency, "--scenarios", "500", "--delays", str(file), "--json")[1]
    )
    usual = json.loads(_run("simulate", "--area", regency, "--scenarios", "500", "--json")[1])
    assert worse["regency"]["on_time"] < usual["regency"]["on_time"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("national_share = 0.36", "national_share = 1.2", "weather.national_share: write a share"),
        ("wait_minutes = 45", "wait = 45", "escort.wait_minutes: add this key"),
    ],
)
def test_a_wrong_law_is_refused_with_its_mend(
    regency: str, tmp_path: Path, old: str, new: str, expected: str
) -> None:
    _run("make", "--area", regency)
    file = tmp_path / "hukum.toml"
    file.write_text(gathering.default_delays().replace(old, new))
    code, _, errors = _run("simulate", "--area", regency, "--delays", str(file))
    assert code == 1 and expected in errors


def test_without_a_plan_there_is_a_way_to_one(regency: str) -> None:
    code, _, errors = _run("simulate", "--area", regency)
    assert code == 1 and "kawal plan make" in errors


def test_the_page_tells_how_sure_the_plan_is_and_how_to_find_out(regency: str) -> None:
    _run("make", "--area", regency)
    client = signed_in()
    assert "kawal plan simulate --area 16.07" in text_of(client.get("/plan/16.07"))
    _run("simulate", "--area", regency, "--scenarios", "500")
    told = text_of(client.get("/plan/16.07"))
    assert "dari 18 TPS menerima sebelum batas waktu dengan peluang sedikitnya 99,00 %" in told
    assert "disimulasikan 500 kali" in told


def test_a_district_sees_its_own_stations_and_trips(regency: str, tmp_path: Path) -> None:
    _run("make", "--area", regency)
    file = tmp_path / "hukum.toml"
    file.write_text(gathering.default_delays().replace("0.15", "3"))
    _run("simulate", "--area", regency, "--scenarios", "500", "--delays", str(file))
    client = signed_in("16.07.01")
    page = client.get("/plan/16.07.01")
    assert "dari 11 TPS menerima" in text_of(page)
    section = page.content.decode().split('id="sure"')[1].split("</section>")[0]
    assert "/station/160701" in section
    assert "/station/160702" not in section
    trips = set(re.findall(r"/plan/16.07.01/trip/([^\"]+)\"", section))
    assert trips
    assert all(client.get(f"/plan/16.07.01/trip/{code}").status_code == 200 for code in trips)


def test_stations_are_held_against_what_the_table_asks_of_their_class(regency: str) -> None:
    _run("make", "--area", regency)
    asked = ("simulate", "--area", regency, "--scenarios", "500")
    told = _run(*asked)[1]
    assert "at least 99.00 %" in told
    text, _ = specfiles.patterns_text()
    for name in ("vulnerable", "high", "special"):
        text = text.replace(f"[{name}]", f"[{name}]\nlate_per_10000 = 1 ", 1)
    deciding.change_patterns(regency, text, "Rawan ditagih lebih", "kapolres", now=NOW)
    answer = json.loads(_run(*asked, "--json")[1])
    assert answer["class_targets"]["vulnerable"] == 0.9999 and answer["class_targets"]["low"] == 0.99
    told = _run(*asked)[1]
    assert "at least what their class asks (99.00 % to 99.99 %)" in told
    below = sum(one["on_time"] < 0.9999 for one in answer["stations"].values())
    assert below and f"{18 - below} of 18 stations" in told, "who is not assessed counts as vulnerable"


def test_a_repair_aims_at_what_the_table_asks(regency: str) -> None:
    text, _ = specfiles.patterns_text()
    for name in ("vulnerable", "high", "special"):
        text = text.replace(f"[{name}]", f"[{name}]\nlate_per_10000 = 20 ", 1)
    deciding.change_patterns(regency, text, "Rawan ditagih lebih", "kapolres", now=NOW)
    by_table = targets_of(risk.patterns(regency), None, None, ())
    assert by_table.of(RiskClass.VULNERABLE) == 0.998 and by_table.of(RiskClass.LOW) == 0.99
    assert by_table.regency == 0.99
    told = targets_of(risk.patterns(regency), 0.95, None, ["special=0.999"])
    assert told.of(RiskClass.SPECIAL) == 0.999
    assert told.of(RiskClass.VULNERABLE) == told.regency == 0.95
