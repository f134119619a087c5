"""kawal custody: rebuild the tables from the log, show a parcel's story, draw the stages."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import tzinfo
from typing import Any

import click
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from tqdm import tqdm

from kawal.desk.custody import actions, picture, projecting, reads, words
from kawal.desk.custody.reads import ParcelStoryFacts, StepFacts
from kawal.desk.ledger import reads as log
from kawal.rules.custody import stages as rules
from kawal.rules.custody.findings import Finding
from kawal.rules.places.codes import is_station, zone_of
from kawal.rules.refusals import Refused

_DIFFERENCES_SHOWN_MAX = 20
HUBS_TURN_S = 2.0  # a hub that runs comes forward within that; without one, the command itself reads them in
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


@click.group()
def custody() -> None:
    """Rebuild and show who holds what."""


@custody.command()
@click.option("--check", "only_check", is_flag=True, help="Compare, change nothing; exit 1 on a difference.")
@_JSON
def rebuild(only_check: bool, as_json: bool) -> None:
    """Replay the log into empty tables."""
    waiting = log.size() - projecting.folded() if only_check else 0
    with tqdm(total=log.size(), unit="event", file=sys.stderr, disable=None, leave=False) as bar:
        if only_check:
            found = actions.check(bar.update)
        else:
            actions.rebuild(bar.update)
            found = []
    if as_json:
        told = {
            "events": log.size() - waiting,
            "waiting": waiting,
            "differences": [dataclasses.asdict(one) for one in found],
        }
        click.echo(json.dumps(told))
    elif not found:
        said = _("The tables say what the log says: %(events)s events.")
        click.echo(said % {"events": log.size() - waiting})
        if waiting:
            said = _("%(events)s events of the log are not in the tables yet: the hub reads them in.")
            click.echo(said % {"events": waiting})
    else:
        said = _("The tables differ from the log in %(count)s rows. Mend them with: kawal custody rebuild")
        click.echo(said % {"count": len(found)}, err=True)
        for one in found[:_DIFFERENCES_SHOWN_MAX]:
            click.echo(f"  {one.table} {one.key}: {words.TABLES[one.how]}", err=True)
    if found:
        sys.exit(1)


@custody.command()
@_JSON
def unfolded(as_json: bool) -> None:
    """List the entries of the log at which the program failed, with the error; exit 1 where there are any."""
    rows = picture.unfolded()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(row) for row in rows], cls=DjangoJSONEncoder))
    else:
        for row in rows:
            click.echo(f"#{row.entry_index}  {row.received_at:%Y-%m-%d %H:%M:%S %Z}  {row.error}")
    if rows:
        sys.exit(1)


@custody.command()
def stages() -> None:
    """Print the table of stages as it stands in docs/custody.md."""
    click.echo(rules.drawn(), nl=False)


@custody.command()
@click.argument("code")
@_JSON
def show(code: str, as_json: bool) -> None:
    """Standing, holder and story of a PARCEL (15 digits), or of every parcel of a STATION (13)."""
    actions.catch_up(patience_s=HUBS_TURN_S)
    try:
        stories = _stories(code)
    except Refused as refused:
        click.echo(words.refusal(refused), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps([_plain(story) for story in stories], cls=DjangoJSONEncoder))
        return
    for story in stories:
        _tell(story)


def _stories(code: str) -> list[ParcelStoryFacts]:
    if is_station(code):
        return reads.station_story(code)
    if len(code) == 15 and code.isdecimal():
        return [reads.parcel_story(int(code))]
    raise Refused("not_a_code", told=code)


def _tell(story: ParcelStoryFacts) -> None:
    who = story.holder_post or story.holder or _("nobody is known to hold it")
    disputed = " " + _("DISPUTED") if story.disputed else ""
    stage = words.STAGES[story.stage]
    click.echo(f"{story.parcel_code:015d} {story.kind}: {stage}; {who} {story.site}".rstrip() + disputed)
    for finding in story.findings:
        click.echo(f"  {finding.rule} {words.FINDINGS[finding.kind]}")
    zone = zone_of(f"{story.parcel_code:015d}")
    for step in story.steps:
        click.echo(f"  {_line(step, zone)}")


def _line(step: StepFacts, zone: tzinfo) -> str:
    at = step.happened_at.astimezone(zone).strftime("%d-%m %H:%M:%S %Z")
    marks = " ".join(sorted({finding.rule for finding in step.findings}))
    told = f"{at}  {words.ACTS[step.act]}  {step.post}  {step.site}"
    return f"{told}  #{step.entry_index}  {marks}".rstrip()


def _plain(story: ParcelStoryFacts) -> dict[str, object]:
    plain: dict[str, Any] = dataclasses.asdict(story)
    plain["parcel_code"] = f"{story.parcel_code:015d}"
    plain["stage"] = story.stage.name
    plain["findings"] = [_finding(one) for one in story.findings]
    for step, row in zip(story.steps, plain["steps"], strict=True):
        row["act"] = step.act.name
        row["exceptions"] = [why.name for why in step.exceptions]
        row["findings"] = [_finding(one) for one in step.findings]
    return plain


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "kind": finding.kind,
        "facts": finding.facts,
        "events": [event_id.hex() for event_id in finding.ids],
    }
