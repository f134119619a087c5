"""kawal risk override, confirm, decline, table: people's decisions by the command line."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.risk import deciding, reads, tables, words
from kawal.desk.risk.telling import JSON, local_time, say, told
from kawal.rules.risk.classes import RiskClass

BY = click.option("--by", required=True, help="Who decides.")
POST = click.option("--post", default="", help="Post of that person, such as polri/16.07.")
REASON = click.option("--reason", required=True, help="Why; kept for ever.")


@click.command()
@click.argument("area")
@click.option("--class", "klass", required=True, type=click.IntRange(1, 4), help="1 low .. 4 special.")
@REASON
@BY
@POST
@click.option("--until", required=True, help="Local time of the area, such as 2024-02-14T18:00.")
@JSON
def override(area: str, klass: int, reason: str, by: str, post: str, until: str, as_json: bool) -> None:
    """Decide the class of an area and all below it. To lower one, a second person must confirm."""
    with told():
        ends = local_time(until, area)
        made = deciding.decide(area, RiskClass(klass), reason, ends, by, now=now(), post=post)
    if as_json:
        say({"override": made.id, "area_code": area, "klass": klass, "waits": made.waits})
        return
    facts = {"area": area or "id", "klass": words.CLASSES[RiskClass(klass)], "id": made.id}
    if made.waits:
        click.echo(gettext("Decision %(id)s on %(area)s (%(klass)s) waits for a second person.") % facts)
    else:
        click.echo(gettext("%(area)s is now at least: %(klass)s") % facts)


@click.command()
@click.argument("decision", type=int)
@BY
@click.option("--post", required=True, help="Post of the police of a regency or higher, such as polri/16.07.")
def confirm(decision: int, by: str, post: str) -> None:
    """Confirm, as the second person, a decision that lowers a class."""
    with told():
        made = deciding.confirm(decision, by=by, post=post, now=now())
    facts = {"area": made.area_code or "id", "klass": words.CLASSES[made.klass]}
    click.echo(gettext("%(area)s is now: %(klass)s") % facts)


@click.command()
@click.argument("decision", type=int)
@BY
@click.option("--post", required=True, help="Post of the police of a regency or higher, such as polri/16.07.")
@REASON
def decline(decision: int, by: str, post: str, reason: str) -> None:
    """Decline, as the second person, a decision that would lower a class; or take back your own."""
    with told():
        made = deciding.decline(decision, by=by, post=post, reason=reason, now=now())
    click.echo(gettext("Decision %(id)s holds no longer.") % {"id": made.id})


@click.command()
@click.argument("area", default="")
@click.option(
    "--set", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="New table."
)
@click.option("--reason", default="", help="Why; kept for ever.")
@click.option("--by", default="", help="Who decides.")
@POST
def table(area: str, file: Path | None, reason: str, by: str, post: str) -> None:
    """Print what each class means in an area: escort, checks, limits, order. With --set, change it."""
    area = "" if area == "id" else area
    with told():
        if file is None:
            click.echo(reads.table(area).text, nl=False)
            return
        text = tables.text_of_file(file)
        version = deciding.change_patterns(area, text, reason, by, now=now(), post=post)
    click.echo(
        gettext("Table %(version)s of %(area)s is in force.") % {"version": version, "area": area or "id"}
    )
