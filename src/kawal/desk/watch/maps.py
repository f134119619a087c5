"""The map of an alert about a trip: its planned way, where it was seen in the last hours, and where last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext

from kawal.desk.custody import reads as custody
from kawal.desk.places import reads as places
from kawal.desk.plan import maps, timetable
from kawal.desk.plan import reads as plans
from kawal.desk.plan.showing import names_under
from kawal.desk.watch.reads import AlertRow
from kawal.desk.watch.showing import state_of
from kawal.rules.custody.track import decoded

_ROOM: Final = 0.01  # degrees, about 1 km


def has_map(row: AlertRow) -> bool:
    """Whether it is about a trip that told where it was."""
    return bool(row.trip) and row.trip in custody.positions([row.trip])


def alert_map(row: AlertRow) -> dict[str, Any]:
    """The shape is that of assets/map.ts. Where no plan of record knows the trip: the positions alone."""
    track = custody.tracks([row.trip]).get(row.trip, (0, b""))[1]
    spots = [[spot.lon_e7 / 1e7, spot.lat_e7 / 1e7] for spot in decoded(track)]
    told = _planned(row)
    if not spots:
        return told
    state = state_of(row)
    name = {"code": row.trip, "name": row.trip, "state": state}
    if len(spots) > 1:
        seen = {**name, "note": gettext("where it was seen"), "mode": "land"}
        told["lines"]["features"].append(_feature("LineString", spots, seen))
    last = {**name, "note": gettext("seen last"), "kind": "vehicle"}
    told["points"]["features"].append(_feature("Point", spots[-1], last))
    told["bbox"] = _around(spots, told.get("bbox"))
    return told


def _planned(row: AlertRow) -> dict[str, Any]:
    plan = plans.plan_of_record(row.area)
    runs = [run for run in timetable.runs(plan.id, row.area) if run.code == row.trip] if plan else []
    if plan is None or not runs:
        return {name: {"type": "FeatureCollection", "features": []} for name in ("areas", "lines", "points")}
    delivery = timetable.delivery(plan.id, row.area)
    return maps.plan_map(places.area(row.area), plan, runs, delivery, names_under(row.area), near=True)


def _around(spots: Sequence[Sequence[float]], box: Sequence[float] | None) -> list[float]:
    """West, south, east, north of all."""
    lons, lats = zip(*spots, strict=True)
    own = [min(lons) - _ROOM, min(lats) - _ROOM, max(lons) + _ROOM, max(lats) + _ROOM]
    if box is None:
        return own
    return [*map(min, own[:2], box[:2]), *map(max, own[2:], box[2:])]


def _feature(kind: str, coordinates: Any, told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": told}
