"""The map of an area as JSON: areas below it by state, points where they have no border, trips underway."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kawal.desk.custody import reads as custody
from kawal.desk.places import reads as places
from kawal.desk.report.areas import AreaPage, Child
from kawal.desk.risk.words import CLASSES
from kawal.rules.places.codes import level_of
from kawal.rules.risk.classes import RiskClass

# The class's colour on the map of risk: the same four states, said in the legend's words.
_STATE_OF_CLASS = {
    None: "unknown",
    RiskClass.LOW: "ontime",
    RiskClass.VULNERABLE: "risk",
    RiskClass.HIGH: "late",
    RiskClass.SPECIAL: "late",
}
LAYERS = ("progress", "risk")
FRESH_FOR = timedelta(hours=1)  # a phone tells its position about three times in that time


def map_data(page: AreaPage, layer: str, *, now: datetime) -> dict[str, Any]:
    """The shape is that of assets/map.ts. `layer` is one of LAYERS."""
    told = _by_risk if layer == "risk" else _by_progress
    borders = places.borders([page.area.code, *(child.area.code for child in page.children)])
    areas = [
        _feature(json.loads(borders[child.area.code]), {**told(child), **_label(child)})
        for child in page.children
        if child.area.code in borders
    ]
    own = borders.get(page.area.code)
    if not areas and own:  # nothing below has a border: the area itself is the ground
        areas = [_feature(json.loads(own), _ground(page))]
    points = [
        _feature(_point(child.area.lat, child.area.lon), {**told(child), "kind": "site"})
        for child in page.children
        if child.area.code not in borders and child.area.lat is not None and child.outlook.total
    ]
    points += _stations(page) + _vehicles(page, now)
    data: dict[str, Any] = {"areas": _collection(areas), "points": _collection(points)}
    box = _box(areas + points)
    return {**data, "bbox": box} if box else data


def _by_progress(child: Child) -> dict[str, Any]:
    seen = child.outlook
    value = _("%(received)s of %(total)s") % {
        "received": _number(child.received),
        "total": _number(seen.total),
    }
    note = _("%(ready)s ready, %(risk)s at risk, %(late)s late") % {
        "ready": _number(seen.ontime),
        "risk": _number(seen.risk),
        "late": _number(seen.late),
    }
    return {**_named(child), "state": seen.state.value, "value": value, "note": note}


def _by_risk(child: Child) -> dict[str, Any]:
    word = str(CLASSES[child.risk]) if child.risk else _("not scored")
    return {**_named(child), "state": _STATE_OF_CLASS[child.risk], "value": word}


def _named(child: Child) -> dict[str, Any]:
    area = child.area
    return {"code": area.code, "name": area.name, "href": reverse("report:area", args=[area.code])}


def _label(child: Child) -> dict[str, Any]:
    return {"label_lat": child.area.lat, "label_lon": child.area.lon}


def _ground(page: AreaPage) -> dict[str, Any]:
    area = page.area
    return {
        "code": area.code,
        "name": area.name,
        "state": page.outlook.state.value,
        "label_lat": area.lat,
        "label_lon": area.lon,
    }


def _stations(page: AreaPage) -> list[dict[str, Any]]:
    return [
        _feature(
            _point(line.station.lat, line.station.lon),
            {
                "code": line.station.code,
                "name": f"TPS {line.station.number:03d}",
                "state": line.expectation.value,
                "kind": "site",
                "href": reverse("report:station", args=[line.station.code]),
            },
        )
        for line in page.stations
        if line.station.lat is not None
    ]


def _vehicles(page: AreaPage, now: datetime) -> list[dict[str, Any]]:
    """Where trips were last seen, from a regency downwards, until they are told to have arrived."""
    if level_of(page.area.code) in ("nation", "province"):
        return []
    return [
        _feature(
            _point(seen.lat, seen.lon),
            {
                "code": seen.trip,
                "name": seen.trip,
                "state": "ontime",
                "kind": "vehicle",
                "stale": now - seen.happened_at > FRESH_FOR,
                "href": reverse("plan:page", args=[page.area.code]) + f"#{seen.trip}",
            },
        )
        for seen in custody.underway(page.area.code)
    ]


def _feature(geometry: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _point(lat: float | None, lon: float | None) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _box(features: list[dict[str, Any]]) -> list[float] | None:
    corners: list[tuple[float, float]] = []
    for feature in features:
        _gather(feature["geometry"]["coordinates"], corners.append)
    if not corners:
        return None
    lons, lats = zip(*corners, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def _gather(part: Any, take: Callable[[tuple[float, float]], None]) -> None:
    if isinstance(part[0], int | float):
        take((part[0], part[1]))
        return
    for inner in part:
        _gather(inner, take)


def _number(value: int) -> str:
    return str(number_format(value, 0, use_l10n=True, force_grouping=True))
