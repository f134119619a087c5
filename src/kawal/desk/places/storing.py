"""Reads a regency from the tables and writes what changed in it: compared first, so repeats write nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Model

from kawal.desk.places import models, reads
from kawal.rules.places.codes import LEVELS, NATION, parent_of
from kawal.rules.places.facts import Area, Site, Station, Totals
from kawal.rules.places.settling import Regency, totals

Fact = TypeVar("Fact")
_BATCH_ROWS: Final = 2000


def stored(unit: str) -> Regency:
    """The regency of this code as it is stored; for the code `` all provinces."""
    if unit == NATION:
        return Regency(areas={area.code: area for area in reads.areas_under(NATION, LEVELS[1])})
    areas = {**reads.areas([unit]), **{area.code: area for area in reads.subtree(unit)}}
    return Regency(
        areas=areas,
        sites={site.code: site for site in reads.sites_under(unit)},
        stations={station.code: station for station in reads.iterate_stations(unit)},
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new or different in a regency, by table and key."""

    areas: dict[str, Area]
    borders: dict[str, str]
    sites: dict[str, Site]
    stations: dict[str, Station]
    stations_removed: list[str]
    totals: dict[str, Totals]

    def counts(self) -> Counter[str]:
        """Rows by table; the roll-up follows from them and is not counted."""
        return Counter(
            areas=len(self.areas),
            borders=len(self.borders),
            sites=len(self.sites),
            stations=len(self.stations),
            stations_removed=len(self.stations_removed),
        )


def changes(before: Regency, after: Regency, borders: Mapping[str, str]) -> Changes:
    wanted = totals(after.areas, after.stations)
    return Changes(
        areas=_different(before.areas, after.areas),
        borders=_different(reads.borders(borders), borders),
        sites=_different(before.sites, after.sites),
        stations=_different(before.stations, after.stations),
        stations_removed=sorted(before.stations.keys() - after.stations.keys()),
        totals=_different(reads.totals_of(wanted), wanted),
    )


def write(found: Changes) -> None:
    """Saves the changes inside the caller's transaction."""
    for start in range(0, len(found.stations_removed), _BATCH_ROWS):
        codes = found.stations_removed[start : start + _BATCH_ROWS]
        models.Station.objects.filter(code__in=codes).delete()
    _upsert(models.Area, [_area_row(area) for area in found.areas.values()])
    _upsert(
        models.Border, [models.Border(area_id=code, geometry=text) for code, text in found.borders.items()]
    )
    _upsert(models.Site, [_site_row(site) for site in found.sites.values()])
    _upsert(models.Station, [_station_row(station) for station in found.stations.values()])
    _upsert(models.AreaTotals, [_totals_row(row) for row in found.totals.values()])


def write_upper_totals() -> None:
    """Totals of the provinces and the nation, from those of the regencies."""
    sums: dict[str, list[int]] = {}
    regencies = models.AreaTotals.objects.filter(
        area_code__in=models.Area.objects.filter(level=LEVELS[2]).values("code")
    )
    for code, *numbers in regencies.values_list("area_code", "stations", "voters", "villages", "districts"):
        for above in (parent_of(code), NATION):
            found = sums.setdefault(above, [0, 0, 0, 0])
            sums[above] = [old + new for old, new in zip(found, numbers, strict=True)]
    wanted = {
        code: Totals(area=code, stations=found[0], voters=found[1], villages=found[2], districts=found[3])
        for code, found in sums.items()
    }
    different = _different(reads.totals_of(wanted), wanted)
    _upsert(models.AreaTotals, [_totals_row(row) for row in different.values()])


def _different(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> dict[str, Fact]:
    return {code: fact for code, fact in after.items() if before.get(code) != fact}


def _upsert(table: type[Model], rows: Sequence[Model]) -> None:
    key = table._meta.pk.name
    table._default_manager.bulk_create(
        rows,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[field.name for field in table._meta.concrete_fields if field.name != key],
    )


def _area_row(area: Area) -> Model:
    return models.Area(
        code=area.code,
        level=area.level,
        name=area.name,
        lat=area.lat,
        lon=area.lon,
        area_km2=area.area_km2,
        population=area.population,
    )


def _site_row(site: Site) -> Model:
    return models.Site(
        code=site.code,
        kind=site.kind,
        area_id=site.area,
        name=site.name,
        lat=site.lat,
        lon=site.lon,
        source=site.source,
        precision_m=site.precision_m,
    )


def _station_row(station: Station) -> Model:
    return models.Station(
        code=station.code,
        village_id=station.village,
        number=station.number,
        voters=station.voters,
        voter_list=station.voter_list,
        name=station.name,
        lat=station.lat,
        lon=station.lon,
        source=station.source,
        precision_m=station.precision_m,
    )


def _totals_row(found: Totals) -> Model:
    return models.AreaTotals(
        area_code=found.area,
        stations=found.stations,
        voters=found.voters,
        villages=found.villages,
        districts=found.districts,
    )
