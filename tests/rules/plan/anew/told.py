"""What was told of trips, for tests of planning anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.facts import Trip


def as_planned(trips: Sequence[Trip], until: datetime) -> dict[str, Happened]:
    """Everything went as planned until then, and was told."""
    return {
        trip.code: Happened(
            left_at=trip.depart_at,
            handed={part.to_site: part.arrive_at for part in trip.consignments if part.arrive_at <= until},
        )
        for trip in trips
        if trip.depart_at <= until
    }


def stations(trip: Trip) -> set[str]:
    return {station for part in trip.consignments for station in part.stations}
