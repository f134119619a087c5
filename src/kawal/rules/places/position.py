"""How far a point lies outside the place where it should be. Degrees in, kilometres out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]  # latitude and longitude, WGS 84 degrees

_DEGREE_KM: Final = 111.32
# Miangas to Ndana, Weh to the border in Papua: 6°08' N to 11°15' S, 94°45' E to 141°05' E.
_INDONESIA: Final = (-11.25, 94.75, 6.14, 141.09)
_NEIGHBOURS_MIN: Final = 10  # fewer points draw no box worth the name


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the points of a regency should lie, and from how far outside on a point is a mistake."""

    border: BaseGeometry | None  # prepared; None: `neighbours` are all that is known
    neighbours: tuple[tuple[float, ...], tuple[float, ...]]  # sorted latitudes and longitudes
    far_km: float


def reference(
    border: str | None, neighbours: Sequence[Point], *, far_km: float, far_from_neighbours_km: float
) -> Reference:
    """The border (GeoJSON text) where there is one, else the box around the neighbours, else the country."""
    shape = polygon(border) if border else None
    if shape is None and len(neighbours) >= _NEIGHBOURS_MIN:
        lats, lons = sorted(lat for lat, _ in neighbours), sorted(lon for _, lon in neighbours)
        return Reference(None, (tuple(lats), tuple(lons)), far_from_neighbours_km)
    south, west, north, east = _INDONESIA
    country = shapely.box(west, south, east, north)
    shapely.prepare(country)
    return Reference(shape or country, ((), ()), far_km)


def polygon(border: str) -> BaseGeometry:
    found = shapely.from_geojson(border)
    shapely.prepare(found)
    return found


def outside_km(points: Sequence[Point], place: Reference) -> list[float]:
    """How far each point lies outside; 0.0 inside. Good to one in fifty south of 11 degrees north."""
    if place.border is None:
        return [_beyond_neighbours_km(point, place) for point in points]
    return outside_border_km(points, place.border)


def outside_border_km(points: Sequence[Point], border: BaseGeometry) -> list[float]:
    found = shapely.points([(lon, lat) for lat, lon in points]) if points else []
    inside = shapely.covers(border, found)
    return [
        0.0 if within else float(shapely.distance(border, point)) * _DEGREE_KM
        for point, within in zip(found, inside, strict=True)
    ]


def _beyond_neighbours_km(point: Point, place: Reference) -> float:
    """Beyond the box of all *other* points: a wrong point must not vouch for itself."""
    gaps = []
    for value, known in zip(point, place.neighbours, strict=True):
        least = known[1] if value == known[0] else known[0]
        most = known[-2] if value == known[-1] else known[-1]
        gaps.append(max(least - value, value - most, 0.0))
    return math.hypot(*gaps) * _DEGREE_KM
