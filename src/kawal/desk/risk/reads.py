"""Classes and assessments, with chiefs' overrides applied and reasons attached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.db.models.functions import Length

from kawal.desk.risk import specfiles
from kawal.desk.risk.gathering import given_values, within
from kawal.desk.risk.models import AreaIndicator, AreaRisk, RiskOverride, SpecFile
from kawal.rules.places.codes import LEVELS, level_of, lineage
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import Patterns
from kawal.rules.risk.spec import Indicator, RiskSpec

# How long a code of a level is: the nation's classes are not all read to find its provinces'.
_CHARS = {"nation": 0, "province": 2, "regency": 5, "district": 8, "village": 13}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    area_code: str  # the area it was decided for: this one or one above
    klass: RiskClass
    reason: str
    by: str
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    indicator: Indicator  # with its names, its reason and its source
    value: float | None
    points: float
    given_by: str | None  # source of a value that somebody gave, None where measured or rolled up
    given_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    area_code: str
    score: float  # 0 (safe) .. 100
    klass: RiskClass  # what counts: the override's, where there is one
    computed: RiskClass
    override: Override | None
    reasons: tuple[ReasonRow, ...]  # largest first
    missing: tuple[Indicator, ...]  # a village's indicators that nobody measured or gave
    coverage: float | None  # share of the weight that was known; None for a rolled-up area
    worst: RiskClass | None  # of a rolled-up area's villages, as computed
    villages: tuple[int, int, int, int] | None  # how many of each class, mildest first, as computed
    spec_name: str
    at: datetime


def classes(area: str, *, now: datetime) -> dict[str, RiskClass]:
    """Class of every assessed village of the area (itself, if it is one), overrides applied."""
    return _effective(area, "village", now)


def classes_of_children(area: str, *, now: datetime) -> dict[str, RiskClass]:
    """Class of each assessed area one level down, overrides applied."""
    level = level_of(area)
    if level == "village":
        return {}
    return _effective(area, LEVELS[LEVELS.index(level) + 1], now)


def class_of(area: str, *, now: datetime) -> RiskClass | None:
    """Class of one area of any level, overrides applied; None where it was not scored."""
    klass = AreaRisk.objects.filter(pk=area).values_list("klass", flat=True).first()
    if klass is None:
        return None
    decided = nearest_override(area, overrides(area, now=now))
    return decided.klass if decided else RiskClass(klass)


def assessment(area_code: str, *, now: datetime) -> Assessment:
    """The newest assessment of an area with its reasons. Refuses `risk_not_computed`."""
    row = AreaRisk.objects.filter(pk=area_code).select_related("run").first()
    if row is None:
        raise Refused("risk_not_computed", area=area_code)
    spec = specfiles.parsed(SpecFile.objects.get(pk=row.run.spec_sha256).text)
    decided = nearest_override(area_code, overrides(area_code, now=now))
    rolled = row.indicators if "worst" in row.indicators else None
    missing = () if rolled else tuple(f for f in spec.indicators if row.indicators[f.code] is None)
    return Assessment(
        area_code=area_code,
        score=row.score,
        klass=decided.klass if decided else RiskClass(row.klass),
        computed=RiskClass(row.klass),
        override=decided,
        reasons=_reasons(row, spec),
        missing=missing,
        coverage=None if rolled else _coverage(spec, missing),
        worst=RiskClass(rolled["worst"]) if rolled else None,
        villages=tuple(rolled["classes"]) if rolled else None,
        spec_name=row.run.spec_name,
        at=row.run.at,
    )


def overrides(area: str, *, now: datetime) -> dict[str, Override]:
    """Area -> its last unexpired override, for the area, those below and those above it."""
    rows = RiskOverride.objects.filter(within(area) | Q(area_code__in=lineage(area)))
    rows = rows.filter(Q(until=None) | Q(until__gt=now)).order_by("at", "id")
    return {
        row.area_code: Override(
            area_code=row.area_code,
            klass=RiskClass(row.klass),
            reason=row.reason,
            by=row.by,
            at=row.at,
            until=row.until,
        )
        for row in rows
    }


def nearest_override(area: str, found: dict[str, Override]) -> Override | None:
    """The area's own override, or that of the nearest area above it."""
    return next((found[code] for code in lineage(area) if code in found), None)


def signal(area: str) -> dict[str, float]:
    """Area -> share of its stations with a signal (0..1), as given, for the area, below and above it."""
    return dict(given_values(area).get("signal", {}))


def patterns() -> Patterns:
    """Escort patterns, loss limits and watch limits by class (rules.risk.patterns)."""
    return specfiles.patterns()


def _effective(area: str, level: str, now: datetime) -> dict[str, RiskClass]:
    rows = AreaRisk.objects.filter(within(area)).annotate(chars=Length("area_code"))
    rows = rows.filter(chars=_CHARS[level]).order_by("area_code")
    decided = overrides(area, now=now)
    found = {}
    for code, klass in rows.values_list("area_code", "klass").iterator():
        override = nearest_override(code, decided)
        found[code] = override.klass if override else RiskClass(klass)
    return found


def _reasons(row: AreaRisk, spec: RiskSpec) -> tuple[ReasonRow, ...]:
    told: dict[tuple[str, str], AreaIndicator] = {}
    above = lineage(row.area_code)
    for given in AreaIndicator.objects.filter(area_code__in=above).select_related("told"):
        told[given.area_code, given.indicator] = given
    found = []
    for reason in row.reasons:
        code = reason["indicator"]
        value = next((told[area, code] for area in above if (area, code) in told), None)
        # A value given after the assessment was made is not what the assessment says.
        source = value.told if value and reason["value"] == round(value.value, 4) else None
        found.append(
            ReasonRow(
                indicator=spec.indicator(code),
                value=reason["value"],
                points=reason["points"],
                given_by=source.source if source else None,
                given_on=source.dated if source else None,
            )
        )
    return tuple(found)


def _coverage(spec: RiskSpec, missing: Iterable[Indicator]) -> float:
    whole = sum(found.weight for found in spec.indicators)
    return 1 - sum(found.weight for found in missing) / whole
