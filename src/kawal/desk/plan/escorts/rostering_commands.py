"""kawal plan escorts: set officers on duty for the trips of the plan of record."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import BinaryIO

import click

from kawal.desk.clock.reads import now
from kawal.desk.plan import reads
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.escorts import rostering, rostering_lists, rostering_words, strength_words, supposing
from kawal.desk.plan.telling import refusals_told
from kawal.number_option import NumberRange
from kawal.rules.refusals import Refused


@click.command("escorts")
@area_option("Regency or city (16.07), or province (16).")
@click.option(
    "--strength",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Officers of each post (CSV or XLSX of post,officers); without it the stated defaults.",
)
@click.option("--by", default=getpass.getuser, help="Who makes it; by default the user of this machine.")
@click.option(
    "--seconds", type=NumberRange(1), help="Stop each search by the clock: not the same every time."
)
@click.option(
    "--if",
    "--what-if",
    "change",
    multiple=True,
    help="Asks only, saves nothing: 16.07.03=-5 (five officers less there), TRIP=high (its class), "
    "TRIP=2024-02-12T06:00 (begins in that shift).",
)
@click.option("--afresh", is_flag=True, help="Forgets what the roster before promised to whom.")
@click.option("--list", "post", help="Writes the duty list of a post, such as 16.07.03, as CSV.")
@click.option("--out", type=click.File("wb", atomic=True), default="-", help="Where --list writes to.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def escorts_(
    area: str,
    strength: Path | None,
    by: str,
    seconds: float | None,
    change: tuple[str, ...],
    afresh: bool,
    post: str | None,
    out: BinaryIO,
    as_json: bool,
) -> None:
    """Who guards which trip, from which post, in which shift; how many are missing, and where.

    Made anew and kept with the plan, unless --if or --list asks about the one that is there.
    """
    with refusals_told():
        if change:
            _if(area, change, as_json)
            return
        if post:
            out.write(rostering_lists.csv_of(_last(area), post))
            return
        data = strength.read_bytes() if strength else None
        kept, notices = rostering.make(area, by=by, now=now(), strength=data, seconds=seconds, afresh=afresh)
    for found in notices:
        click.echo(strength_words.notice(found), err=True)
    if as_json:
        told = [rostering_words.plain(one) for one in kept]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return
    for one in kept:
        click.echo(f"{one.plan.area}: " + "\n".join(rostering_words.lines(one)))
    click.echo(rostering_words.proof(kept[-1]))  # of all of them together


def _if(area: str, change: tuple[str, ...], as_json: bool) -> None:
    """The least that would be missing; a new roster can be no better."""
    kept = _last(area)
    found = supposing.what_if(kept, change)
    if as_json:
        click.echo(json.dumps({"area": area, "short": found.by_post, "officers_short": found.officers_count}))
        return
    click.echo("\n".join(rostering_words.supposed(kept, found)))


def _last(area: str) -> rostering.Kept:
    plan = reads.plan_of_record(area)
    if plan is None:
        raise Refused("no_plan", area=area)
    kept = rostering.newest(plan.area)
    if kept is None:
        raise Refused("no_roster", area=area)
    if (found := rostering.outdated(kept)) is not None:
        click.echo(rostering_words.outdated(kept, plan, found), err=True)
    return kept
