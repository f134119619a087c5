"""A plan in figures: what the page's first sentence and the programs read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kawal.rules.plan.at_risk import too_late_for
from kawal.rules.plan.direct.shortcuts import shortcuts_of
from kawal.rules.plan.facts import (
    ENDS_AT_PPS,
    ENDS_AT_STATION,
    FORWARD,
    LEGS_DOWN_TO,
    LEVEL_OF_LEG,
    Leg,
    Level,
    Trip,
)
from kawal.rules.plan.fleet import Fleet, vehicles
from kawal.rules.plan.make import PlanMade
from kawal.rules.plan.problem import Problem


def summary_of(
    problem: Problem,
    made: PlanMade,
    fleet: Fleet,
    assumptions: Mapping[str, int],
    level: Level = Level.STATION,
) -> dict[str, Any]:
    """Plain values for JSON; times in ISO 8601, UTC. `assumptions`: code -> how many villages or rows."""
    trips, at_risk = made.trips, set(made.at_risk)
    return {
        "level": level.value,
        "stations_count": sum(len(village.loads) for village in problem.villages()),
        "villages_count": sum(1 for village in problem.villages() if village.loads),
        "parcels_count": sum(load.parcels_count for village in problem.villages() for load in village.loads),
        "trips_count": len(trips),
        "trips": _by_leg_and_mode(trips),
        "distance_km": round(sum(trip.distance_m for trip in trips) / 1_000),
        "escort": _escort(trips),
        "vehicles": _vehicles(problem, trips, fleet, level),
        "fleet": fleet.name,
        "first_departure_at": min(trip.depart_at for trip in trips).isoformat() if trips else None,
        "last_received_at": _last_received(trips, level),
        "stations_at_risk_count": len(at_risk),
        "stations_at_risk": sorted(at_risk),
        "at_risk": [_risk_row(trip, at_risk) for trip in trips if trip.leaves_too_late],
        "stations_unserved_count": len(
            {code for row in made.unserved if row.leg in FORWARD for code in row.stations}
        ),
        "unserved": [
            {
                "leg": row.leg.value,
                "site": row.site,
                "stations": list(row.stations),
                "stations_count": len(row.stations),
                "reason": row.reason,
                **({"days": row.days} if row.days else {}),
            }
            for row in made.unserved
        ],
        "shortfalls": [
            {
                "leg": row.leg.value,
                "area": row.area,
                "mode": row.mode.value,
                "vehicles_count": row.vehicles_count,
            }
            for row in made.shortfalls
        ],
        **_direct(made),
        "assumptions": sorted(assumptions),
        "assumed_counts": dict(sorted(assumptions.items())),
    }


def _direct(made: PlanMade) -> dict[str, Any]:
    """What goes straight on; nothing is told where nothing does."""
    villages = {one: leg.value for one, leg in sorted(shortcuts_of(made.trips, made.unserved).legs.items())}
    saved = {"saves_rp": made.saved.rp, "saves_s": made.saved.seconds} if made.saved else {}
    return {"direct": {"villages": villages, **saved}} if villages else {}


def _by_leg_and_mode(trips: Iterable[Trip]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {leg.value: Counter() for leg in Leg}
    for trip in trips:
        counted[trip.leg.value][trip.mode.value] += 1
    return {leg: dict(sorted(modes.items())) for leg, modes in counted.items()}


def _escort(trips: Sequence[Trip]) -> dict[str, Any]:
    """Officers summed over trips, and the most that are out at once (start to home); second teams too."""
    steps: list[tuple[datetime, int]] = []
    for trip in trips:
        called = trip.escort.called_count
        steps += [(trip.depart_at, called), (trip.back_at, -called)]
    now = peak = 0
    peak_at = None
    for at, step in sorted(steps):
        now += step
        if now > peak:
            peak, peak_at = now, at.isoformat()
    substitutes = Counter(trip.escort.substitute for trip in trips if trip.escort.substitute)
    return {
        "officers_count": sum(trip.escort.called_count for trip in trips),
        "officers_peak_count": peak,
        "officers_peak_at": peak_at,
        "linmas_count": sum(trip.escort.linmas_count for trip in trips),
        "substitutes": dict(sorted(substitutes.items())),
    }


def _vehicles(problem: Problem, trips: Iterable[Trip], fleet: Fleet, down_to: Level) -> list[dict[str, Any]]:
    levels = {LEVEL_OF_LEG[leg] for leg in LEGS_DOWN_TO[down_to]}
    used: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for trip in trips:
        used[LEVEL_OF_LEG[trip.leg], trip.mode.value].add(trip.vehicle)
    there = Counter(
        (level, vehicle.kind.mode.value)
        for level, area, stations in problem.stations_by_access()
        if level in levels
        for vehicle in vehicles(fleet, level, area, stations)
    )
    return [
        {"level": level, "mode": mode, "used": len(used[level, mode]), "available": count}
        for (level, mode), count in sorted(there.items())
    ]


def _last_received(trips: Iterable[Trip], level: Level) -> str | None:
    last = ENDS_AT_PPS if level is Level.VILLAGE else ENDS_AT_STATION
    arrivals = [part.arrive_at for trip in trips if trip.leg in last for part in trip.consignments]
    return max(arrivals).isoformat() if arrivals else None


def _risk_row(trip: Trip, at_risk: Collection[str]) -> dict[str, Any]:
    return {
        "trip": trip.code,
        "leg": trip.leg.value,
        "area": trip.area,
        "mode": trip.mode.value,
        "stations_count": sum(len(part.stations) for part in trip.consignments),
        "stations_at_risk_count": len(too_late_for(trip, at_risk)),
        "depart_at": trip.depart_at.isoformat(),
        "latest_departure_at": trip.latest_departure_at.isoformat(),
    }
