"""kawal plan repair: change what makes stations late, and say what else would help."""

from __future__ import annotations

import getpass
import json

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.sure import repairing_words
from kawal.desk.plan.telling import refusals_told
from kawal.desk.risk import reads as risk
from kawal.desk.watch import replanning
from kawal.number_option import NumberRange
from kawal.rules.plan.repair.promise import TARGET_LEAST, TARGET_MOST, targets_of

_SHARE = NumberRange(TARGET_LEAST, TARGET_MOST)


@click.command("repair")
@area_option("Regency or city, such as 16.07.")
@click.option(
    "--target", type=_SHARE, help="Of each station; by default what the table of classes asks for its class."
)
@click.option(
    "--class-target",
    "classes",
    metavar="CLASS=SHARE",
    multiple=True,
    help="Of each station of a class, such as special=0.999 (low, vulnerable, high, special).",
)
@click.option("--regency-target", type=_SHARE, help="Of all stations together; by default --target, or 0.99.")
@click.option("--what-if", is_flag=True, help="Beside the plan of record: compare it, then adopt or drop it.")
@click.option("--reason", default="", help="Why; by default what was repaired.")
@click.option("--by", default=getpass.getuser, help="Who repairs; by default the user of this machine.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def repair_(
    area: str,
    target: float | None,
    classes: tuple[str, ...],
    regency_target: float | None,
    what_if: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Repair the plan of record until every station and the regency reach their targets.

    Makes a new version if anything can be changed; what has left stays. Names the stations that cannot be
    promised, and the cheapest help.
    """
    with refusals_told():
        targets = targets_of(risk.patterns(area), target, regency_target, classes)
        reason = reason or repairing_words.reason(targets)
        found = replanning.repair(area, targets=targets, by=by, reason=reason, now=now(), what_if=what_if)
    if as_json:
        click.echo(json.dumps(repairing_words.plain(found), ensure_ascii=False, indent=1, default=str))
    else:
        for line in repairing_words.lines(found):
            click.echo(line)
        if what_if and found.made:
            told = gettext("what-if %(id)s; adopt it: kawal plan adopt %(id)s")
            click.echo(told % {"id": found.plan.id})
