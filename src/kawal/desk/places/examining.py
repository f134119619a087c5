"""Looks at what is stored as an import looks at files: the same notices, without file and row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set

from django.db.models import Q

from kawal.desk.places import models, reads
from kawal.rules.places.checks import Known, check_unit
from kawal.rules.places.codes import LEVELS, NATION, covers, level_of, station_range, subtree_range
from kawal.rules.places.facts import Area, Site, Source
from kawal.rules.places.gathered import Place, Unit, unit_of
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code, Notices


def examine(area: str, *, limits: Limits) -> Notices:
    """Orphans, points outside, missing coordinates, villages without stations, generated points.

    Refuses `unknown_area`.
    """
    reads.area(area)
    notices = Notices()
    provinces = {found.code for found in reads.areas_under(NATION, LEVELS[1])}
    for code in _units(area):
        unit = _unit(code, area)
        known = known_of(code, above=provinces)
        check_unit(code, unit, known, notices=notices, limits=limits)
        told: list[Area | Site] = [*unit.areas.values(), *unit.sites.values()]
        for found in told:
            if found.lat is None:
                notices.add(Code.COORDINATES_MISSING, field="lat", value=found.code)
    for village in _villages_without_stations(area):
        notices.add(Code.VILLAGE_WITHOUT_STATIONS, field="stations", value=village)
    sites, stations = _generated(area)
    if sites or stations:
        notices.add(Code.SITES_GENERATED, value=sites, expected=stations)
    return notices


def known_of(unit: str, *, above: Set[str]) -> Known:
    """What is stored about a regency (or, for ``, the provinces), for the checks of the rules."""
    if unit == NATION:
        return Known(areas=above)
    areas = reads.areas([unit]) | {area.code: area for area in reads.subtree(unit)}
    return Known(
        areas=areas.keys(),
        above=above,
        points={
            area.code: (area.lat, area.lon)
            for area in areas.values()
            if area.lat is not None and area.lon is not None
        },
        border=reads.border_text(unit),
    )


def _units(area: str) -> list[str]:
    if level_of(area) in ("nation", "province"):
        return [NATION, *(regency.code for regency in reads.areas_under(area, "regency"))]
    return [unit_of(area)]


def _unit(code: str, area: str) -> Unit:
    """What is stored, in the shape in which files tell it. Generated points need no check."""
    if code == NATION:
        areas = reads.areas_under(NATION, LEVELS[1])
        return Unit(areas={p.code: p for p in areas if covers(area, p.code)}, where=_nowhere())
    scope = area if covers(code, area) else code
    own = reads.areas([scope])
    given = (station for station in reads.stations_under(scope) if station.source is Source.GIVEN)
    return Unit(
        areas=own | {found.code: found for found in reads.subtree(scope)},
        sites={site.code: site for site in reads.sites_under(scope) if site.source is Source.GIVEN},
        stations={station.code: station for station in given},
        where=_nowhere(),
    )


def _nowhere() -> defaultdict[str, Place]:
    return defaultdict(lambda: ("", None))


def _villages_without_stations(area: str) -> Iterable[str]:
    villages = models.Area.objects.filter(
        Q(code=area) | Q(code__range=subtree_range(area)), level="village"
    ).order_by("code")
    voting = models.AreaTotals.objects.filter(stations__gt=0).values("area_code")
    return villages.exclude(code__in=voting).values_list("code", flat=True)


def _generated(area: str) -> tuple[int, int]:
    first, last = subtree_range(area)
    sites = models.Site.objects.filter(Q(area=area) | Q(area__gte=first, area__lte=last))
    stations = models.Station.objects.filter(code__range=station_range(area))
    return (
        sites.filter(source=Source.GENERATED).count(),
        stations.filter(source=Source.GENERATED).count(),
    )
