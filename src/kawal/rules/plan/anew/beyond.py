"""Points that cannot be of a regency: told with two digits swapped, or latitude and longitude."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, hypot, radians
from typing import Final

from kawal.rules.plan.problem import Problem

BEYOND_M_MAX: Final = 50_000  # a border may run far from the places that are known
_DEGREE_M: Final = 111_195  # of latitude


def beyond_m(problem: Problem, lat: float, lon: float) -> float:
    """How far a point lies outside the box of all places of a regency; 0 inside."""
    lats, lons = zip(*_points(problem), strict=True)
    south_north = max(min(lats) - lat, lat - max(lats), 0.0)
    west_east = max(min(lons) - lon, lon - max(lons), 0.0)
    return _DEGREE_M * hypot(south_north, west_east * cos(radians(lat)))


def _points(problem: Problem) -> Iterator[tuple[float, float]]:
    yield problem.lat, problem.lon
    yield from ((one.lat, one.lon) for one in problem.gateways)
    for district in problem.districts:
        yield district.lat, district.lon
        for village in district.villages:
            yield village.lat, village.lon
            yield from (
                (load.lat, load.lon)
                for load in village.loads
                if load.lat is not None and load.lon is not None
            )
