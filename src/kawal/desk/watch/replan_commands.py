"""kawal plan replan, what-if, adopt, drop, compare, waves: the plan with what custody knows."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.plan import reads, words
from kawal.desk.plan.anew import comparing, comparing_words
from kawal.desk.plan.anew import replanning as plans
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.commands import plan
from kawal.desk.plan.telling import refusals_told
from kawal.desk.plan.textfiles import text_in
from kawal.desk.watch import packing, replanning
from kawal.desk.watch.calibrate_commands import calibrate_
from kawal.desk.watch.fit_commands import fit_delays_
from kawal.desk.watch.repair_commands import repair_
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.waves import PER_HOUR

__all__ = ["plan"]

plan.add_command(fit_delays_)
plan.add_command(calibrate_)
plan.add_command(repair_)
plan.context_settings["obj"] = replanning.left_count  # what the earlier room cannot know

VERSION = click.IntRange(0, 2_147_483_647)  # more than a database holds is a slip, not a version
F = TypeVar("F", bound=Callable[..., Any])
BY = click.option("--by", default=getpass.getuser, help="Who does it; by default the user of this machine.")
JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
AREA = area_option("Regency or city, such as 16.07.")


def _asked(command: F) -> F:
    for option in (
        AREA,
        click.option(
            "--disruption",
            "files",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            multiple=True,
            help="What happened (TOML, docs/plan-anew.md); without it: what waits for trips that run late.",
        ),
        click.option("--instead", is_flag=True, help="What was told before does not hold any more."),
        click.option("--reason", required=True, help="Why there is a new version."),
        BY,
        JSON,
    ):
        command = option(command)
    return command


@plan.command("replan")
@_asked
def replan_(area: str, files: tuple[Path, ...], instead: bool, reason: str, by: str, as_json: bool) -> None:
    """Plan anew what is touched, keep all else, tell every post concerned: a new version of record."""
    _again(area, files, instead, reason, by, as_json, what_if=False)


@plan.command("what-if")
@_asked
def what_if_(area: str, files: tuple[Path, ...], instead: bool, reason: str, by: str, as_json: bool) -> None:
    """The same beside the plan of record: compare it, then adopt or drop it."""
    _again(area, files, instead, reason, by, as_json, what_if=True)


@plan.command("adopt")
@click.argument("plan_id", metavar="ID", type=VERSION)
@BY
def adopt_(plan_id: int, by: str) -> None:
    """Make a what-if the plan of record, if the record has not moved since."""
    with refusals_told():
        replanning.adopt(plan_id, by=by, now=now())
        click.echo(words.headline(reads.plan_by_id(plan_id)))


@plan.command("drop")
@click.argument("plan_id", metavar="ID", type=VERSION)
@BY
def drop_(plan_id: int, by: str) -> None:
    """Put a what-if aside; it stays readable."""
    with refusals_told():
        plans.drop(plan_id, by=by, now=now())
        click.echo(gettext("Dropped."))


@plan.command("compare")
@AREA
@click.argument("before", metavar="V1", type=VERSION)
@click.argument("after", metavar="V2", type=VERSION)
@JSON
def compare_(area: str, before: int, after: int, as_json: bool) -> None:
    """What the second version does better or worse than the first, and which promises moved."""
    with refusals_told():
        _show(comparing.compared(area, before, after), as_json)


@plan.command("waves")
@AREA
@click.option("--per-hour", type=click.IntRange(1, 100_000), default=PER_HOUR, show_default=True)
@click.option("--csv", "as_csv", is_flag=True, help="A list for the warehouse.")
@JSON
def waves_(area: str, per_hour: int, as_csv: bool, as_json: bool) -> None:
    """What must be packed first, and by when: what leaves first, of what is not sealed yet."""
    with refusals_told():
        record, found = packing.packing(area, per_hour=per_hour)
    if as_csv:
        click.echo(packing.as_csv(found, area), nl=False)
    elif as_json:
        told = {"area": area, "version": record.version, "waves": [asdict(wave) for wave in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=lambda at: at.isoformat()))
    else:
        for wave in found:
            told_line = gettext("%(number)s. %(trip)s: %(parcels)s parcels, begin by %(begin)s")
            click.echo(
                told_line
                % {
                    "number": wave.number,
                    "trip": wave.trip,
                    "parcels": words.number(wave.parcels_count),
                    "begin": wave.begin_by.astimezone(zone_of(area)).isoformat(timespec="minutes"),
                }
            )


def _again(
    area: str,
    files: tuple[Path, ...],
    instead: bool,
    reason: str,
    by: str,
    as_json: bool,
    *,
    what_if: bool,
) -> None:
    with refusals_told():
        made = replanning.make_again(
            area,
            disruptions="\n".join(map(text_in, files)),
            reason=reason,
            by=by,
            now=now(),
            what_if=what_if,
            instead=instead,
        )
        found = reads.plan_by_id(made)
        change = comparing.changes(area)[made]
        if not as_json:
            click.echo(words.headline(found))
            kind = gettext("what-if %(id)s; adopt it: kawal plan adopt %(id)s") if what_if else ""
            click.echo(kind % {"id": made} if kind else gettext("It is the plan of record."))
            for trip in change.in_it:
                click.echo(gettext("Underway into it, call them: %(trip)s") % {"trip": trip})
            for trip in change.unguarded:
                click.echo(
                    gettext("No post has officers to guard it, call for help: %(trip)s") % {"trip": trip}
                )
            for trip in change.outdated:
                click.echo(
                    gettext("Stays, but its goods are needed earlier than it says: %(trip)s") % {"trip": trip}
                )
        compared = comparing.compared(area, change.base_version, found.version)
        _show(
            compared, as_json, id=made, in_it=change.in_it, outdated=change.outdated,
            unguarded=change.unguarded,
        )  # fmt: skip


def _show(one: comparing.Compared, as_json: bool, **more: Any) -> None:
    if as_json:
        told = {**more, **comparing_words.plain(one)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=lambda at: at.isoformat()))
    else:
        for line in comparing_words.lines(one):
            click.echo(line)
