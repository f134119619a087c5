"""kawal risk: import given indicators, compute, override a class, show why."""

from __future__ import annotations

from dataclasses import asdict

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.risk import (
    actions,
    checking_command,
    deciding_commands,
    giving_commands,
    reads,
    specfiles,
    words,
)
from kawal.desk.risk.telling import JSON, say, told
from kawal.rules.risk.classes import RiskClass

SPEC = click.option("--spec", default=specfiles.DEFAULT, show_default=True, help="Shipped spec, or a file.")


@click.group()
def risk() -> None:
    """Score where a delivery is vulnerable, and why."""


@risk.command()
@click.option("--area", required=True, help="Regency, province, or an empty text for the nation.")
@SPEC
@JSON
def compute(area: str, spec: str, as_json: bool) -> None:
    """Score every village with stations and roll the scores up."""
    with told():
        found = actions.compute(area, now=now(), spec=spec)
    if as_json:
        say({**asdict(found), "classes": {klass.name.lower(): n for klass, n in found.classes.items()}})
        return
    click.echo(
        gettext("%(area)s: %(count)s villages") % {"area": area or "id", "count": found.villages_count}
    )
    for klass, count in found.classes.items():
        click.echo(f"{count:>8,} {words.CLASSES[klass]}")


@risk.command()
@click.argument("area")
@JSON
def show(area: str, as_json: bool) -> None:
    """The class of an area, and why."""
    with told():
        found = reads.assessment(area, now=now())
    if as_json:
        say({**asdict(found), "words": [words.reason(row) for row in found.reasons]})
        return
    facts = {"area": area or "id", "klass": words.CLASSES[found.klass], "score": f"{found.score:.1f}"}
    click.echo(gettext("%(area)s: %(klass)s, score %(score)s of 100") % facts)
    for row in found.reasons:
        click.echo(f"  {words.reason(row)}")
    if found.missing:
        names = ", ".join(words.name(indicator) for indicator in found.missing)
        click.echo(gettext("Not known: %(names)s") % {"names": names})
    if found.villages:
        for klass, count in zip(RiskClass, found.villages, strict=True):
            click.echo(f"{count:>8,} {words.CLASSES[klass]}")
    if found.override:
        decided = found.override
        facts = {"by": decided.by, "computed": words.CLASSES[found.computed], "reason": decided.reason}
        click.echo(gettext("Decided by %(by)s instead of %(computed)s: %(reason)s") % facts)


for command in (
    giving_commands.import_,
    checking_command.check,
    giving_commands.map_,
    giving_commands.use,
    giving_commands.weather_,
    giving_commands.refresh,
    giving_commands.changes,
    deciding_commands.override,
    deciding_commands.confirm,
    deciding_commands.decline,
    deciding_commands.table,
):
    risk.add_command(command)
