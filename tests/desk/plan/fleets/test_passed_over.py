from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan import reads
from kawal.desk.plan.commands import plan
from kawal.desk.plan.fleets import passed_over
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.desk.plan.fleets.passed_over import lines
from kawal.rules.plan.fleet import fleet_of

HERE = """
[[vehicle]]
mode = "truck"
name = "BG 1"
area = "16.07"

[[opening]]
kind = "hours"
where = "16"
hours = ["07:00", "17:00"]

[[dock]]
where = "GDG-16.07"
at_once = 2
"""
AWAY = """
[[vehicle]]
mode = "truck"
name = "BG 2"
area = "16.70"

[[opening]]
kind = "hours"
where = "PPK-16.08.01"
hours = ["07:00", "17:00"]

[[dock]]
where = "GDG-16.08"
at_once = 2
"""


def _fleet(folder: Path, text: str) -> str:
    path = folder / "fleet.toml"
    path.write_text(default_fleet() + text)
    return str(path)


def _run(*arguments: str) -> tuple[int, str, str]:
    with override("en"):
        found = CliRunner().invoke(plan, list(arguments))
    return found.exit_code, found.stdout, found.stderr


def test_a_row_that_lies_in_the_regency_or_around_it_counts(regency: str) -> None:
    assert passed_over.passed_over(fleet_of(default_fleet() + HERE), regency) == []


def test_a_row_elsewhere_is_told_by_its_number_and_kept_with_the_plan(regency: str, tmp_path: Path) -> None:
    code, told, errors = _run("make", "--area", regency, "--fleet", _fleet(tmp_path, HERE + AWAY), "--json")
    assert code == 0, errors
    for key, place in (
        ("vehicle[2].area", "16.70"),
        ("opening[2].where", "PPK-16.08.01"),
        ("dock[6].where", "GDG-16.08"),
    ):
        assert f"{key}: {place} is no place in 16.07" in errors
    assert json.loads(told)["summary"]["assumed_counts"]["fleet_rows_elsewhere"] == 3
    record = reads.plan_of_record(regency)
    assert record is not None and "fleet_rows_elsewhere" in record.summary["assumptions"]


def test_a_file_for_several_regencies_tells_only_what_lies_in_none(province: str, tmp_path: Path) -> None:
    _, _, errors = _run("make", "--area", province, "--fleet", _fleet(tmp_path, HERE + AWAY))
    assert "vehicle[2].area: 16.70 is no place in 16," in errors
    assert "16.08" not in "".join(line for line in errors.splitlines() if "no place" in line)
    record = reads.plan_of_record("16.07")
    assert record is not None and "fleet_rows_elsewhere" not in record.summary["assumptions"]


@pytest.mark.parametrize("place", ["16.07.99", "DMG-16.07.99-1", "1607992001001"])
def test_a_place_that_nobody_imported_is_none_of_the_regency(regency: str, place: str) -> None:
    text = f'\n[[dock]]\nwhere = "{place}"\nat_once = 1\n'
    rows = passed_over.passed_over(fleet_of(default_fleet() + text), regency)
    assert [row.place for row in rows] == [place]


def test_of_many_rows_the_first_are_told_and_the_others_counted(regency: str) -> None:
    text = "".join(
        f'\n[[bound]]\nwhere = "17.{n:02d}"\nnot_before = 2024-02-10T06:00:00\n' for n in range(13)
    )
    rows = passed_over.passed_over(fleet_of(default_fleet() + text), regency)
    with override("en"):
        told = list(lines(rows, regency))
    assert len(told) == 11 and told[-1] == "and 3 more"
