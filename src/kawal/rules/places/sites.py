"""Points where none are given: made from the areas' points, and said to be so (`Source.GENERATED`).

warehouse  the regency's point
PPK        the village nearest to the district's voters' mean: on land, among the people
PPS        the village's point; without one the district's
station    as the PPS of its village
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kawal.rules.places.codes import level_of, parent_of
from kawal.rules.places.facts import Area, Site, SiteKind, Source, site_code


@dataclass(frozen=True, slots=True)
class Spot:
    """A generated point; `precision_m` is the radius of a circle as large as the area, if it is known."""

    lat: float
    lon: float
    precision_m: int | None


def spot_of(code: str, areas: Mapping[str, Area]) -> Spot | None:
    """The point of an area or of the first one above it that has a point, within its regency."""
    while level_of(code) != "province":
        area = areas.get(code)
        if area is not None and area.lat is not None and area.lon is not None:
            return Spot(area.lat, area.lon, _radius_m(code, areas))
        code = parent_of(code)
    return None


def _radius_m(code: str, areas: Mapping[str, Area]) -> int | None:
    while level_of(code) != "province":
        area = areas.get(code)
        if area is not None and area.area_km2:
            return math.ceil(math.sqrt(area.area_km2 / math.pi) * 1000)
        code = parent_of(code)
    return None


def generated(areas: Mapping[str, Area], voters: Mapping[str, int], names: Iterable[str]) -> Iterator[Site]:
    """A site for each of the areas `names` (a warehouse, PPK or PPS by level); `voters` by village."""
    inside: dict[str, list[Area]] = defaultdict(list)
    for area in areas.values():
        if area.level == "village" and area.lat is not None:
            inside[parent_of(area.code)].append(area)
    for code in names:
        area = areas[code]
        if area.level == "regency":
            yield _site(SiteKind.WAREHOUSE, area, spot_of(code, areas), f"Gudang KPU {area.name}")
        elif area.level == "district":
            middle = _among_voters(inside[code], voters)
            spot = spot_of(middle or code, areas)
            if spot is not None:
                spot = Spot(spot.lat, spot.lon, _radius_m(code, areas))
            yield _site(SiteKind.PPK, area, spot, f"PPK {area.name}")
        else:
            yield _site(SiteKind.PPS, area, spot_of(code, areas), f"PPS {area.name}")


def _among_voters(villages: list[Area], voters: Mapping[str, int]) -> str | None:
    """The village nearest to the mean of the villages' points, each weighing as many as its voters."""
    points = [(v.code, v.lat, v.lon) for v in villages if v.lat is not None and v.lon is not None]
    weights = [voters.get(code, 0) for code, _, _ in points]
    if not any(weights):
        weights = [1] * len(points)
    if not points:
        return None
    total = sum(weights)
    lat = sum(weight * point[1] for weight, point in zip(weights, points, strict=True)) / total
    lon = sum(weight * point[2] for weight, point in zip(weights, points, strict=True)) / total
    # Near the equator a degree of longitude is as long as one of latitude, to one in fifty.
    return min(points, key=lambda point: (math.hypot(point[1] - lat, point[2] - lon), point[0]))[0]


def _site(kind: SiteKind, area: Area, spot: Spot | None, name: str) -> Site:
    return Site(
        code=site_code(kind, area.code),
        kind=kind,
        area=area.code,
        name=name,
        lat=spot.lat if spot else None,
        lon=spot.lon if spot else None,
        source=Source.GENERATED,
        precision_m=spot.precision_m if spot else None,
    )
