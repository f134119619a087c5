"""kawal plan fleet: read a fleet, say how many vehicles would be enough, hand out an example."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.plan import actions
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.fleets import fleet_files, fleet_notices, fleet_words, passed_over
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.desk.plan.preparing import DEFAULT_FLEETS, Asked, default_of, prepared
from kawal.desk.plan.telling import refusals_told
from kawal.desk.plan.textfiles import access_in
from kawal.desk.plan.working import each
from kawal.rules.places.notices import Severity
from kawal.rules.plan.enough import reckon

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
VOTING_DAY: Final = datetime(2024, 2, 14)  # noqa: DTZ001 - a day, not a moment
EXAMPLES: Final = ("toml", "csv", "windows.csv", "xlsx")


@click.command("fleet")
@click.argument("files", nargs=-1, type=FILE)
@area_option("Regency or city, such as 16.07: how many vehicles would be enough there?", required=False)
@click.option("--access", type=FILE, help="How areas are reached (CSV), as for kawal plan make.")
@click.option(
    "--voting-day", type=click.DateTime(["%Y-%m-%d"]), default=VOTING_DAY, show_default="2024-02-14"
)
@click.option(
    "--template",
    type=click.Choice(EXAMPLES),
    help="Write an example to fill in; toml with --area: the stated default for that regency.",
)
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@click.option("--workers", type=click.IntRange(1), default=actions.WORKERS, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def fleet_(
    files: tuple[Path, ...],
    area: str | None,
    access: Path | None,
    voting_day: datetime,
    template: str | None,
    write: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    """Read a fleet from FILES (TOML, CSV, XLSX); without one the stated default counts.

    What is wrong is told by number, row and field, and nothing is taken. With --write all of it becomes one
    TOML for kawal plan make --fleet.
    """
    with refusals_told():
        told = access_in(access)
        default = partial(default_of, area, told, now=now()) if area else default_fleet
        if template:
            _put(fleet_files.template(template, default()), write)
            return
        found = fleet_files.read(files, default)
        for one in found.notices:
            click.echo(fleet_notices.notice(one), err=True)
        if any(one.severity is Severity.ERROR for one in found.notices):
            raise click.ClickException(gettext("Nothing was taken of these files."))
        if write:
            _put(found.text.encode(), write)
        if area:
            text = found.text if files else None
            asked = Asked(voting_day=voting_day.date(), seed=1, fleet=text, access=told)
            _reckon(area, asked, workers, as_json)
        elif not write:
            click.echo(found.text, nl=False)


def _reckon(area: str, asked: Asked, workers: int, as_json: bool) -> None:
    task = prepared(area, asked, now=now()).task
    for line in passed_over.lines(passed_over.passed_over(task.settings.fleet, area), area):
        click.echo(line, err=True)
    found = reckon(task.problem, task.settings, each(workers, None))
    default = {code: task.assumptions[code] for code in DEFAULT_FLEETS.values() if code in task.assumptions}
    if as_json:
        answer = {"area": area, "fleet": task.settings.fleet.name, "default": default, **asdict(found)}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for line in fleet_words.lines(area, task.settings.fleet.name, found, default):
            click.echo(line)


def _put(data: bytes, write: Path | None) -> None:
    if write:
        write.write_bytes(data)
    else:
        click.echo(data, nl=False)
