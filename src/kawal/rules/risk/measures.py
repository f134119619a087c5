"""What can be measured from places alone: distances, density, spread, and what must be crossed.

Everything is vectorised over the villages of one regency. A measure that cannot be taken (no point,
no warehouse, no border) is NaN and stays visible as missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from kawal.rules.risk.composite.arrays import Values as Values  # what it answers with

Point = tuple[float, float]  # latitude, longitude in degrees (WGS 84)

EARTH_RADIUS_KM: Final = 6371.0088  # mean radius, IUGG
KM_PER_DEGREE: Final = 111.195  # of latitude, on that sphere
MEASURED: Final = ("warehouse_km", "district_km", "density", "spread_km", "crossing_km")

_NOWHERE: Point = (np.nan, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class VillagePlace:
    """A village as risk sees it; `point` is its PPS, `ppk` its district's PPK."""

    code: str
    point: Point | None
    ppk: Point | None
    area_km2: float | None
    stations_count: int
    voters_count: int
    district_km2: float | None
    district_voters_count: int


def measure(
    villages: Sequence[VillagePlace],
    *,
    warehouse: Point | None,
    border: Mapping[str, Any] | None,
    detour: float,
    border_slack_km: float,
) -> dict[str, Values]:
    """Indicator -> one value per village, NaN where it cannot be measured.

    warehouse_km  warehouse to PPS: great circle x detour
    district_km   PPK to PPS, the same
    density       voters per km2 of the district: how far help and witnesses are
    spread_km     mean distance between neighbouring stations: root of km2 per station
    crossing_km   km of the straight line from the warehouse outside the regency's land: water, or
                  another regency where the escort must be handed over
    """
    points = _points([village.point for village in villages])
    origin = np.broadcast_to(np.array(warehouse or _NOWHERE), points.shape)
    straight_km = great_circle_km(origin, points)
    return {
        "warehouse_km": straight_km * detour,
        "district_km": great_circle_km(_points([village.ppk for village in villages]), points) * detour,
        "density": _ratio(
            [village.district_voters_count for village in villages],
            [village.district_km2 for village in villages],
        ),
        "spread_km": np.sqrt(
            _ratio(
                [village.area_km2 for village in villages], [village.stations_count for village in villages]
            )
        ),
        "crossing_km": straight_km * _share_outside(origin, points, border, border_slack_km),
    }


def great_circle_km(a: Values, b: Values) -> Values:
    """Haversine distance between rows of (lat, lon) in degrees; NaN where a point is missing."""
    lat_a, lon_a, lat_b, lon_b = np.radians(np.column_stack([a, b])).T
    half = np.sin((lat_b - lat_a) / 2) ** 2
    half = half + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    distance: Values = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


def _share_outside(a: Values, b: Values, border: Mapping[str, Any] | None, slack_km: float) -> Values:
    """Share of each straight line a-b outside the border, which is widened by its imprecision."""
    share = np.full(len(a), np.nan)
    known = ~np.isnan(np.column_stack([a, b])).any(axis=1)
    if border is None or not known.any():
        return share
    land = shapely.make_valid(shapely.from_geojson(json.dumps(border)))
    land = shapely.buffer(land, slack_km / KM_PER_DEGREE)
    shapely.prepare(land)
    lines = shapely.linestrings(np.stack([a[known][:, ::-1], b[known][:, ::-1]], axis=1))
    length = shapely.length(lines)
    outside = np.zeros(len(lines))
    crossing = ~shapely.covers(land, lines)
    outside[crossing] = shapely.length(shapely.difference(lines[crossing], land))
    share[known] = np.divide(outside, length, out=np.zeros(len(lines)), where=length > 0)
    return share


def _points(points: Sequence[Point | None]) -> Values:
    return np.array([point or _NOWHERE for point in points], dtype=np.float64).reshape(-1, 2)


def _ratio(above: Sequence[float | None], below: Sequence[float | None]) -> Values:
    """Element by element; NaN where a part is unknown or nothing stands below."""
    top = np.array(above, dtype=np.float64)
    bottom = np.array(below, dtype=np.float64)
    ratio: Values = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return ratio
