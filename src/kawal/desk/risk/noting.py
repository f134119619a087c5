"""The history of an area's class and score: what became of it, when and why, against what was noted last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from kawal.desk.risk import reads
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import AreaRisk, RiskChange
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.decisions import Decision, counted

POINTS_MIN: Final = 1.0  # of 100: a smaller move is not worth a line, until it has added up
WHY_MAX: Final = 5
_BATCH: Final = 500
_AREAS_AT_ONCE: Final = 5_000


def note(area: str, *, cause: str, now: datetime, alone: bool = False) -> int:
    """Notes what changed in the area and below it since it was noted last; answers how many areas did."""
    decisions = reads.holding(area, now=now)
    changed, total = [], 0
    rows = AreaRisk.objects.filter(pk=area) if alone else AreaRisk.objects.filter(within(area))
    for row in rows.order_by("area_code").iterator(_AREAS_AT_ONCE):
        change = change_of(row, decisions, cause=cause, now=now)
        if change is not None:
            changed.append((row, change))
        if len(changed) >= _AREAS_AT_ONCE:
            total += _save(changed)
            changed = []
    return total + _save(changed)


class Recount:
    """Around a computation that makes the rows of an area anew: what was noted before goes on."""

    def __init__(self, area: str, *, now: datetime) -> None:
        self._now = now
        self._decisions = reads.holding(area, now=now)
        self._before = dict(
            AreaRisk.objects.filter(within(area), noted__isnull=False).values_list("area_code", "noted")
        )
        self._changes: list[RiskChange] = []

    def noted(self, rows: Iterable[AreaRisk]) -> list[AreaRisk]:
        made = []
        for row in rows:
            row.noted = self._before.get(row.area_code)
            change = change_of(row, self._decisions, cause="computed", now=self._now)
            if change is not None:
                self._changes.append(change)
            made.append(row)
        return made

    def save(self) -> None:
        RiskChange.objects.bulk_create(self._changes, _BATCH)


def change_of(
    row: AreaRisk, decisions: dict[str, list[Decision]], *, cause: str, now: datetime
) -> RiskChange | None:
    """What is to be said about a row, saved or not, against what was noted of it last; sets `row.noted`.

    Scored for the first time it has not changed: the run says when that was.
    """
    klass = counted(row.area_code, RiskClass(row.klass), decisions).klass
    points = {reason["indicator"]: reason["points"] for reason in row.reasons}
    before = row.noted
    if before and before["klass"] == klass and abs(before["score"] - row.score) < POINTS_MIN:
        return None
    row.noted = {"klass": int(klass), "score": row.score, "points": points}
    if not before:
        return None
    return RiskChange(
        area_code=row.area_code,
        at=now,
        cause=cause,
        klass_before=before["klass"],
        klass=klass,
        score_before=before["score"],
        score=row.score,
        why=_why(before["points"], points),
    )


def _why(before: dict[str, float], after: dict[str, float]) -> list[dict[str, Any]]:
    """Points of each indicator before and after, the largest change first."""
    codes = sorted({*before, *after})
    moves = [(after.get(code, 0.0) - before.get(code, 0.0), code) for code in codes]
    moves = sorted((move for move in moves if abs(move[0]) >= 0.05), key=lambda move: -abs(move[0]))
    return [
        {"indicator": code, "before": before.get(code, 0.0), "after": after.get(code, 0.0)}
        for _, code in moves[:WHY_MAX]
    ]


def _save(changed: Iterable[tuple[AreaRisk, RiskChange]]) -> int:
    rows, changes = [row for row, _ in changed], [change for _, change in changed]
    AreaRisk.objects.bulk_update(rows, ["noted"], _BATCH)
    RiskChange.objects.bulk_create(changes, _BATCH)
    return len(changes)
