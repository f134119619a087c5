"""What custody and watch teach risk, told as data: incidents, late and silent trips, findings, good news.

A later step reads an earlier one and never the reverse: risk hears of these things here, and asks nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q

from kawal.desk.custody.models import Finding, Incident, StationProgress
from kawal.desk.risk import moving
from kawal.desk.watch.models import Alert
from kawal.rules.places.codes import village_of
from kawal.rules.risk.happening import Happening
from kawal.rules.watch.facts import Kind

log = logging.getLogger(__name__)

# Looked at again behind what was told last: rows of one second may become visible one after the other.
OVERLAP: Final = timedelta(minutes=10)
_ALERTS: Final = {Kind.LATE: "watch.late", Kind.CUSTODY_GAP: "watch.silent"}
_FINDINGS: Final = {
    "seals_differ": "finding.seals",
    "seal_broken": "finding.seals",
    "sealed_unopened": "finding.seals",
    "opened_elsewhere": "finding.seals",
    "damaged": "finding.damaged",
    "short": "finding.short",
    "silent_short": "finding.short",
    "wrong_place": "finding.short",
}


def teach(*, now: datetime) -> None:
    """Tells risk what is new, and lets the classes follow where that is due.

    What fails is logged: the watch goes on, and its next look tries again.
    """
    try:
        told = [*_incidents(), *_alerts(), *_findings()]
        moving.tell(told, now=now)
        if moving.is_due(now):
            moving.tell(_good(), now=now)
            moving.refresh(now=now)
    except Exception:
        log.exception("risk could not follow what happened; the next look tries again")


def _incidents() -> Iterator[Happening]:
    since = moving.told_last("incident:")
    rows = Incident.objects.order_by("entry_index")
    if since is not None:
        rows = rows.filter(received_at__gt=since - OVERLAP)
    for row in rows:
        yield Happening(
            key=f"incident:{row.entry_index}",
            kind=f"incident.{row.kind}",
            area_code=row.area_code,
            begins_at=min(row.happened_at, row.received_at),
            source=f"#{row.entry_index}",
        )


def _alerts() -> Iterator[Happening]:
    """Open ones, and those that closed since: they begin to fade when they close."""
    since = moving.told_last("alert:")
    fresh = Q(closed_at=None) if since is None else Q(closed_at=None) | Q(closed_at__gt=since - OVERLAP)
    for row in Alert.objects.filter(fresh, kind__in=list(_ALERTS)).order_by("id"):
        stations = row.facts.get("stations") or []
        areas = {village_of(station) for station in stations} or {row.area_code}
        for area in sorted(areas):
            yield Happening(
                key=f"alert:{row.pk}:{area}",
                kind=_ALERTS[Kind(row.kind)],
                area_code=area,
                begins_at=row.opened_at,
                ends_at=row.closed_at,
                going_on=row.closed_at is None,
                source=row.cause,
            )


def _findings() -> Iterator[Happening]:
    """An explained finding is taken back: it moved the class only while it stood."""
    since = moving.told_last("finding:")
    rows = Finding.objects.filter(kind__in=list(_FINDINGS)).order_by("key")
    if since is not None:
        rows = rows.filter(Q(found_at__gt=since - OVERLAP) | Q(cleared_at__gt=since - OVERLAP))
    for row in rows:
        if row.cleared_at is not None:
            moving.take_back([f"finding:{row.key}"], now=row.cleared_at)
            continue
        yield Happening(
            key=f"finding:{row.key}",
            kind=_FINDINGS[row.kind],
            area_code=row.area_code,
            begins_at=row.found_at,
            source=row.key,
        )


def _good() -> list[Happening]:
    """Villages of which every station received all of it in time."""
    rows = StationProgress.objects.values("village_code").annotate(
        stations=Count("station_code"),
        good=Count("station_code", filter=Q(on_time=True)),
        last=Max("received_at"),
    )
    return [
        Happening(
            key=f"ontime:{row['village_code']}",
            kind="ontime.village",
            area_code=row["village_code"],
            begins_at=row["last"],
            source="H-1",
        )
        for row in rows
        if row["good"] == row["stations"]
    ]
