"""The fleet: what each mode can do, how many there are, and how safe a schedule must be.

Read from a TOML file (`fleet-default.toml` is shipped; its assumptions are marked there). The file is
read strictly: a misspelt or missing key is refused by name with its mend (`wrong_fleet`).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.plan.facts import Access, Mode, Terrain
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.modes import OLD_BOAT

LEVELS = ("regency", "district", "village")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One mode as this fleet has it."""

    mode: Mode
    access: Access
    parcels: int
    weight_kg: int
    speed_kmh: Mapping[Terrain, float]
    detour: float  # way on the ground for each metre of great circle
    rp_per_km: int
    rp_per_hour: int
    rp_per_day: int
    escort_seats: int
    opens: time  # local
    closes: time
    drives_on_voting_night: bool
    safety: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    level: str
    mode: Mode
    one_per_stations: int
    at_least: int

    def count(self, stations_count: int) -> int:
        return max(self.at_least, math.ceil(stations_count / self.one_per_stations)) if stations_count else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    load_s: int  # at the start of a run, or at the end of a collecting one
    stop_s: int  # at each stop
    parcel_s: int  # at its stop, on top


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    name: str
    kinds: Mapping[Mode, Kind]
    stocks: tuple[Stock, ...]
    handling: Mapping[str, Handling]  # by level
    safety_of_class: Mapping[RiskClass, float]

    def safety(self, kind: Kind, risk: RiskClass) -> float:
        return kind.safety * self.safety_of_class[risk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    name: str  # <mode>-<area>-<n>
    kind: Kind


def vehicles(fleet: Fleet, level: str, area: str, stations: Mapping[Access, int]) -> tuple[Vehicle, ...]:
    """The vehicles of an area by the number of its stations reached by each access."""
    return tuple(
        Vehicle(name=f"{stock.mode}-{area}-{number:02d}", kind=fleet.kinds[stock.mode])
        for stock in fleet.stocks
        if stock.level == level
        for number in range(1, stock.count(stations.get(fleet.kinds[stock.mode].access, 0)) + 1)
    )


def fleet_of(text: str) -> Fleet:
    """The fleet of a TOML file. Refuses `wrong_fleet` with `key` and `problem`."""
    try:
        table = Table(tomllib.loads(text, parse_float=Decimal))
        fleet = _fleet(table)
        table.done()
    except tomllib.TOMLDecodeError as error:
        raise Refused("wrong_fleet", key=str(error), problem="not_toml") from error
    except Refused as refused:
        raise Refused("wrong_fleet", **refused.facts) from refused
    return fleet


def _fleet(table: Table) -> Fleet:
    name = table.text("name")
    with table.table("handling") as handling:
        handling.text("source")
        handled = _handling(handling)
    with table.table("safety") as safety:
        safety.text("source")
        with safety.table("by_class") as classes:
            factors = {klass: _at_least(classes, klass.name.lower(), 1) for klass in RiskClass}
    kinds = {kind.mode: kind for kind in table.rows("mode", _kind)}
    stocks = table.rows("stock", lambda row: _stock(row, kinds))
    places = [(stock.level, stock.mode) for stock in stocks]
    if len(set(places)) < len(places):
        raise wrong("stock", "twice_the_same")
    return Fleet(
        name=name,
        kinds=kinds,
        stocks=stocks,
        handling=handled,
        safety_of_class=factors,
    )


def _handling(table: Table) -> dict[str, Handling]:
    with table.table("load_minutes") as loading, table.table("stop_minutes") as stopping:
        minutes = {level: (loading.whole(level), stopping.whole(level)) for level in LEVELS}
    parcel_s = table.whole("parcel_seconds")
    return {
        level: Handling(load_s=load * 60, stop_s=stop * 60, parcel_s=parcel_s)
        for level, (load, stop) in minutes.items()
    }


def _kind(row: Table) -> Kind:
    row.text("source")
    with row.table("speed_kmh") as speeds:
        speed = {terrain: _above_zero(speeds, terrain.value) for terrain in Terrain}
    opens, closes = _hours(row)
    return Kind(
        mode=Mode(row.choice("mode", [mode.value for mode in Mode], old=[OLD_BOAT])),
        access=Access(row.choice("access", [access.value for access in Access])),
        parcels=row.whole("parcels", least=1),
        weight_kg=row.whole("weight_kg", least=1),
        speed_kmh=speed,
        detour=_at_least(row, "detour", 1),
        rp_per_km=row.whole("rp_per_km"),
        rp_per_hour=row.whole("rp_per_hour"),
        rp_per_day=row.whole("rp_per_day"),
        escort_seats=row.whole("escort_seats"),
        opens=opens,
        closes=closes,
        drives_on_voting_night=row.flag("drives_on_voting_night"),
        safety=_at_least(row, "safety", 1),
    )


def _stock(row: Table, kinds: Mapping[Mode, Kind]) -> Stock:
    return Stock(
        level=row.choice("level", LEVELS),
        mode=Mode(row.choice("mode", [mode.value for mode in kinds], old=[OLD_BOAT])),
        one_per_stations=row.whole("one_per_stations", least=1),
        at_least=row.whole("at_least"),
    )


def _hours(row: Table) -> tuple[time, time]:
    written = row.words("hours")
    try:
        opens, closes = (time.fromisoformat(hour) for hour in written)
    except ValueError as error:
        raise wrong(row.key("hours"), "must_be_two_hours") from error
    if opens >= closes:
        raise wrong(row.key("hours"), "must_be_two_hours")
    return opens, closes


def _at_least(row: Table, key: str, least: int) -> float:
    value = row.number(key)
    if value < least:
        raise wrong(row.key(key), "must_be_at_least", least=least)
    return float(value)


def _above_zero(row: Table, key: str) -> float:
    value = row.number(key)
    if value <= 0:
        raise wrong(row.key(key), "must_be_above_zero")
    return float(value)
