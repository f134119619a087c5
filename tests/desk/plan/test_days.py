"""Trips of several days from the command to the pages, the files and the judge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan as plan_command
from kawal.desk.plan.showing import Names, names_under, unserved_rows
from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.test_pages import signed_in

ACCESS = "area,access\n16.07.02,foot\n"  # its PPK lies 44 km from the warehouse: 21 hours by foot


def _over_nights(made: int) -> list[Trip]:
    return [trip for trip in reads.trips(made) if trip.halts]


def _left(made: int) -> int:
    rows = reads.unserved(models.Plan.objects.get(pk=made).summary)
    return sum(len(row.stations) for row in rows if row.leg in FORWARD)


def test_a_plan_that_lies_over_is_kept_and_judged_as_it_was_made(regency: str) -> None:
    made = make(regency, access=ACCESS)
    assert _over_nights(made) and reads.check_plan(made, now=NOW) == []
    earlier = make(regency, access=ACCESS, first_day=12, reason="Mulai lebih awal")
    assert _left(earlier) < _left(made)
    assert models.Plan.objects.get(pk=earlier).first_day == 12 and reads.check_plan(earlier, now=NOW) == []
    with pytest.raises(Refused, match="wrong_first_day"):
        make(regency, access=ACCESS, first_day=4, reason="Terlambat")


def test_halts_are_on_the_page_of_the_trip_and_in_every_file(regency: str) -> None:
    trip = _over_nights(make(regency, access=ACCESS))[0]
    client = signed_in()
    told = client.get(f"/plan/16.07/trip/{trip.code}").content.decode()
    assert "inggah di sekitar" in told
    assert trip.halts[0].site in client.get("/plan/16.07/trips.gpx").content.decode()
    points = json.loads(client.get("/plan/16.07/trips.geojson").content)["features"]
    assert trip.halts[0].site in {one["properties"].get("site") for one in points}
    with override("id"):
        assert names_under("16.07").site("SGH-16.07.02") == "singgah di sekitar B"


def test_how_many_days_a_way_would_take_is_told() -> None:
    row: dict[str, Any] = {
        "leg": "to_ppk",
        "site": "PPK-16.07.02",
        "stations": ["1607022001001"],
        "reason": "too_far_for_days",
        "days": 4,
    }
    with override("id"):
        (told,) = unserved_rows([row], "16.07.02", Names(areas={}, posts={}))
    assert told["why"].endswith("(4 hari)")


def test_the_command_begins_when_it_is_told(regency: str) -> None:
    answer = CliRunner().invoke(
        plan_command, ["make", "--area", regency, "--first-day", "8", "--workers", "1"]
    )
    assert answer.exit_code == 0, answer.output
    assert models.Plan.objects.get(of_record=True).first_day == 8
    assert CliRunner().invoke(plan_command, ["make", "--area", regency, "--first-day", "3"]).exit_code == 2
