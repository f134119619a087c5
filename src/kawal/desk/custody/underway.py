"""What was told about trips: milestones, newest positions, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from kawal.desk.custody.models import Incident, Milestone, Position
from kawal.desk.custody.rows import Pending, chunks
from kawal.rules.custody.event import Act, Event
from kawal.rules.custody.late import CLOCK_AHEAD_MS
from kawal.rules.custody.told import Told
from kawal.rules.needs.parcels import station_of
from kawal.rules.places.codes import NATION, is_area, is_station, village_of

_MILESTONES: Final = {
    Act.OFFER: "offered",
    Act.DEPARTED: "departed",
    Act.ARRIVED: "arrived",
    Act.ACCEPT: "accepted",
}


def keep(told: Sequence[Told], pending: Pending) -> None:
    _milestones(told, pending)
    _positions(told, pending)
    rows = [
        (one.index, one.event.kind, one.event.trip or "", one.event.site or "", area_of(one.event),
         happened_at(one.event), one.received_at)
        for one in told
        if one.event.act is Act.INCIDENT
    ]  # fmt: skip
    pending.upsert(Incident, rows)


def happened_at(event: Event) -> datetime:
    return datetime.fromtimestamp(event.happened_ms / 1000, UTC)


def area_of(event: Event) -> str:
    """Where an event belongs: its site, the village of its parcels, else the regency of its trip."""
    site = event.site or ""
    if is_station(site):
        return village_of(site)
    stations = {station_of(line.parcel) for line in event.manifest[:1]}
    trip_area = (event.trip or "").partition("-")[0]
    for area in (site[4:], *map(village_of, stations), trip_area):
        if area and is_area(area):
            return area
    return NATION


def _milestones(told: Sequence[Told], pending: Pending) -> None:
    """The first of its kind for a trip at a site stays; what is told again later changes nothing."""
    rows = [
        (one.event.trip, one.event.site, _MILESTONES[one.event.act], happened_at(one.event),
         one.received_at, one.index)
        for one in told
        if one.event.act in _MILESTONES and one.event.trip and one.event.site
    ]  # fmt: skip
    pending.insert_once(Milestone, rows)


def _positions(told: Sequence[Told], pending: Pending) -> None:
    newest: dict[str, Told] = {}
    for one in told:
        if one.event.trip and one.event.position:
            before = newest.get(one.event.trip)
            if before is None or _as_of(one) >= _as_of(before):
                newest[one.event.trip] = one
    for trips in chunks(sorted(newest), 500):
        stored = dict(Position.objects.filter(trip_code__in=trips).values_list("trip_code", "happened_at"))
        rows = []
        for trip in trips:
            one = newest[trip]
            if one.event.position and (trip not in stored or _as_of(one) >= stored[trip]):
                lat_e7, lon_e7, accuracy_m = one.event.position
                rows.append((trip, lat_e7 / 1e7, lon_e7 / 1e7, accuracy_m, _as_of(one), one.received_at))
        pending.upsert(Position, rows)


def _as_of(told: Told) -> datetime:
    """When it was there. A clock far ahead would hide every later position: then the hub's time counts."""
    happened = happened_at(told.event)
    ahead = happened - told.received_at > timedelta(milliseconds=CLOCK_AHEAD_MS)
    return told.received_at if ahead else happened
