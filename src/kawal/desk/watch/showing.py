"""Alerts as the pages' parts take them: a state, one sentence, who is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from kawal.desk.people import access
from kawal.desk.people import reads as people
from kawal.desk.watch import words
from kawal.desk.watch.reads import AlertRow
from kawal.rules.watch.facts import Severity

_STATE = {Severity.NOTICE: "unknown", Severity.WARNING: "risk", Severity.URGENT: "late"}


def state_of(row: AlertRow) -> str:
    """How it is drawn: what is late, and what is as grave, stands out."""
    return "late" if row.kind == "late" else _STATE[row.severity]


def shown(rows: Iterable[AlertRow], officer: access.Officer) -> list[dict[str, Any]]:
    """For parts/alert.html. The button to answer stands only where this officer may answer."""
    rows = list(rows)
    names = people.post_names(sorted({row.post for row in rows}))
    may = access.can_do(officer, access.Deed.ANSWER_ALERT)
    return [
        {
            "id": row.id,
            "state": state_of(row),
            "word": words.KINDS[row.kind],
            "what": words.sentence(row),
            "where": row.names.get(row.area, row.area),
            "area_code": row.area,
            "opened_at": row.opened_at,
            "href": reverse("watch:alert", args=[row.id]),
            "waits_for": names.get(row.post, row.post),
            "climb_at": row.climb_at,
            "acknowledged_at": row.acknowledged_at,
            "answer_href": reverse("watch:acknowledge", args=[row.id])
            if may and officer.post in row.told and row.closed_at is None
            else None,
        }
        for row in rows
    ]
