"""What needs the officer now, for the rail that stands beside every page."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from kawal.desk.people import access
from kawal.desk.people import reads as people
from kawal.desk.watch import reads as watch
from kawal.desk.watch import words
from kawal.rules.watch.facts import Severity

ROWS_MAX: Final = 12  # more than one person answers at once; the number tells how many there are
_STATES: Final = {Severity.URGENT: "late", Severity.WARNING: "risk", Severity.NOTICE: "unknown"}


def line(row: watch.AlertRow, names: dict[str, str], officer: access.Officer) -> dict[str, Any]:
    """One alert as site/parts/alert.html shows it. `names`: of posts, by code."""
    told = {
        "state": _STATES[row.severity],
        "word": words.SEVERITIES[row.severity],
        "what": words.sentence(row),
        "where": row.names.get(row.area, row.area),
        "area_code": row.area,
        "opened_at": row.opened_at,
        "href": reverse("report:area", args=[row.area or "id"]),
        "waits_for": names.get(row.post, row.post),
        "climb_at": row.climb_at,
        "acknowledged_at": row.acknowledged_at,
    }
    if access.can_do(officer, access.Deed.ANSWER_ALERT):
        told["answer_href"] = reverse("watch:acknowledge", args=[row.id])
    return told


def needs_now(officer: access.Officer) -> dict[str, Any]:
    """`{count, alerts}` for site/parts/rail.html, the most severe first."""
    rows = watch.needs_me(officer.post)
    names = people.post_names([row.post for row in rows[:ROWS_MAX]])
    return {"count": len(rows), "alerts": [line(row, names, officer) for row in rows[:ROWS_MAX]]}
