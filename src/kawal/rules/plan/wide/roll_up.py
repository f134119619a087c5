"""The plans of many regencies in one set of figures: of a province, or of the nation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kawal.rules.plan.facts import FORWARD, LEVEL_OF_LEG, Leg

_SUMS = (
    "stations_count",
    "villages_count",
    "parcels_count",
    "trips_count",
    "distance_km",
    "stations_at_risk_count",
    "stations_unserved_count",
)


def figures(summaries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Sums over plans (rules.plan.summary) in plain values for JSON.

    `officers_peak_count` adds the peaks of the regencies: they need not come at the same hour, so it is
    what is enough. `unserved` counts stations by the first reason for which a leg out leaves them behind.
    """
    found = list(summaries)
    return {
        "plans_count": len(found),
        **{key: sum(summary[key] for summary in found) for key in _SUMS},
        "officers_count": sum(summary["escort"]["officers_count"] for summary in found),
        "officers_peak_count": sum(summary["escort"]["officers_peak_count"] for summary in found),
        "linmas_count": sum(summary["escort"]["linmas_count"] for summary in found),
        "vehicles": _vehicles(found),
        "unserved": _unserved(found),
        "shortfalls": _shortfalls(found),
    }


def _vehicles(summaries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    used: Counter[tuple[str, str]] = Counter()
    available: Counter[tuple[str, str]] = Counter()
    for summary in summaries:
        for row in summary["vehicles"]:
            used[row["level"], row["mode"]] += row["used"]
            available[row["level"], row["mode"]] += row["available"]
    return [
        {"level": level, "mode": mode, "used": used[level, mode], "available": count}
        for (level, mode), count in sorted(available.items())
    ]


def _unserved(summaries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    stations: Counter[str] = Counter()
    for summary in summaries:
        reasons: dict[str, str] = {}
        for row in summary["unserved"]:
            if Leg(row["leg"]) in FORWARD:
                for station in row["stations"]:
                    reasons.setdefault(station, row["reason"])
        stations.update(reasons.values())
    return dict(sorted(stations.items()))


def _shortfalls(summaries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Vehicles that would be enough, by level and mode: of the legs that share them the largest number."""
    counted: Counter[tuple[str, str]] = Counter()
    for summary in summaries:
        most: dict[tuple[str, str, str], int] = {}
        for row in summary["shortfalls"]:
            key = LEVEL_OF_LEG[Leg(row["leg"])], row["mode"], row["area"]
            most[key] = max(most.get(key, 0), row["vehicles_count"])
        for (level, mode, _), count in most.items():
            counted[level, mode] += count
    return [
        {"level": level, "mode": mode, "vehicles_count": count}
        for (level, mode), count in sorted(counted.items())
    ]
