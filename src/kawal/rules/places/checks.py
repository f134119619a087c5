"""Checks across rows and files: parents, borders' areas, two tellings, points in their regency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from kawal.rules.places.codes import NATION, level_of, parent_of, village_of
from kawal.rules.places.facts import Area, Site, Station
from kawal.rules.places.gathered import Place, Unit
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code, Notices
from kawal.rules.places.position import Point, outside_border_km, outside_km, polygon, reference


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored already about a regency and above it."""

    areas: Set[str] = frozenset()  # codes of the regency's areas
    above: Set[str] = frozenset()  # codes of its province, stored or told in the same import
    points: Mapping[str, Point] = field(default_factory=dict)  # of its areas
    border: str | None = None  # of the regency, GeoJSON text


def check_unit(code: str, unit: Unit, known: Known, *, notices: Notices, limits: Limits) -> None:
    """All checks of one regency (or of the provinces). Drops borders whose area nobody knows."""
    areas = {*unit.areas, *known.areas, *known.above}
    _check_parents(unit, areas, notices)
    for border in sorted(set(unit.borders) - areas):
        file, row = unit.where_border[border]
        notices.add(Code.BORDER_UNKNOWN, file=file, row=row, field="code", value=border)
        del unit.borders[border]
    _check_told_once(unit, notices)
    _check_positions(code, unit, known, notices, limits)
    _check_centroids(unit, notices, limits)


def _check_parents(unit: Unit, areas: set[str], notices: Notices) -> None:
    def orphan(code: str, parent: str, place: Place) -> None:
        if parent != NATION and parent not in areas:
            notices.add(Code.ORPHAN, file=place[0], row=place[1], field="code", value=code, expected=parent)

    for code in unit.areas:
        orphan(code, parent_of(code), unit.where[code])
    for site in unit.sites.values():
        orphan(site.code, site.area, unit.where[site.code])
    for village in unit.villages:
        orphan(village, village, unit.where_village[village])
    for station in unit.stations.values():
        orphan(station.code, station.village, unit.where[station.code])


def _check_told_once(unit: Unit, notices: Notices) -> None:
    """A village's stations come as a number or one by one: two tellings could disagree."""
    if not unit.villages or not unit.stations:
        return
    one_by_one = {village_of(code) for code in unit.stations}
    for village in sorted(one_by_one & set(unit.villages)):
        file, row = unit.where_village[village]
        notices.add(Code.TOLD_TWO_WAYS, file=file, row=row, field="village", value=village)


def _check_positions(code: str, unit: Unit, known: Known, notices: Notices, limits: Limits) -> None:
    told = list(_points(unit))
    if not told:
        return
    own = {area.code: (area.lat, area.lon) for area in unit.areas.values()}
    neighbours = {**known.points, **own} if code else {}
    place = reference(
        unit.borders.get(code, known.border),
        [(lat, lon) for lat, lon in neighbours.values() if lat is not None and lon is not None],
        far_km=limits.far_km,
        far_from_neighbours_km=limits.far_from_neighbours_km,
    )
    distances_km = outside_km([point for _, point in told], place)
    for (name, point), distance_km in zip(told, distances_km, strict=True):
        # The box of the neighbours says nothing about a few kilometres.
        if distance_km <= (limits.far_km if place.border is None else limits.near_km):
            continue
        file, row = unit.where[name]
        notices.add(
            Code.POINT_FAR if distance_km > place.far_km else Code.POINT_OUTSIDE,
            file=file,
            row=row,
            field=name,
            value=f"{point[0]} {point[1]}",
            expected=f"{distance_km:.1f} km",
        )


def _points(unit: Unit) -> Iterator[tuple[str, Point]]:
    """Every point that was told, as it will be stored."""
    told: list[Area | Site | Station] = [*unit.areas.values(), *unit.sites.values(), *unit.stations.values()]
    for thing in told:
        if thing.lat is not None and thing.lon is not None:
            yield thing.code, (thing.lat, thing.lon)


def _check_centroids(unit: Unit, notices: Notices, limits: Limits) -> None:
    """A centroid may lie outside its own area (a bay, a ring of islands): worth an inner point."""
    for code in sorted(set(unit.borders) & set(unit.centroids)):
        (distance_km,) = outside_border_km([unit.centroids[code]], polygon(unit.borders[code]))
        if distance_km > limits.near_km:
            file, row = unit.where[code]
            notices.add(
                Code.CENTROID_OUTSIDE,
                file=file,
                row=row,
                field=level_of(code),
                value=code,
                expected=f"{distance_km:.1f} km",
            )
