"""Boxes that go straight on, from the command to the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils.translation import override

from kawal.desk.plan import models, reads, timetable
from kawal.desk.plan.direct_words import lines
from kawal.desk.plan.timetable import Goal, Wanted
from kawal.rules.places.codes import WIB
from kawal.rules.plan.direct.permission import To, everywhere
from kawal.rules.plan.facts import Leg, Level
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.test_commands import _run
from tests.desk.plan.test_pages import signed_in

STATION = "1607011001001"


def test_what_a_table_orders_goes_straight_on_and_the_table_is_kept_with_the_plan(
    regency: str, tmp_path: Path
) -> None:
    table = tmp_path / "langsung.csv"
    table.write_text("area,to\n16.07,pps\n16.07.02,never\n")
    code, told, errors = _run("make", "--area", regency, "--direct", str(table), "--json")
    assert code == 0, errors
    made = json.loads(told)
    assert made["summary"]["direct"]["villages"].keys() == {
        one for one in made["summary"]["direct"]["villages"] if one.startswith("16.07.01")
    }
    assert "direct_allowed" in made["summary"]["assumptions"]
    assert [step.trip.leg for step in reads.plan_for_station(STATION)][:2] == [Leg.DIRECT_PPS, Leg.TO_STATION]
    assert models.Plan.objects.get(of_record=True).direct == table.read_text()
    assert _run("check", "--area", regency)[0] == 0


def test_from_the_plan_of_record_its_table_counts_on(regency: str) -> None:
    first = make(regency, direct=everywhere(To.PPS))
    again = make(regency, reason="again", from_present=True)
    assert models.Plan.objects.get(pk=again).direct == models.Plan.objects.get(pk=first).direct
    assert reads.trips(again, leg=Leg.DIRECT_PPS)
    without = make(regency, reason="without")
    assert models.Plan.objects.get(pk=without).direct == ""
    assert not reads.trips(without, leg=Leg.DIRECT_PPS)


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_wrong_row_is_told_by_its_number_and_changes_nothing(
    regency: str, tmp_path: Path, language: str
) -> None:
    table = tmp_path / "langsung.csv"
    table.write_text("area,to\n16.07,ppk\n")
    code, _, errors = _run("make", "--area", regency, "--direct", str(table))
    assert code != 0 and "row 2" in errors
    assert not models.Plan.objects.exists()
    code, _, errors = _run("make", "--area", regency, "--direct", str(tmp_path / "no.csv"))
    assert code == 2 and "no.csv" in errors


def test_the_pages_tell_what_goes_straight_on(regency: str) -> None:
    made = make(regency, direct=everywhere(To.PPS))
    assert reads.check_plan(made, now=NOW) == []
    trip = reads.trips(made, leg=Leg.DIRECT_PPS)[0]
    client = signed_in()
    for page in ("/plan/16.07", "/plan/16.07.01", "/plan/16.07?leg=direct_pps"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert trip.code in answer.content.decode() or page != "/plan/16.07?leg=direct_pps"
    answer = client.get(f"/plan/16.07/trip/{trip.code}")
    assert "tanpa singgah di PPK" in answer.content.decode()


@pytest.mark.parametrize(
    ("to", "level", "goal"),
    [
        (To.STATION, Level.STATION, Goal.STATION),
        (To.PPS, Level.STATION, Goal.STATION),
        (To.PPS, Level.VILLAGE, Goal.PPS),
    ],
)
def test_the_count_of_parcels_leads_to_all_trips_that_bring_them(
    regency: str, to: To, level: Level, goal: Goal
) -> None:
    made = make(regency, direct=everywhere(to), level=level)
    client = signed_in()
    assert f'href="?leg={goal}#trips"' in client.get("/plan/16.07").content.decode()
    found = timetable.picked(timetable.runs(made, "16.07"), Wanted(leg=goal), WIB)
    told = reads.trips_by_code(made, [run.code for run in found])
    assert sum(one.parcels_count for one in told) == timetable.delivery(made, "16.07").parcels_count


@pytest.mark.parametrize(
    ("language", "told"), [("en", "cost Rp 20,951,000 more"), ("id", "Rp 20.951.000 lebih mahal")]
)
def test_what_it_saves_is_told(language: str, told: str) -> None:
    summary = {
        "direct": {"villages": {"16.07.01.1001": "direct_pps"}, "saves_rp": 20_950_900, "saves_s": 36_000}
    }
    with override(language):
        found = list(lines(summary))
    assert len(found) == 2 and told in found[1]
    assert list(lines({})) == []
