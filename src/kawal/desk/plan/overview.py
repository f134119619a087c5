"""What stands around the trips: what a plan takes for granted and lacks, its versions, plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from kawal.desk.places import reads as places
from kawal.desk.plan import at_risk_words, reads, timetable, words
from kawal.desk.plan.showing import Names, area_of_base, names_under, unserved_rows
from kawal.rules.places.codes import covers, level_of
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import BACKWARD, Mode, PlanFacts, Trip


def told(plan: PlanFacts, area: str, at_risk: Sequence[str]) -> dict[str, Any]:
    """For the lower half of the page; vehicles and escorts are those of the whole regency.

    `at_risk`: stations of the area.
    """
    summary = plan.summary
    whole, names = level_of(area) == "regency", names_under(area)
    return {
        "at_risk": at_risk_words.by_village(at_risk, names),
        "unserved": unserved_rows(summary["unserved"], area, names),
        "shortfalls": [
            words.shortfall(row, names.base(row["area"]))
            for row in summary["shortfalls"]
            if covers(area, area_of_base(row["area"]))
        ],
        "assumptions": [
            capfirst(words.assumption(code, summary["assumed_counts"][code]))
            for code in summary["assumptions"]
        ],
        "vehicles": [_vehicle(row) for row in summary["vehicles"]] if whole else [],
        "escort": _escort(summary["escort"]) if whole else None,
        "versions": reads.versions(area, what_ifs=False),
    }


def last_received_at(plan: PlanFacts) -> datetime | None:
    at = plan.summary["last_received_at"]
    return datetime.fromisoformat(at) if at else None


def regencies(area: str) -> list[dict[str, Any]]:
    """Every regency of a province or the nation with its plan of record, or None."""
    plans = {plan.area: plan for plan in reads.plans_of_record(area)}
    rows = []
    for one in places.areas_under(area, "regency"):
        plan = plans.get(one.code)
        row: dict[str, Any] = {"area": one, "plan": plan, "state": _state(plan)}
        if plan is not None:
            row["last_received_at"] = last = last_received_at(plan)
            row["slack"] = words.span(int((plan.deadline_at - last).total_seconds())) if last else ""
        rows.append(row)
    return rows


def sums(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    plans = [row["plan"] for row in rows if row["plan"] is not None]
    summaries = [plan.summary for plan in plans]
    keys = ("trips_count", "stations_count", "stations_at_risk_count", "stations_unserved_count")
    return {
        "regencies_count": len(rows),
        "plans_count": len(summaries),
        "without_count": len(rows) - len(summaries),
        "from_before_count": sum(bool(at_risk_words.from_before(plan)) for plan in plans),
        **{key: sum(summary[key] for summary in summaries) for key in keys},
    }


def children(area: Area) -> list[dict[str, Any]]:
    """The areas one level down for the map: the worst of the plans in each, and how many there are."""
    rows = regencies(area.code)
    order = ("late", "risk", "unknown", "ontime")
    found = []
    for child in places.children(area.code):
        inside = [row for row in rows if covers(child.code, row["area"].code)]
        planned = sum(row["plan"] is not None for row in inside)
        count = {"n": words.number(planned), "all": words.number(len(inside))}
        found.append(
            {
                "area": child,
                "state": min((row["state"] for row in inside), key=order.index, default="unknown"),
                "told": gettext("%(n)s of %(all)s planned") % count,
                "href": reverse("plan:page", args=[child.code]),
            }
        )
    return found


def why_so_late(plan: PlanFacts, trip: Trip, names: Names) -> dict[str, Any]:
    """What the latest safe departure of a trip hangs on: the consignment with the least time to spare."""
    first = min(trip.consignments, key=lambda part: (part.due_at - part.arrive_at, part.code))
    return {
        "site": names.site(first.to_site),
        "due_at": first.due_at,
        "arrive_at": first.arrive_at,
        "way": words.span(int((first.arrive_at - trip.depart_at).total_seconds())),
        "factor": timetable.safety(
            plan.id, trip.mode, trip.risk, trip.leg in BACKWARD
        ),  # None: by the law of delays
    }


def _state(plan: PlanFacts | None) -> str:
    if plan is None:
        return "unknown"
    if plan.summary["stations_unserved_count"]:
        return "late"
    return "risk" if plan.summary["stations_at_risk_count"] else "ontime"


def _vehicle(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": capfirst(str(words.MODES[Mode(row["mode"])])),
        "level": words.LEVELS[row["level"]],
        "used": row["used"],
        "available": row["available"],
    }


def _escort(row: dict[str, Any]) -> dict[str, Any]:
    peak_at = row["officers_peak_at"]
    return {
        "officers": row["officers_count"],
        "peak": row["officers_peak_count"],
        "peak_at": datetime.fromisoformat(peak_at) if peak_at else None,
        "linmas": row["linmas_count"],
        "substitutes": [
            {"told": capfirst(str(words.SUBSTITUTES[code])), "trips": count}
            for code, count in row["substitutes"].items()
        ],
    }
