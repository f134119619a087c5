from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan.models import Plan, PlanRun
from kawal.desk.watch.replan_commands import plan


def _run(*arguments: str, language: str = "en") -> tuple[int, str]:
    with override(language):
        result = CliRunner().invoke(plan, list(arguments))
    return result.exit_code, result.stderr


@pytest.mark.parametrize("area", ["", " ", "id16", "16.7", "Banyuasin"])
@pytest.mark.parametrize("command", ["make", "show", "simulate", "fleet", "escorts"])
def test_an_area_that_is_no_code_is_refused_before_anything_runs(
    command: str, area: str, regency: str
) -> None:
    code, errors = _run(command, "--area", area)
    assert code == 2 and "write" in errors and "such as 16.07" in errors
    assert not Plan.objects.exists() and not PlanRun.objects.exists()


def test_the_nation_is_asked_for_by_id_where_it_can_be_planned(db: None) -> None:
    assert _run("show", "--area", "id")[0] == 2
    code, errors = _run("make", "--area", "id")
    assert code == 1 and "id has no stations" in errors  # understood, and nothing was imported


def test_every_command_with_an_area_asks_for_it_alike() -> None:
    options = [
        option
        for command in plan.commands.values()
        for option in command.params
        if option.name == "area" and isinstance(option, click.Option)
    ]
    assert len(options) > 10
    assert {type(option.type).__name__ for option in options} == {"AreaCode"}


def test_the_refusal_is_told_in_indonesian() -> None:
    assert "tulis kodenya" in _run("show", "--area", "", language="id")[1]
