"""The risk page as its templates take it: chart, rows, columns, history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kawal.desk.people import access
from kawal.desk.risk import page_words, reads, specfiles, words
from kawal.desk.risk.history import Changed
from kawal.desk.risk.pages import Below, Moving
from kawal.rules.places.codes import NATION
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.decisions import Decision, check_second
from kawal.rules.risk.disclosure import Counts

COLUMNS: Final = {
    "name": _("Area"),
    "class": _("Class"),
    "score": _("Score"),
    "change": _("Since yesterday"),
    "checks": _("Another class in checks"),
}
_BY: Final[Mapping[str, Callable[[Below], Any]]] = {
    "name": lambda row: row.name,
    "class": lambda row: (-row.klass, -row.score),
    "score": lambda row: -row.score,
    "change": lambda row: (-abs(row.changed), -row.score),
    "checks": lambda row: -(row.another or 0.0),
}
POINTS_SHOWN: Final = 0.05  # what adds less is told by name alone
_SCALE: Final = 1000  # of the chart's own width


def address(code: str) -> str:
    return reverse("risk:page", args=[code or "id"])


def badge(klass: RiskClass) -> dict[str, str]:
    return {"state": page_words.STATES[klass], "word": str(words.CLASSES[klass])}


def keys(layer: str) -> list[dict[str, str]]:
    """The map's legend in the layer's own words."""
    if layer == "change":
        return [
            {"state": "late", "word": str(_("class rose"))},
            {"state": "ontime", "word": str(_("class fell"))},
            {"state": "unknown", "word": str(_("as yesterday"))},
        ]
    if layer != "class":
        return [
            {"state": "grave", "word": str(_("highest quarter of its scale"))},
            {"state": "late", "word": str(_("second quarter"))},
            {"state": "risk", "word": str(_("third quarter"))},
            {"state": "ontime", "word": str(_("lowest quarter"))},
            {"state": "unknown", "word": str(_("not told"))},
        ]
    return [*(badge(klass) for klass in RiskClass), {"state": "unknown", "word": str(_("not scored"))}]


def layers(code: str, chosen: str, told: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Class, change, and every measure of an index that is told below; `told`: (layer, name)."""
    names = {**{layer: str(name) for layer, name in page_words.LAYERS.items()}, **dict(told)}
    return [{"value": layer, "name": name, "chosen": layer == chosen} for layer, name in names.items()]


def counts(code: str, told: Counts) -> list[dict[str, Any]]:
    return [
        {"label": words.CLASSES[klass], "count": count, "state": page_words.STATES[klass], "href": "#below"}
        for klass, count in zip(RiskClass, told, strict=True)
    ]


def scale(found: reads.Assessment) -> dict[str, Any]:
    """The score on its scale: bands of the classes, the score, and where 90 of 100 checks lie."""
    spec = specfiles.read().spec
    bounds = [0.0, *spec.thresholds, 100.0]
    at = found.score / 100 * _SCALE
    return {
        "bands": [
            {**badge(klass), "x": low / 100 * _SCALE, "width": (high - low) / 100 * _SCALE, "from": low}
            for klass, low, high in zip(RiskClass, bounds, bounds[1:], strict=False)
        ],
        "at": at,
        "low": found.checks.low / 100 * _SCALE if found.checks else None,
        "width": (found.checks.high - found.checks.low) / 100 * _SCALE if found.checks else None,
        "checks": found.checks,
    }


def reasons(found: reads.Assessment) -> list[dict[str, Any]]:
    """The chart and the table in one: what each indicator adds to the score, from whom, and why it counts."""
    largest = max((row.points for row in found.reasons), default=0.0) or 1.0
    return [
        {
            "name": words.name(row.indicator),
            "value": "–" if row.value is None else words.value(row.value, row.indicator.unit),
            "points": row.points,
            "width": row.points / largest * _SCALE,
            "source": row.given_by or row.indicator.source,
            "dated": row.given_on,
            "why": words.why(row.indicator),
            "by_decision": row.use is not None,
            "moved": row.moved,
        }
        for row in found.reasons
        if row.points >= POINTS_SHOWN
    ]


def columns(code: str, sort: str, query: Mapping[str, str], *, checked: bool) -> list[dict[str, Any]]:
    shown = [name for name in COLUMNS if name != "checks" or checked]
    return [
        {
            "code": name,
            "name": COLUMNS[name],
            "href": f"{address(code)}?{urlencode({**query, 'sort': name})}#below",
            "sorted": ("ascending" if name == "name" else "descending") if name == sort else "",
            "is_number": name in ("score", "checks"),
        }
        for name in shown
    ]


def below(rows: Sequence[Below], sort: str) -> list[dict[str, Any]]:
    """Sorted as asked; else the hardest first."""
    key = _BY.get(sort, _BY["class"])
    return [
        {
            "name": row.name,
            "code": row.area_code,
            "href": address(row.area_code),
            **badge(row.klass),
            "score": row.score,
            "step": page_words.step(row.changed),
            "changed": row.changed,
            "decided": row.klass != row.computed,
            "computed": words.CLASSES[row.computed],
            "another": row.another,
            "counts": [] if row.counts is None else list(row.counts),
            "bar": [] if row.counts is None else counts(row.area_code, row.counts),
            "why": ", ".join(page_words.indicator(one) for one, points in row.reasons if points >= 1),
        }
        for row in sorted(sorted(rows, key=lambda row: row.area_code), key=key)
    ]


def changes(found: Sequence[Changed]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "href": address(one.area_code),
            "at": one.at,
            "area_code": one.area_code,
            "cause": page_words.CAUSES[one.cause],
            "before": badge(one.before) if one.before else None,
            "after": badge(one.after),
            "score_before": one.score_before,
            "score": one.score,
            "why": page_words.why(one),
            "rose": bool(one.before and one.after > one.before),
            "fell": bool(one.before and one.after < one.before),
        }
        for one in found
    ]


def moving(found: Sequence[Moving], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "what": capfirst(page_words.influence(one.kind)),
            "why": page_words.influence_why(one.kind),
            "where": one.name,
            "href": address(one.area_code),
            "indicator": page_words.indicator(one.indicator),
            "strength": abs(one.strength),
            "better": one.strength < 0,
            "ahead": one.begins_at > now,
            "begins_at": one.begins_at,
            "ends_at": one.ends_at,
            "area_code": one.area_code,
            "source": one.source,
        }
        for one in found
    ]


def decisions(
    found: Sequence[Decision], names: Mapping[str, str], officer: access.Officer, now: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "where": names.get(one.area_code, one.area_code),
            "area_code": one.area_code,
            **badge(one.klass),
            "by": one.by,
            "reason": one.reason,
            "at": one.at,
            "until": one.until,
            "confirmed_by": one.confirmed_by,
            "confirmed_at": one.confirmed_at,
            "declined_at": one.declined_at,
            "waits": one.waits(now),
            "holds": one.holds(now),
            "may_confirm": one.waits(now) and may_confirm(one, officer, now),
            "may_take_back": one.waits(now) and one.by == officer.username,
        }
        for one in found
    ]


def may_confirm(one: Decision, officer: access.Officer, now: datetime) -> bool:
    if not access.can_do(officer, access.Deed.OVERRIDE_RISK):
        return False
    try:
        check_second(one, by=officer.username, post=officer.post, now=now)
    except Refused:
        return False
    return True


def area_name(code: str, name: str) -> str:
    return name if code != NATION else "Indonesia"
