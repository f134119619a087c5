"""Queries of places. A subtree is a range of codes, so every read below costs what it returns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Q

from kawal.desk.places import models
from kawal.rules.places import facts
from kawal.rules.places.codes import (
    LEVELS,
    NATION,
    is_area,
    level_of,
    station_range,
    subtree_range,
)
from kawal.rules.places.facts import SiteKind, Source
from kawal.rules.refusals import Refused

_NATION_NAME = "Indonesia"
_AT_ONCE = 10_000  # values in one query; SQLite takes 32,766
_AREA_FIELDS = ("code", "level", "name", "lat", "lon", "area_km2", "population")
_SITE_FIELDS = ("code", "kind", "area_id", "name", "lat", "lon", "source", "precision_m")
_STATION_FIELDS = (
    *("code", "village_id", "number", "voters", "voter_list", "name"),
    *("lat", "lon", "source", "precision_m"),
)
_TOTALS_FIELDS = ("area_code", "stations", "voters", "villages", "districts")


def area(code: str) -> facts.Area:
    """Refuses `unknown_area`."""
    if code == NATION:
        return facts.Area(code=NATION, level=LEVELS[0], name=_NATION_NAME)
    found = models.Area.objects.filter(code=code).values_list(*_AREA_FIELDS).first()
    if found is None:
        raise Refused("unknown_area", area=code)
    return _area(found)


def areas(codes: Iterable[str]) -> dict[str, facts.Area]:
    """The areas of these codes that are known."""
    wanted = list(codes)
    found: dict[str, facts.Area] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = models.Area.objects.filter(code__in=some).values_list(*_AREA_FIELDS)
        found.update((row[0], _area(row)) for row in rows)
    return found


def children(code: str) -> list[facts.Area]:
    """The areas one level below, sorted by code; a village has none."""
    level = LEVELS.index(_level(code))
    return areas_under(code, LEVELS[level + 1]) if level + 1 < len(LEVELS) else []


def areas_under(code: str, level: str) -> list[facts.Area]:
    """All areas of a level (one of `codes.LEVELS`) in the subtree, sorted by code."""
    if level == _level(code):
        return [area(code)]
    rows = models.Area.objects.filter(code__range=subtree_range(code), level=level).order_by("code")
    return [_area(row) for row in rows.values_list(*_AREA_FIELDS)]


def subtree(code: str) -> list[facts.Area]:
    """Every area below this one, sorted by code."""
    rows = models.Area.objects.filter(code__range=subtree_range(code)).order_by("code")
    return [_area(row) for row in rows.values_list(*_AREA_FIELDS)]


def station(code: str) -> facts.Station:
    """Refuses `unknown_station`."""
    found = models.Station.objects.filter(code=code).values_list(*_STATION_FIELDS).first()
    if found is None:
        raise Refused("unknown_station", station=code)
    return _station(found)


def stations_under(code: str) -> list[facts.Station]:
    """The stations of an area, sorted by code."""
    return list(iterate_stations(code))


def iterate_stations(code: str) -> Iterator[facts.Station]:
    """The same one after the other, for areas whose stations are too many for a list."""
    _level(code)
    rows = models.Station.objects.filter(code__range=station_range(code)).order_by("code")
    return map(_station, rows.values_list(*_STATION_FIELDS).iterator(chunk_size=5000))


def stations_by_voters(code: str) -> dict[int, int]:
    """How many stations of an area have so many voters."""
    rows = models.Station.objects.filter(code__range=station_range(code)).order_by()
    return dict(rows.values_list("voters").annotate(Count("code")))


def sites_under(code: str) -> list[facts.Site]:
    """Warehouses, PPK and PPS in the subtree, the area's own included, sorted by code."""
    _level(code)
    first, last = subtree_range(code)
    rows = models.Site.objects.filter(Q(area=code) | Q(area__gte=first, area__lte=last)).order_by("code")
    return [_site(row) for row in rows.values_list(*_SITE_FIELDS)]


def site(code: str) -> facts.Site:
    """A site by its code; a station's 13 digits give the station as a site. Refuses `unknown_site`."""
    found = models.Site.objects.filter(code=code).values_list(*_SITE_FIELDS).first()
    if found is not None:
        return _site(found)
    at = models.Station.objects.filter(code=code).values_list(*_STATION_FIELDS).first()
    if at is None:
        raise Refused("unknown_site", site=code)
    told = _station(at)
    return facts.Site(
        code=told.code,
        kind=SiteKind.STATION,
        area=told.village,
        name=told.name or f"TPS {told.number:03d}",
        lat=told.lat,
        lon=told.lon,
        source=told.source,
        precision_m=told.precision_m,
    )


def border(code: str) -> dict[str, Any] | None:
    """The area's border as a GeoJSON geometry, or None where none was imported."""
    text = border_text(code)
    return None if text is None else dict(json.loads(text))


def border_text(code: str) -> str | None:
    """The same as JSON text, ready to be sent."""
    return models.Border.objects.filter(area_id=code).values_list("geometry", flat=True).first()


def borders(codes: Iterable[str]) -> dict[str, str]:
    """GeoJSON geometries as text by area code, of those areas that have one."""
    return dict(models.Border.objects.filter(area_id__in=list(codes)).values_list("area_id", "geometry"))


def totals(code: str) -> facts.Totals:
    """What lies in an area; zeros where nothing was imported."""
    _level(code)
    found = models.AreaTotals.objects.filter(area_code=code).values_list(*_TOTALS_FIELDS).first()
    return (
        facts.Totals(area=code, stations=0, voters=0, villages=0, districts=0)
        if found is None
        else _totals(found)
    )


def station_totals(code: str) -> dict[str, facts.Totals]:
    """Totals of an area and of each of its children, by area code."""
    return totals_of([code, *(child.code for child in children(code))])


def totals_of(codes: Iterable[str]) -> dict[str, facts.Totals]:
    """Totals of many areas; those that were never imported are left out."""
    rows = models.AreaTotals.objects.filter(area_code__in=list(codes)).values_list(*_TOTALS_FIELDS)
    return {row[0]: _totals(row) for row in rows}


def counts() -> dict[str, int]:
    """How many areas, borders, sites and stations are stored."""
    return {
        "areas": models.Area.objects.count(),
        "borders": models.Border.objects.count(),
        "sites": models.Site.objects.count(),
        "stations": models.Station.objects.count(),
    }


def _level(code: str) -> str:
    if not is_area(code):
        raise Refused("unknown_area", area=code)
    return level_of(code)


def _area(row: tuple[Any, ...]) -> facts.Area:
    code, level, name, lat, lon, area_km2, population = row
    return facts.Area(
        code=code, level=level, name=name, lat=lat, lon=lon, area_km2=area_km2, population=population
    )


def _site(row: tuple[Any, ...]) -> facts.Site:
    code, kind, at, name, lat, lon, source, precision_m = row
    return facts.Site(
        code=code,
        kind=SiteKind(kind),
        area=at,
        name=name,
        lat=lat,
        lon=lon,
        source=Source(source),
        precision_m=precision_m,
    )


def _station(row: tuple[Any, ...]) -> facts.Station:
    code, village, number, voters, voter_list, name, lat, lon, source, precision_m = row
    return facts.Station(
        code=code,
        village=village,
        number=number,
        voters=voters,
        voter_list=voter_list,
        name=name,
        lat=lat,
        lon=lon,
        source=Source(source),
        precision_m=precision_m,
    )


def _totals(row: tuple[Any, ...]) -> facts.Totals:
    code, stations, voters, villages, districts = row
    return facts.Totals(area=code, stations=stations, voters=voters, villages=villages, districts=districts)
