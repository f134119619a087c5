"""The command page of an area as its template takes it: figures, stages, columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kawal.desk.custody.words import RULES, STAGES
from kawal.desk.plan.words import span
from kawal.desk.report import addresses, listing, maps, words
from kawal.desk.report.areas import AreaPage, Child
from kawal.desk.report.lines import StationLine
from kawal.desk.risk.words import CLASSES
from kawal.rules.risk.classes import RiskClass

_BY: Final[Mapping[str, Callable[[Child], Any]]] = {
    "name": lambda child: child.area.name,
    "stations": lambda child: -child.outlook.total,
    "received": lambda child: -child.received,
    "ontime": lambda child: -child.outlook.ontime,
    "risk": lambda child: -child.outlook.risk,
    "late": lambda child: -child.outlook.late,
    "findings": lambda child: -child.findings,
    "class": lambda child: -(child.risk or 0),
}
_STATES: Final = ("ontime", "risk", "late", "unknown")


def layers(address: str, layer: str, *, sees_risk: bool) -> list[dict[str, Any]]:
    """The switch of the map; none where there is nothing to choose."""
    if not sees_risk:
        return []
    names = {"progress": _("Progress"), "risk": _("Risk")}
    return [
        {"name": name, "href": f"{address}?{urlencode({'layer': each})}", "current": each == layer}
        for each, name in names.items()
    ]


def keys(layer: str) -> list[dict[str, str]]:
    """The map's legend where its words are not those of the states."""
    if layer != "risk":
        return []
    told = [{"state": maps.STATE_OF_CLASS[klass], "word": str(CLASSES[klass])} for klass in RiskClass]
    return [*told, {"state": "unknown", "word": _("not scored")}]


def countdown(page: AreaPage, now: datetime) -> str:
    """`27 h 12 min`; for days `3 d 4 h`, since nobody counts in hours from afar."""
    if page.deadline_at is None:
        return ""
    left_s = abs(int((page.deadline_at - now).total_seconds()))
    days, rest_s = divmod(left_s, 86_400)
    if days < 2:
        return span(left_s)
    return pgettext("time left", "%(days)d d %(hours)d h") % {"days": days, "hours": rest_s // 3600}


def steps(page: AreaPage) -> list[dict[str, Any]]:
    code = page.area.code
    return [
        {
            "label": words.STEPS[step],
            "count": count,
            "way": way,
            "href": addresses.stations(code, step, column="received") if count else "",
        }
        for way, (step, count) in enumerate(page.steps.items())
    ]


def links(page: AreaPage) -> dict[str, str]:
    """Where the numbers of the sentence and the figures lead."""
    code = page.area.code
    return {
        **{state: addresses.stations(code, state, column=state) for state in _STATES},
        "unknown": addresses.stations(code, "unknown", column="stations"),
        "received": addresses.stations(code, listing.ARRIVED, column="received"),
        "all": "#areas",
        "findings": addresses.findings(code),
        "alerts": reverse("watch:alerts", args=[code or "id"]),
        "plan": reverse("plan:page", args=[code]) if page.area.level not in ("nation", "province") else "",
    }


def risk_class(page: AreaPage) -> str:
    return str(CLASSES[page.risk]) if page.risk else ""


def rules(page: AreaPage) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule,
            "words": RULES[rule],
            "count": count,
            "href": addresses.findings(page.area.code, rule),
        }
        for rule, count in page.findings_by_rule.items()
    ]


def journeys(page: AreaPage) -> dict[str, int] | None:
    """Trips and officers of the plans in the area; a district has a part of its regency's, not told here."""
    if not page.plans or page.area.level in ("district", "village"):
        return None
    summaries = [plan.summary for plan in page.plans]
    return {
        "plans": len(page.plans),
        "trips": sum(summary["trips_count"] for summary in summaries),
        "officers": sum(summary["escort"]["officers_count"] for summary in summaries),
        "peak": sum(summary["escort"]["officers_peak_count"] for summary in summaries),
    }


def columns(page: AreaPage, sort: str, layer: str, *, sees_risk: bool) -> list[dict[str, Any]]:
    """Heads of the table. `sort`: one of words.COLUMNS, or empty for the worst first."""
    shown = [name for name in words.COLUMNS if name != "class" or sees_risk]
    kept = {"layer": layer} if layer != maps.LAYERS[0] else {}
    address = addresses.area(page.area.code)
    return [
        {
            "name": _column(name, page),
            "href": f"{address}?{urlencode({**kept, 'sort': name})}#areas",
            "sorted": ("ascending" if name == "name" else "descending") if name == sort else "",
            "is_number": name not in ("name", "received", "class"),
        }
        for name in shown
    ]


def _column(name: str, page: AreaPage) -> str:
    if name == "name":
        return str(words.LEVELS[page.children[0].area.level])
    return _("In question") if name == "risk" and page.past_deadline else str(words.COLUMNS[name])


def children(page: AreaPage, sort: str) -> list[dict[str, Any]]:
    """Sorted as asked; else the worst first: late, at risk, unknown, with findings."""
    rows = sorted(page.children, key=lambda child: (*_badness(child), child.area.name))
    if sort in _BY:
        rows.sort(key=_BY[sort])
    return [_child(child) for child in rows]


def _badness(child: Child) -> tuple[int, int, int, int]:
    seen = child.outlook
    return (-seen.late, -seen.risk, -seen.unknown, -child.findings)


def _child(child: Child) -> dict[str, Any]:
    code, seen = child.area.code, child.outlook
    return {
        "code": code,
        "name": child.area.name,
        "href": addresses.area(code),
        "state": seen.state.value,
        "total": seen.total,
        "received": child.received,
        "received_href": addresses.stations(code, listing.ARRIVED, column="received"),
        "bar": [
            {"label": words.STEPS["received"], "count": child.received, "way": 5},
            {"label": _("not yet"), "count": max(0, seen.total - child.received), "way": 0},
        ],
        "counts": [
            {"count": getattr(seen, state), "href": addresses.stations(code, state, column=state)}
            for state in ("ontime", "risk", "late")
        ],
        "findings": child.findings,
        "findings_href": addresses.findings(code),
        "class": CLASSES[child.risk] if child.risk else _("not scored"),
    }


def worst_first(lines: Sequence[StationLine]) -> list[StationLine]:
    order = ("late", "risk", "unknown", "ontime")
    return sorted(
        lines,
        key=lambda line: (order.index(line.expectation.value), -line.findings, line.station.code),
    )


def stations(lines: Sequence[StationLine], villages: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Rows of stations; `villages`: names by code, where the stations are of several."""
    return [
        {
            "number": f"{line.station.number:03d}",
            "village": line.station.village,
            "village_name": (villages or {}).get(line.station.village, ""),
            "href": reverse("report:station", args=[line.station.code]),
            "state": line.expectation.value,
            "word": capfirst(str(words.STATES[line.expectation.value])),
            "stage": STAGES[line.stage],
            "received_at": line.received_at,
            "spare": spare(line),
            "findings": line.findings,
        }
        for line in lines
    ]


def spare(line: StationLine) -> str:
    """How long before the deadline it was received, or after it."""
    if line.received_at is None or line.deadline_at is None:
        return ""
    return before_deadline(line.received_at, line.deadline_at)


def before_deadline(at: datetime, deadline_at: datetime) -> str:
    left_s = int((deadline_at - at).total_seconds())
    if left_s >= 0:
        return _("%(time)s before the deadline") % {"time": span(left_s)}
    return _("%(time)s after the deadline") % {"time": span(-left_s)}
