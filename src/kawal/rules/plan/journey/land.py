"""Which places lie on one piece of land, by the borders of areas: sea is what lies outside all of them.

A place in the sea (a centroid of islands) belongs to the nearest land; no place is refused for where it lies.
Borders that miss each other by less than `STRAIT_M` are one land: they were drawn apart, or a bridge is
easily there. Rivers are invisible, and so are longer bridges and ferries: who knows of one tells it by the
access file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import shapely

STRAIT_M: Final = 500.0  # assumed
_M_PER_DEGREE: Final = 111_195.0
_SIMPLER: Final = 0.0005  # degrees: some 50 m


class Land:
    """Of borders as GeoJSON geometries, those of the regency and of all that it may be joined to by land."""

    def __init__(self, borders: Iterable[str]) -> None:
        found = [shapely.simplify(shapely.from_geojson(text), _SIMPLER) for text in borders]
        wider = [shapely.buffer(one, STRAIT_M / 2 / _M_PER_DEGREE, quad_segs=2) for one in found]
        together = shapely.union_all(wider)
        self._parts = [part for part in shapely.get_parts(together) if not part.is_empty]
        self._tree = shapely.STRtree(self._parts)

    def is_one(self) -> bool:
        return len(self._parts) <= 1

    def part(self, lat: float, lon: float) -> int | None:
        """A number for the piece of land that a place lies on or next to; None where no land is known."""
        if not self._parts:
            return None
        return int(self._tree.nearest(shapely.Point(lon, lat)))

    def same(self, here: tuple[float, float], there: tuple[float, float]) -> bool:
        """Whether two places (latitude, longitude) lie on one piece of land; all do where none is known."""
        return self.part(*here) == self.part(*there)
