"""kawal risk import, map, use, weather, refresh, changes: what is given, what it moves, what changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.risk import actions, history, importing, moving, specfiles, uses, weather, words
from kawal.desk.risk.notice_rows import notice_row
from kawal.desk.risk.telling import JSON, local_time, say, told

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("import")
@FILE
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML of `map`."
)
@click.option("--source", default="", help="Without a mapping: who gives these values.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Without a mapping: date of the data.")
@click.option("--by", default="kawal risk import", show_default=True, help="Who takes them in.")
@click.option("--check", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--spec", default=specfiles.DEFAULT, show_default=True, help="Shipped spec, or a file.")
@JSON
def import_(
    file: Path, mapping: Path | None, source: str, day: datetime | None, by: str, check: bool, spec: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Take in given values: any CSV or XLSX by a mapping, or a CSV of area, indicator, value.

    An error changes nothing.
    """
    if mapping is None:
        _import_plain(file, source, day, spec, as_json)
        return
    with told():
        text = mapping.read_text(encoding="utf-8")
        if check:
            found = importing.look_at(file.read_bytes(), file.name, text)
        else:
            found = importing.take_in(file.read_bytes(), file.name, text, by=by, now=now())
    notices = [{**row, "words": words.notice(row)} for row in found.notices]
    if as_json:
        say({**asdict(found), "notices": notices})
    else:
        _tell_notices(notices)
        facts = {"count": found.values_count, "changed": found.changed_count, "areas": found.areas_count}
        click.echo(
            gettext("%(count)s values of %(areas)s areas, %(changed)s of them new or different") % facts
        )
        if not found.saved:
            click.echo(gettext("Nothing was saved."))
    if not found.saved and not check:
        raise SystemExit(1)


def _import_plain(file: Path, source: str, day: datetime | None, spec: str, as_json: bool) -> None:
    if day is None:
        raise click.UsageError("--date is needed where there is no --mapping.")
    with told():
        found = actions.import_indicators(file, source=source, date=day.date(), now=now(), spec=spec)
    notices = [notice_row(notice) for notice in found.notices]
    notices = [{**row, "words": words.notice(row)} for row in notices]
    if as_json:
        say({"saved": found.saved, "values_count": found.values_count, "notices": notices})
    else:
        _tell_notices(notices)
        click.echo(gettext("%(count)s values taken in") % {"count": found.values_count})
    if not found.saved:
        raise SystemExit(1)


def _tell_notices(notices: list[dict[str, Any]]) -> None:
    for row in notices:
        click.echo(f"{row['code']} {row['severity']} {row['file']}:{row['row'] or '-'} {row['words']}")


@click.command("map")
@FILE
@click.option("--index", default="", help="Index that the file belongs to; else the likeliest.")
@click.option("--within", default="", help="Area inside which names are looked for.")
def map_(file: Path, index: str, within: str) -> None:
    """Propose a mapping for a file from its heads: read it, mend it, keep it."""
    with told():
        click.echo(importing.proposal(file.read_bytes(), now=now(), index=index, within=within), nl=False)


@click.command()
@click.argument("index")
@click.argument("measure")
@click.option("--for", "indicator", required=True, help="Indicator of the composite that it stands in for.")
@click.option("--area", required=True, help="There and below.")
@click.option("--reason", required=True, help="Why; kept for ever.")
@click.option("--by", required=True, help="Who decides.")
@click.option("--until", required=True, help="Local time of the area, such as 2024-02-14T18:00.")
def use(index: str, measure: str, indicator: str, area: str, reason: str, by: str, until: str) -> None:
    """Decide that an index which asks another question (IKP, IPKP) counts as route risk."""
    with told():
        ends = local_time(until, area)
        made = uses.decide(area, index, measure, indicator, reason, ends, by=by, now=now())
    facts = {"id": made, "measure": f"{index}/{measure}", "indicator": indicator, "area": area or "id"}
    click.echo(
        gettext("Decision %(id)s: in %(area)s %(measure)s counts as %(indicator)s from the next computation.")
        % facts
    )


@click.command("weather")
@FILE
@JSON
def weather_(file: Path, as_json: bool) -> None:
    """Take in a forecast of BMKG (JSON of a village, XML of a province) or a warning (CAP 1.2)."""
    with told():
        found = weather.take_in(file.read_bytes(), now=now())
    if as_json:
        say(asdict(found))
        return
    facts = {
        "count": found.happenings,
        "new": found.new,
        "back": found.taken_back,
        "outside": found.outside,
    }
    click.echo(
        gettext("%(count)s things told (%(new)s new, %(outside)s elsewhere), %(back)s taken back") % facts
    )
    for name in found.unplaced:
        click.echo(gettext("Not placed: %(name)s") % {"name": name})


@click.command()
@JSON
def refresh(as_json: bool) -> None:
    """Let the classes follow what was told, as the watch does at each look."""
    with told():
        found = moving.refresh(now=now())
    if as_json:
        say(asdict(found))
    else:
        facts = {"regencies": found.regencies, "changes": found.changes}
        click.echo(gettext("%(regencies)s regencies with influences; %(changes)s areas changed") % facts)


@click.command()
@click.argument("area")
@click.option("--since", default="", help="Local time of the area; else yesterday at this hour.")
@JSON
def changes(area: str, since: str, as_json: bool) -> None:
    """What changed in an area and below it, the worst first."""
    area = "" if area == "id" else area
    with told():
        at = now()
        begins = local_time(since, area) if since else at - timedelta(days=1)
        found = history.changed(area, since=begins, until=at)
    if as_json:
        say([asdict(one) for one in found])
        return
    for one in found:
        click.echo(words.change(one))
    if not found:
        click.echo(gettext("Nothing changed."))
