"""What changed: of each area from the first to the last that was noted in a time, with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kawal.desk.places import reads as places
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import RiskChange
from kawal.rules.places.codes import NATION
from kawal.rules.risk.classes import RiskClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    area_code: str
    name: str
    at: datetime  # of the last change
    cause: str  # of the last change
    before: RiskClass | None
    after: RiskClass
    score_before: float | None
    score: float
    why: tuple[dict[str, Any], ...]  # of the last change: {indicator, before, after} in points
    times: int  # how often it changed in that time


def changed(area: str, *, since: datetime, until: datetime) -> list[Changed]:
    """One row per area in the subtree that changed in that time; those whose class rose most first."""
    rows = RiskChange.objects.filter(within(area), at__gt=since, at__lte=until).order_by(
        "area_code", "at", "id"
    )
    spans: dict[str, tuple[RiskChange, RiskChange, int]] = {}
    for row in rows.iterator():
        first, _, times = spans.get(row.area_code, (row, row, 0))
        spans[row.area_code] = first, row, times + 1
    names = {code: one.name for code, one in places.areas(spans).items()} if spans else {}
    names[NATION] = places.area(NATION).name
    found = [
        Changed(
            area_code=code,
            name=names.get(code, code),
            at=last.at,
            cause=last.cause,
            before=RiskClass(first.klass_before) if first.klass_before else None,
            after=RiskClass(last.klass),
            score_before=first.score_before,
            score=last.score,
            why=tuple(last.why),
            times=times,
        )
        for code, (first, last, times) in spans.items()
    ]
    return sorted(
        found, key=lambda one: (-_steps(one), -abs(one.score - (one.score_before or 0)), one.area_code)
    )


def of_area(area: str, *, limit: int = 50) -> list[Changed]:
    """Every change of exactly this area, newest first."""
    name = places.area(area).name
    return [
        Changed(
            area_code=area,
            name=name,
            at=row.at,
            cause=row.cause,
            before=RiskClass(row.klass_before) if row.klass_before else None,
            after=RiskClass(row.klass),
            score_before=row.score_before,
            score=row.score,
            why=tuple(row.why),
            times=1,
        )
        for row in RiskChange.objects.filter(area_code=area).order_by("-at", "-id")[:limit]
    ]


def _steps(one: Changed) -> int:
    return int(one.after) - int(one.before) if one.before else 0
