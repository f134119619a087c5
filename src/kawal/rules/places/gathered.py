"""What the files of one import tell, kept by regency so that it can be checked and saved piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kawal.rules.places.codes import covers
from kawal.rules.places.facts import Area, Site, Station

Place = tuple[str, int | None]  # file and row, for the notice; a row stored already has neither


@dataclass(frozen=True, slots=True)
class VillageVoters:
    """A row of a table of stations per village: to be expanded to single stations."""

    stations: int
    voters: int
    voter_list: str


@dataclass(slots=True)
class Unit:
    """Everything told about one regency; or, in the unit of code ``, about the provinces."""

    areas: dict[str, Area] = field(default_factory=dict)
    centroids: dict[str, tuple[float, float]] = field(default_factory=dict)  # as written, lat and lon
    borders: dict[str, str] = field(default_factory=dict)  # GeoJSON geometry as text
    sites: dict[str, Site] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    villages: dict[str, VillageVoters] = field(default_factory=dict)
    where: dict[str, Place] = field(default_factory=dict)  # area, site or station code -> file and row
    where_border: dict[str, Place] = field(default_factory=dict)
    where_village: dict[str, Place] = field(default_factory=dict)


def unit_of(area: str) -> str:
    """`16.07.03.2001` -> `16.07`; a province belongs to the unit of code ``."""
    return area[:5] if len(area) >= 5 else ""


@dataclass(slots=True)
class Gathered:
    """`scope`: only this area's subtree and the areas above it are taken in; None takes all."""

    scope: str | None = None
    units: dict[str, Unit] = field(default_factory=dict)

    def wants(self, area: str) -> bool:
        return self.scope is None or covers(self.scope, area) or covers(area, self.scope)

    def wants_inside(self, area: str) -> bool:
        """Stations and sites are taken from the subtree only, not from the areas above it."""
        return self.scope is None or covers(self.scope, area)

    def unit(self, area: str) -> Unit:
        return self.units.setdefault(unit_of(area), Unit())

    def in_order(self) -> Iterator[tuple[str, Unit]]:
        """Provinces first: nothing is checked before what lies above it."""
        yield from sorted(self.units.items())

    def counts(self) -> dict[str, int]:
        """How much the files told: areas, borders, sites, stations, voters."""
        units = self.units.values()
        spread = [told for unit in units for told in unit.villages.values()]
        return {
            "areas": sum(len(unit.areas) for unit in units),
            "borders": sum(len(unit.borders) for unit in units),
            "sites": sum(len(unit.sites) for unit in units),
            "stations": sum(told.stations for told in spread) + sum(len(unit.stations) for unit in units),
            "voters": sum(told.voters for told in spread)
            + sum(station.voters for unit in units for station in unit.stations.values()),
        }

    def tells_of_scope(self) -> bool:
        """Whether anything told lies in the scope itself, not only above it."""
        if self.scope is None:
            return True
        return any(
            covers(self.scope, code)
            for unit in self.units.values()
            for told in (unit.areas, unit.borders, unit.villages)
            for code in told
        ) or any(unit.sites or unit.stations for unit in self.units.values())
