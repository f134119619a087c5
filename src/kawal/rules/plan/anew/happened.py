"""What was told of a trip, as the plan needs it: it has left, and what it has handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from kawal.rules.plan.facts import Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """`left_at`: when it left, where that was told. `handed`: site -> when its goods were accepted there."""

    left_at: datetime | None = None
    handed: Mapping[str, datetime] = field(default_factory=dict)


NOTHING: Final = Happened()


def late_by(trip: Trip, told: Happened) -> timedelta:
    """How much later than planned it left; nothing where it left in time or nobody said."""
    if told.left_at is None:
        return timedelta()
    return max(timedelta(), told.left_at - trip.depart_at)


def handed_at(trip: Trip, site: str, told: Happened) -> datetime:
    """When its goods for a site are there: as told, else as planned and as late as it left."""
    if site in told.handed:
        return told.handed[site]
    return max(stop.depart_at for stop in trip.stops if stop.site == site) + late_by(trip, told)


def loads_at(trip: Trip) -> dict[str, datetime]:
    """Site -> when the trip begins to load there."""
    return {stop.site: stop.arrive_at for stop in reversed(trip.stops)}


def loads_by(trip: Trip) -> int:
    """The latest second at which a trip must begin to load."""
    return int((trip.latest_departure_at - (trip.depart_at - trip.stops[0].arrive_at)).timestamp())


def happened_of(plain: Mapping[str, Any]) -> dict[str, Happened]:
    """From plain values, times in ISO 8601 (see `plain_of`)."""
    return {
        code: Happened(
            left_at=datetime.fromisoformat(told["left_at"]) if told["left_at"] else None,
            handed={site: datetime.fromisoformat(at) for site, at in told["handed"].items()},
        )
        for code, told in plain.items()
    }


def plain_of(happened: Mapping[str, Happened]) -> dict[str, Any]:
    return {
        code: {
            "left_at": told.left_at.isoformat() if told.left_at else None,
            "handed": {site: at.isoformat() for site, at in sorted(told.handed.items())},
        }
        for code, told in sorted(happened.items())
    }
