"""Trips out of their tables, in a number of queries that grows with portions only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kawal.desk.plan import models
from kawal.rules.plan.facts import Consignment, Escort, Leg, Mode, Stop, Trip
from kawal.rules.risk.classes import RiskClass

_AT_ONCE: Final = 10_000  # values in one query; SQLite takes 32,766


def trips_of(rows: Iterable[models.Trip]) -> list[Trip]:
    """The trips of these rows, in their order."""
    rows = list(rows)
    ids = [row.pk for row in rows]
    stops, consignments = _stops(ids), _consignments(ids)
    return [_trip(row, stops[row.pk], consignments[row.pk]) for row in rows]


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _stops(trip_ids: Sequence[int]) -> Mapping[int, list[Stop]]:
    stops: dict[int, list[Stop]] = defaultdict(list)
    for ids in _portions(trip_ids):
        rows = models.Stop.objects.filter(trip_id__in=ids).order_by("trip_id", "seq")
        for trip_id, site, lat, lon, arrive_at, depart_at in rows.values_list(
            "trip_id", "site_code", "lat", "lon", "arrive_at", "depart_at"
        ):
            stops[trip_id].append(Stop(site=site, lat=lat, lon=lon, arrive_at=arrive_at, depart_at=depart_at))
    return stops


def _consignments(trip_ids: Sequence[int]) -> Mapping[int, list[Consignment]]:
    consignments: dict[int, list[Consignment]] = defaultdict(list)
    fields = ("code", "from_site", "to_site", "stations", "parcels_count", "arrive_at", "due_at")
    for ids in _portions(trip_ids):
        rows = models.Consignment.objects.filter(trip_id__in=ids).order_by("id")
        for row in rows.values("trip_id", *fields):
            row["stations"] = tuple(row["stations"])
            consignments[row.pop("trip_id")].append(Consignment(**row))
    return consignments


def _trip(row: models.Trip, stops: list[Stop], consignments: list[Consignment]) -> Trip:
    return Trip(
        code=row.code,
        leg=Leg(row.leg),
        area=row.area_code,
        vehicle=row.vehicle,
        mode=Mode(row.mode),
        risk=RiskClass(row.risk),
        depart_at=row.depart_at,
        back_at=row.back_at,
        latest_departure_at=row.latest_departure_at,
        distance_m=row.distance_m,
        parcels_count=row.parcels_count,
        escort=Escort(
            post=row.escort_post,
            officers_count=row.escort_officers,
            linmas_count=row.escort_linmas,
            substitute=row.escort_substitute,
            reserve_post=row.escort_reserve,
        ),
        stops=tuple(stops),
        consignments=tuple(consignments),
    )
