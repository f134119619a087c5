"""What a risk index is made of: named indicators with goalposts, weights, sources and reasons, as data.

One index answers one question. `route-custody-2024` asks how a box could be delayed, lost or opened
on its way; it is not the supervisors' IKP nor the police's IPKP, which ask other questions.
Method: goalposts and a weighted arithmetic mean (OECD/JRC, Handbook on Constructing Composite
Indicators, 2008, steps 5 and 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.risk.classes import RiskClass


class Scale(StrEnum):
    LINEAR = "linear"
    LOG = "log"  # where ten times as much is one step, such as density


class Origin(StrEnum):
    PLACES = "places"  # measured by Kawal from places; a given value is preferred
    GIVEN = "given"  # only where somebody gives it, by import


class Missing(StrEnum):
    REWEIGHT = "reweight"  # the others carry its weight, and the coverage says so
    LISTED = "listed"  # a source that lists only what is affected: unlisted is 0 where its regency is covered


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    code: str
    name_id: str
    name_en: str
    unit: str  # code: km, voters_per_km2, share
    scale: Scale
    safe: float  # at this value and beyond it adds nothing
    worst: float  # at this value and beyond it adds its whole weight; may be below `safe`
    weight: float  # in any unit: only proportions count
    origin: Origin
    missing: Missing
    source: str
    why_id: str  # reason for the weight and the goalposts
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSpec:
    name: str
    title_id: str
    title_en: str
    detour: float  # way / great circle
    border_slack_km: float  # how far a simplified border may be off
    thresholds: tuple[float, float, float]  # least score of VULNERABLE, HIGH and SPECIAL
    thresholds_source: str
    indicators: tuple[Indicator, ...]

    def class_of(self, score: float) -> RiskClass:
        return RiskClass(1 + sum(score >= threshold for threshold in self.thresholds))

    def indicator(self, code: str) -> Indicator:
        return next(found for found in self.indicators if found.code == code)


def spec_of(data: Mapping[str, Any]) -> RiskSpec:
    """Checks a spec file. Refuses `wrong_rules` with the key and what to mend."""
    table = Table(data)
    with table.table("title") as title:
        title_id, title_en = title.text("id"), title.text("en")
    with table.table("way") as way:
        detour, slack = float(way.number("detour")), float(way.number("border_slack_km"))
        if detour < 1:
            raise wrong(way.key("detour"), "must_be_one_or_more")
        if slack < 0:
            raise wrong(way.key("border_slack_km"), "must_not_be_negative")
    with table.table("thresholds") as part:
        thresholds = (
            float(part.number("vulnerable")),
            float(part.number("high")),
            float(part.number("special")),
        )
        source = part.text("source")
        if not 0 < thresholds[0] < thresholds[1] < thresholds[2] <= 100:
            raise wrong(part.where, "must_rise")
    spec = RiskSpec(
        name=table.text("name"),
        title_id=title_id,
        title_en=title_en,
        detour=detour,
        border_slack_km=slack,
        thresholds=thresholds,
        thresholds_source=source,
        indicators=table.rows("indicator", _indicator),
    )
    table.done()
    codes = [indicator.code for indicator in spec.indicators]
    for code in codes:
        if codes.count(code) > 1:
            raise wrong("indicator", "must_be_unique", value=code)
    return spec


def _indicator(table: Table) -> Indicator:
    name_id, name_en = table.names()
    with table.table("why") as why:
        why_id, why_en = why.text("id"), why.text("en")
    found = Indicator(
        code=table.text("code"),
        name_id=name_id,
        name_en=name_en,
        unit=table.text("unit"),
        scale=Scale(table.choice("scale", [*Scale])),
        safe=float(table.number("safe")),
        worst=float(table.number("worst")),
        weight=float(table.number("weight")),
        origin=Origin(table.choice("origin", [*Origin])),
        missing=Missing(table.choice("missing", [*Missing])),
        source=table.text("source"),
        why_id=why_id,
        why_en=why_en,
    )
    if found.weight <= 0:
        raise wrong(table.key("weight"), "must_be_positive")
    if found.safe == found.worst:
        raise wrong(table.key("worst"), "must_differ_from_safe")
    if found.scale is Scale.LOG and min(found.safe, found.worst) <= 0:
        raise wrong(table.key("scale"), "log_needs_positive_goalposts")
    if found.missing is Missing.LISTED and found.safe != 0:
        raise wrong(table.key("safe"), "listed_needs_zero")
    return found
