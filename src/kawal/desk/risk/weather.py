"""Forecasts and warnings that somebody gives: BMKG's JSON and XML, CAP 1.2; kept as influences."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree

import shapely

from kawal.desk.clock import reads as clock
from kawal.desk.places import reads as places
from kawal.desk.risk import moving
from kawal.rules.places.codes import NATION, covers
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.risk import cap, forecast
from kawal.rules.risk.happening import Happening
from kawal.rules.risk.naming import Names

FILE_BYTES_MAX: Final = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    happenings: int  # that move something
    new: int  # of them, how many were not known, or say something else now
    taken_back: int
    outside: int  # of areas beyond the own one, or that nobody imported: left out
    unplaced: tuple[str, ...] = ()


def take_in(data: bytes, *, now: datetime, inside: str = NATION) -> Told:
    """A forecast or a warning, whichever it is. The same file again changes nothing.

    Refuses `file_too_large`, `forecast_unreadable`, `cap_unreadable`, `cap_not_actual`.
    """
    if len(data) > FILE_BYTES_MAX:
        raise Refused("file_too_large", file="", bytes=FILE_BYTES_MAX)
    known = {area.code: area for area in places.subtree(NATION)}
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("forecast_unreadable", at=str(error.start), problem="UTF-8") from error
    if text.lstrip()[:1] in ("{", "["):
        return _keep(forecast.from_json(_json(text)), known, inside, now)
    root = _xml(text)
    if root.tag.endswith("}alert"):
        return _warning(root, known, inside, now)
    return _keep(forecast.from_xml(root, _by_name(known)), known, inside, now)


def _warning(root: ElementTree.Element, known: dict[str, Area], inside: str, now: datetime) -> Told:
    warned = cap.from_xml(root, inside=_inside(known), exercise=clock.exercise() is not None)
    # Who gives it takes back only what lies in the own area.
    taken_back = (
        moving.take_back((cap.key_of(one) for one in warned.takes_back), now=now) if inside == NATION else 0
    )
    told = _keep(list(warned.happenings), known, inside, now)
    return Told(
        happenings=told.happenings,
        new=told.new,
        taken_back=taken_back,
        outside=told.outside,
        unplaced=warned.unplaced,
    )


def _keep(found: list[Happening], known: dict[str, Area], inside: str, now: datetime) -> Told:
    own = [one for one in found if one.area_code in known and covers(inside, one.area_code)]
    new = moving.tell(own, now=now)
    return Told(happenings=len(own), new=new, taken_back=0, outside=len(found) - len(own))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("forecast_unreadable", at=str(error)[:80], problem="JSON") from error


def _xml(text: str) -> ElementTree.Element:
    # Decoded by us and without a document type: nothing can be expanded, nothing fetched.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("forecast_unreadable", at="DOCTYPE", problem="XML")
    try:
        return ElementTree.fromstring(text.encode())  # noqa: S314 - see above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Refused("forecast_unreadable", at=str(error)[:80], problem="XML") from error


def _by_name(known: dict[str, Area]) -> Callable[[str], str | None]:
    names = Names(known.values(), NATION)
    return lambda name: names.resolve({"regency": name}).code


def _inside(known: dict[str, Area]) -> cap.Inside:
    """Villages whose point lies in a polygon; where no village has one, districts, then regencies."""
    placed = [area for area in known.values() if area.lat is not None and area.lon is not None]

    def areas(polygon: cap.Polygon) -> list[str]:
        shape = shapely.make_valid(shapely.Polygon([(lon, lat) for lat, lon in polygon]))
        shapely.prepare(shape)
        for level in ("village", "district", "regency"):
            own = [area for area in placed if area.level == level]
            within = shapely.contains_xy(shape, [area.lon for area in own], [area.lat for area in own])
            found = [area.code for area, lies in zip(own, within, strict=True) if lies]
            if found:
                return found
        return []

    return areas
