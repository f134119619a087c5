"""The trips of a plan for other programs: spreadsheets, maps (GeoJSON) and receivers of satellites (GPX)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import datetime, tzinfo
from typing import Any, Final
from xml.etree import ElementTree

from django.utils.text import capfirst
from django.utils.translation import gettext

from kawal.desk.places import spreadsheets
from kawal.desk.places.spreadsheets import Cell
from kawal.desk.plan import reads, showing, words
from kawal.desk.plan.leg_words import leg_of
from kawal.desk.plan.showing import Names, names_of
from kawal.desk.risk.words import CLASSES
from kawal.rules.plan.at_risk import carried_out
from kawal.rules.plan.facts import Consignment, PlanFacts, Stop, Trip

FORMS: Final = {
    **spreadsheets.FORMS,
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
}
_GPX: Final = "http://www.topografix.com/GPX/1/1"


def trips(
    found: Sequence[Trip],
    plan: PlanFacts,
    form: str,
    *,
    zone: tzinfo,
    sees_risk: bool,
    sees: Callable[[str], bool] = lambda code: True,
) -> bytes:
    """`form`: one of FORMS. Times are local in spreadsheets, in UTC for programs. Stations that the reader
    does not see (`sees`) are counted, not named."""
    names = names_of(found)
    if form == "geojson":
        at_risk = reads.stations_at_risk(plan.id, plan.summary)
        told = geojson(found, names, set(at_risk), sees_risk=sees_risk)
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    if form == "gpx":
        return gpx(found, names)
    return spreadsheets.spreadsheet(_rows(found, plan, names, zone, sees_risk, sees), form)


def _rows(
    found: Sequence[Trip],
    plan: PlanFacts,
    names: Names,
    zone: tzinfo,
    sees_risk: bool,
    sees: Callable[[str], bool],
) -> Iterator[list[Cell]]:
    """One row for each stop at which something is handed over."""
    about = gettext("Plan of %(area)s, version %(version)s, made on %(at)s. Times are %(zone)s.")
    yield [
        about
        % {
            "area": plan.area,
            "version": plan.version,
            "at": _local(plan.made_at, zone),
            "zone": zone.tzname(None) or "",
        }
    ]
    yield [
        gettext("Trip"), gettext("Leg"), gettext("Vehicle"), gettext("Mode"),
        *([gettext("Class")] if sees_risk else []),
        gettext("Departs"), gettext("Latest departure"), gettext("Back home"), gettext("Kilometres"),
        gettext("Stop"), gettext("Site"), gettext("Name"), gettext("Latitude"), gettext("Longitude"),
        gettext("Arrives"), gettext("Leaves"), gettext("Due"), gettext("Parcels"), gettext("Stations"),
        gettext("Stations at risk"), gettext("Stations by code"), gettext("Escort post"), gettext("Officers"),
        gettext("Linmas"), gettext("Instead of officers"), gettext("Second team"),
    ]  # fmt: skip
    at_risk = set(reads.stations_at_risk(plan.id, plan.summary))
    for trip in found:
        for number, stop in enumerate(trip.stops[1:-1], start=1):
            stations = [code for code in _stations(trip, stop) if sees(code)]
            yield _row(trip, number, stop, stations, at_risk, names, zone, sees_risk)


def _stations(trip: Trip, stop: Stop) -> list[str]:
    return [station for part in _parts(trip, stop) for station in part.stations]


def _parts(trip: Trip, stop: Stop) -> list[Consignment]:
    return [part for part in trip.consignments if stop.site in (part.from_site, part.to_site)]


def _row(
    trip: Trip,
    number: int,
    stop: Stop,
    named: Sequence[str],
    at_risk: Set[str],
    names: Names,
    zone: tzinfo,
    sees_risk: bool,
) -> list[Cell]:
    parts, stations = _parts(trip, stop), _stations(trip, stop)
    escort = showing.escort(trip.escort, names)
    return [
        trip.code, capfirst(leg_of(trip)), trip.vehicle, str(words.MODES[trip.mode]),
        *([str(CLASSES[trip.risk])] if sees_risk else []),
        _local(trip.depart_at, zone), _local(trip.latest_departure_at, zone), _local(trip.back_at, zone),
        round(trip.distance_m / 1_000, 1), number, stop.site, names.site(stop.site), stop.lat, stop.lon,
        _local(stop.arrive_at, zone), _local(stop.depart_at, zone),
        min((_local(part.due_at, zone) for part in parts), default=""),
        sum(part.parcels_count for part in parts), len(stations),
        len(at_risk & carried_out([trip]) & {*stations}), " ".join(named),
        escort["post"], trip.escort.officers_count, trip.escort.linmas_count, escort["substitute"],
        names.post(trip.escort.reserve_post) if trip.escort.reserve_post else "",
    ]  # fmt: skip


def geojson(found: Iterable[Trip], names: Names, at_risk: Set[str], *, sees_risk: bool) -> dict[str, Any]:
    """RFC 7946: a line for each trip and a point for each of its stops."""
    features: list[dict[str, Any]] = []
    for trip in found:
        told = {
            "trip": trip.code, "leg": trip.leg.value, "vehicle": trip.vehicle, "mode": trip.mode.value,
            "depart_at": trip.depart_at.isoformat(), "back_at": trip.back_at.isoformat(),
            "latest_departure_at": trip.latest_departure_at.isoformat(), "distance_m": trip.distance_m,
            "parcels_count": trip.parcels_count, "stations_count": showing.stations_count(trip),
            "stations_at_risk_count": len(at_risk & carried_out([trip])),
            "escort_post": trip.escort.post, "officers_count": trip.escort.officers_count,
            "second_team_post": trip.escort.reserve_post,
        }  # fmt: skip
        if sees_risk:
            told["risk"] = trip.risk.name.lower()
        line = [[stop.lon, stop.lat] for stop in trip.stops]
        features.append(_feature({"type": "LineString", "coordinates": line}, told))
        for number, stop in enumerate(trip.stops):
            at = {
                "trip": trip.code, "stop": number, "site": stop.site, "name": names.site(stop.site),
                "arrive_at": stop.arrive_at.isoformat(), "depart_at": stop.depart_at.isoformat(),
            }  # fmt: skip
            features.append(_feature({"type": "Point", "coordinates": [stop.lon, stop.lat]}, at))
    return {"type": "FeatureCollection", "features": features}


def gpx(found: Iterable[Trip], names: Names) -> bytes:
    """GPX 1.1 (topografix.com): a route for each trip, its stops in order with their planned arrival."""
    root = ElementTree.Element("gpx", {"xmlns": _GPX, "version": "1.1", "creator": "Kawal"})
    for trip in found:
        route = ElementTree.SubElement(root, "rte")
        ElementTree.SubElement(route, "name").text = trip.code
        ElementTree.SubElement(route, "desc").text = showing.vehicle(trip.vehicle, trip.mode)
        for stop in trip.stops:
            point = ElementTree.SubElement(route, "rtept", {"lat": f"{stop.lat}", "lon": f"{stop.lon}"})
            # The order of a point's parts is fixed by the schema: time, then name, then desc.
            ElementTree.SubElement(point, "time").text = f"{stop.arrive_at:%Y-%m-%dT%H:%M:%SZ}"
            ElementTree.SubElement(point, "name").text = names.site(stop.site)
            ElementTree.SubElement(point, "desc").text = stop.site
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _feature(geometry: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
