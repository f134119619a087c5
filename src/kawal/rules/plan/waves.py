"""Packing follows the plan: what leaves the warehouse first is packed and sealed first.

Every trip that loads at the warehouse is a wave. Its parcels must be sealed when it begins to load; counted
back from there at the packing rate, within the working hours of the packers, every wave gets the latest
moment at which its packing must begin so that it and all after it are in time.

The default rate is from Malang Regency 2024: 7,761 stations, five boxes each, packed by about 45 people from
20 January on; that it took some 20 days of eight hours is assumed. Contents cannot be checked later than at
packing, so the hours are not stretched into the night.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.refusals import Refused

PER_HOUR: Final = 240  # parcels
OPENS: Final = time(8)
CLOSES: Final = time(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """What one trip takes from the warehouse, and when it must be ready."""

    number: int  # in the order of packing, from 1
    trip: str
    districts: tuple[str, ...]
    stations: tuple[str, ...]  # not yet packed; what is handed over last is loaded, and so packed, first
    packed_count: int  # stations of the trip that are packed and sealed already
    parcels_count: int  # of the stations that are not
    begin_by: datetime  # later than this and a trip waits for its boxes
    sealed_by: datetime  # when the trip begins to load


def waves(
    trips: Iterable[Trip],
    parcels_of: Mapping[str, int],
    *,
    zone: tzinfo,
    per_hour: int = PER_HOUR,
    opens: time = OPENS,
    closes: time = CLOSES,
    packed: Collection[str] = (),
) -> tuple[Wave, ...]:
    """The waves of the trips that start at the warehouse. `parcels_of`: station -> parcels.

    A trip all of whose stations are packed is no wave any more. Refuses `wrong_packing`.
    """
    if per_hour < 1 or opens >= closes:
        raise Refused("wrong_packing", per_hour=per_hour, opens=str(opens), closes=str(closes))
    first = sorted(_from_warehouse(trips), key=lambda trip: (trip.stops[0].arrive_at, trip.code))
    found: list[Wave] = []
    after: datetime | None = None
    for trip in reversed(first):
        stations = [station for part in reversed(trip.consignments) for station in part.stations]
        left = tuple(station for station in stations if station not in packed)
        if not left:
            continue
        parcels = sum(parcels_of[station] for station in left)
        sealed_by = trip.stops[0].arrive_at
        ready_by = sealed_by if after is None else min(sealed_by, after)
        needs = timedelta(seconds=math.ceil(parcels * 3_600 / per_hour))
        begin_by = _back(ready_by, needs, zone, opens, closes)
        after = begin_by
        found.append(
            Wave(
                number=0,
                trip=trip.code,
                districts=tuple(sorted({parent_of(village_of(station)) for station in left})),
                stations=left,
                packed_count=len(stations) - len(left),
                parcels_count=parcels,
                begin_by=begin_by,
                sealed_by=sealed_by,
            )
        )
    return tuple(replace(wave, number=number) for number, wave in enumerate(reversed(found), start=1))


def _from_warehouse(trips: Iterable[Trip]) -> list[Trip]:
    """Stations whose goods go by a gateway leave the warehouse on the way there, not from it."""
    found = list(trips)
    by_gateway = {
        station
        for trip in found
        if trip.leg is Leg.TO_GATEWAY
        for part in trip.consignments
        for station in part.stations
    }
    return [
        trip
        for trip in found
        if trip.leg in (Leg.TO_GATEWAY, Leg.DIRECT_PPS)
        or (
            trip.leg is Leg.TO_PPK
            and not any(station in by_gateway for part in trip.consignments for station in part.stations)
        )
    ]


def _back(end: datetime, needs: timedelta, zone: tzinfo, opens: time, closes: time) -> datetime:
    """The moment from which `needs` of working time are left until `end`."""
    local = end.astimezone(zone)
    while True:
        starts = datetime.combine(local.date(), opens, zone)
        stops = min(local, datetime.combine(local.date(), closes, zone))
        if stops > starts:
            if stops - starts >= needs:
                return (stops - needs).astimezone(end.tzinfo)
            needs -= stops - starts
        local = datetime.combine(local.date() - timedelta(days=1), time(23, 59, 59), zone)
