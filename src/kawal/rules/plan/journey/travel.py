"""How far and how long: the one door through which planner, checker and pages ask for ways.

`Estimate` answers where no roads are known: great circle x detour, at the speed of mode and terrain.
Detour of roads 1.43: published for Switzerland 1.44 to 1.72 by distance; for Indonesia 1.43 is quoted
from Ballou et al. 2002, unverified. With it a nearest-neighbour tour of Jombang's districts comes to
249 km against 253 km published. One point: encouraging, not a validation. Speeds stand in the fleet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.fleet import Kind

EARTH_M = 6_371_009.0  # mean radius (IUGG)
STOP_EVERY_M = 0.5  # x sqrt(area): mean way between stations scattered over a village (assumed)
URBAN_VOTERS_PER_KM2 = 1_000  # assumed
REMOTE_VOTERS_PER_KM2 = 30  # assumed

# What stands where a mode finds no way: longer than any shift, so that no run takes it.
UNREACHABLE_S: Final = 10 * 86_400
UNREACHABLE_M: Final = 1_000_000

Matrix = NDArray[np.int64]
Factors = tuple[tuple[Mode, Terrain, float], ...]  # real over told time (rules.plan.journey.measured)
Way = tuple[tuple[float, float], ...]  # latitude and longitude, from one end to the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    lat: float
    lon: float
    terrain: Terrain
    spread_m: int = 0  # above 0: the point itself is unknown, this far from any other of its village


def terrain_of(voters_per_km2: float | None) -> Terrain:
    if voters_per_km2 is None or REMOTE_VOTERS_PER_KM2 <= voters_per_km2 < URBAN_VOTERS_PER_KM2:
        return Terrain.RURAL
    return Terrain.URBAN if voters_per_km2 >= URBAN_VOTERS_PER_KM2 else Terrain.REMOTE


def spread_of(area_km2: float | None) -> int:
    """Metres between stations of a village whose points are not given; 1 km where the area is unknown."""
    return 1_000 if area_km2 is None else max(100, round(STOP_EVERY_M * 1_000 * area_km2**0.5))


class Travel(Protocol):
    """A value: it can be sent to other processes, and the same questions get the same answers."""

    def matrices(self, points: Sequence[Point], kind: Kind) -> tuple[Matrix, Matrix]:
        """Metres and seconds from each point to each other by this mode; zero on the diagonal.

        `UNREACHABLE_M` and `UNREACHABLE_S` where the mode finds no way.
        """
        ...

    def way(self, here: Point, there: Point, kind: Kind) -> Way:
        """What to draw between two points, both ends included."""
        ...

    def told(self) -> tuple[str, ...]:
        """What decides the answers beside points and fleet, for the hash of a plan; empty for nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Travel where no roads are known."""

    def matrices(self, points: Sequence[Point], kind: Kind) -> tuple[Matrix, Matrix]:
        straight = _straight(points) * kind.detour
        pace = np.array([3.6 / kind.speed_kmh[point.terrain] for point in points])  # seconds per metre
        seconds = straight * (pace[:, None] + pace[None, :]) / 2  # half the way lies in either terrain
        return np.ceil(straight).astype(np.int64), np.ceil(seconds).astype(np.int64)

    def way(self, here: Point, there: Point, kind: Kind) -> Way:
        return (here.lat, here.lon), (there.lat, there.lon)

    def told(self) -> tuple[str, ...]:
        return ()


ESTIMATE: Final = Estimate()


def _straight(points: Sequence[Point]) -> NDArray[np.float64]:
    """Great circle in metres (haversine), or the spread where either point is unknown."""
    lat = np.radians([point.lat for point in points])
    lon = np.radians([point.lon for point in points])
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    )
    circle = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    spread = np.array([float(point.spread_m) for point in points])
    either = np.maximum(spread[:, None], spread[None, :])
    way: NDArray[np.float64] = np.where(either > 0, either, circle)
    np.fill_diagonal(way, 0)
    return way
