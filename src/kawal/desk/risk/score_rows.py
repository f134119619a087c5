"""Scores as AreaRisk keeps them: of a village, of an area rolled up, and of one above a regency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kawal.desk.risk.models import AreaRisk
from kawal.rules.risk.scoring import Reason, Rollup, Scores, reasons, rolled_class, rollup_reasons
from kawal.rules.risk.spec import RiskSpec


def village_columns(scores: Scores, row: int, spec: RiskSpec) -> dict[str, Any]:
    return {
        "score": round(float(scores.score[row]), 4),
        "klass": int(scores.klass[row]),
        "reasons": [_reason(reason) for reason in reasons(scores, row, spec)],
    }


def rolled_columns(sums: Rollup, spec: RiskSpec) -> dict[str, Any]:
    return {
        "score": round(sums.score, 4),
        "klass": int(rolled_class(sums, spec)),
        "reasons": [_reason(reason) for reason in rollup_reasons(sums, spec)],
        "voters": sums.voters,
        "indicators": {
            "worst": int(sums.worst),
            "classes": [int(count) for count in sums.counts],
            "villages": int(sums.counts.sum()),
            "voters": sums.voters,
        },
    }


def above_columns(below: Sequence[AreaRisk], spec: RiskSpec) -> dict[str, Any]:
    """The same from the rows one level down, for they add up."""
    sums = sum((_sums(row, spec) for row in below[1:]), start=_sums(below[0], spec))
    return rolled_columns(sums, spec)


def _sums(row: AreaRisk, spec: RiskSpec) -> Rollup:
    told = row.indicators
    weight = float(max(told["voters"], told["villages"], 1))
    points = {reason["indicator"]: reason["points"] for reason in row.reasons}
    return Rollup(
        row.score * weight,
        np.array([points.get(indicator.code, 0.0) for indicator in spec.indicators]) * weight,
        weight,
        np.array(told["classes"]),
        told["voters"],
    )


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "indicator": reason.indicator,
        "value": None if reason.value is None else round(reason.value, 4),
        "unit": reason.unit,
        "points": round(reason.points, 4),
    }
