"""kawal risk: import given indicators, compute, override a class, show why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.risk import actions, reads, specfiles, words
from kawal.rules.places.codes import zone_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
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
    with _told():
        found = actions.compute(area, now=now(), spec=spec)
    if as_json:
        _say({**asdict(found), "classes": {klass.name.lower(): n for klass, n in found.classes.items()}})
        return
    click.echo(
        gettext("%(area)s: %(count)s villages") % {"area": area or "id", "count": found.villages_count}
    )
    for klass, count in found.classes.items():
        click.echo(f"{count:>8,} {words.CLASSES[klass]}")


@risk.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Who gives these values.")
@click.option("--date", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Date of the data.")
@SPEC
@JSON
def import_(file: Path, source: str, date: datetime, spec: str, as_json: bool) -> None:
    """Take in given indicators: a CSV of area, indicator, value. An error changes nothing."""
    with _told():
        found = actions.import_indicators(file, source=source, date=date.date(), now=now(), spec=spec)
    notices = [{**asdict(notice), "severity": notice.severity} for notice in found.notices]
    notices = [{**row, "words": words.notice(row)} for row in notices]
    if as_json:
        _say({"saved": found.saved, "values_count": found.values_count, "notices": notices})
    else:
        for row in notices:
            click.echo(f"{row['code']} {row['severity']} {row['file']}:{row['row'] or '-'} {row['words']}")
        click.echo(gettext("%(count)s values taken in") % {"count": found.values_count})
    if not found.saved:
        raise SystemExit(1)


@risk.command()
@click.argument("area")
@click.option("--class", "klass", required=True, type=click.IntRange(1, 4), help="1 low .. 4 special.")
@click.option("--reason", required=True, help="Why; kept for ever.")
@click.option("--by", required=True, help="Who decides.")
@click.option("--until", default=None, help="Local time of the area, such as 2024-02-14T18:00.")
@JSON
def override(area: str, klass: int, reason: str, by: str, until: str | None, as_json: bool) -> None:
    """Set the class of an area and all below it, against the computed one."""
    with _told():
        ends = _local(until, area) if until else None
        decision = actions.override(area, RiskClass(klass), reason, ends, by, now=now())
    if as_json:
        _say({"override": decision, "area_code": area, "klass": klass})
    else:
        facts = {"area": area or "id", "klass": words.CLASSES[RiskClass(klass)]}
        click.echo(gettext("%(area)s is now: %(klass)s") % facts)


@risk.command()
@click.argument("area")
@JSON
def show(area: str, as_json: bool) -> None:
    """The class of an area, and why."""
    with _told():
        found = reads.assessment(area, now=now())
    if as_json:
        _say({**asdict(found), "words": [words.reason(row) for row in found.reasons]})
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


def _local(text: str, area: str) -> datetime:
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("time_unreadable", text=text, expected="2024-02-14T18:00") from error
    return told if told.tzinfo else told.replace(tzinfo=zone_of(area))


def _say(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(words.refusal(refused)) from refused
