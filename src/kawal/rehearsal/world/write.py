"""Writes a world in the formats that the places and risk rooms import, byte for byte the same by seed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from kawal.rehearsal.world.people import Village
from kawal.rehearsal.world.villages import KM_PER_DEG

DIGITS = 4  # of a degree: the grid on which the borders were made
AREA_FIELDS = (
    "code", "parent", "level", "name", "lat", "lon", "inner_lat", "inner_lon", "area_km2", "population",
)  # fmt: skip


def areas(path: Path, rows: Iterable[tuple[str, str, str, BaseGeometry, int]]) -> None:
    """Rows of (code, level, name, border, population), parents first."""
    _table(path, AREA_FIELDS, (_area(*row) for row in rows))


def _area(code: str, level: str, name: str, border: BaseGeometry, population: int) -> tuple[object, ...]:
    middle, inner = shapely.centroid(border), shapely.point_on_surface(border)
    if not border.contains(middle):  # of islands, or around a bay
        middle = inner
    return (
        code, code.rpartition(".")[0], level, name, round(middle.y, 5), round(middle.x, 5),
        round(inner.y, 5), round(inner.x, 5), round(border.area * KM_PER_DEG**2, 3), population,
    )  # fmt: skip


def borders(path: Path, rows: Iterable[tuple[str, str, BaseGeometry]]) -> None:
    """GeoJSON (RFC 7946) of (code, name, border), one feature a line."""
    features = ",\n".join(
        json.dumps(
            {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": _geometry(border)},
            separators=(",", ":"),
        )
        for code, name, border in rows
    )
    path.write_text('{"type":"FeatureCollection","features":[\n' + features + "\n]}\n")


def _geometry(border: BaseGeometry) -> dict[str, object]:
    polygons = [
        [
            [[round(x, DIGITS), round(y, DIGITS)] for x, y in ring.coords]
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in shapely.get_parts(shapely.orient_polygons(border))
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}


def stations(path: Path, villages: Sequence[Village]) -> None:
    rows = ((village.code, village.stations, village.voters) for village in villages)
    _table(path, ("village", "stations", "voters"), rows)


def sites(path: Path, rows: Iterable[tuple[str, str, str, BaseGeometry]]) -> None:
    """Rows of (kind, area, name, point)."""
    placed = ((kind, area, name, round(at.y, 5), round(at.x, 5)) for kind, area, name, at in rows)
    _table(path, ("kind", "area", "name", "lat", "lon"), placed)


def indicators(path: Path, villages: Sequence[Village]) -> Path:
    rows = ((village.code, name, value) for village in villages for name, value in village.indicators.items())
    _table(path, ("area", "indicator", "value"), rows)
    return path


def access(path: Path, villages: Sequence[Village]) -> Path:
    _table(path, ("area", "access"), ((village.code, village.access) for village in villages))
    return path


def _table(path: Path, fields: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows(rows)
