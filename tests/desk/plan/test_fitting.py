"""kawal plan fit-delays, as the officer asks; the command is the watch's, for it knows what happened."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan.gathering import default_delays
from kawal.desk.watch.replan_commands import plan
from tests.desk.plan.test_commands import _run


def test_where_nothing_happened_yet_the_law_stays_as_it_was(regency: str, tmp_path: Path) -> None:
    _run("make", "--area", regency)
    file = tmp_path / "hukum.toml"
    with override("en"):
        told = CliRunner().invoke(plan, ["fit-delays", "--area", regency, str(file)])
    assert told.exit_code == 0, told.stderr
    assert "stays as assumed" in told.stdout
    assert file.read_text() == default_delays()


def test_without_a_plan_nothing_is_fitted(regency: str, tmp_path: Path) -> None:
    file = tmp_path / "hukum.toml"
    told = CliRunner().invoke(plan, ["fit-delays", "--area", regency, str(file)])
    assert told.exit_code != 0 and not file.exists()
