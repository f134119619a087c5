"""The map of an area as JSON: areas below it by state, points where they have no border, trips underway."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kawal.desk.custody import reads as custody
from kawal.desk.custody.words import STAGES
from kawal.desk.places import reads as places
from kawal.desk.report import addresses
from kawal.desk.report.areas import AreaPage, Child
from kawal.desk.report.lines import StationLine, outlook_of
from kawal.desk.risk.words import CLASSES
from kawal.desk.watch import reads as watch
from kawal.rules.places.codes import lineage
from kawal.rules.places.facts import Area
from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.facts import Kind
from kawal.rules.watch.outlook import Expectation

# How a class is drawn; the legend gives the class's own word.
STATE_OF_CLASS: Final = {
    None: "unknown",
    RiskClass.LOW: "ontime",
    RiskClass.VULNERABLE: "risk",
    RiskClass.HIGH: "late",
    RiskClass.SPECIAL: "grave",
}
LAYERS: Final = ("progress", "risk")
FRESH_FOR: Final = timedelta(hours=1)  # a phone tells its position about three times in that time


def map_data(page: AreaPage, layer: str, *, now: datetime) -> dict[str, Any]:
    """The shape is that of assets/map.ts. `layer` is one of LAYERS."""
    told = _by_risk if layer == "risk" else _by_progress
    borders = places.borders([*lineage(page.area.code), *(child.area.code for child in page.children)])
    areas = []
    for child in page.children:
        if child.area.code in borders:
            shape = json.loads(borders[child.area.code])
            areas.append(_feature(shape, {**_named(child), **told(child), **_label(child.area, shape)}))
    around: list[dict[str, Any]] = []
    if not areas:  # nothing below has a border: the area itself is the ground, or lies within what has one
        areas, around = _ground(page, layer, borders)
    points = [
        _feature(_point(child.area.lat, child.area.lon), {**_named(child), **told(child), "kind": "site"})
        for child in page.children
        if child.area.code not in borders and child.area.lat is not None
    ]
    points += _stations(page) if layer == "progress" else []
    shapes = [feature["geometry"] for feature in areas or around or points]
    points += _vehicles(page, now)
    data = {"areas": _collection(areas), "lines": _collection(around), "points": _collection(points)}
    return {**data, "bbox": _corners(shapes)} if shapes else data


def _by_progress(child: Child) -> dict[str, Any]:
    seen = child.outlook
    if not seen.total:
        return {"state": "unknown", "word": _("no stations")}
    value = _("%(received)s of %(total)s") % {
        "received": _number(child.received),
        "total": _number(seen.total),
    }
    note = _("%(ready)s in time, %(risk)s at risk, %(late)s late") % {
        "ready": _number(seen.ontime),
        "risk": _number(seen.risk),
        "late": _number(seen.late),
    }
    if child.findings:
        found = ngettext("%(n)s open finding", "%(n)s open findings", child.findings)
        note += " · " + found % {"n": _number(child.findings)}
    return {"state": seen.state.value, "value": value, "note": note}


def _by_risk(child: Child) -> dict[str, Any]:
    word = str(CLASSES[child.risk]) if child.risk else _("not scored")
    return {"state": STATE_OF_CLASS[child.risk], "word": word}


def _named(child: Child) -> dict[str, Any]:
    area = child.area
    return {"code": area.code, "name": area.name, "href": addresses.area(area.code)}


def _label(area: Area, shape: dict[str, Any]) -> dict[str, Any]:
    """Where its name stands: its own point, or the middle of its border's box."""
    if area.lat is not None and area.lon is not None:
        return {"label_lat": area.lat, "label_lon": area.lon}
    west, south, east, north = _corners([shape])
    return {"label_lat": (south + north) / 2, "label_lon": (west + east) / 2}


def _ground(
    page: AreaPage, layer: str, borders: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The area's own border filled, or the outline of the nearest area above that has one."""
    area = page.area
    if area.code in borders:
        shape = json.loads(borders[area.code])
        by_risk = {"state": STATE_OF_CLASS[page.risk], "word": str(CLASSES[page.risk]) if page.risk else ""}
        told = by_risk if layer == "risk" else {"state": page.outlook.state.value}
        return [_feature(shape, {"code": area.code, "name": area.name, **told, **_label(area, shape)})], []
    above = next((code for code in lineage(area.code) if code in borders), None)
    if above is None:
        return [], []
    rings: list[list[Any]] = []
    _rings(json.loads(borders[above])["coordinates"], rings.append)
    name = places.area(above).name
    told = {"code": above, "name": name, "state": "unknown", "word": _("border"), "mode": "land"}
    return [], [_feature({"type": "MultiLineString", "coordinates": rings}, told)]


def _stations(page: AreaPage) -> list[dict[str, Any]]:
    """Stations that nobody has surveyed lie on one point of their village: one mark, their worst state."""
    found: dict[tuple[float, float], list[StationLine]] = defaultdict(list)
    for line in page.stations:
        if line.station.lat is not None and line.station.lon is not None:
            found[line.station.lat, line.station.lon].append(line)
    return [_feature(_point(lat, lon), _spot(lines)) for (lat, lon), lines in found.items()]


def _spot(lines: list[StationLine]) -> dict[str, Any]:
    if len(lines) > 1:
        told = ngettext("%(n)s polling station", "%(n)s polling stations", len(lines)) % {"n": len(lines)}
        state = outlook_of(lines).state.value
        village = lines[0].station.village
        return {"code": village, "name": told, "state": state, "kind": "site", "href": "#areas"}
    line = lines[0]
    return {
        "code": line.station.code,
        "name": f"TPS {line.station.number:03d}",
        "state": line.expectation.value,
        "note": str(STAGES[line.stage]),
        "kind": "site",
        "href": reverse("report:station", args=[line.station.code]),
    }


def _vehicles(page: AreaPage, now: datetime) -> list[dict[str, Any]]:
    """Where trips were last seen, from a regency downwards, until they are told to have arrived."""
    if page.area.level not in addresses.LISTED:
        return []
    alerted = watch.open_trips(page.area.code)
    return [
        _feature(
            _point(seen.lat, seen.lon),
            {
                "code": seen.trip,
                "name": seen.trip,
                "state": _state_of_trip(alerted.get(seen.trip, ())),
                "note": _("last seen on its way"),
                "kind": "vehicle",
                "stale": now - seen.happened_at > FRESH_FOR,
                "href": reverse("plan:trip", args=[page.area.code, seen.trip]),
            },
        )
        for seen in custody.underway(page.area.code)
    ]


def _state_of_trip(kinds: Collection[str]) -> str:
    if Kind.LATE in kinds:
        return Expectation.LATE.value
    return Expectation.RISK.value if kinds else Expectation.ONTIME.value


def _feature(geometry: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _point(lat: float | None, lon: float | None) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _corners(shapes: list[dict[str, Any]]) -> list[float]:
    """West, south, east, north."""
    spots: list[tuple[float, float]] = []
    for shape in shapes:
        _gather(shape["coordinates"], spots.append)
    lons, lats = zip(*spots, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def _rings(part: Any, take: Callable[[list[Any]], None]) -> None:
    """The lines of a Polygon or a MultiPolygon."""
    if isinstance(part[0][0], int | float):
        take(part)
        return
    for inner in part:
        _rings(inner, take)


def _gather(part: Any, take: Callable[[tuple[float, float]], None]) -> None:
    if isinstance(part[0], int | float):
        take((part[0], part[1]))
        return
    for inner in part:
        _gather(inner, take)


def _number(value: int) -> str:
    return str(number_format(value, 0, use_l10n=True, force_grouping=True))
