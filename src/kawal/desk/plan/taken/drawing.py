"""A plan's map (`maps.plan_map`) as a drawing for paper: SVG, readable in black and white too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

WIDTH: Final = 1_000.0
# Colour and dashes of a way; on a black-and-white copy the dashes tell.
WAYS: Final = {
    "land": ("#7a3b00", "none"),
    "water": ("#0b5cad", "7 3"),
    "foot": ("#2e6b1f", "2 3"),
    "air": ("#6a1b9a", "12 4 2 4"),
}
_RISK: Final = "#b00020"
_LABELS_MAX: Final = 60  # names of areas; more are unreadable on a sheet
Spot = tuple[float, float]


def drawing(told: Mapping[str, Any], *, font: str) -> str:
    """`told` as `maps.plan_map` tells it; empty where there is nothing to draw."""
    if "bbox" not in told:
        return ""
    west, south, east, north = told["bbox"]
    narrow = math.cos(math.radians((south + north) / 2))  # a degree of longitude against one of latitude
    scale = WIDTH / max((east - west) * narrow, 1e-9)
    height = max((north - south) * scale, 1.0)

    def place(spot: Iterable[float]) -> Spot:
        lon, lat, *_ = spot
        return (lon - west) * narrow * scale, (north - lat) * scale

    size = max(WIDTH, height) / 62
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}">',
        f'<g font-family="{escape(font)}" font-size="{size:.1f}">',
        *(_area(feature, place) for feature in told["areas"]["features"]),
        *(_line(feature, place) for feature in told["lines"]["features"]),
        *(_point(feature, place) for feature in told["points"]["features"]),
        *_labels(told["areas"]["features"], place, size),
        *_ruler(scale, height, size),
        "</g></svg>",
    ]
    return "\n".join(parts)


def _area(feature: Mapping[str, Any], place: Any) -> str:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = (ring for polygon in polygons for ring in polygon)
    path = " ".join(
        "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in (place(spot) for spot in ring)) + " Z"
        for ring in rings
    )
    return f'<path d="{path}" fill="#f4f1ea" stroke="#9a948a" stroke-width="1" fill-rule="evenodd"/>'


def _line(feature: Mapping[str, Any], place: Any) -> str:
    told = feature["properties"]
    colour, dashes = WAYS[told["mode"]]
    late = told["state"] == "risk"
    spots = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, feature["geometry"]["coordinates"]))
    return (
        f'<polyline points="{spots}" fill="none" stroke="{_RISK if late else colour}" '
        f'stroke-width="{2.4 if late else 1.3}" stroke-dasharray="{dashes}" stroke-opacity="0.8"/>'
    )


def _point(feature: Mapping[str, Any], place: Any) -> str:
    told = feature["properties"]
    x, y = place(feature["geometry"]["coordinates"])
    colour = _RISK if told["state"] == "risk" else "#1a1a1a"
    if told["code"].startswith("GDG"):
        return f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="{colour}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>'


def _labels(features: list[Mapping[str, Any]], place: Any, size: float) -> Iterator[str]:
    for feature in features[:_LABELS_MAX]:
        told = feature["properties"]
        if told.get("label_lat") is None or told.get("label_lon") is None:
            continue
        x, y = place((told["label_lon"], told["label_lat"]))
        for paint in ('stroke="#ffffff" stroke-width="3.5" fill="none"', 'fill="#1a1a1a"'):
            yield f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" {paint}>{escape(told["name"])}</text>'


def _ruler(scale: float, height: float, size: float) -> Iterator[str]:
    """A bar of a round number of kilometres, about a fifth of the sheet."""
    per_km = scale / 111.195  # one degree of latitude
    aim = WIDTH / 5 / per_km
    power = 10 ** math.floor(math.log10(aim))
    km = max(step * power for step in (1, 2, 5) if step * power <= aim)
    y = height - size
    yield f'<path d="M{size:.1f},{y:.1f} h{km * per_km:.1f}" stroke="#1a1a1a" stroke-width="3"/>'
    yield f'<text x="{size:.1f}" y="{y - size / 2:.1f}">{km:g} km</text>'
