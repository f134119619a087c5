"""What each trip of a plan is exposed to, as the risk of legs asks for it (`rules.risk.legs`)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Final

from kawal.rules.places.codes import lineage, village_of, zone_of
from kawal.rules.plan.facts import BOATS, Leg, Trip
from kawal.rules.risk.legs import UNKNOWN, LegFacts

DARK_FROM: Final = time(18)  # Indonesia lies about the equator: the sun sets and rises near six all year
DARK_UNTIL: Final = time(6)
_WAREHOUSE_LEGS: Final = (Leg.TO_PPK, Leg.DIRECT_PPS, Leg.BACK_WAREHOUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What risk knows of the villages; a village that is not in it is unknown."""

    scores: Mapping[str, float]  # village -> score, 0..100
    crossings_km: Mapping[str, float]  # village -> km from the warehouse outside the regency's land
    signal: Mapping[str, float]  # village or area above -> share of its stations with a signal


def exposures(trips: Sequence[Trip], known: Surroundings) -> list[LegFacts]:
    """One for each trip, in their order."""
    return [_exposure(trip, known) for trip in trips]


def _exposure(trip: Trip, known: Surroundings) -> LegFacts:
    stations = sorted({station for part in trip.consignments for station in part.stations})
    villages = sorted({village_of(station) for station in stations})
    until = max((part.arrive_at for part in trip.consignments), default=trip.back_at)
    distance_km = trip.distance_m / 1000
    crossing = [known.crossings_km[village] for village in villages if village in known.crossings_km]
    silent = [
        1 - told for told in (_told(village_of(one), known.signal) for one in stations) if told is not None
    ]
    return LegFacts(
        code=trip.code,
        area=trip.area,
        mode=trip.mode.value,
        distance_km=distance_km,
        hours=(until - trip.depart_at) / timedelta(hours=1),
        night=dark_share(trip.depart_at, until, zone_of(trip.area)),
        water_km=distance_km if trip.mode in BOATS else 0.0,
        crossing_km=max(crossing, default=UNKNOWN) if trip.leg in _WAREHOUSE_LEGS else UNKNOWN,
        hazard=max(
            (known.scores[village] for village in villages if village in known.scores), default=UNKNOWN
        ),
        signal_gap=math.fsum(silent) / len(silent) if silent else UNKNOWN,
        stations_count=len(stations),
    )


def dark_share(begin: datetime, end: datetime, zone: timezone) -> float:
    """Share of the time from `begin` to `end` between 18:00 and 06:00 by the local clock."""
    if end <= begin:
        local = begin.astimezone(zone).time()
        return float(local >= DARK_FROM or local < DARK_UNTIL)
    dark = timedelta()
    day = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while day <= end:
        sunset, sunrise = day + timedelta(hours=18), day + timedelta(days=1, hours=6)
        dark += max(min(end, sunrise) - max(begin, sunset), timedelta())
        day += timedelta(days=1)
    return dark / (end - begin)


def _told(village: str, signal: Mapping[str, float]) -> float | None:
    return next((signal[area] for area in lineage(village) if area in signal), None)
