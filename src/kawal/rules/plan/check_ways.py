"""How long trips need between their stops: asked at once for all that serve an area alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from kawal.rules.plan.facts import Trip
from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.journey.travel import Point, Travel


class Ways:
    """Of trips of one day: those of several are asked part by part (`check_days.py`)."""

    def __init__(
        self,
        trips: Sequence[Trip],
        kind: Callable[[Trip], Kind],
        points: Mapping[str, Point],
        travel: Travel,
    ) -> None:
        self.kind, self.points, self.travel = kind, points, travel
        self.sites: defaultdict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
        self.tables: dict[tuple[object, ...], list[list[int]]] = {}
        for trip in trips:
            if not trip.halts:
                known = self.sites[self._alike(trip)]
                for stop in trip.stops:
                    known.setdefault(stop.site, len(known))

    def _alike(self, trip: Trip) -> tuple[object, ...]:
        return trip.leg, trip.area, self.kind(trip).ways()

    def seconds(self, trip: Trip, here: str, there: str) -> int:
        """From one of its stops to another."""
        alike = self._alike(trip)
        sites = self.sites[alike]
        if alike not in self.tables:
            points = [self.points[site] for site in sites]
            self.tables[alike] = self.travel.matrices(points, self.kind(trip))[1].tolist()
        return self.tables[alike][sites[here]][sites[there]]
