"""From a row to what it tells: areas, sites, voters per village, single stations.

A cell that is wrong is told and left out. Nothing of an import with an error is saved, so a row goes
on after its first error and all its errors are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from kawal.rules.places import cells
from kawal.rules.places.codes import is_station, level_of, parent_of, station_code, village_of
from kawal.rules.places.columns import KIND_WORDS, LEVEL_WORDS, Kind, meaning
from kawal.rules.places.facts import (
    GATEWAYS,
    KIND_OF_PREFIX,
    Area,
    Site,
    SiteKind,
    Source,
    Station,
    site_code,
)
from kawal.rules.places.gathered import Gathered, VillageVoters
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code
from kawal.rules.places.tables import Row

Number = TypeVar("Number", int, float)

_NAME_CHARS_MAX: Final = 120
_SITE: Final = re.compile(r"(GDG|PPK|PPS)-([^-]+)|(DMG|BDR)-([^-]+)-([1-9]\d?)")
_SITE_LEVELS: Final = {
    SiteKind.WAREHOUSE: ("regency",),
    SiteKind.PPK: ("district",),
    SiteKind.PPS: ("village",),
}
_GATEWAY_LEVELS: Final = ("regency", "district", "village")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The file being read: its name, the version of the voter list it stands for, where it goes."""

    file: str
    voter_list: str
    gathered: Gathered
    limits: Limits


def take_area(row: Row, sheet: Sheet) -> None:
    text = row.get("code")
    if _SITE.fullmatch(text):
        take_site(row, sheet)
        return
    code = cells.area_code(text)
    if code is None:
        row.tell(Code.CODE_BAD, "code")
        return
    if not sheet.gathered.wants(code):
        return
    unit = sheet.gathered.unit(code)
    if code in unit.areas:
        row.tell(Code.CODE_TWICE, "code")
        return
    _check_tree(row, code)
    centroid, inner = _point(row, "lat", "lon"), _point(row, "inner_lat", "inner_lon")
    stored = inner or centroid or (None, None)
    if centroid:
        unit.centroids[code] = centroid
    unit.areas[code] = Area(
        code=code,
        level=level_of(code),
        name=_name(row),
        lat=stored[0],
        lon=stored[1],
        area_km2=_optional(row, "area_km2", cells.number),
        population=_optional(row, "population", cells.count),
    )
    unit.where[code] = (sheet.file, row.number)


def take_site(row: Row, sheet: Sheet) -> None:
    found = _site_named(row)
    if found is None:
        return
    kind, area, code = found
    if not sheet.gathered.wants_inside(area):
        return
    levels = _SITE_LEVELS.get(kind, _GATEWAY_LEVELS)
    if level_of(area) not in levels:
        row.tell(Code.SITE_KIND_BAD, "area", value=area, expected=", ".join(levels))
        return
    unit = sheet.gathered.unit(area)
    if code in unit.sites:
        row.tell(Code.CODE_TWICE, "code", value=code)
        return
    point = _point(row, "lat", "lon")
    if point is None:
        row.tell(Code.COORDINATES_MISSING, "lat", value=code)
    unit.sites[code] = Site(
        code=code,
        kind=kind,
        area=area,
        name=_name(row),
        lat=point and point[0],
        lon=point and point[1],
        source=Source.GIVEN,
        precision_m=point and cells.precision_m(row.get("lat"), row.get("lon")),
    )
    unit.where[code] = (sheet.file, row.number)


def take_village(row: Row, sheet: Sheet) -> None:
    village = _village(row)
    stations, voters = _count(row, "stations"), _count(row, "voters")
    if village is None or stations is None or voters is None or not sheet.gathered.wants_inside(village):
        return
    unit = sheet.gathered.unit(village)
    if village in unit.villages:
        row.tell(Code.CODE_TWICE, "village")
        return
    if stations > 999:
        row.tell(Code.STATIONS_BEYOND_999, "stations", expected="0-999")
        return
    if voters and not stations:
        row.tell(Code.VOTERS_WITHOUT_STATIONS, "voters")
    if stations and voters > stations * sheet.limits.voters_per_station_max:
        row.tell(Code.VOTERS_MANY, "voters", expected=sheet.limits.voters_per_station_max)
    unit.villages[village] = VillageVoters(stations, voters, sheet.voter_list)
    unit.where_village[village] = (sheet.file, row.number)


def take_station(row: Row, sheet: Sheet) -> None:
    found = _station_named(row)
    voters = _count(row, "voters")
    if found is None or voters is None:
        return
    code, village = found
    if not sheet.gathered.wants_inside(village):
        return
    unit = sheet.gathered.unit(village)
    if code in unit.stations:
        row.tell(Code.CODE_TWICE, "code", value=code)
        return
    if voters > sheet.limits.voters_per_station_max:
        row.tell(Code.VOTERS_MANY, "voters", expected=sheet.limits.voters_per_station_max)
    point = _point(row, "lat", "lon")
    unit.stations[code] = Station(
        code=code,
        village=village,
        number=int(code[10:]),
        voters=voters,
        voter_list=sheet.voter_list,
        lat=point and point[0],
        lon=point and point[1],
        source=Source.GIVEN if point else Source.GENERATED,
        precision_m=point and cells.precision_m(row.get("lat"), row.get("lon")),
        name=row.get("name")[:_NAME_CHARS_MAX],
    )
    unit.where[code] = (sheet.file, row.number)


TAKE: Final[dict[Kind, Callable[[Row, Sheet], None]]] = {
    Kind.AREAS: take_area,
    Kind.SITES: take_site,
    Kind.VILLAGES: take_village,
    Kind.STATIONS: take_station,
}


def _check_tree(row: Row, code: str) -> None:
    """A code says its level and its parent; a file that says them too must agree."""
    level, parent = row.get("level"), row.get("parent")
    if level and meaning(LEVEL_WORDS, level) != level_of(code):
        row.tell(Code.LEVEL_DISAGREES, "level", expected=level_of(code))
    if parent and (cells.area_code(parent) or parent) != parent_of(code):
        row.tell(Code.PARENT_DISAGREES, "parent", expected=parent_of(code))


def _name(row: Row) -> str:
    name = row.get("name")
    if not name:
        row.tell(Code.NAME_MISSING, "name")
    elif len(name) > _NAME_CHARS_MAX:
        row.tell(Code.NAME_LONG, "name", expected=_NAME_CHARS_MAX)
    return name


def _count(row: Row, field: str) -> int | None:
    found = cells.count(row.get(field))
    if found is None:
        row.tell(Code.NUMBER_BAD, field)
    return found


def _optional(row: Row, field: str, read: Callable[[str], Number | None]) -> Number | None:
    text = row.get(field)
    found = read(text) if text else None
    if text and (found is None or found < 0):
        row.tell(Code.NUMBER_BAD, field)
        return None
    return found


def _point(row: Row, lat_field: str, lon_field: str) -> tuple[float, float] | None:
    """Latitude and longitude; None where there are none or where they are wrong (and told)."""
    texts = row.get(lat_field), row.get(lon_field)
    if not any(texts):
        return None
    lat, lon = cells.number(texts[0]), cells.number(texts[1])
    if lat is None or lon is None:
        row.tell(Code.COORDINATE_BAD, lat_field if lat is None else lon_field)
        return None
    if abs(lat) <= 90 and abs(lon) <= 180:
        return lat, lon
    # All of Indonesia lies east of 90 degrees, so a swapped pair always shows itself.
    swapped = abs(lon) <= 90 and abs(lat) <= 180
    row.tell(
        Code.COORDINATES_SWAPPED if swapped else Code.COORDINATE_OUTSIDE_WORLD,
        lat_field,
        value=f"{texts[0]} {texts[1]}",
    )
    return None


def _village(row: Row) -> str | None:
    code = cells.area_code(row.get("village"))
    if code is None or level_of(code) != "village":
        row.tell(Code.CODE_BAD, "village", expected="16.07.03.2001")
        return None
    return code


def _station_named(row: Row) -> tuple[str, str] | None:
    """Code and village of a station, by its 13 digits or by village and number; agreeing where both."""
    village = _village(row) if row.get("village") or "code" not in row.cells else None
    number = _count(row, "number") if row.get("number") or "code" not in row.cells else None
    code = row.get("code")
    if "code" not in row.cells:
        if village is None or number is None:
            return None
        if not 1 <= number <= 999:
            row.tell(Code.STATIONS_BEYOND_999, "number", expected="1-999")
            return None
        return station_code(village, number), village
    if not is_station(code):
        row.tell(Code.CODE_BAD, "code", expected="1607032001001")
        return None
    if code.endswith("000"):
        row.tell(Code.STATIONS_BEYOND_999, "code", expected="001-999")
        return None
    if village not in (None, village_of(code)) or number not in (None, int(code[10:])):
        row.tell(Code.PARENT_DISAGREES, "village", value=f"{village} {number}", expected=code)
    return code, village_of(code)


def _site_named(row: Row) -> tuple[SiteKind, str, str] | None:
    """Kind, area and code of a site, by its code or (a gateway by its code alone) by kind and area."""
    said = meaning(KIND_WORDS, row.get("kind"))
    if row.get("code"):
        match = _SITE.fullmatch(row.get("code"))
        area = cells.area_code(match[2] or match[4]) if match else None
        if match is None or area is None:
            row.tell(Code.CODE_BAD, "code", expected="PPK-16.07.03")
            return None
        kind = KIND_OF_PREFIX[match[1] or match[3]]
        area_said = row.get("area") and cells.area_code(row.get("area"))
        if (row.get("kind") and said != kind) or area_said not in ("", area):
            row.tell(Code.SITE_KIND_BAD, "kind", value=row.get("kind") or row.get("area"), expected=kind)
        return kind, area, site_code(kind, f"{area}-{match[5]}" if match[5] else area)
    area = cells.area_code(row.get("area"))
    if area is None:
        row.tell(Code.CODE_BAD, "area")
    if said is None:
        row.tell(Code.SITE_KIND_BAD, "kind", expected="warehouse, ppk, pps, jetty, airstrip")
        return None
    kind = SiteKind(said)
    if kind in GATEWAYS:  # an area may have several: its number tells which
        row.tell(Code.CODE_BAD, "code", expected=site_code(kind, "16.07.03-1"))
        return None
    return (kind, area, site_code(kind, area)) if area else None
