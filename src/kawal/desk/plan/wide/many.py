"""The plans of a province or the nation as their page shows them, and what is lacking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from kawal.desk.places import reads as places
from kawal.desk.plan import overview, words
from kawal.desk.plan.wide import runs, runs_words, upper, upper_escorts_words, upper_words
from kawal.rules.places.codes import NATION, level_of, parent_of
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import Level
from kawal.rules.plan.wide.roll_up import figures

COLUMNS: Final = {
    "name": gettext_lazy("Area"),
    "plans": gettext_lazy("Planned"),
    "unserved": gettext_lazy("Not reached"),
    "risk": gettext_lazy("At risk"),
    "spare": gettext_lazy("Before the deadline"),
    "stations": gettext_lazy("Stations"),
    "trips": gettext_lazy("Trips"),
    "vehicles": gettext_lazy("Vehicles"),
    "officers": gettext_lazy("Officers"),
}
_BY: Final[Mapping[str, Callable[[dict[str, Any]], Any]]] = {
    "name": lambda row: row["area"].name,
    "plans": lambda row: (row["plans"] - row["all"], -row["all"]),
    "trips": lambda row: -row["trips"],
    "stations": lambda row: -row["stations"],
    "vehicles": lambda row: -row["vehicles"],
    "officers": lambda row: -row["officers"],
    "spare": lambda row: (row["spare_s"] is None, row["spare_s"]),
    "risk": lambda row: -row["risk"],
    "unserved": lambda row: -row["unserved"],
}
_WORST_FIRST: Final = ("late", "risk", "unknown", "ontime")
LATE_SHOWN: Final = 20


def told(area: Area, sort: str) -> dict[str, Any]:
    """Everything of the page but the map."""
    regencies = overview.regencies(area.code)
    rows = [_row(row["area"], [row]) for row in regencies]
    planned = figures(row["plan"].summary for row in regencies if row["plan"])
    run = runs.latest(area.code)
    return {
        "sums": overview.sums(regencies),
        "columns": _columns(area.code, sort),
        "provinces": _sorted(_provinces(regencies), sort) if area.code == NATION else [],
        "rows": _sorted(rows, sort),
        "pager_query": urlencode({"sort": sort}) if sort in _BY else "",
        "to_villages": sum(row["plan"].level is Level.VILLAGE for row in regencies if row["plan"]),
        "reasons": [
            {"count": count, "why": capfirst(str(words.REASONS[reason]))}
            for reason, count in planned["unserved"].items()
        ],
        "shortfalls": [capfirst(runs_words.shortfall(row)) for row in planned["shortfalls"]],
        "vehicles": [capfirst(runs_words.vehicle(row)) for row in planned["vehicles"]],
        "run": run,
        "without": _without(run, area.code),
        "upper": _upper(area.code),
    }


def _provinces(regencies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    inside: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in regencies:
        inside[parent_of(row["area"].code)].append(row)
    return [_row(one, inside[one.code]) for one in places.areas_under(NATION, "province")]


def _row(area: Area, regencies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    plans = [row["plan"] for row in regencies if row["plan"]]
    sums = figures(plan.summary for plan in plans)
    spare = [
        int((plan.deadline_at - last).total_seconds())
        for plan in plans
        if (last := overview.last_received_at(plan))
    ]
    return {
        "area": area,
        "state": min((row["state"] for row in regencies), key=_WORST_FIRST.index, default="unknown"),
        "plans": len(plans),
        "all": len(regencies),
        "trips": sums["trips_count"],
        "stations": sums["stations_count"],
        "vehicles": sum(row["used"] for row in sums["vehicles"]),
        "officers": sums["officers_peak_count"],
        "spare_s": min(spare, default=None),
        "spare": words.span(min(spare)) if spare else "",
        "risk": sums["stations_at_risk_count"],
        "unserved": sums["stations_unserved_count"],
    }


def _sorted(rows: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """As asked, the largest or least sure first; else the worst first, alike by code."""
    return sorted(rows, key=_BY.get(sort, _worst))


def _worst(row: dict[str, Any]) -> tuple[Any, ...]:
    """Where stations are not reached, most first; at risk; without a plan; least time to spare."""
    spare = (row["spare_s"] is None, row["spare_s"])
    return _WORST_FIRST.index(row["state"]), -row["unserved"], -row["risk"], spare


def _columns(code: str, sort: str) -> list[dict[str, Any]]:
    page = reverse("plan:page", args=[code or "id"])
    table = "provinces" if code == NATION else "plans"
    return [
        {
            "code": key,
            "name": name,
            "href": f"{page}?{urlencode({'sort': key})}#{table}",
            "sorted": ("ascending" if key in ("name", "spare") else "descending") if key == sort else "",
            "is_number": key not in ("name", "spare"),
        }
        for key, name in COLUMNS.items()
    ]


def _without(run: runs.RunFacts | None, area: str) -> list[dict[str, str]]:
    """Regencies of the area that the latest run left without a plan, and why."""
    if run is None or run.summary is None:
        return []
    left = [row for row in run.summary["without"] if row["area"].startswith(area)]
    names = places.areas(row["area"] for row in left)
    return [
        {
            "code": row["area"],
            "name": names[row["area"]].name if row["area"] in names else row["area"],
            "why": runs_words.why_without(row),
        }
        for row in left
    ]


def _upper(area: str) -> dict[str, Any] | None:
    """Whether the warehouses will have everything in time; of a province what concerns it."""
    row = upper.of_record(area)
    if row is None:
        return None
    summary = row.summary
    wider = row.area_code != area
    late = [one for one in summary["late"] if one["area"].startswith(area)]
    missing = [one for one in summary["missing"] if one["area"].startswith(area)]
    names = places.areas({one["area"] for one in (*late, *missing)})
    items = upper_words.item_names(area)
    problems = [(one["area"], upper_words.late(one, items)) for one in late]
    problems += [(one["area"], upper_words.missing(one, items)) for one in missing]
    return {
        "headline": upper_words.headline(summary),
        "of_nation": wider and level_of(area) == "province",
        "row": row,
        "problems": [
            {"code": code, "name": names[code].name if code in names else code, "why": why}
            for code, why in problems[:LATE_SHOWN]
        ],
        "more": max(0, len(problems) - LATE_SHOWN),
        "departures": [upper_words.departure(one) for one in summary["departures"] if not one["estimated"]],
        "assumed": upper_words.assumed(summary, row.handling_days),
        "escorts": _upper_escorts(summary, area if wider else NATION),
    }


def _upper_escorts(summary: dict[str, Any], area: str) -> dict[str, Any] | None:
    """Who guards the freight; of a plan for a wider area what the posts of `area` do."""
    escorts = summary.get("escorts")  # plans of earlier versions of Kawal have none
    return escorts and upper_escorts_words.told(escorts, area)
