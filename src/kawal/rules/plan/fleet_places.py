"""The places that the rows of a fleet file tell of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kawal.rules.places.codes import is_area, is_station, village_of
from kawal.rules.places.facts import area_of_site
from kawal.rules.plan.fleet import Fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTold:
    key: str  # of the row and its field: `vehicle[3].area`
    place: str  # as it stands there: an area, a site or a station
    area: str  # it lies in


def places_told(fleet: Fleet) -> Iterator[PlaceTold]:
    """In the order of the tables and their rows; a row that holds everywhere names none."""
    tables = {
        "vehicle": ("area", [one.area for one in fleet.listed]),
        "opening": ("where", [one.where for one in fleet.openings]),
        "bound": ("where", [one.where for one in fleet.bounds]),
        "dock": ("where", [one.where for one in fleet.docks]),
    }
    for table, (field, told) in tables.items():
        for number, place in enumerate(told, start=1):
            if place:
                yield PlaceTold(key=f"{table}[{number}].{field}", place=place, area=_area(place))


def _area(place: str) -> str:
    if is_station(place):
        return village_of(place)
    return place if is_area(place) else area_of_site(place)
