"""The planned way of a trip, and how far beside it a position lies.

Where the plan was told the road between two stops, it is the plain distance to that road. Where no road is
known the plan says two things of a leg: where it begins and ends, and how long it is
(great circle x detour of the mode). A vehicle that drives no farther than planned cannot leave the ellipse
whose foci are both ends and in which the ways to both add up to that length: every honest bend lies inside.
How far a position lies outside is told by the greater of two bounds, never by more than the truth:

    half of what the way over the position is longer than planned
    the distance to the straight line, less half the width of the ellipse

A piece that is as long as its straight line has an ellipse without width: the plain distance again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, inf, radians, sqrt
from typing import Any, Final

import shapely

from kawal.rules.plan.facts import Trip
from kawal.rules.plan.journey.told import Lines, line_between
from kawal.rules.plan.journey.travel import Way

EARTH_RADIUS_M: Final = 6_371_009.0  # mean radius, IUGG
AS_STRAIGHT_M: Final = 10.0  # receivers are no better
NO_LINES: Final[Lines] = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the way between two points, in a plane through the first: metres east and north of it."""

    lat: float
    lon: float
    squeeze: float  # metres of a degree of longitude / of latitude
    east_m: float  # of the second point
    north_m: float
    straight_m: float
    length_m: float  # how long the way between them is, straight_m at least

    def beside_m(self, lat: float, lon: float) -> float:
        """Metres outside of what a way of this length can reach; below zero inside, never too much."""
        x, y = plane_m(self.lat, self.lon, lat, lon, squeeze=self.squeeze)
        over_m = hypot(x, y) + hypot(self.east_m - x, self.north_m - y)
        share = (x * self.east_m + y * self.north_m) / self.straight_m**2 if self.straight_m else 0.0
        share = min(1.0, max(0.0, share))
        line_m = hypot(x - share * self.east_m, y - share * self.north_m)
        bulge_m = sqrt(max(0.0, self.length_m**2 - self.straight_m**2)) / 2
        return max((over_m - self.length_m) / 2, line_m - bulge_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A part of the way that follows a known line, in a plane through where it begins."""

    lat: float
    lon: float
    squeeze: float
    line: Any  # shapely, metres east and north

    def beside_m(self, lat: float, lon: float) -> float:
        """Metres to the nearest point of the road."""
        spot = shapely.Point(plane_m(self.lat, self.lon, lat, lon, squeeze=self.squeeze))
        return float(shapely.distance(self.line, spot))


PlannedWay = tuple[Piece | Road, ...]


def planned_way(trip: Trip, lines: Lines = NO_LINES) -> PlannedWay:
    """Of each leg its road, where `lines` have one, else what its length allows for."""
    roads = [
        line_between(lines, trip.mode, (here.lat, here.lon), (there.lat, there.lon))
        for here, there in pairwise(trip.stops)
    ]
    return tuple(_road(road) if road else allowed for road, allowed in zip(roads, _pieces(trip), strict=True))


def _road(way: Way) -> Road:
    """Bends of less than `AS_STRAIGHT_M` are left out: a corridor is wider, and many trips are kept."""
    (lat, lon), (to_lat, _) = way[0], way[-1]
    squeeze = cos(radians((lat + to_lat) / 2))
    line = shapely.LineString([plane_m(lat, lon, *point, squeeze=squeeze) for point in way])
    return Road(lat=lat, lon=lon, squeeze=squeeze, line=shapely.simplify(line, AS_STRAIGHT_M))


def _pieces(trip: Trip) -> tuple[Piece, ...]:
    """Of each leg its share of the planned distance: by its straight line or by its time, whichever is more.

    By time too, because stations whose point is unknown stand on one point of their village in the plan,
    with a way between them all the same.
    """
    legs = [piece(here.lat, here.lon, there.lat, there.lon) for here, there in pairwise(trip.stops)]
    times_s = [
        max(0.0, (there.arrive_at - here.depart_at).total_seconds()) for here, there in pairwise(trip.stops)
    ]
    straight_m = sum(leg.straight_m for leg in legs)
    time_s = sum(times_s)
    return tuple(
        piece(
            here.lat, here.lon, there.lat, there.lon,
            trip.distance_m * max(
                leg.straight_m / straight_m if straight_m else 0.0, leg_s / time_s if time_s else 0.0
            ),
        )
        for here, there, leg, leg_s in zip(trip.stops, trip.stops[1:], legs, times_s, strict=False)
    )  # fmt: skip


def piece(lat_a: float, lon_a: float, lat_b: float, lon_b: float, length_m: float = 0.0) -> Piece:
    """Between two points; at least as long as the straight line."""
    squeeze = cos(radians((lat_a + lat_b) / 2))
    east_m, north_m = plane_m(lat_a, lon_a, lat_b, lon_b, squeeze=squeeze)
    straight_m = hypot(east_m, north_m)
    return Piece(lat_a, lon_a, squeeze, east_m, north_m, straight_m, max(length_m, straight_m))


def beside_m(way: Sequence[Piece | Road], lat: float, lon: float) -> float:
    """Metres off a way of one piece at least, by the nearest of them; zero or below inside of any."""
    least_m = inf
    for part in way:
        least_m = min(least_m, part.beside_m(lat, lon))
        if least_m <= 0:  # how deep inside makes no difference, and a trip may have many pieces
            break
    return least_m


def apart_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Metres between two points not far from each other (0.2 % too much or too little at 300 km)."""
    return hypot(*plane_m(lat_a, lon_a, lat_b, lon_b, squeeze=cos(radians((lat_a + lat_b) / 2))))


def plane_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float, *, squeeze: float) -> tuple[float, float]:
    """Metres east and north of the first point; the short way around the world."""
    east = (lon_b - lon_a + 540.0) % 360.0 - 180.0
    return EARTH_RADIUS_M * radians(east) * squeeze, EARTH_RADIUS_M * radians(lat_b - lat_a)
