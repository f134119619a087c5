"""Borders from a GeoJSON FeatureCollection (RFC 7946): polygons with the code of their area."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from kawal.rules.places.cells import area_code
from kawal.rules.places.columns import canonical
from kawal.rules.places.notices import Code
from kawal.rules.places.rows import Sheet
from kawal.rules.places.tables import Tell
from kawal.rules.places.text import Unsound

_POLYGONS: Final = ("Polygon", "MultiPolygon")


def read_borders(chunks: Iterable[bytes], sheet: Sheet, tell: Tell) -> int:
    """Takes every feature of the file; answers how many there were. Raises `Unsound`."""
    features = _features(b"".join(chunks))
    for number, feature in enumerate(features, start=1):
        _take(feature, number, sheet, tell)
    if not features:
        tell(Code.EMPTY)
    return len(features)


def _features(data: bytes) -> list[Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        row = data.count(b"\n", 0, wrong.start) + 1
        raise Unsound(Code.ENCODING, row=row, value=hex(data[wrong.start])) from wrong
    if not text.strip():
        raise Unsound(Code.EMPTY)
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:  # RecursionError: brackets nested by the thousand
        at = wrong.lineno if isinstance(wrong, json.JSONDecodeError) else None
        raise Unsound(Code.GEOJSON_BROKEN, row=at, value=str(wrong)) from wrong
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        features = document.get("features")
        if isinstance(features, list):
            return features
    raise Unsound(Code.GEOJSON_BROKEN, expected="FeatureCollection")


def _no_constant(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _take(feature: Any, number: int, sheet: Sheet, tell: Tell) -> None:
    said = feature.get("properties") if isinstance(feature, dict) else None
    properties = (
        {canonical(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}
    )
    text = properties.get("code", "").strip()
    code = area_code(text)
    if code is None:
        tell(Code.CODE_BAD if text else Code.FEATURE_WITHOUT_CODE, row=number, field="code", value=text)
        return
    if not sheet.gathered.wants(code):
        return
    unit = sheet.gathered.unit(code)
    if code in unit.borders:
        tell(Code.CODE_TWICE, row=number, field="code", value=code)
        return
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    found = _polygon(geometry) if kind in _POLYGONS else None
    if found is None:
        tell(Code.GEOMETRY_BAD, row=number, field=code, value=str(kind), expected=", ".join(_POLYGONS))
    elif _inside_world(found, number, code, tell):
        unit.borders[code] = shapely.to_geojson(_sound(found, number, code, tell))
        unit.where_border[code] = (sheet.file, number)


def _polygon(geometry: dict[str, Any]) -> BaseGeometry | None:
    """The geometry, when every ring is a list of at least four positions of plain numbers."""
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if geometry["type"] == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts or not all(_rings_sound(part) for part in parts):
        return None
    try:
        return shapely.force_2d(shape({"type": geometry["type"], "coordinates": coordinates}))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None


def _rings_sound(rings: Any) -> bool:
    return (
        isinstance(rings, list)
        and len(rings) > 0
        and all(isinstance(ring, list) and len(ring) >= 4 for ring in rings)
        and all(_is_position(position) for ring in rings for position in ring)
    )


def _is_position(position: Any) -> bool:
    return (
        isinstance(position, list)
        and 2 <= len(position) <= 4
        and all(type(value) in (int, float) and -1e6 < value < 1e6 for value in position)
    )


def _inside_world(found: BaseGeometry, number: int, code: str, tell: Tell) -> bool:
    west, south, east, north = found.bounds
    if max(-west, east) <= 180 and max(-south, north) <= 90:
        return True
    swapped = max(-west, east) <= 90 and max(-south, north) <= 180
    tell(
        Code.COORDINATES_SWAPPED if swapped else Code.COORDINATE_OUTSIDE_WORLD,
        row=number,
        field=code,
        value=f"{west} {south} {east} {north}",
    )
    return False


def _sound(found: BaseGeometry, number: int, code: str, tell: Tell) -> BaseGeometry:
    """The polygon itself, or its repair (told) where it crosses itself."""
    if found.is_valid:
        return found
    tell(Code.POLYGON_REPAIRED, row=number, field=code, value=shapely.is_valid_reason(found))
    parts = [part for part in _flat(shapely.make_valid(found)) if part.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else shapely.box(*found.bounds)


def _flat(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    parts = getattr(geometry, "geoms", None)
    if parts is None:
        yield geometry
        return
    for part in parts:
        yield from _flat(part)
