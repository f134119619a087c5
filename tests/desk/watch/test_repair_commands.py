"""kawal plan repair: a new version with its reason where anything was changed, and what would help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan import reads
from kawal.desk.plan.models import Change, Plan
from kawal.desk.watch.replan_commands import plan
from kawal.rules.plan.facts import Leg
from tests.desk.plan.conftest import NOW, lay_out, make
from tests.desk.plan.sure.test_repairing import law_of_closed_days
from tests.desk.watch.test_replanning import deliver, trips


@pytest.fixture
def regency(db: None) -> str:
    return lay_out()


@pytest.fixture
def often_closed(tmp_path: Path) -> str:
    return law_of_closed_days(tmp_path)


def _run(*arguments: str) -> tuple[int, str, str]:
    with override("en"):
        result = CliRunner().invoke(plan, list(arguments))
    return result.exit_code, result.stdout, result.stderr


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
    assert ("repair" in plan.summary) == answer["new_version"]
    again = json.loads(_run("repair", "--area", regency, "--json")[1])
    assert not again["new_version"] and again["after"] == answer["after"], "to repair again changes nothing"


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


def test_a_class_has_the_target_that_it_is_given(regency: str) -> None:
    _run("make", "--area", regency)
    strict = ("--target", "0.5", "--regency-target", "0.5", "--class-target", "vulnerable=0.9999")
    answer = json.loads(_run("repair", "--area", regency, *strict, "--json")[1])
    assert answer["targets"] == {"station": 0.5, "regency": 0.5, "classes": {"vulnerable": 0.9999}}
    mild = json.loads(_run("repair", "--area", regency, "--target", "0.5", "--json")[1])
    assert mild["after"]["below"] == {} and not mild["new_version"]


@pytest.mark.parametrize("wrong", ["severe=0.9", "special", "special=1", "special=often"])
def test_a_target_of_no_class_is_refused_and_nothing_is_made(regency: str, wrong: str) -> None:
    make(regency)
    code, _, errors = _run("repair", "--area", regency, "--class-target", wrong)
    assert code != 0 and wrong in errors
    assert Plan.objects.count() == 1


def test_once_trips_have_left_the_rest_is_repaired_by_the_command(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    left = trips(Leg.TO_PPK)[0]
    deliver(left)
    code, told, errors = _run("repair", "--area", regency, "--json")
    assert code == 0, errors
    answer = json.loads(told)
    record = reads.plan_of_record(regency)
    assert record is not None
    assert left in reads.trips(record.id)
    assert answer["new_version"] == Change.objects.filter(plan_id=record.id).exists()
