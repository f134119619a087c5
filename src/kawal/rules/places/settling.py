"""What a regency looks like after an import: what is stored, what the files tell, what follows from both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kawal.rules.places.codes import level_of, parent_of
from kawal.rules.places.facts import Area, Site, SiteKind, Source, Station, Totals, site_code
from kawal.rules.places.gathered import Unit
from kawal.rules.places.notices import Code, Notices
from kawal.rules.places.sites import Spot, generated, spot_of
from kawal.rules.places.stations import expanded

_KINDS = {"regency": SiteKind.WAREHOUSE, "district": SiteKind.PPK, "village": SiteKind.PPS}


@dataclass(slots=True)
class Regency:
    """The areas, sites and stations of one regency by code; or, of the provinces, their areas alone."""

    areas: dict[str, Area] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)


def settle(stored: Regency, unit: Unit, notices: Notices) -> Regency:
    """The regency as it is to be stored. Pure: the same stored and told give the same.

    What a file leaves empty stays as it is; a given point is never replaced by a generated one. A voter
    list knows all stations of the villages it names, so stations it does not name go (and are told).
    """
    areas = dict(stored.areas)
    for code, told in unit.areas.items():
        areas[code] = _merged(areas.get(code), told)
        if areas[code].lat is None:
            file, row = unit.where[code]
            notices.add(Code.COORDINATES_MISSING, file=file, row=row, field="lat", value=code)
    stations = _stations(stored.stations, unit, notices)
    voters: Counter[str] = Counter()
    for station in stations.values():
        voters[station.village] += station.voters
    _tell_empty_villages(areas, stations, unit, notices)
    spots = {village: spot_of(village, areas) for village in {s.village for s in stations.values()}}
    return Regency(
        areas=areas,
        sites=_sites(stored.sites, areas, voters, unit),
        stations={code: _placed(station, spots[station.village]) for code, station in stations.items()},
    )


def totals(areas: Mapping[str, Area], stations: Mapping[str, Station]) -> dict[str, Totals]:
    """Totals of the regency and of every area in it."""
    counts = {code: [0, 0, 0, 0] for code in areas if level_of(code) != "province"}

    def add(code: str, column: int, amount: int) -> None:
        while code in counts:
            counts[code][column] += amount
            code = parent_of(code)

    voters: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for station in stations.values():
        numbers[station.village] += 1
        voters[station.village] += station.voters
    for village, number in numbers.items():
        add(village, 0, number)
        add(village, 1, voters[village])
    for code in counts:
        if level_of(code) in ("village", "district"):
            add(code, 2 if level_of(code) == "village" else 3, 1)
    return {
        code: Totals(area=code, stations=found[0], voters=found[1], villages=found[2], districts=found[3])
        for code, found in counts.items()
    }


def _merged(stored: Area | None, told: Area) -> Area:
    if stored is None:
        return told
    placed = told if told.lat is not None else stored
    return replace(
        told,
        lat=placed.lat,
        lon=placed.lon,
        area_km2=stored.area_km2 if told.area_km2 is None else told.area_km2,
        population=stored.population if told.population is None else told.population,
    )


def _stations(stored: Mapping[str, Station], unit: Unit, notices: Notices) -> dict[str, Station]:
    told = dict(unit.stations)
    for village, found in unit.villages.items():
        told.update((station.code, station) for station in expanded(village, found))
    villages = {station.village for station in told.values()} | set(unit.villages)
    kept = {code: station for code, station in stored.items() if station.village not in villages}
    removed = Counter(s.village for code, s in stored.items() if s.village in villages and code not in told)
    for village, number in sorted(removed.items()):
        file, row = unit.where_village.get(village, ("", None))
        notices.add(
            Code.STATIONS_REMOVED, file=file, row=row, field="stations", value=village, expected=number
        )
    return kept | {code: _kept_place(stored.get(code), station) for code, station in told.items()}


def _kept_place(stored: Station | None, told: Station) -> Station:
    if stored is None:
        return told
    if told.source is Source.GIVEN or stored.source is Source.GENERATED:
        return replace(told, name=told.name or stored.name)
    return replace(
        told,
        name=told.name or stored.name,
        lat=stored.lat,
        lon=stored.lon,
        source=stored.source,
        precision_m=stored.precision_m,
    )


def _placed(station: Station, spot: Spot | None) -> Station:
    if station.source is Source.GIVEN:
        return station
    lat, lon, precision_m = (spot.lat, spot.lon, spot.precision_m) if spot else (None, None, None)
    if (station.lat, station.lon, station.precision_m) == (lat, lon, precision_m):
        return station
    return replace(station, lat=lat, lon=lon, precision_m=precision_m)


def _sites(
    stored: Mapping[str, Site], areas: Mapping[str, Area], voters: Mapping[str, int], unit: Unit
) -> dict[str, Site]:
    given = {code: site for code, site in stored.items() if site.source is Source.GIVEN} | unit.sites
    lacking = [
        code
        for code, area in areas.items()
        if area.level in _KINDS and site_code(_KINDS[area.level], code) not in given
    ]
    return given | {site.code: site for site in generated(areas, voters, lacking)}


def _tell_empty_villages(
    areas: Mapping[str, Area], stations: Mapping[str, Station], unit: Unit, notices: Notices
) -> None:
    if not unit.villages and not unit.stations:
        return
    voting = {station.village for station in stations.values()}
    for code, area in areas.items():
        if area.level == "village" and code not in voting:
            file, row = unit.where_village.get(code, ("", None))
            notices.add(Code.VILLAGE_WITHOUT_STATIONS, file=file, row=row, field="stations", value=code)
