"""Kawal's own indices: a composite index (`composite`) whose classes are the police's four.

One index answers one question. `route-custody-2024` asks how a box could be delayed, lost or opened
on its way; it is not the supervisors' IKP nor the police's IPKP, which ask other questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.composite.framework import (
    OUTRANKING,
    Breaks,
    Index,
    Indicator,
    Missing,
    Outliers,
    RollScore,
    Weighting,
)
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.reading import read_index

NAMES: Final = tuple(klass.name.lower() for klass in RiskClass)  # of the classes, in a spec file
_DETOUR, _SLACK = "detour", "border_slack_km"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSpec:
    index: Index
    detour: float  # way / great circle
    border_slack_km: float  # how far a simplified border may be off

    @property
    def name(self) -> str:
        return self.index.name

    @property
    def title_id(self) -> str:
        return self.index.title_id

    @property
    def title_en(self) -> str:
        return self.index.title_en

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Least score of VULNERABLE, HIGH and SPECIAL."""
        return self.index.classes.thresholds

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return self.index.indicators

    def class_of(self, score: float) -> RiskClass:
        return RiskClass(1 + sum(score >= threshold for threshold in self.thresholds))

    def indicator(self, code: str) -> Indicator:
        return next(found for found in self.indicators if found.code == code)


def spec_of(data: Mapping[str, Any], file: str = "") -> RiskSpec:
    """Checks a spec file. Refuses `wrong_spec` with the place of the first mistake, and all `notices`."""
    try:
        index = read_index(_of_the_first_format(data), file)
        notices = Notices(file)
        classes = index.classes
        if classes.breaks is not Breaks.THRESHOLDS or classes.names != NAMES:
            notices.add(
                Code.CONTRADICTION,
                "classes.thresholds",
                value=", ".join(classes.names),
                expected="{ low = 0, vulnerable = 30, high = 45, special = 65 }",
            )
        if index.rolling.score is not RollScore.WEIGHTED_MEAN:  # what adds up from area to area
            notices.add(
                Code.WORD_UNKNOWN, "rollup.score", value=index.rolling.score, expected="weighted_mean"
            )
        _judged_alone(index, notices)
        detour = _measure(index, _DETOUR, 1.0, notices)
        slack = _measure(index, _SLACK, 0.0, notices)
        if notices.errors_count:
            raise Wrong(notices)
    except Wrong as wrong:
        first = wrong.notices.kept[0]
        raise Refused(
            "wrong_spec", key=first.field, problem=first.code.value, notices=tuple(wrong.notices.kept)
        ) from wrong
    return RiskSpec(index=index, detour=detour, border_slack_km=slack)


def _judged_alone(index: Index, notices: Notices) -> None:
    """A village's score may not hang on which others are scored with it, nor be refused for what it lacks."""
    for item in index.indicators:
        norm = item.normalisation
        if norm.low is None:
            notices.add(Code.KEY_MISSING, f"{item.code}.goalposts", expected="goalposts = [0, 150]")
        elif not (norm.hold_low and norm.hold_high):
            notices.add(Code.CONTRADICTION, f"{item.code}.clip", value="false", expected="clip = true")
        if item.missing not in (Missing.REWEIGHT, Missing.LISTED, Missing.CONSTANT):
            expected = "reweight, listed, or a number"
            notices.add(Code.WORD_UNKNOWN, f"{item.code}.missing", value=item.missing, expected=expected)
        if item.treatment.method is not Outliers.NONE:
            notices.add(
                Code.WORD_UNKNOWN, f"{item.code}.outliers", value=item.treatment.method, expected="none"
            )
    for node in index.nodes:
        if node.aggregation.mean in OUTRANKING:
            notices.add(
                Code.WORD_UNKNOWN,
                f"{node.code}.aggregation",
                value=node.aggregation.mean,
                expected="arithmetic",
            )
        if node.weighting in (Weighting.ENTROPY, Weighting.PCA):
            notices.add(
                Code.WORD_UNKNOWN, f"{node.code}.weights", value=node.weighting, expected="given, ahp"
            )


def _measure(index: Index, key: str, least: float, notices: Notices) -> float:
    value = index.measures.get(key, least)
    if isinstance(value, bool | str | list | Mapping) or float(value) < least:
        notices.add(Code.NUMBER_OUT, f"measures.{key}", value=value, expected=f">= {least:g}")
        return least
    return float(value)


def _of_the_first_format(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Specs kept by runs of the first version: `way` and `thresholds` stood alone."""
    if "way" not in data or "thresholds" not in data:
        return data
    thresholds = dict(data["thresholds"])
    source = thresholds.pop("source", "")
    rest = {key: value for key, value in data.items() if key not in ("way", "thresholds")}
    return {
        **rest,
        "range": [0, 100],
        "unknown_score": thresholds.get("vulnerable", 0),
        "measures": data["way"],
        "classes": {"thresholds": {"low": 0, **thresholds}, "source": source},
    }
