"""A road network as arrays, and the shortest ways on it (Dijkstra by SciPy).

An edge runs between two junctions along its shape. Profiles (truck, pickup, motorbike, foot) have seconds
of their own in each direction; infinite where they may not pass. A place is joined to the nearest edge that
its profile may use and that leads anywhere, by a straight piece off the road at the mode's own pace.

Lights, slopes and hours are not known to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import scipy  # its parts load when used
from numpy.typing import NDArray

from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.travel import EARTH_M

LEADS_NOWHERE_M: Final = (
    2_000.0  # a piece of network shorter than this is a mapper's island, not a road (assumed)
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """N junctions, E edges, P profiles. The shape of edge e, both ends included, is
    `shape[shape_at[e]:shape_at[e + 1]]`."""

    name: str  # of the extract, told with every plan
    box: tuple[float, float, float, float]  # south, west, north, east: what was read
    junctions: int
    start: Ints  # E
    end: Ints  # E
    metres: Floats  # E
    forward_s: Floats  # P x E
    backward_s: Floats  # P x E
    shape_at: Ints  # E + 1
    shape: Floats  # S x 2: latitude, longitude
    # Forbidden sequence b: `turn[turn_at[b]:turn_at[b + 1]]`, directed edges (2 x edge, + 1 against it).
    turn: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    turn_at: Ints = field(default_factory=lambda: np.zeros(1, np.int64))  # B + 1
    turn_whom: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # B: bit p for profile p
    told: Mapping[str, int] = field(default_factory=dict)  # what has to be told with a plan, and how often

    def bans(self, profile: str) -> list[tuple[int, ...]]:
        """Sequences of directed edges that a sign forbids it."""
        bit = 1 << PROFILES.index(profile)
        return [
            tuple(self.turn[self.turn_at[row] : self.turn_at[row + 1]].tolist())
            for row in np.flatnonzero(self.turn_whom & bit)
        ]

    def sha256(self) -> str:
        told = hashlib.sha256(repr((self.name, self.box, self.junctions)).encode())
        arrays = (self.start, self.end, self.forward_s, self.backward_s, self.shape_at, self.shape)
        for array in (*arrays, self.turn, self.turn_at, self.turn_whom):
            told.update(np.ascontiguousarray(array).tobytes())
        return told.hexdigest()


def parts(roads: Roads, profile: str) -> Ints:
    """E: the part of the network an edge lies in, within which the profile can go anywhere and come back.

    -1 for what it may not use or what leads nowhere.
    """
    place = PROFILES.index(profile)
    ahead, back = np.isfinite(roads.forward_s[place]), np.isfinite(roads.backward_s[place])
    rows = np.concatenate([roads.start[ahead], roads.end[back]])
    columns = np.concatenate([roads.end[ahead], roads.start[back]])
    links = scipy.sparse.csr_array(
        (np.ones(len(rows), np.int8), (rows, columns)), shape=(roads.junctions,) * 2
    )
    _, part = scipy.sparse.csgraph.connected_components(links, directed=True, connection="strong")
    inside = (ahead | back) & (part[roads.start] == part[roads.end])
    long_m = np.bincount(part[roads.start[inside]], roads.metres[inside], minlength=roads.junctions)
    found: Ints = np.where(inside & (long_m[part[roads.start]] >= LEADS_NOWHERE_M), part[roads.start], -1)
    return found


def along(roads: Roads) -> Floats:
    """S: metres from the start of its edge to each point of the shapes."""
    step = np.concatenate([[0.0], pieces_m(roads.shape)])
    step[roads.shape_at[:-1]] = 0
    gone = np.cumsum(step)
    found: Floats = gone - np.repeat(gone[roads.shape_at[:-1]], np.diff(roads.shape_at))
    return found


def flat(points: Floats, middle_lat: float) -> Floats:
    """Latitude and longitude as metres on a plane: good over a regency, within 0.1 % of the great circle."""
    scale = np.radians(1) * EARTH_M
    out: Floats = np.column_stack([points[:, 1] * np.cos(np.radians(middle_lat)), points[:, 0]]) * scale
    return out


def pieces_m(shape: Floats) -> Floats:
    """Great circle (haversine) of each piece of a line of latitudes and longitudes."""
    lat, lon = np.radians(shape[:, 0]), np.radians(shape[:, 1])
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    found: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found
