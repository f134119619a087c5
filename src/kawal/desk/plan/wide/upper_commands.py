"""kawal plan upper: from suppliers by ports to the warehouses."""

from __future__ import annotations

import getpass
import json
from datetime import datetime
from pathlib import Path

import click

from kawal.desk.clock.reads import now
from kawal.desk.plan import models
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.escorts import strength_words
from kawal.desk.plan.telling import refusals_told
from kawal.desk.plan.wide import upper, upper_escorts_words, upper_words
from kawal.rules.places.codes import NATION
from kawal.rules.plan.upper.reading import NUMBERS, Notice
from kawal.rules.refusals import Refused

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
VOTING_DAY = datetime(2024, 2, 14)  # noqa: DTZ001 - a day, not a moment


@click.command("upper")
@area_option("Province (16) or the nation (id).", nation=True)
@click.option("--supply", type=FILE, required=True, help="CSV of supplier,item,quantity,ready,lat,lon.")
@click.option("--ports", type=FILE, help="CSV of port,lat,lon: sea ports and airports.")
@click.option("--lanes", type=FILE, help="CSV of from,to,mode,hours,capacity_kg,departures.")
@click.option(
    "--strength", type=FILE, help="CSV or XLSX of post,officers: of each Polda and Mabes (polri/id)."
)
@click.option(
    "--voting-day", type=click.DateTime(["%Y-%m-%d"]), default=VOTING_DAY, show_default="2024-02-14"
)
@click.option("--handling-days", type=click.IntRange(0, 365), default=upper.HANDLING_DAYS, show_default=True)
@click.option("--reason", default="", help="Why there is a new version.")
@click.option("--by", default=getpass.getuser, help="Who makes it; by default the user of this machine.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def upper_(
    area: str,
    supply: Path,
    ports: Path | None,
    lanes: Path | None,
    strength: Path | None,
    voting_day: datetime,
    handling_days: int,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Plan who supplies which warehouse, by which ship or truck, when it arrives, and who guards it.

    Everything must be there some days before the first departure of the regency's plan of record.
    """
    with refusals_told():
        files = upper.Files(
            supply=_text("supply", supply), ports=_text("ports", ports), lanes=_text("lanes", lanes)
        )
        made, notices = upper.make(
            NATION if area == "id" else area,
            files,
            voting_day=voting_day.date(),
            handling_days=handling_days,
            reason=reason,
            by=by,
            now=now(),
            strength=strength.read_bytes() if strength else None,
        )
    for found in notices:
        click.echo(strength_words.notice(found), err=True)
    row = models.UpperPlan.objects.get(pk=made)
    if as_json:
        fields = (
            "supplier",
            "area_code",
            "items",
            "weight_kg",
            "passages",
            "depart_at",
            "arrive_at",
            "due_at",
        )
        sent = [{field: getattr(one, field) for field in fields} for one in upper.shipments(made)]
        told = {"area": area, "version": row.version, "summary": row.summary, "shipments": sent}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=lambda at: at.isoformat()))
        return
    lines = upper_words.lines(row.summary, row.handling_days, area)
    for line in (*lines, *upper_escorts_words.lines(row.summary["escorts"])):
        click.echo(line)


def _text(name: str, path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        notice = Notice(number=NUMBERS["utf8"], file=name, row=1, field="", value=path.name)
        raise Refused("wrong_supply_file", notices=(notice,)) from error
