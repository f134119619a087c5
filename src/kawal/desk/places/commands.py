"""kawal places: import files, check files or what is stored, show one area."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from django.utils.formats import number_format
from django.utils.translation import gettext
from tqdm import tqdm

from kawal.desk.clock.reads import now
from kawal.desk.places import actions, examining, reads, words
from kawal.desk.places.actions import ImportResult, Progress
from kawal.rules.places.codes import NATION
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Notice, Notices, Severity
from kawal.rules.refusals import Refused

AREA = click.option("--area", metavar="CODE", help="Only this area's subtree and the areas above it.")
JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
VOTER_LIST = click.option(
    "--voter-list",
    metavar="NAME",
    help="Version of the voter list; default: the file's name and fingerprint.",
)
FILES = click.Path(path_type=Path)
_SHOWN_OF_EACH_CODE = 5


@click.group()
def places() -> None:
    """Import and check areas, borders, sites and stations (formats: docs/places.md)."""


@places.command("import")
@click.argument("paths", nargs=-1, type=FILES, metavar="PATH...")
@AREA
@VOTER_LIST
@click.option("--by", default="command line", show_default=True, help="Who imports, for the record.")
@JSON
def import_(
    paths: tuple[Path, ...], area: str | None, voter_list: str | None, by: str, as_json: bool
) -> None:
    """Import files or folders; with an error in them nothing is changed."""
    _need_paths(paths)
    with _told(), _progress() as progress:
        result = actions.import_files(
            paths, area=area, by=by, now=now(), progress=progress, voter_list=voter_list
        )
    _answer(result, as_json=as_json)


@places.command()
@click.argument("paths", nargs=-1, type=FILES, metavar="[PATH...]")
@AREA
@VOTER_LIST
@JSON
def check(paths: tuple[Path, ...], area: str | None, voter_list: str | None, as_json: bool) -> None:
    """Check files without importing them; without files, check what is stored."""
    if paths:
        with _told(), _progress() as progress:
            result = actions.try_files(paths, area=area, progress=progress, voter_list=voter_list)
        _answer(result, as_json=as_json)
        return
    with _told():
        notices = examining.examine(area or NATION, limits=Limits())
        totals = reads.totals(area or NATION)
    if as_json:
        by_code = {str(code): number for code, number in sorted(notices.counts.items())}
        _say({"totals": asdict(totals), "notice_counts": by_code, "notices": _rows(notices.in_order())})
    else:
        _print_totals(area or NATION)
        _print_notices(notices.in_order(), dict(notices.counts))
    _exit(notices)


@places.command()
@click.argument("code")
@JSON
def show(code: str, as_json: bool) -> None:
    """What is stored about one area: the area, its totals, its children and sites."""
    with _told():
        area = reads.area(code)
        totals = reads.station_totals(code)
    children = reads.children(code)
    sites = [site for site in reads.sites_under(code) if site.area == code]
    if as_json:
        _say(
            {
                "area": asdict(area),
                "totals": asdict(reads.totals(code)),
                "children": [
                    {**asdict(child), "totals": asdict(totals[child.code])}
                    for child in children
                    if child.code in totals
                ],
                "sites": [asdict(site) for site in sites],
            }
        )
        return
    _print_totals(code)
    for site in sites:
        click.echo(f"{site.code:<18} {_point(site.lat, site.lon)} {site.name}")
    for child in children:
        found = totals.get(child.code)
        number = found.stations if found else 0
        click.echo(f"{child.code:<14} {_number(number):>9} {_point(child.lat, child.lon)} {child.name}")


def _answer(result: ImportResult, *, as_json: bool) -> None:
    if as_json:
        _say({**asdict(result), "notices": _rows(result.notices)})
    else:
        counted = {notice.code: result.notice_counts[notice.code] for notice in result.notices}
        _print_notices(result.notices, counted)
        told = result.counts
        click.echo(
            gettext(
                "Told: %(areas)s areas, %(borders)s borders, %(sites)s sites, "
                "%(stations)s polling stations, %(voters)s voters."
            )
            % {name: _number(number) for name, number in told.items()}
        )
        if result.saved:
            rows = {name: _number(number) for name, number in result.written.items()}
            click.echo(
                gettext(
                    "Saved: %(areas)s areas, %(borders)s borders, %(sites)s sites, %(stations)s "
                    "polling stations written; %(stations_removed)s polling stations removed."
                )
                % rows
            )
        else:
            click.echo(gettext("Nothing was saved."))
    if any(notice.severity is Severity.ERROR for notice in result.notices):
        sys.exit(1)


def _print_notices(notices: Sequence[Notice], counts: dict[Any, int]) -> None:
    """Grouped by code: what to do once, then the first rows."""
    for code in dict.fromkeys(notice.code for notice in notices):
        group = [notice for notice in notices if notice.code == code]
        click.echo(
            f"{code} {words.SEVERITIES[group[0].severity]} ({_number(counts[code])}): {words.mend(group[0])}"
        )
        for notice in group[:_SHOWN_OF_EACH_CODE]:
            place = ":".join(str(part) for part in (notice.file, notice.row) if part)
            click.echo(f"    {place + ': ' if place else ''}{words.said(notice)}")
        more = counts[code] - len(group[:_SHOWN_OF_EACH_CODE])
        if more:
            click.echo(f"    {gettext('and %(more)s more') % {'more': _number(more)}}")


def _print_totals(code: str) -> None:
    area, totals = reads.area(code), reads.totals(code)
    facts = {
        "name": area.name,
        "level": words.LEVELS[area.level],
        "villages": _number(totals.villages),
        "stations": _number(totals.stations),
        "voters": _number(totals.voters),
    }
    click.echo(
        gettext(
            "%(name)s (%(level)s): %(villages)s villages, %(stations)s polling stations, %(voters)s voters."
        )
        % facts
    )


def _number(value: int) -> str:
    """With the separators of the reader's language."""
    return number_format(value, force_grouping=True)


def _point(lat: float | None, lon: float | None) -> str:
    return f"{'-':>20}" if lat is None or lon is None else f"{lat:>9.5f} {lon:>10.5f}"


def _rows(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    return [
        {
            **asdict(notice),
            "severity": notice.severity,
            "said": words.said(notice),
            "mend": words.mend(notice),
        }
        for notice in notices
    ]


def _say(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def _need_paths(paths: tuple[Path, ...]) -> None:
    if not paths:
        raise click.UsageError(gettext("Name at least one file or folder."))


def _exit(notices: Notices) -> None:
    if notices.errors_count:
        sys.exit(1)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(words.refusal(refused)) from refused


@contextmanager
def _progress() -> Iterator[Progress]:
    """One bar on stderr for each step, and none where nobody watches."""
    bars: dict[str, tqdm[Any]] = {}

    def moved(step: str, done: int, total: int) -> None:
        if step not in bars:
            bars[step] = tqdm(total=total, desc=step, unit_scale=True, leave=False, disable=None)
        bars[step].update(done - bars[step].n)

    try:
        yield moved
    finally:
        for bar in bars.values():
            bar.close()
