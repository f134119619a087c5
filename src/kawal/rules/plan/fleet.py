"""The fleet: what each mode can do, how many there are, and how safe a schedule must be.

Read from a TOML file (`fleet-default.toml` is shipped; its assumptions are marked there). The file is
read strictly: a misspelt or missing key is refused by name with its mend (`wrong_fleet`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from kawal.rules.needs.strict import Table, tables_of, wrong
from kawal.rules.places.codes import is_area, level_of
from kawal.rules.places.facts import area_of_site, is_gateway
from kawal.rules.plan.apart import Apart, apart_of
from kawal.rules.plan.docks import Dock, dock_of, told_twice
from kawal.rules.plan.facts import LEVELS, Access, Mode, Terrain
from kawal.rules.plan.windows import Bound, Opening, bound_of, hours_of, opening_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.modes import OLD_BOAT

NAME_CHARS_MAX = 30
SPEED_MAX_KMH = 1_000
COUNT_MAX = 2_000  # vehicles of one mode that one area can have
NO_LIMIT = 10**9
_BELOW = "D"  # before the number of a vehicle that goes on from a jetty or an airstrip to villages
_OWN = (
    "parcels", "weight_kg", "volume_l", "stations", "range_m", "escort_seats", "rp_per_day", "quicker",
    "rp_per_km", "rp_per_hour",
)  # fmt: skip
# Keys of a row with whole numbers of its own, and the least of each.
_WHOLE = {
    "parcels": 1, "weight_kg": 1, "stations": 1, "escort_seats": 0, "rp_per_day": 0, "rp_per_km": 0,
    "rp_per_hour": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One mode as this fleet has it, or one vehicle of it that differs. None: no such limit."""

    mode: Mode
    access: Access
    parcels: int
    weight_kg: int
    volume_l: int | None = None
    stations: int | None = None  # beside the loss limit of their class
    range_m: int | None = None  # there and home again without refuelling
    speed_kmh: Mapping[Terrain, float] = field(hash=False)
    detour: float  # way on the ground for each metre of great circle
    rp_per_km: int
    rp_per_hour: int
    rp_per_day: int
    escort_seats: int
    opens: time  # local
    closes: time
    drives_on_voting_night: bool
    safety: float
    quicker: float = 1.0  # than its mode, so many times; `speed_kmh` holds it already

    def order(self) -> tuple[str | float, ...]:
        """The mode's name, then all in which vehicles of a mode may differ."""
        own = (getattr(self, name) for name in _OWN)
        hours = (60 * at.hour + at.minute for at in (self.opens, self.closes))
        return self.mode.value, *(-1 if value is None else value for value in own), *hours

    def ways(self) -> tuple[Mode, float, int, int]:
        """What decides how long its ways take and what they cost."""
        return self.mode, self.quicker, self.rp_per_km, self.rp_per_hour

    def limits(self, loss_limit: int) -> tuple[int, int, int, int]:
        """Most parcels, kg, litres and stations, where the class allows so many stations."""
        stations = loss_limit if self.stations is None else min(loss_limit, self.stations)
        return self.parcels, self.weight_kg, NO_LIMIT if self.volume_l is None else self.volume_l, stations


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    level: str
    mode: Mode
    own: Kind | None = None  # where it differs from its mode
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
class Listed:
    """A vehicle by name. It stands at the site of its area and serves the legs from there."""

    area: str  # of a regency, district or village; or the code of a jetty or airstrip
    name: str  # a plate, a boat's name
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    name: str
    kinds: Mapping[Mode, Kind]
    stocks: tuple[Stock, ...]
    listed: tuple[Listed, ...] = ()
    openings: tuple[Opening, ...] = ()
    bounds: tuple[Bound, ...] = ()
    aparts: tuple[Apart, ...] = ()
    docks: tuple[Dock, ...] = ()
    handling: Mapping[str, Handling]  # by level
    safety_of_class: Mapping[RiskClass, float]
    _by_name: Mapping[str, Kind] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {f"{one.kind.mode}-{one.area}-{one.name}": one.kind for one in self.listed}
        object.__setattr__(self, "_by_name", named)

    def kind_of(self, vehicle: str, mode: Mode) -> Kind:
        """By the vehicle's name: as it is listed, else as the stock of its level or its mode tells."""
        named = self._by_name.get(vehicle)
        if named is not None:
            return named
        area = base_of(vehicle)
        if is_gateway(area):
            level = "district" if vehicle.rpartition("-")[2].startswith(_BELOW) else "regency"
        else:
            level = level_of(area)
        stocks = (self.kind_in(one) for one in self.stocks if (one.level, one.mode) == (level, mode))
        return next(stocks, self.kinds[mode])

    def kind_in(self, stock: Stock) -> Kind:
        return stock.own or self.kinds[stock.mode]

    def safety(self, kind: Kind, risk: RiskClass) -> float:
        return kind.safety * self.safety_of_class[risk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    name: str  # <mode>-<area>-<n>, or its own name for <n>; D<n> of a gateway's that serve villages
    kind: Kind


def base_of(vehicle: str) -> str:
    """The area or gateway at which a vehicle of this name stands: `speedboat-DMG-16.07.01-1-02` ->
    `DMG-16.07.01-1`."""
    return vehicle.partition("-")[2].rpartition("-")[0]


def vehicles(fleet: Fleet, level: str, area: str, stations: Mapping[Access, int]) -> tuple[Vehicle, ...]:
    """The vehicles of an area: those listed there; by its stations where none is listed that gets to them."""
    own = [
        Vehicle(name=f"{listed.kind.mode}-{area}-{listed.name}", kind=listed.kind)
        for listed in fleet.listed
        if listed.area == area
    ]
    reached = {vehicle.kind.access for vehicle in own}
    return (*own, *(one for one in by_ratio(fleet, level, area, stations) if one.kind.access not in reached))


def by_ratio(fleet: Fleet, level: str, area: str, stations: Mapping[Access, int]) -> list[Vehicle]:
    mark = _BELOW if is_gateway(area) and level == "district" else ""
    return [
        Vehicle(name=f"{stock.mode}-{area}-{mark}{number:02d}", kind=fleet.kind_in(stock))
        for stock in fleet.stocks
        if stock.level == level
        for number in range(1, stock.count(stations.get(fleet.kinds[stock.mode].access, 0)) + 1)
    ]


def kinds_of(vehicles: Iterable[Vehicle]) -> list[Kind]:
    """The kinds among the vehicles, each once, in their order."""
    return list(dict.fromkeys(vehicle.kind for vehicle in vehicles))


def fleet_of(text: str) -> Fleet:
    """The fleet of a TOML file. Refuses `wrong_fleet` with `key` and `problem`."""
    try:
        table = Table(tables_of(text))
        fleet = _fleet(table)
        table.done()
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
    listed = table.rows("vehicle", lambda row: _listed(row, kinds)) if table.has("vehicle") else ()
    stocks = table.rows("stock", lambda row: _stock(row, kinds)) if table.has("stock") or not listed else ()
    places = [(stock.level, stock.mode) for stock in stocks]
    if len(set(places)) < len(places):
        raise wrong("stock", "twice_the_same")
    told: set[tuple[str, Mode, str]] = set()
    for number, one in enumerate(listed, start=1):
        called = one.area, one.kind.mode, one.name.casefold()
        if called in told:
            raise wrong(f"vehicle[{number}].name", "told_before")
        told.add(called)
    docks = table.rows("dock", dock_of) if table.has("dock") else ()
    if again := told_twice(docks):
        raise wrong(f"dock[{again}].modes", "twice_the_same")
    return Fleet(
        name=name,
        kinds=kinds,
        stocks=stocks,
        listed=listed,
        openings=table.rows("opening", opening_of) if table.has("opening") else (),
        bounds=table.rows("bound", bound_of) if table.has("bound") else (),
        aparts=table.rows("apart", apart_of) if table.has("apart") else (),
        docks=docks,
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
        speed = {terrain: _speed_kmh(speeds, terrain.value) for terrain in Terrain}
    opens, closes = hours_of(row)
    return Kind(
        mode=Mode(row.choice("mode", [mode.value for mode in Mode], old=[OLD_BOAT])),
        access=Access(row.choice("access", [access.value for access in Access])),
        parcels=row.whole("parcels", least=1),
        weight_kg=row.whole("weight_kg", least=1),
        volume_l=_thousands(row, "volume_m3"),
        stations=row.whole("stations", least=1) if row.has("stations") else None,
        range_m=_thousands(row, "range_km"),
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


def _listed(row: Table, kinds: Mapping[Mode, Kind]) -> Listed:
    """What a row does not tell is as its mode says."""
    kind = kinds[Mode(row.choice("mode", [mode.value for mode in kinds], old=[OLD_BOAT]))]
    name, area = row.text("name").strip(), row.text("area")
    if len(name) > NAME_CHARS_MAX or "-" in name or not name.isprintable():
        raise wrong(row.key("name"), "must_be_name", most=NAME_CHARS_MAX)
    at = area_of_site(area) if is_gateway(area) else area
    if not is_area(at) or level_of(at) not in LEVELS:
        raise wrong(row.key("area"), "must_be_own_area")
    return Listed(area=area, name=name, kind=_with_own(row, kind))


def _with_own(row: Table, kind: Kind) -> Kind:
    """The kind with what a row tells that differs. One speed is that in the country; where its mode is
    slower or faster, so is the vehicle."""
    own: dict[str, object] = {
        key: row.whole(key, least=least) for key, least in _WHOLE.items() if row.has(key)
    }
    for key, value in (("volume_l", "volume_m3"), ("range_m", "range_km")):
        if row.has(value):
            own[key] = _thousands(row, value)
    if row.has("speed_kmh"):
        quicker = _speed_kmh(row, "speed_kmh") / kind.speed_kmh[Terrain.RURAL]
        speeds = {terrain: speed * quicker for terrain, speed in kind.speed_kmh.items()}
        own |= {"quicker": quicker, "speed_kmh": speeds}
    if row.has("hours"):
        own |= dict(zip(("opens", "closes"), hours_of(row), strict=True))
    return replace(kind, **own)  # type: ignore[arg-type]


def _thousands(row: Table, key: str) -> int | None:
    """m3 as litres, km as metres; None where the row does not tell."""
    return int(1_000 * _above_zero(row, key)) if row.has(key) else None


def _stock(row: Table, kinds: Mapping[Mode, Kind]) -> Stock:
    if row.has("source"):
        row.text("source")
    kind = kinds[Mode(row.choice("mode", [mode.value for mode in kinds], old=[OLD_BOAT]))]
    return Stock(
        level=row.choice("level", LEVELS),
        mode=kind.mode,
        own=own if (own := _with_own(row, kind)) != kind else None,
        one_per_stations=row.whole("one_per_stations", least=1),
        at_least=row.whole("at_least", most=COUNT_MAX),
    )


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


def _speed_kmh(row: Table, key: str) -> float:
    value = _above_zero(row, key)
    if value > SPEED_MAX_KMH:
        raise wrong(row.key(key), "must_be_at_most", most=SPEED_MAX_KMH)
    return value
