"""kawal needs: compute, show a station's needs with workings, show the rules."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.needs import actions, reads, rulefiles, words
from kawal.desk.places import reads as places
from kawal.rules.needs.quantities import StockNeed
from kawal.rules.refusals import Refused

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


@click.group()
def needs() -> None:
    """Compute what every station needs, parcels and seals."""


@needs.command()
@click.option("--area", required=True, help="Area code, such as 16.07; an empty text is the nation.")
@click.option(
    "--rules", default=rulefiles.DEFAULT, show_default=True, help="Name of shipped rules, or a file."
)
@JSON
def compute(area: str, rules: str, as_json: bool) -> None:
    """Compute an area's needs; doing it again keeps parcels and seals."""
    with _told():
        run = actions.compute(area, now=now(), rules=rules)
        book = reads.rules_for(area)
        stocks = reads.stocks(area, book)
    if as_json:
        _say({**dataclasses.asdict(run), "stocks": [dataclasses.asdict(stock) for stock in stocks]})
        return
    click.echo(words.run(run))
    for code, quantity in run.totals.items():
        item = book.item(code)
        click.echo(f"{quantity:>15,} {words.unit(item.unit):8} {words.name(item)}")
    for stock in stocks:
        click.echo(
            _stock_line(stock, next(words.name(found) for found in book.stocks if found.code == stock.stock))
        )


@needs.command()
@click.argument("station")
@JSON
def show(station: str, as_json: bool) -> None:
    """What one station needs and why, and its parcels with their seals."""
    with _told():
        found = places.station(station)
        needed = reads.station_needs(station)
        rules = reads.rules_for(found.village)
    parcels = reads.parcels_of([station])[station]
    if as_json:
        _say(
            {
                "station": station,
                "voters": found.voters,
                "voter_list": found.voter_list,
                "needs": [{**dataclasses.asdict(need), "words": words.working(need)} for need in needed],
                "parcels": [dataclasses.asdict(parcel) for parcel in parcels],
            }
        )
        return
    for need in needed:
        click.echo(f"{words.name(rules.item(need.item))} ({words.PLACES[need.place]}): {words.working(need)}")
    for parcel in parcels:
        seals = f"{parcel.seals[0]}-{parcel.seals[-1]}" if parcel.seals else "-"
        click.echo(f"{parcel.code:015d} {words.KINDS[parcel.kind]}: {parcel.weight_g} g, {seals}")


@needs.command()
@click.option(
    "--rules", default=rulefiles.DEFAULT, show_default=True, help="Name of shipped rules, or a file."
)
@JSON
def rules(rules: str, as_json: bool) -> None:
    """Show the rules, each with its source; checks a file of your own."""
    with _told():
        file = rulefiles.read(rules)
    if as_json:
        _say({**dataclasses.asdict(file.rules), "sha256": file.sha256})
        return
    click.echo(f"{file.rules.name} {file.sha256[:12]}")
    for item in file.rules.items:
        mark = " *" if item.assumed else ""
        click.echo(f"{item.code}: {item.amount} / {item.per} ({item.place}){mark} {item.source}")
    click.echo(f"* {gettext('assumed: no document that could be read gives this number')}")


def _stock_line(stock: StockNeed, name: str) -> str:
    return (
        f"{stock.quantity:>15,} {'':8} {name}" if stock.quantity is not None else f"{'?':>15} {'':8} {name}"
    )


def _say(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    """Exact numbers as JSON numbers, everything else as text."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(words.refusal(refused)) from refused
