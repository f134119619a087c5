"""What was told about trips: milestones, newest positions, incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kawal.desk.custody.models import Incident, Milestone, Position
from kawal.desk.custody.rows import Pending, chunks
from kawal.rules.custody import track
from kawal.rules.custody.event import Act, Event
from kawal.rules.custody.late import CLOCK_AHEAD_MS
from kawal.rules.custody.told import Told
from kawal.rules.custody.track import Spot
from kawal.rules.needs.parcels import station_of
from kawal.rules.places.codes import NATION, is_area, is_station, village_of
from kawal.rules.places.facts import area_of_site

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
    for area in (area_of_site(site), *map(village_of, stations), trip_area):
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
    of_trip: dict[str, list[Told]] = {}
    for one in told:
        if one.event.trip and one.event.position:
            of_trip.setdefault(one.event.trip, []).append(one)
    for trips in chunks(sorted(of_trip), 500):
        stored = Position.objects.in_bulk(trips)
        pending.upsert(Position, [_position(trip, of_trip[trip], stored.get(trip)) for trip in trips])


def _position(trip: str, told: Sequence[Told], stored: Position | None) -> tuple[Any, ...]:
    """A row of Position: what is stored with what is told besides."""
    newest = max(told, key=lambda one: (_as_of(one), one.index))
    lat_e7, lon_e7, accuracy_m = newest.event.position or (0, 0, 0)
    place = (lat_e7 / 1e7, lon_e7 / 1e7, accuracy_m, _as_of(newest), newest.received_at)
    heard_at = max(one.received_at for one in told)
    index = max(one.index for one in told)
    kept: Iterable[Spot] = ()
    if stored is not None:
        if stored.happened_at > _as_of(newest):
            place = (stored.lat, stored.lon, stored.accuracy_m, stored.happened_at, stored.received_at)
        heard_at, index = max(heard_at, stored.heard_at), max(index, stored.entry_index)
        kept = track.decoded(bytes(stored.track))
    spots = track.track_of([*kept, *map(_spot, told)])
    return (trip, *place, heard_at, index, track.encoded(spots))


def _spot(told: Told) -> Spot:
    heard_ms = _ms(told.received_at)
    return Spot(min(_ms(_as_of(told)), heard_ms), heard_ms, *(told.event.position or (0, 0, 0)))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _as_of(told: Told) -> datetime:
    """When it was there. A clock far ahead would hide every later position: then the hub's time counts."""
    happened = happened_at(told.event)
    ahead = happened - told.received_at > timedelta(milliseconds=CLOCK_AHEAD_MS)
    return told.received_at if ahead else happened
