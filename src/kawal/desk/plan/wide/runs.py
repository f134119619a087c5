"""What became of a run over many regencies, in figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kawal.desk.plan import models
from kawal.rules.places.codes import parent_of
from kawal.rules.plan.wide.roll_up import figures

_IN_A_SUMMARY = ("planned", "unchanged", "kept", "under_way")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    id: int
    area: str
    begun_at: datetime
    ended_at: datetime | None
    made_by: str
    reason: str
    summary: dict[str, Any] | None


def facts(run_id: int) -> RunFacts:
    return _facts(models.PlanRun.objects.get(pk=run_id))


def latest(area: str) -> RunFacts | None:
    """The newest run over this area itself, or over the nation where it is a province; ended or not."""
    row = models.PlanRun.objects.filter(area_code__in={area, ""}).order_by("-begun_at", "-id").first()
    return _facts(row) if row else None


def summary(run_id: int) -> dict[str, Any]:
    """Figures of the whole and of each province, outcomes counted, and every regency left without a plan."""
    outcomes = list(models.PlanOutcome.objects.filter(run_id=run_id).order_by("area_code"))
    provinces: defaultdict[str, list[models.PlanOutcome]] = defaultdict(list)
    for row in outcomes:
        provinces[parent_of(row.area_code)].append(row)
    told = [{"area": code, **_counted(rows), **figures(_summaries(rows))} for code, rows in provinces.items()]
    return {
        **_counted(outcomes),
        **figures(_summaries(outcomes)),
        "without": [
            {"area": row.area_code, "outcome": row.outcome, "code": row.code, "facts": row.facts}
            for row in outcomes
            if row.outcome not in _IN_A_SUMMARY
        ],
        "provinces": told,
    }


def _counted(rows: list[models.PlanOutcome]) -> dict[str, Any]:
    counts = Counter(row.outcome for row in rows)
    return {"regencies_count": len(rows), "outcomes": dict(sorted(counts.items()))}


def _summaries(rows: list[models.PlanOutcome]) -> list[dict[str, Any]]:
    codes = [row.area_code for row in rows if row.outcome in _IN_A_SUMMARY]
    plans = models.Plan.objects.filter(area_code__in=codes, of_record=True)
    return list(plans.values_list("summary", flat=True))


def _facts(row: models.PlanRun) -> RunFacts:
    return RunFacts(
        id=row.pk,
        area=row.area_code,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        made_by=row.made_by,
        reason=row.reason,
        summary=row.summary,
    )
