"""Which villages get their boxes past a level of the committees, and by which leg."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kawal.rules.places.codes import village_of
from kawal.rules.plan.facts import DIRECT, Leg, Trip, Unserved


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Village -> its direct leg; all others go level by level."""

    legs: Mapping[str, Leg] = field(default_factory=dict)

    def of(self, station: str) -> Leg | None:
        return self.legs.get(village_of(station))

    def villages(self, leg: Leg) -> frozenset[str]:
        return frozenset(village for village, own in self.legs.items() if own is leg)


NONE: Final = Shortcuts()


def shortcuts_of(trips: Iterable[Trip], unserved: Iterable[Unserved] = ()) -> Shortcuts:
    """Read off a plan: of its trips, and of what it tells as not carried."""
    legs: dict[str, Leg] = {}
    for trip in trips:
        if trip.leg in DIRECT:
            for part in trip.consignments:
                legs.update((village_of(station), trip.leg) for station in part.stations)
    for row in unserved:
        if row.leg in DIRECT:
            legs.update((village_of(station), row.leg) for station in row.stations)
    return Shortcuts(legs)
