"""Codes of trips planned anew: kept where a trip carries the same stations, else never used before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from kawal.rules.plan.facts import Leg, Trip


def carried(trip: Trip) -> frozenset[str]:
    return frozenset(station for part in trip.consignments for station in part.stations)


def coded(
    leg: Leg,
    regency: str,
    trips: Sequence[Trip],
    before: Sequence[Trip],
    taken: Collection[str],
    highest: Mapping[Leg, int],
) -> list[Trip]:
    """New trips of a leg with codes. `taken`: codes of trips that stay or have left.

    `highest`: the highest number that each leg ever had, where it is above those of `before`.
    """
    old = [trip for trip in before if trip.leg is leg]
    same = {carried(trip): trip for trip in old if trip.code not in taken}
    numbers = [trip.code.rpartition("-")[2] for trip in old]
    number = max([highest.get(leg, 0), *map(int, numbers)])
    width = max([3, *map(len, numbers)])
    found = []
    for trip in sorted(trips, key=lambda trip: (trip.depart_at, trip.vehicle)):
        known = same.pop(carried(trip), None)
        if known is None:
            number += 1
        found.append(_named(trip, known.code if known else f"{regency}-{leg.value}-{number:0{width}d}"))
    return found


def _named(trip: Trip, code: str) -> Trip:
    parts = tuple(
        replace(part, code=f"{code}/{number}") for number, part in enumerate(trip.consignments, start=1)
    )
    return replace(trip, code=code, consignments=parts)
