"""Suppliers, ports and lanes from CSV files: every wrong row is told, and then nothing is planned.

supply  supplier,item,quantity,ready,lat,lon          ready: a day
ports   port,lat,lon
lanes   from,to,mode,hours,capacity_kg,departures     mode: road, sea, air

Departures are days or moments with a semicolon between them (08:00 WIB where no hour is told); none: every
day. The capacity is that of one departure; none: not limited.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from kawal.rules.places.codes import WIB, is_area, level_of
from kawal.rules.plan.upper.facts import Carriage, Lane, Port, Supply
from kawal.rules.refusals import Refused

SUPPLY = ("supplier", "item", "quantity", "ready", "lat", "lon")
PORTS = ("port", "lat", "lon")
LANES = ("from", "to", "mode", "hours", "capacity_kg", "departures")
MORNING = timedelta(hours=8)
ROWS_MAX = 100_000

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is wrong in a row; the head is row 1. `number` is stable: U01 to U11."""

    number: str
    file: str  # supply, ports, lanes
    row: int
    field: str
    value: str


NUMBERS = {
    "head": "U01", "cells": "U02", "empty": "U03", "number": "U04", "point": "U05", "day": "U06",
    "item": "U07", "mode": "U08", "place": "U09", "twice": "U10", "utf8": "U11",
}  # fmt: skip


class _Wrong(Exception):
    def __init__(self, problem: str, field: str, value: str) -> None:
        super().__init__(problem)
        self.problem, self.field, self.value = problem, field, value


def supplies_of(text: str, items: Collection[str]) -> tuple[Supply, ...]:
    """Refuses `wrong_supply_file` with `notices`."""

    def supply(row: Mapping[str, str]) -> Supply:
        if row["item"] not in items:
            raise _Wrong("item", "item", row["item"])
        lat, lon = _point(row)
        return Supply(
            supplier=_text(row, "supplier"),
            item=row["item"],
            quantity=round(_number(row, "quantity", least=1)),
            ready_s=_moment(row["ready"], "ready"),
            lat=lat,
            lon=lon,
        )

    return tuple(_read("supply", text, SUPPLY, supply))


def ports_of(text: str) -> tuple[Port, ...]:
    """Refuses `wrong_supply_file` with `notices`."""
    seen: set[str] = set()

    def port(row: Mapping[str, str]) -> Port:
        code = _text(row, "port")
        if code in seen:
            raise _Wrong("twice", "port", code)
        seen.add(code)
        lat, lon = _point(row)
        return Port(code=code, lat=lat, lon=lon)

    return tuple(_read("ports", text, PORTS, port))


def lanes_of(text: str, known: Collection[str]) -> tuple[Lane, ...]:
    """`known`: suppliers and ports; a lane may also end at a regency. Refuses `wrong_supply_file`."""

    def lane(row: Mapping[str, str]) -> Lane:
        for end in ("from", "to"):
            code = _text(row, end)
            if code not in known and not (end == "to" and is_area(code) and level_of(code) == "regency"):
                raise _Wrong("place", end, code)
        if row["mode"] not in set(Carriage):
            raise _Wrong("mode", "mode", row["mode"])
        departures = [part.strip() for part in row["departures"].split(";") if part.strip()]
        return Lane(
            start=row["from"],
            end=row["to"],
            mode=Carriage(row["mode"]),
            travel_s=math.ceil(_number(row, "hours", least=0.1) * 3_600),
            capacity_kg=round(_number(row, "capacity_kg", least=1)) if row["capacity_kg"] else None,
            departures_s=tuple(sorted(_moment(part, "departures") for part in departures)),
        )

    return tuple(_read("lanes", text, LANES, lane))


def _read(
    file: str, text: str, head: tuple[str, ...], fact: Callable[[Mapping[str, str]], Fact]
) -> list[Fact]:
    found: list[Fact] = []
    notices: list[Notice] = []
    for number, cells in enumerate(_rows(text), start=1):
        told = [cell.strip() for cell in cells]
        try:
            if number == 1:
                if tuple(told) != head:
                    raise _Wrong("head", ",".join(head), ",".join(told))
            elif any(told):
                if len(told) != len(head) or number > ROWS_MAX:
                    raise _Wrong("cells", ",".join(head), ",".join(told))
                found.append(fact(dict(zip(head, told, strict=True))))
        except _Wrong as wrong:
            notices.append(
                Notice(
                    number=NUMBERS[wrong.problem],
                    file=file,
                    row=number,
                    field=wrong.field,
                    value=wrong.value[:80],
                )
            )
            if wrong.problem == "head":
                break
    if not found and not notices:
        notices.append(Notice(number=NUMBERS["empty"], file=file, row=1, field=",".join(head), value=""))
    if notices:
        raise Refused("wrong_supply_file", notices=tuple(notices))
    return found


def _rows(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text.removeprefix("\ufeff")))


def _text(row: Mapping[str, str], field: str) -> str:
    if not row[field]:
        raise _Wrong("empty", field, "")
    return row[field]


def _number(row: Mapping[str, str], field: str, *, least: float) -> float:
    try:
        value = float(row[field])
    except ValueError:
        raise _Wrong("number", field, row[field]) from None
    if not least <= value < 1e12:
        raise _Wrong("number", field, row[field])
    return value


def _point(row: Mapping[str, str]) -> tuple[float, float]:
    lat, lon = _number(row, "lat", least=-1e9), _number(row, "lon", least=-1e9)
    if not (-15 <= lat <= 10 and 90 <= lon <= 145):  # Indonesia and its neighbours: not swapped
        raise _Wrong("point", "lat,lon", f"{row['lat']},{row['lon']}")
    return lat, lon


def _moment(text: str, field: str) -> int:
    """A day is its morning; a moment without a zone is in WIB."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise _Wrong("day", field, text) from None
    if len(text) == 10:
        told += MORNING
    return int((told if told.tzinfo else told.replace(tzinfo=WIB)).timestamp())
