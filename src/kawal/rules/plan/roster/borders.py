"""Where the ways of trips cross into another regency, so that its Polres takes over at the border.

A way is the line that was told for it (roads, a server), else straight. Nobody changes in the air, and a
corner that takes less than `LEAST_S` is passed with the escort that is there: borders are drawn no better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import shapely

from kawal.rules.plan.facts import Mode, Trip
from kawal.rules.plan.journey.told import Lines
from kawal.rules.plan.journey.travel import Way
from kawal.rules.plan.roster.duties import Passage

LEAST_S: Final = 15 * 60  # assumed
STEP_DEGREES: Final = 0.003  # some 300 m: how closely a way is looked at
_SIMPLER: Final = 0.0005  # degrees: some 50 m
IN_THE_AIR: Final = (Mode.PLANE, Mode.HELICOPTER)


@dataclass(frozen=True, slots=True)
class _At:
    """A point of a way, when it is passed, and in which regency it lies; empty: nobody's, such as the sea."""

    at: datetime
    lat: float
    lon: float
    regency: str


class Borders:
    """Of regencies, by code, as GeoJSON geometries."""

    def __init__(self, borders: Mapping[str, str]) -> None:
        self._codes = sorted(borders)
        found = [shapely.simplify(shapely.from_geojson(borders[code]), _SIMPLER) for code in self._codes]
        shapely.prepare(found)
        self._by_code = dict(zip(self._codes, found, strict=True))
        self._tree = shapely.STRtree(found)

    def hold(self, code: str, ways: Sequence[Any]) -> list[bool]:
        """Whether a regency holds each way wholly; where its border is not known it is taken to."""
        own = self._by_code.get(code)
        return [True] * len(ways) if own is None else shapely.covers(own, ways).tolist()

    def regencies(self, own: str, points: Any) -> list[str]:
        """In which regency each point lies, its own first."""
        found = [""] * len(points)
        for point, area in self._tree.query(points, predicate="intersects").T.tolist():
            if not found[point] or self._codes[area] == own:
                found[point] = self._codes[area]
        return found


def leaving(trips: Sequence[Trip], own: str, borders: Borders, lines: Lines) -> list[Trip]:
    """Guarded trips whose way leaves their own regency."""
    guarded = [trip for trip in trips if trip.escort.officers_count and trip.mode not in IN_THE_AIR]
    ways = [
        shapely.MultiLineString([[(lon, lat) for lat, lon in way] for way in _ways(trip, lines)])
        for trip in guarded
    ]
    return [trip for trip, held in zip(guarded, borders.hold(own, ways), strict=True) if not held]


def passages_of(trips: Sequence[Trip], own: str, borders: Borders, lines: Lines) -> dict[str, list[Passage]]:
    """Trip -> its stretches through other regencies, in the order of time."""
    found = {
        trip.code: list(_passages(trip, own, borders, lines)) for trip in leaving(trips, own, borders, lines)
    }
    return {code: passages for code, passages in found.items() if passages}


def _ways(trip: Trip, lines: Lines) -> Iterator[Way]:
    for here, there in zip(trip.stops, trip.stops[1:], strict=False):
        ends = (here.lat, here.lon), (there.lat, there.lon)
        told = lines.get((trip.mode, *ends), ())
        yield told if len(told) > 1 else ends


def _passages(trip: Trip, own: str, borders: Borders, lines: Lines) -> Iterator[Passage]:
    run: list[_At] = []
    for one in [*_along(trip, own, borders, lines), None]:
        if one is not None and run and one.regency == run[0].regency:
            run.append(one)
            continue
        if run and run[0].regency not in ("", own):
            ends_at = run[-1].at if one is None else one.at
            if ends_at - run[0].at >= timedelta(seconds=LEAST_S):
                yield Passage(
                    regency=run[0].regency,
                    begins_at=run[0].at,
                    ends_at=ends_at,
                    lat=run[0].lat,
                    lon=run[0].lon,
                )
        run = [one] if one is not None else []


def _along(trip: Trip, own: str, borders: Borders, lines: Lines) -> Iterator[_At]:
    """Points of the whole way in the order of time; loading and unloading are part of it."""
    last = len(trip.stops) - 2
    for number, way in enumerate(_ways(trip, lines)):
        here, there = trip.stops[number], trip.stops[number + 1]
        line = shapely.LineString([(lon, lat) for lat, lon in way])
        if line.length:  # two sites may stand at one place
            line = shapely.segmentize(line, STEP_DEGREES)
        points = shapely.points(shapely.get_coordinates(line))
        steps = np.hypot(*np.diff(shapely.get_coordinates(points), axis=0).T)
        shares = np.concatenate([[0.0], np.cumsum(steps)]) / (steps.sum() or 1.0)
        shares[-1] = 1.0
        for share, point, regency in zip(
            shares.tolist(), points, borders.regencies(own, points), strict=True
        ):
            at = here.depart_at + share * (there.arrive_at - here.depart_at)
            if number == 0 and share == 0.0:
                at = here.arrive_at
            if number == last and share == 1.0:
                at = there.depart_at
            yield _At(at, point.y, point.x, regency)
