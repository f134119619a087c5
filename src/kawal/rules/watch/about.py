"""A sign about a trip on its way: whom it concerns, until when, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kawal.rules.plan.facts import FORWARD, Consignment, Trip
from kawal.rules.watch.facts import Kind, Limits, Severity, Sign, WatchedPlan
from kawal.rules.watch.severity import weigh
from kawal.rules.watch.told import listed


def warning(
    kind: Kind,
    cause: str,
    trip: Trip,
    left: Sequence[Consignment],
    facts: Mapping[str, Any],
    *,
    plan: WatchedPlan,
    now: datetime,
    limits: Limits,
) -> Sign:
    """A warning at least, about what the trip has not delivered (`left`, one at least)."""
    stations = sorted({station for one in left for station in one.stations})
    deadline_at = deadline_of(plan, trip, left)
    told = {
        **facts,
        **of_trip(trip),
        "deadline_at": deadline_at.isoformat(),
        "count": len(stations),
        **listed("sites", sorted({one.to_site for one in left})),
        **listed("stations", stations),
    }
    return Sign(
        kind=kind,
        cause=cause,
        severity=weigh(Severity.WARNING, deadline_at=deadline_at, now=now, limits=limits, risk=trip.risk),
        area=trip.area,
        station=stations[0] if len(stations) == 1 else "",
        trip=trip.code,
        facts=told,
    )


def of_trip(trip: Trip) -> dict[str, Any]:
    """Who drives what, on which leg, guarded by whom."""
    return {
        "mode": trip.mode.value,
        "vehicle": trip.vehicle,
        "leg": trip.leg.value,
        "escort": trip.escort.post,
    }


def deadline_of(plan: WatchedPlan, trip: Trip, parts: Iterable[Consignment]) -> datetime:
    """On the way home there is no hour of the law, only the end of the day for which the plan was made."""
    return plan.deadline_at if trip.leg in FORWARD else max(one.due_at for one in parts)
