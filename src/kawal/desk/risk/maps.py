"""The map of an area as JSON (shape: site/assets/map.ts): by class, by change, by a measure of an index."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from kawal.desk.places import reads as places
from kawal.desk.risk import history, page_words, pages, reads, specfiles, words
from kawal.desk.risk.page_rows import address
from kawal.rules.places.codes import lineage
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused

Teller = Callable[[str], dict[str, Any]]


def layer_of(asked: str) -> str:
    """The asked layer where there is such a one, else the classes."""
    if asked in page_words.LAYERS:
        return asked
    index, _, measure = asked.partition("/")
    try:
        specfiles.indices().measure(index, measure)
    except Refused:
        return "class"
    return asked


def risk_map(area: Area, layer: str, *, now: datetime) -> dict[str, Any]:
    children = places.children(area.code)
    borders = places.borders([*lineage(area.code), *(child.code for child in children)])
    tell = _teller(area.code, layer, now)
    areas = [
        _feature(json.loads(borders[child.code]), child, tell(child.code))
        for child in children
        if child.code in borders
    ]
    points = [
        _feature(
            {"type": "Point", "coordinates": [child.lon, child.lat]},
            child,
            {**tell(child.code), "kind": "site"},
        )
        for child in children
        if child.code not in borders and child.lat is not None and child.lon is not None
    ]
    around: list[dict[str, Any]] = []
    if not areas:
        ground = next((code for code in lineage(area.code) if code in borders), None)
        if ground == area.code:
            areas = [_feature(json.loads(borders[ground]), area, _own(area.code, now))]
        elif ground is not None:
            around = [_feature(json.loads(borders[ground]), places.area(ground), {"state": "unknown"})]
    shapes = [feature["geometry"] for feature in areas or around or points]
    told = {"areas": _collection(areas or around), "lines": _collection([]), "points": _collection(points)}
    return {**told, "bbox": _corners(shapes)} if shapes else told


def _own(code: str, now: datetime) -> dict[str, Any]:
    """An area that has nothing below it, by its own class."""
    klass = reads.class_of(code, now=now)
    if klass is None:
        return {"state": "unknown", "word": gettext("not scored")}
    return {"state": page_words.STATES[klass], "word": str(words.CLASSES[klass])}


def _teller(code: str, layer: str, now: datetime) -> Teller:
    if layer == "change":
        return _by_change(code, now)
    if layer == "class":
        return _by_class(code, now)
    return _by_measure(code, *layer.split("/", 1))


def _by_class(code: str, now: datetime) -> Teller:
    rows = {row.area_code: row for row in pages.below(code, now=now)}

    def tell(child: str) -> dict[str, Any]:
        row = rows.get(child)
        if row is None:
            return {"state": "unknown", "word": gettext("not scored")}
        facts = {"score": number_format(row.score, decimal_pos=1)}
        note = gettext("score %(score)s") % facts
        if row.counts is not None:
            worse = sum(row.counts[1:])
            note += " · " + gettext("%(count)s of %(all)s villages vulnerable or worse") % {
                "count": number_format(worse, force_grouping=True),
                "all": number_format(sum(row.counts), force_grouping=True),
            }
        return {"state": page_words.STATES[row.klass], "word": str(words.CLASSES[row.klass]), "note": note}

    return tell


def _by_change(code: str, now: datetime) -> Teller:
    found = {
        one.area_code: one for one in history.changed(code, since=now - pages.DAY, until=now) if one.before
    }

    def tell(child: str) -> dict[str, Any]:
        one = found.get(child)
        if one is None or one.before is None:
            return {"state": "unknown", "word": gettext("as yesterday")}
        state = "late" if one.after > one.before else "ontime" if one.after < one.before else "unknown"
        word = f"{words.CLASSES[one.before]} → {words.CLASSES[one.after]}"
        return {"state": state, "word": word, "note": page_words.why(one)}

    return tell


def _by_measure(code: str, index: str, measure: str) -> Teller:
    values: Mapping[str, float] = pages.measured(code, index, measure)
    found = specfiles.indices().measure(index, measure)
    states = ("ontime", "risk", "late", "grave")

    def tell(child: str) -> dict[str, Any]:
        if child not in values:
            return {"state": "unknown", "word": gettext("not told")}
        share = min(max(found.onto(values[child], 0, 1), 0.0), 0.999)
        return {"state": states[int(share * 4)], "word": page_words.value(values[child], found.unit)}

    return tell


def _feature(shape: dict[str, Any], area: Area, told: dict[str, Any]) -> dict[str, Any]:
    spot = {"label_lat": area.lat, "label_lon": area.lon}
    if area.lat is None or area.lon is None:
        west, south, east, north = _corners([shape])
        spot = {"label_lat": (south + north) / 2, "label_lon": (west + east) / 2}
    named = {"code": area.code, "name": area.name, "href": address(area.code), **spot}
    return {"type": "Feature", "geometry": shape, "properties": {**named, **told}}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _corners(shapes: list[dict[str, Any]]) -> list[float]:
    """West, south, east, north."""
    spots: list[tuple[float, float]] = []
    for shape in shapes:
        _gather(shape["coordinates"], spots)
    lons, lats = zip(*spots, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def _gather(part: Any, spots: list[tuple[float, float]]) -> None:
    if isinstance(part[0], int | float):
        spots.append((part[0], part[1]))
        return
    for inner in part:
        _gather(inner, spots)
