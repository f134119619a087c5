"""Where is land? An island with hills in the south-west and a river that splits into a delta.

Everything is in kilometres around the middle of the island; `write` turns it into degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from kawal.rehearsal.world.noise import Octave, Points, Wobble, wobble

RADIUS_KM = (31.0, 22.0)  # half axes of the island, east and north
DELTA_ANGLE = 0.52  # radians from east, counter-clockwise: where the river meets the sea
DELTA_ARMS_COUNT = 5
ISLETS_COUNT = 7
HILL_KM = (-13.0, -7.5)  # where the hills are highest
APEX_KM = (11.0, 5.0)  # where the river begins to split, and the regency's seat
STEP_KM = 0.28  # between two vertices of a coast or a bank
SPECK_KM2 = 0.12  # smaller pieces of land are sea on a map


@dataclass(frozen=True, slots=True)
class Land:
    surface: MultiPolygon
    rivers: tuple[LineString, ...]
    relief: Wobble

    def height(self, points: Points) -> NDArray[np.float64]:
        """0 at the coast to 1 on the highest hill."""
        away_km = np.hypot(*((points - np.array(HILL_KM)) / np.array([14.0, 11.0])).T)
        hills = np.exp(-(away_km**2)) * (1.0 + 0.35 * self.relief.level(points))
        height: NDArray[np.float64] = np.clip(hills, 0.0, 1.0)
        return height

    def off_river_km(self, points: Points) -> NDArray[np.float64]:
        nearest: NDArray[np.float64] = shapely.distance(
            shapely.points(points), shapely.union_all(np.array(self.rivers, dtype=object))
        )
        return nearest

    def off_coast_km(self, points: Points) -> NDArray[np.float64]:
        coast: NDArray[np.float64] = shapely.distance(shapely.points(points), self.surface.boundary)
        return coast


def raise_land(chance: np.random.Generator) -> Land:
    shape = wobble(chance, Octave(24.0, 1.6), Octave(9.0, 0.8), Octave(3.2, 0.35), Octave(1.1, 0.12))
    bends = wobble(chance, Octave(9.0, 1.0), Octave(3.4, 0.42), Octave(1.2, 0.1))
    island = Polygon(shape.moved(_outline()))
    islets = [_islet(chance, shape) for _ in range(ISLETS_COUNT)]
    lines, water = _rivers(bends)
    solid = shapely.union_all([island.buffer(0), *islets]).difference(water)
    pieces = [piece for piece in shapely.get_parts(solid) if piece.area >= SPECK_KM2]
    relief = wobble(chance, Octave(12.0, 1.0), Octave(5.0, 0.5))
    return Land(MultiPolygon(pieces), tuple(lines), relief)


def _outline() -> Points:
    """An ellipse that bulges where the river brings its mud."""
    angles = np.linspace(0, 2 * np.pi, 640, endpoint=False)
    off_delta = np.angle(np.exp(1j * (angles - DELTA_ANGLE)))
    bulge = 1.0 + 0.22 * np.exp(-((off_delta / 0.34) ** 2))
    return np.stack([RADIUS_KM[0] * np.cos(angles) * bulge, RADIUS_KM[1] * np.sin(angles) * bulge], axis=1)


def _islet(chance: np.random.Generator, shape: Wobble) -> BaseGeometry:
    """A small island in the shallow sea before the delta."""
    angle, far = DELTA_ANGLE + chance.uniform(-0.55, 0.55), chance.uniform(1.2, 1.38)
    at = np.array([RADIUS_KM[0] * far * np.cos(angle), RADIUS_KM[1] * far * np.sin(angle)])
    radius_km = chance.uniform(0.5, 1.5)
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False) + chance.uniform(0, np.pi)
    ring = radius_km * np.stack([1.6 * np.cos(angles), np.sin(angles)], axis=1)
    return Polygon(at + ring + 0.22 * shape.shift(ring * 2.0 + at)).buffer(0)


def _rivers(bends: Wobble) -> tuple[list[LineString], BaseGeometry]:
    """Middle lines, and the water they cover: one great river with its delta, and four small ones."""
    apex = np.array(APEX_KM)
    lines, water = [], []

    def run(start: Points, end: Points, width_from_km: float, width_to_km: float) -> None:
        steps = max(8, int(np.hypot(*(end - start)) / STEP_KM))
        share = np.linspace(0, 1, steps)[:, None]
        # Both ends stay where other channels meet them; between them the river meanders.
        free = np.sin(np.pi * share) ** 0.5
        straight = start + share * (end - start)
        path = np.round(straight + free * bends.shift(straight), 6)
        radii = np.linspace(width_from_km, width_to_km, steps - 1) / 2
        segments = shapely.linestrings(np.stack([path[:-1], path[1:]], axis=1))
        water.append(shapely.union_all(shapely.buffer(segments, radii, quad_segs=2)))
        lines.append(LineString(path))

    run(np.array(HILL_KM) + np.array([2.0, 3.0]), apex, 0.05, 0.42)
    mouths = []
    for angle in np.linspace(-0.47, 0.47, DELTA_ARMS_COUNT) + DELTA_ANGLE:
        reach = np.array([RADIUS_KM[0] * np.cos(angle), RADIUS_KM[1] * np.sin(angle)]) * 1.42
        mouths.append(reach)
        run(apex, reach, 0.3, 0.95)
    for first, second, share in [(0, 1, 0.42), (1, 2, 0.58), (2, 3, 0.4), (3, 4, 0.6), (1, 2, 0.33)]:
        run(apex + share * (mouths[first] - apex), apex + (share + 0.14) * (mouths[second] - apex), 0.22, 0.3)
    for angle, width_km in [(2.5, 0.16), (3.7, 0.12), (4.6, 0.2), (1.6, 0.18)]:
        mouth = np.array([RADIUS_KM[0] * np.cos(angle), RADIUS_KM[1] * np.sin(angle)]) * 1.15
        run(np.array(HILL_KM) + 0.35 * (mouth - np.array(HILL_KM)), mouth, 0.04, width_km)
    return lines, shapely.union_all(water).simplify(0.03)
