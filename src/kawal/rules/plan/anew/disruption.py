"""What went wrong with the world since a plan was made, as values, and the file that tells it.

Hours without an offset are local to the regency. Where a row names no beginning it holds since ever,
where it names no end it holds for good. A file is read whole: every wrong row is told with its number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from kawal.rules.needs.strict import Table, tables_of, wrong
from kawal.rules.places.codes import is_area, is_station, post_code
from kawal.rules.places.facts import is_gateway
from kawal.rules.plan.facts import Access, Mode
from kawal.rules.plan.fleet import COUNT_MAX
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start` until `end`; None is since ever, and for good."""

    start: datetime | None = None
    end: datetime | None = None

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether it has a moment in common with what lasts from `start` to `end`."""
        return (self.start is None or self.start < end) and (self.end is None or start < self.end)


ALWAYS: Final = Span()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nobody reaches or leaves an area: a flood, a landslide, a fight."""

    area: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A site gives nothing out and takes nothing in: a locked warehouse."""

    site: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """An area is reached otherwise than planned from now on."""

    area: str
    access: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A vehicle is not there. `goods_back_at`: when what was aboard stands again where it was loaded."""

    vehicle: str
    span: Span
    goods_back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewer:
    """So many vehicles of a mode fewer at an area or a gateway; those that have least to do are taken."""

    area: str
    mode: Mode
    count: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """So many vehicles of a mode come to help an area, or what stands at a gateway."""

    area: str
    mode: Mode
    count: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeLost:
    """A mode does not run in an area, neither its vehicles nor into it: high waves, a lost slot, fog."""

    area: str
    mode: Mode
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """So many officers of a post are not there to guard."""

    post: str  # polri/<area>
    count: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An area is of this class now, where it was milder."""

    area: str
    risk: RiskClass


@dataclass(frozen=True, slots=True, kw_only=True)
class StationAdded:
    station: str
    parcels_count: int
    weight_kg: int
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationMoved:
    station: str
    lat: float
    lon: float


Disruption = (
    Closed
    | Held
    | Reached
    | Withdrawn
    | Fewer
    | More
    | ModeLost
    | Absent
    | Raised
    | StationAdded
    | StationMoved
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A row of the file that cannot be used: `number` counts all rows in the order of the file."""

    number: int
    key: str
    problem: str
    facts: Mapping[str, object]


def disruptions_of(text: str, zone: tzinfo) -> tuple[Disruption, ...]:
    """The disruptions of a TOML file, in its order.

    Refuses `wrong_disruptions` with `notices` (a tuple of `Notice`, every wrong row of the file).
    """
    try:
        tables = tables_of(text)
    except Refused as refused:
        broken = Notice(number=0, key=str(refused.facts["key"]), problem="not_toml", facts={})
        raise _wrong([broken]) from refused
    found: list[Disruption] = []
    notices: list[Notice] = []
    number = 0
    for name, rows in tables.items():
        for place, values in enumerate(rows if isinstance(rows, list) else [rows], start=1):
            number += 1
            try:
                found.append(_row(name, place, values, isinstance(rows, list), zone))
            except Refused as refused:
                facts = dict(refused.facts)
                key, problem = str(facts.pop("key")), str(facts.pop("problem"))
                notices.append(Notice(number=number, key=key, problem=problem, facts=facts))
    if notices:
        raise _wrong(notices)
    return tuple(found)


def _wrong(notices: list[Notice]) -> Refused:
    return Refused("wrong_disruptions", notices=tuple(notices))


def _row(name: str, place: int, values: Any, listed: bool, zone: tzinfo) -> Disruption:
    if name not in _READ:
        raise wrong(name, "must_be_one_of", allowed=", ".join(_READ))
    if not listed:
        raise wrong(name, "must_be_list_of_tables")
    row = Table(values, f"{name}[{place}]")
    found = _READ[name](row, zone)
    row.done()
    return found


def _span(row: Table, zone: tzinfo) -> Span:
    start, end = _moment(row, "from", zone), _moment(row, "until", zone)
    if start is not None and end is not None and start >= end:
        raise wrong(row.key("until"), "must_be_after_from")
    return Span(start=start, end=end)


def _moment(row: Table, key: str, zone: tzinfo) -> datetime | None:
    if not row.has(key):
        return None
    moment = row.moment(key)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _area(row: Table) -> str:
    area = row.text("area")
    if not is_area(area):
        raise wrong(row.key("area"), "is_no_area")
    return area


def _base(row: Table) -> str:
    """Where vehicles stand: an area, or the site of a jetty or an airstrip."""
    base = row.text("area")
    if not is_area(base) and not is_gateway(base):
        raise wrong(row.key("area"), "is_no_area")
    return base


def _mode(row: Table) -> Mode:
    return Mode(row.choice("mode", [mode.value for mode in Mode]))


def _station(row: Table) -> str:
    station = row.text("station")
    if not is_station(station):
        raise wrong(row.key("station"), "is_no_station")
    return station


def _point(row: Table) -> tuple[float, float]:
    lat, lon = float(row.number("lat")), float(row.number("lon"))
    for key, value, most in (("lat", lat, 90), ("lon", lon, 180)):
        if abs(value) > most:
            raise wrong(row.key(key), "is_no_point")
    return lat, lon


def _added(row: Table, zone: tzinfo) -> StationAdded:
    lat, lon = _point(row) if row.has("lat") or row.has("lon") else (None, None)
    return StationAdded(
        station=_station(row),
        parcels_count=row.whole("parcels", least=1),
        weight_kg=row.whole("weight_kg", least=1),
        lat=lat,
        lon=lon,
    )


def _moved(row: Table, zone: tzinfo) -> StationMoved:
    lat, lon = _point(row)
    return StationMoved(station=_station(row), lat=lat, lon=lon)


def _withdrawn(row: Table, zone: tzinfo) -> Withdrawn:
    return Withdrawn(
        vehicle=row.text("vehicle"), span=_span(row, zone), goods_back_at=_moment(row, "goods_back_at", zone)
    )


def _fewer(row: Table, zone: tzinfo) -> Fewer:
    count = row.whole("count", least=1)
    return Fewer(area=_base(row), mode=_mode(row), count=count, span=_span(row, zone))


def _more(row: Table, zone: tzinfo) -> More:
    count = row.whole("count", least=1, most=COUNT_MAX)
    return More(area=_base(row), mode=_mode(row), count=count, span=_span(row, zone))


def _absent(row: Table, zone: tzinfo) -> Absent:
    post = row.text("post")
    post = post if "/" in post else post_code("polri", post)
    agency, _, area = post.partition("/")
    if agency != "polri" or not is_area(area):
        raise wrong(row.key("post"), "is_no_post")
    return Absent(post=post, count=row.whole("officers", least=1), span=_span(row, zone))


def _reached(row: Table, zone: tzinfo) -> Reached:
    return Reached(area=_area(row), access=Access(row.choice("access", [one.value for one in Access])))


def _raised(row: Table, zone: tzinfo) -> Raised:
    name = row.choice("class", [risk.name.lower() for risk in RiskClass])
    return Raised(area=_area(row), risk=RiskClass[name.upper()])


_READ: dict[str, Callable[[Table, tzinfo], Disruption]] = {
    "closed": lambda row, zone: Closed(area=_area(row), span=_span(row, zone)),
    "held": lambda row, zone: Held(site=row.text("site"), span=_span(row, zone)),
    "access": _reached,
    "withdrawn": _withdrawn,
    "fewer": _fewer,
    "more": _more,
    "mode_lost": lambda row, zone: ModeLost(area=_area(row), mode=_mode(row), span=_span(row, zone)),
    "absent": _absent,
    "class_raised": _raised,
    "station_added": _added,
    "station_moved": _moved,
}
