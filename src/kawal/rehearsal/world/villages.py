"""Which villages and districts share the land? Borders that meet exactly, wobble, and follow rivers.

Cells around seeds (Voronoi) are drawn as lines, bent by one wobble, cut with coasts and banks on one
grid of 0.0001 degrees, and turned into faces: neighbours share the very same vertices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, STRtree
from shapely.geometry.base import BaseGeometry

from kawal.rehearsal.world.land import APEX_KM, RADIUS_KM, Land
from kawal.rehearsal.world.noise import Octave, Points, Wobble, wobble

VILLAGES_COUNT = 180
DISTRICTS_COUNT = 12
CANDIDATES_COUNT = 60
STEP_KM = 0.33  # between two vertices of a border on land
GRID_DEG = 0.0001  # 11 m: finer borders would only cost bytes
MIDDLE_DEG = (106.86, -2.11)  # lon, lat: open sea, east of Bangka
KM_PER_DEG = 111.2  # so near the equator, the same both ways


@dataclass(frozen=True, slots=True)
class Cell:
    """One village on the land, before it has a name."""

    border: BaseGeometry  # degrees
    middle_km: tuple[float, float]
    district: int  # 0 .. DISTRICTS_COUNT - 1, the seat's first


def divide(land: Land, chance: np.random.Generator) -> list[Cell]:
    seeds = _seeds(land, chance)
    bent = wobble(chance, Octave(9.0, 0.6), Octave(2.4, 0.16), Octave(0.9, 0.06))
    borders = [_union(part) for part in _faces_by_seed(land, seeds, bent)]
    groups = _districts(seeds, chance)
    cells = []
    for border, group in zip(borders, groups, strict=True):
        if border is not None:
            point = shapely.point_on_surface(border)
            cells.append(Cell(border, to_km(point.x, point.y), int(group)))
    return cells


def to_deg(points: Points) -> Points:
    degrees: Points = points / KM_PER_DEG + np.array(MIDDLE_DEG)
    return degrees


def to_km(lon: float, lat: float) -> tuple[float, float]:
    return (lon - MIDDLE_DEG[0]) * KM_PER_DEG, (lat - MIDDLE_DEG[1]) * KM_PER_DEG


def _seeds(land: Land, chance: np.random.Generator) -> Points:
    """Best-candidate sampling (Mitchell 1991): even, but denser near the seat, rivers and coast."""
    chosen = [np.array(APEX_KM) + np.array([-1.5, -1.0])]
    low, high = np.array(land.surface.bounds[:2]), np.array(land.surface.bounds[2:])
    while len(chosen) < VILLAGES_COUNT:
        points = chance.uniform(low, high, (CANDIDATES_COUNT, 2))
        points = points[shapely.contains_xy(land.surface, points)]
        crowd = np.array(chosen)
        gap_km = np.min(np.hypot(*(points[:, None] - crowd[None]).transpose(2, 0, 1)), axis=1)
        chosen.append(points[np.argmax(gap_km * np.sqrt(_crowding(land, points)))])
    return np.round(np.array(chosen), 3)


def _crowding(land: Land, points: Points) -> NDArray[np.float64]:
    """How densely people live there, 1 = nobody's choice."""
    off_seat_km = np.hypot(*(points - np.array(APEX_KM)).T)
    crowding: NDArray[np.float64] = (
        1.0
        + 5.0 * np.exp(-((off_seat_km / 5.0) ** 2))
        + 1.2 * np.exp(-land.off_river_km(points) / 1.5)
        + 0.6 * np.exp(-land.off_coast_km(points) / 1.5)
        - 0.6 * land.height(points)
    )
    return crowding


def _faces_by_seed(land: Land, seeds: Points, bent: Wobble) -> list[list[BaseGeometry]]:
    """Faces of each seed: its biggest, and every other that borders no bigger neighbour on its bank."""
    frame = shapely.box(*(-2.2 * np.array(RADIUS_KM)), *(2.2 * np.array(RADIUS_KM)))
    edges = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=frame, only_edges=True)
    cells = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=frame, ordered=True)
    surface = shapely.transform(land.surface, to_deg)
    lines = shapely.union_all([_bend(edges, bent), surface.boundary], grid_size=GRID_DEG)
    faces = [
        face
        for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        if surface.contains(shapely.point_on_surface(face))
    ]
    tree = STRtree([_bend(cell, bent) for cell in shapely.get_parts(cells)])
    owners = [int(tree.nearest(shapely.point_on_surface(face))) for face in faces]
    shares: list[list[BaseGeometry]] = [[] for _ in seeds]
    for face, owner in zip(faces, _joined(faces, owners), strict=True):
        shares[owner].append(face)
    return shares


def _bend(geometry: BaseGeometry, bent: Wobble) -> BaseGeometry:
    return shapely.transform(shapely.segmentize(geometry, STEP_KM), lambda points: to_deg(bent.moved(points)))


def _joined(faces: list[BaseGeometry], owners: list[int]) -> list[int]:
    """Gives each lesser face (over the river, a splinter) to the neighbour it borders longest."""
    by_size = sorted(range(len(faces)), key=lambda face: -faces[face].area)
    main: dict[int, int] = {}  # village -> its biggest face
    for face in by_size:
        main.setdefault(owners[face], face)
    settled = {face: owner for owner, face in main.items()}
    tree = STRtree(faces)
    waiting = [face for face in by_size if face not in settled]
    while waiting:
        left = []
        for face in waiting:
            shared = {
                other: faces[face].intersection(faces[other]).length
                for other in sorted(tree.query(faces[face], predicate="touches").tolist())
                if other in settled
            }
            best = max(shared, key=lambda other: shared[other], default=None)
            if best is not None and shared[best] > 0:
                settled[face] = settled[best]
            else:
                left.append(face)
        if len(left) == len(waiting):  # what is left stands alone in the water
            settled.update({face: owners[face] for face in left})
            left = []
        waiting = left
    return [settled[face] for face in range(len(faces))]


def _union(faces: list[BaseGeometry]) -> BaseGeometry | None:
    return shapely.normalize(shapely.coverage_union_all(faces)) if faces else None


def _districts(seeds: Points, chance: np.random.Generator) -> NDArray[np.int64]:
    """Groups near seeds (k-means, Lloyd 1982); the seat's group first, the others by distance from it."""
    centres = [seeds[0]]
    while len(centres) < DISTRICTS_COUNT:
        gap_km = np.min(np.hypot(*(seeds[:, None] - np.array(centres)[None]).transpose(2, 0, 1)), axis=1)
        centres.append(seeds[chance.choice(len(seeds), p=gap_km**2 / (gap_km**2).sum())])
    middles = np.array(centres)
    for _ in range(40):
        groups = _nearest(seeds, middles)
        middles = np.array([seeds[groups == group].mean(axis=0) for group in range(DISTRICTS_COUNT)])
    groups = _nearest(seeds, middles)
    order = np.argsort(np.hypot(*(middles - seeds[0]).T), kind="stable").tolist()
    order.sort(key=lambda group: group != groups[0])
    rank: NDArray[np.int64] = np.argsort(np.array(order))
    return rank[groups]


def _nearest(points: Points, middles: Points) -> NDArray[np.int64]:
    away_km = np.hypot(*(points[:, None] - middles[None]).transpose(2, 0, 1))
    nearest: NDArray[np.int64] = np.argmin(away_km, axis=1)
    return nearest
