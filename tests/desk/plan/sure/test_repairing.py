"""kawal plan repair: a new version with its reason where anything was moved, and what would help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kawal.desk.plan import gathering, reads
from kawal.desk.plan.models import Plan
from tests.desk.plan.anew.test_replanning import again
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.test_commands import _run


@pytest.fixture
def often_closed(tmp_path: Path) -> str:
    file = tmp_path / "hukum.toml"
    text = gathering.default_delays()
    for share in ("0.003", "0.005", "0.01", "0.03"):
        text = text.replace(f"closed_share = {share} ", "closed_share = 0.06 ")
        text = text.replace(f"closed_share = {share}\n", "closed_share = 0.06\n")
    file.write_text(text)
    return str(file)


def test_a_plan_is_made_and_judged_by_the_law_of_delays_it_is_given(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    row = Plan.objects.get(area_code=regency)
    assert row.delays == Path(often_closed).read_text()
    assert reads.check_plan(row.pk, now=NOW) == []
    assert json.loads(_run("simulate", "--area", regency, "--json")[1])["law"] == "kawal-delays-2026"


def test_a_repair_is_a_new_version_with_its_reason_that_breaks_no_rule(
    regency: str, often_closed: str
) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    code, told, errors = _run("repair", "--area", regency, "--json")
    assert code == 0, errors
    answer = json.loads(told)
    plan = reads.plan_of_record(regency)
    assert plan is not None
    assert answer["new_version"] == bool(answer["changes"]) == (plan.version == 2)
    assert answer["after"]["regency"] >= answer["before"]["regency"]
    assert answer["helps"], "days this often closed ask for help"
    assert reads.check_plan(plan.id, now=NOW) == []
    if answer["new_version"]:
        assert "99" in plan.reason
    again = json.loads(_run("repair", "--area", regency, "--json")[1])
    assert again["after"]["regency"] >= answer["after"]["regency"]


def test_it_is_told_in_words(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    code, told, _ = _run("repair", "--area", regency)
    assert code == 0
    assert told.startswith("16.07: ")
    assert "What would help" in told and "vehicles stand by" in told


def test_a_plan_that_keeps_its_promise_stays_as_it_is(regency: str) -> None:
    _run("make", "--area", regency)
    answer = json.loads(_run("repair", "--area", regency, "--target", "0.9", "--json")[1])
    assert not answer["new_version"] and answer["helps"] == []
    assert Plan.objects.count() == 1


def test_without_a_plan_nothing_is_repaired(regency: str) -> None:
    code, _, errors = _run("repair", "--area", regency)
    assert code != 0 and "plan" in errors


def test_a_plan_that_was_planned_anew_is_not_repaired(regency: str) -> None:
    make(regency)
    again(regency)
    code, _, errors = _run("repair", "--area", regency)
    assert code != 0 and "replan" in errors
    assert Plan.objects.count() == 2
