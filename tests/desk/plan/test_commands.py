from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan.commands import plan
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.desk.plan.models import Trip


def _run(*arguments: str) -> tuple[int, str, str]:
    with override("en"):
        result = CliRunner().invoke(plan, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_plan_is_made_shown_and_checked(regency: str) -> None:
    code, told, errors = _run("make", "--area", regency, "--by", "Logistics", "--json")
    assert code == 0, errors
    made = json.loads(told)
    assert (made["version"], made["made_by"]) == (1, "Logistics")
    assert json.loads(_run("show", "--area", regency, "--json")[1]) == made
    code, told, _ = _run("check", "--area", regency, "--json")
    assert (code, json.loads(told)["violations"]) == (0, [])


def test_the_plan_is_told_in_words(regency: str) -> None:
    _run("make", "--area", regency)
    code, told, _ = _run("show", "--area", "16.07.01")
    assert code == 0
    assert "16.07, version 1:" in told and "18 stations" in told
    assert "from the warehouse to the district committees (PPK)" in told
    assert "the fleet, its speeds and its costs are Kawal's stated default" in told


def test_every_leg_has_its_risk_and_every_area_its_legs(regency: str) -> None:
    assert "kawal plan make" in _run("legs", "--area", regency)[2]
    _run("make", "--area", regency)
    code, told, errors = _run("legs", "--area", regency, "--json")
    assert code == 0, errors
    found = json.loads(told)
    assert len(found["legs"]) == Trip.objects.count()
    scores = [leg["score"] for leg in found["legs"]]
    assert scores == sorted(scores, reverse=True)
    assert found["legs"][0]["reasons"][0]["points"] > 0
    assert found["legs"][0]["hazard"] is None  # no village has been scored here yet
    assert sum(found["areas"]["16.07"]["legs"].values()) == len(scores)
    assert set(found["areas"]) >= {"", "16", "16.07"}
    words = _run("legs", "--area", regency)[1]
    assert ", score " in words and "16.07: score " in words
    assert "unknown" in _run("legs", "--area", regency, "--spec", "unknown")[2]


def test_without_a_plan_there_is_a_way_to_one(regency: str) -> None:
    code, _, errors = _run("show", "--area", regency)
    assert code == 1 and "kawal plan make" in errors


def test_a_second_version_without_reason_is_refused(regency: str) -> None:
    _run("make", "--area", regency)
    code, _, errors = _run("make", "--area", regency)
    assert code == 1 and "needs its reason" in errors


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("--fleet", "detour = 0.1", "mode[1].detour: write a number, 1 or more"),
        ("--fleet", "detoor = 1.43", "mode[1].detour: add this key"),
        ("--access", "area,access\n16.07,sky\n", "row 2 (sky): write road, water, foot or air"),
    ],
)
def test_a_wrong_file_is_refused_with_its_mend(
    regency: str, tmp_path: Path, option: str, text: str, expected: str
) -> None:
    if option == "--fleet":
        text = default_fleet().replace("detour = 1.43", text, 1)
    path = tmp_path / "given"
    path.write_text(text)
    code, _, errors = _run("make", "--area", regency, option, str(path))
    assert code == 1 and expected in errors


def test_a_broken_plan_ends_the_check_with_one(regency: str) -> None:
    _run("make", "--area", regency)
    Trip.objects.filter(leg="to_ppk").update(escort_officers=0)
    code, told, _ = _run("check", "--area", regency)
    assert code == 1 and "fewer officers" in told
