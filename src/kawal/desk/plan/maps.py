"""The trips of a plan as a map (shape: site/assets/map.ts): one line for each way, by mode."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import shapely
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kawal.desk.places import reads as places
from kawal.desk.plan import reads, timetable, words
from kawal.desk.plan.showing import Names, area_of, vehicle, way_of
from kawal.desk.plan.timetable import Delivery, Line, Run
from kawal.rules.places.codes import LEVELS, covers, is_station, level_of, lineage
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import Mode, PlanFacts
from kawal.rules.plan.journey.told import Lines, line_between

_WAYS: Final = {
    Mode.TRUCK: "land",
    Mode.PICKUP: "land",
    Mode.MOTORBIKE: "land",
    Mode.LONGBOAT: "water",
    Mode.SPEEDBOAT: "water",
    Mode.PLANE: "air",
    Mode.HELICOPTER: "air",
    Mode.FOOT: "foot",
    Mode.HORSE: "foot",
    Mode.OX_CART: "foot",
}
_AS_STRAIGHT: Final = 0.0002  # degrees, about 20 m: a bend that nobody sees on the map
_DIGITS: Final = 6  # some 10 cm
_ROOM: Final = 0.01  # degrees, about 1 km
Spot = tuple[float, float]


def plan_map(
    area: Area,
    plan: PlanFacts,
    runs: Sequence[Run],
    delivery: Delivery,
    names: Names,
    *,
    asked: str = "",
    near: bool = False,
) -> dict[str, Any]:
    """`runs`: the trips to draw; `asked`: the page's filter, for the ways down; `near`: their part alone."""
    below = places.children(area.code)
    borders = places.borders([*lineage(area.code), *(child.code for child in below)])
    ways = timetable.lines(plan.id, [run.code for run in runs])
    areas = [
        _feature(json.loads(borders[child.code]), _area_told(child, ways, delivery, asked))
        for child in below
        if child.code in borders
    ]
    if not areas:
        areas = _ground(area, borders, delivery)
    lines = _lines(area.code, ways, {run.code: run for run in runs}, names, reads.lines(plan.id))
    points = _points(len(LEVELS) if near else _depth_below(area), ways, delivery.at_risk, names)
    told = {"areas": _collection(areas), "lines": _collection(lines), "points": _collection(points)}
    # Where the ground is larger than what is asked for, the ways say where to look.
    whole = not near and (area.code in borders or any(child.code in borders for child in below))
    box = _box(areas if whole else [*lines, *points] or areas)
    return {**told, "bbox": box} if box else told


def regencies_map(area: Area, children: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of a province or the nation: `children` are rows of code, state, told and href."""
    borders = places.borders([child["area"].code for child in children])
    areas = [
        _feature(
            json.loads(borders[child["area"].code]),
            {**_named(child["area"]), "state": child["state"], "value": child["told"], "href": child["href"]},
        )
        for child in children
        if child["area"].code in borders
    ]
    return {"areas": _collection(areas)}


def area_state(area: str, delivery: Delivery) -> str:
    """What the plan itself promises: late where stations are left out, else at risk where some are."""
    if any(_inside(station, area) for station in delivery.unserved):
        return "late"
    if any(_inside(station, area) for station in delivery.at_risk):
        return "risk"
    return "ontime"


def _area_told(area: Area, ways: Iterable[Line], delivery: Delivery, asked: str) -> dict[str, Any]:
    count = sum(any(covers(area.code, area_of(site)) for site in way.sites[1:-1]) for way in ways)
    page = reverse("plan:page", args=[area.code])
    told = {
        **_named(area),
        "state": area_state(area.code, delivery),
        "href": f"{page}?{asked}" if asked else page,
    }
    if count:
        told["value"] = ngettext("%(n)s trip", "%(n)s trips", count) % {"n": words.number(count)}
    return told


def _ground(area: Area, borders: Mapping[str, str], delivery: Delivery) -> list[dict[str, Any]]:
    """Nothing below has a border: the area itself, or the nearest above it, is the ground."""
    code = next((code for code in lineage(area.code) if code in borders), None)
    if code is None:
        return []
    told = {**_named(places.area(code)), "state": area_state(area.code, delivery)}
    return [_feature(json.loads(borders[code]), told)]


def _named(area: Area) -> dict[str, Any]:
    return {"code": area.code, "name": area.name, "label_lat": area.lat, "label_lon": area.lon}


def _lines(
    area: str,
    ways: Sequence[Line],
    runs: Mapping[str, Run],
    names: Names,
    roads: Lines,
) -> list[dict[str, Any]]:
    """One line for all trips that take the same way in the same manner, there or back."""
    together: dict[tuple[str, tuple[Spot, ...]], list[Line]] = defaultdict(list)
    for way in ways:
        points = _without_repeats(way.points)
        if len(points) > 1:
            together[_WAYS[runs[way.code].mode], min(points, points[::-1])].append(way)
    features = []
    for (mode, points), same in together.items():
        trips = sorted((runs[way.code] for way in same), key=lambda run: (run.depart_at, run.code))
        first = trips[0]
        sites = next(way.sites for way in same if way.code == first.code)
        told = {
            "code": first.code,
            "name": " → ".join(way_of(first.leg, sites, names)),
            "state": "risk" if any(run.is_at_risk for run in trips) else "ontime",
            "mode": mode,
            "note": _note(trips),
            "href": reverse("plan:trip", args=[area, first.code]),
        }
        along = _along(points, first.mode, roads)
        features.append(_feature({"type": "LineString", "coordinates": along}, told))
    return features


def _along(points: Sequence[Spot], mode: Mode, roads: Lines) -> list[list[float]]:
    """Longitudes and latitudes on the roads that the plan was told, else straight from place to place."""
    drawn: list[Spot] = []
    for here, there in pairwise(points):
        ends = here[::-1], there[::-1]
        way = line_between(roads, mode, *ends) or ends
        drawn += [(lon, lat) for lat, lon in way]
    line = shapely.simplify(shapely.LineString(drawn), _AS_STRAIGHT)
    return [[round(lon, _DIGITS), round(lat, _DIGITS)] for lon, lat in line.coords]


def _note(trips: Sequence[Run]) -> str:
    told = f"{trips[0].code}, {vehicle(trips[0].vehicle, trips[0].mode)}"
    if len(trips) == 1:
        return told
    return gettext("%(trip)s; %(n)s trips take this way") % {"trip": told, "n": words.number(len(trips))}


def _points(depth: int, ways: Sequence[Line], at_risk: Collection[str], names: Names) -> list[dict[str, Any]]:
    """Where trips start, stop and end, down to sites of this depth; deeper ones where some are at risk."""
    threatened = {site for way in ways for site in way.sites if _goes_to_one_of(at_risk, site)}
    at = {
        site: point
        for way in ways
        for site, point in zip(way.sites, way.points, strict=True)
        if _depth(site) <= depth or (site in threatened and not is_station(site))
    }
    return [
        _feature(
            {"type": "Point", "coordinates": list(point)},
            {
                "code": site,
                "name": names.site(site),
                "state": "risk" if site in threatened else "ontime",
                "kind": "site",
                **({"href": reverse("report:station", args=[site])} if is_station(site) else {}),
            },
        )
        for site, point in at.items()
    ]


def _goes_to_one_of(stations: Collection[str], site: str) -> bool:
    if is_station(site):
        return site in stations
    return any(_inside(station, area_of(site)) for station in stations)


def _depth_below(area: Area) -> int:
    return LEVELS.index(area.level) + 1


def _depth(site: str) -> int:
    """The place of its area among the levels; a station lies below all of them."""
    return len(LEVELS) if is_station(site) else LEVELS.index(level_of(area_of(site)))


def _without_repeats(points: Iterable[Spot]) -> tuple[Spot, ...]:
    kept: list[Spot] = []
    for point in points:
        if not kept or kept[-1] != point:
            kept.append(point)
    return tuple(kept)


def _inside(station: str, area: str) -> bool:
    return station.startswith(area.replace(".", ""))


def _feature(geometry: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _box(features: Iterable[Mapping[str, Any]]) -> list[float] | None:
    """West, south, east, north, with some room around what is small; None where there is nothing."""
    lons: list[float] = []
    lats: list[float] = []

    def take(part: Any) -> None:
        if isinstance(part[0], int | float):
            lons.append(part[0])
            lats.append(part[1])
            return
        for inner in part:
            take(inner)

    for feature in features:
        take(feature["geometry"]["coordinates"])
    if not lons:
        return None
    return [min(lons) - _ROOM, min(lats) - _ROOM, max(lons) + _ROOM, max(lats) + _ROOM]
