"""Decimal numbers of options: what is no number is refused before anything begins."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from kawal.number_option import NumberRange


@click.command()
@click.option("--seconds", type=NumberRange(0, 10))
def _asked(seconds: float) -> None:
    click.echo(seconds)


@pytest.mark.parametrize("told", ["nan", "NaN", "-nan", "inf", "-1", "10.5", "ten", "0,5"])
def test_what_is_no_number_between_the_bounds_is_refused(told: str) -> None:
    found = CliRunner().invoke(_asked, [f"--seconds={told}"])
    assert found.exit_code == 2 and "--seconds" in found.output


@pytest.mark.parametrize(("told", "number"), [("0", 0.0), ("0.5", 0.5), ("1e1", 10.0)])
def test_a_number_between_the_bounds_is_taken(told: str, number: float) -> None:
    assert CliRunner().invoke(_asked, ["--seconds", told]).output == f"{number}\n"
