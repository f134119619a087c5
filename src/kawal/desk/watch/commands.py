"""kawal watch: look once, list alerts, answer one."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from django.utils.translation import gettext as _

from kawal.desk.clock.reads import now
from kawal.desk.watch import actions, feeding, reads, words
from kawal.rules.refusals import Refused

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


@click.group()
def watch() -> None:
    """Look once for what is late or wrong."""


@watch.command()
@JSON
def look(as_json: bool) -> None:
    """Look once at everything underway: open, climb and close alerts."""
    at = now()
    done = actions.sweep(now=at)
    feeding.teach(now=at)
    if as_json:
        _say(asdict(done))
        return
    click.echo(_("%(opened)d opened, %(climbed)d escalated, %(closed)d closed") % asdict(done))


@watch.command()
@click.option("--area", required=True, help="Area code such as 16.07; id for the nation.")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, reads.LIMIT_MAX), default=100, show_default=True)
@JSON
def alerts(area: str, state: reads.State, limit: int, as_json: bool) -> None:
    """Alerts of an area and all below it, the most severe first."""
    code = "" if area == "id" else area
    try:
        rows = reads.alerts(code, state=state, limit=limit)
    except Refused as refused:
        raise click.ClickException(str(words.REFUSALS[refused.code]) % refused.facts) from refused
    if as_json:
        _say([{**asdict(row), "words": words.sentence(row)} for row in rows])
        return
    for row in rows:
        click.echo(f"{row.id:>6} {words.SEVERITIES[row.severity]} {row.post:<16} {words.sentence(row)}")
    if not rows:
        click.echo(_("No alerts."))


@watch.command()
@click.argument("alert_id", type=int)
@click.option("--post", required=True, help="Post that answers, such as polri/16.07.03.")
@click.option("--by", required=True, help="Who answers there.")
@click.option("--note", default="", help="What is being done.")
@JSON
def acknowledge(alert_id: int, post: str, by: str, note: str, as_json: bool) -> None:
    """Answer an alert for a post: it climbs no more for a while."""
    try:
        answered = actions.acknowledge(alert_id, officer_post=post, by=by, now=now(), note=note)
    except Refused as refused:
        raise click.ClickException(str(words.REFUSALS[refused.code]) % refused.facts) from refused
    if as_json:
        _say({"alert": alert_id, "answered": answered})
        return
    click.echo(_("Noted: the alert is answered.") if answered else _("Noted; the alert still climbs."))


def _say(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, default=str))
