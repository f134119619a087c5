"""Risk of the legs of a plan: what a trip is exposed to, scored by its own index and rolled up to areas.

The index is `route-leg-2024`; the plan supplies the facts (`rules.plan.exposure`). A roll-up tells the
mean weighted by stations aboard, its class, the worst leg's class, and how many legs are in each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kawal.rules.places.codes import lineage
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.composite.compute import compute
from kawal.rules.risk.composite.data import table_of
from kawal.rules.risk.modes import OLD_WORD
from kawal.rules.risk.scoring import Reason, Rollup, Scores, reasons, rollup, scores_of
from kawal.rules.risk.spec import RiskSpec

UNKNOWN: Final = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFacts:
    """One trip as risk sees it; what nobody knows is NaN."""

    code: str
    area: str  # the area that it serves
    mode: str  # plan.facts.Mode
    distance_km: float
    hours: float
    night: float  # share of the hours in the dark
    water_km: float
    crossing_km: float
    hazard: float  # score of the worst village aboard, 0..100
    signal_gap: float  # share of the stations aboard without a signal
    stations_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRisk:
    leg: LegFacts
    score: float
    klass: RiskClass
    reasons: tuple[Reason, ...]  # largest first


def assess_legs(legs: Sequence[LegFacts], spec: RiskSpec) -> tuple[list[LegRisk], Scores]:
    """Each leg's score, class and reasons; `legs` may be empty."""
    modes: Mapping[str, float] = spec.index.measures.get("mode", {})
    rows = [[_value(leg, item.code, modes) for item in spec.indicators] for leg in legs]
    values = np.array(rows, dtype=np.float64).reshape(len(legs), len(spec.indicators))
    if not legs:
        return [], Scores(values, values, np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    codes = [leg.code for leg in legs]
    scores = scores_of(compute(spec.index, table_of(values, codes, groups=codes)))
    found = [
        LegRisk(
            leg=leg,
            score=float(scores.score[row]),
            klass=RiskClass(int(scores.klass[row])),
            reasons=tuple(reasons(scores, row, spec)),
        )
        for row, leg in enumerate(legs)
    ]
    return found, scores


def roll_up_legs(legs: Sequence[LegFacts], scores: Scores) -> dict[str, Rollup]:
    """Area -> its legs together, for the area of each leg and every area above it, the nation included."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, leg in enumerate(legs):
        for area in lineage(leg.area):
            rows[area].append(row)
    stations = [leg.stations_count for leg in legs]
    return {area: rollup(scores, np.array(inside), stations) for area, inside in sorted(rows.items())}


def _value(leg: LegFacts, code: str, modes: Mapping[str, float]) -> float:
    if code == "mode":
        return float(modes.get(leg.mode, modes.get(OLD_WORD.get(leg.mode, ""), UNKNOWN)))
    return float(getattr(leg, code, UNKNOWN))
