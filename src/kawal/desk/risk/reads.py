"""Classes and assessments, with people's decisions applied and reasons attached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.db.models.functions import Length

from kawal.desk.risk import specfiles, tables
from kawal.desk.risk.gathering import fed, fed_of, given_values, within
from kawal.desk.risk.models import AreaRisk, RiskOverride, SpecFile
from kawal.desk.risk.tables import TableFacts
from kawal.rules.places.codes import LEVELS, NATION, level_of, lineage
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.composite.framework import Indicator
from kawal.rules.risk.decisions import Decision, by_area, counted
from kawal.rules.risk.patterns import Patterns
from kawal.rules.risk.spec import RiskSpec

# How long a code of a level is: the nation's classes are not all read to find its provinces'.
_CHARS = {"nation": 0, "province": 2, "regency": 5, "district": 8, "village": 13}


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageValues:
    score: float  # 0..100
    values: dict[str, float | None]  # indicator -> value, None where nobody measured or gave it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    indicator: Indicator  # with its names, its reason and its source
    value: float | None
    points: float
    given_by: str | None  # source of a value that somebody gave, None where measured or rolled up
    given_on: date | None
    index: str  # the index that it is from; empty where nobody gave it
    use: int | None  # the decision without which that index would not count
    moved: bool  # whether what happened moves it now


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """How the class holds when weights, method and data are drawn otherwise (composite.robustness)."""

    replications: int
    shares: tuple[float, ...]  # of the checks, by class, mildest first
    low: float  # score, 5 %
    high: float  # score, 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    area_code: str
    score: float  # 0 (safe) .. 100
    klass: RiskClass  # what counts: the override's, where there is one
    computed: RiskClass
    override: Decision | None  # the decision by which it counts
    reasons: tuple[ReasonRow, ...]  # largest first
    missing: tuple[Indicator, ...]  # a village's indicators that nobody measured or gave
    coverage: float | None  # share of the weight that was known; None for a rolled-up area
    worst: RiskClass | None  # of a rolled-up area's villages, as computed
    villages: tuple[int, int, int, int] | None  # how many of each class, mildest first, as computed
    checks: Checks | None  # None where they were not made, or the area is rolled up
    spec_name: str
    at: datetime


def classes(area: str, *, now: datetime) -> dict[str, RiskClass]:
    """Class of every assessed village of the area (itself, if it is one), decisions applied."""
    return _effective(area, "village", now)


def checks_of(row: AreaRisk) -> Checks | None:
    if not row.checks:
        return None
    return Checks(
        replications=row.checks["replications"],
        shares=tuple(row.checks["shares"]),
        low=row.checks["low"],
        high=row.checks["high"],
    )


def classes_of_children(area: str, *, now: datetime) -> dict[str, RiskClass]:
    """Class of each assessed area one level down, decisions applied."""
    level = level_of(area)
    if level == "village":
        return {}
    return _effective(area, LEVELS[LEVELS.index(level) + 1], now)


def classes_among(villages: Sequence[str], *, now: datetime) -> dict[str, RiskClass]:
    """Class of these villages, of those that were assessed, decisions applied; at most 30,000 at once."""
    rows = AreaRisk.objects.filter(area_code__in=villages).values_list("area_code", "klass")
    decided = holding(NATION, now=now)
    return {code: counted(code, RiskClass(klass), decided).klass for code, klass in rows}


def class_of(area: str, *, now: datetime) -> RiskClass | None:
    """Class of one area of any level, decisions applied; None where it was not scored."""
    klass = AreaRisk.objects.filter(pk=area).values_list("klass", flat=True).first()
    if klass is None:
        return None
    return counted(area, RiskClass(klass), holding(area, now=now)).klass


def assessment(area_code: str, *, now: datetime) -> Assessment:
    """The newest assessment of an area with its reasons. Refuses `risk_not_computed`."""
    row = AreaRisk.objects.filter(pk=area_code).select_related("run").first()
    if row is None:
        raise Refused("risk_not_computed", area=area_code)
    spec = specfiles.parsed(SpecFile.objects.get(pk=row.run.spec_sha256).text)
    counts = counted(area_code, RiskClass(row.klass), holding(area_code, now=now))
    rolled = row.indicators if "worst" in row.indicators else None
    unknown = [
        one for one in spec.indicators if row.indicators.get(one.code) is None and one.code not in row.moved
    ]
    missing = () if rolled else tuple(unknown)
    return Assessment(
        area_code=area_code,
        score=row.score,
        klass=counts.klass,
        computed=RiskClass(row.klass),
        override=counts.by,
        reasons=_reasons(row, spec, now),
        missing=missing,
        coverage=None if rolled else _coverage(spec, missing),
        worst=RiskClass(rolled["worst"]) if rolled else None,
        villages=tuple(rolled["classes"]) if rolled else None,
        checks=checks_of(row),
        spec_name=row.run.spec_name,
        at=row.run.at,
    )


def holding(area: str, *, now: datetime) -> dict[str, list[Decision]]:
    """Area -> decisions that hold now, for the area, those below and those above it."""
    return by_area(decisions(area), now=now)


def decisions(area: str) -> list[Decision]:
    """All that was ever decided on the area, those below and those above it, oldest first."""
    rows = RiskOverride.objects.filter(within(area) | Q(area_code__in=lineage(area))).order_by("at", "id")
    return [decision_of(row) for row in rows]


def waiting(area: str, *, now: datetime) -> list[Decision]:
    """Decisions on the area, those below and those above it that ask for a second person."""
    return [one for one in decisions(area) if one.waits(now)]


def decision_of(row: RiskOverride) -> Decision:
    return Decision(
        id=row.pk,
        area_code=row.area_code,
        klass=RiskClass(row.klass),
        reason=row.reason,
        by=row.by,
        post=row.post,
        at=row.at,
        until=row.until,
        lowers=row.lowers,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        declined_at=row.declined_at,
    )


def village_values(area: str) -> dict[str, VillageValues]:
    """Score and indicator values of every assessed village of an area, as computed."""
    rows = AreaRisk.objects.filter(within(area)).annotate(chars=Length("area_code"))
    rows = rows.filter(chars=_CHARS["village"]).order_by("area_code")
    return {
        code: VillageValues(score=score, values=values)
        for code, score, values in rows.values_list("area_code", "score", "indicators").iterator()
    }


def gaps(area: str) -> dict[str, float]:
    """Village -> points of its score below the next class; those of the worst class are left out."""
    rows = AreaRisk.objects.filter(within(area)).annotate(chars=Length("area_code")).select_related("run")
    found = {}
    for row in rows.filter(chars=13).order_by("area_code"):
        above = [one for one in specfiles.spec_of_run(row.run.spec_sha256).thresholds if one > row.score]
        if above:
            found[row.area_code] = above[0] - row.score
    return found


def signal(area: str) -> dict[str, float]:
    """Area -> share of its stations with a signal (0..1), as given, for the area, below and above it."""
    return dict(given_values(area).get("signal", {}))


def signal_of(areas: Sequence[str], *, now: datetime) -> dict[str, float]:
    """The same for many areas, in few queries."""
    told = fed_of(areas, "signal", specfiles.read().spec, now=now)
    return {at: one.value for at, one in told.items()}


def table(area: str) -> TableFacts:
    """The table of classes in force, with who made it, when and why."""
    return tables.in_force(area)


def patterns(area: str) -> Patterns:
    """What each class means in the area now: escort, checks, loss limit, watch limits, order."""
    return tables.in_force(area).patterns


def patterns_of(areas: list[str]) -> dict[str, Patterns]:
    """The same for many areas in one query."""
    return tables.in_force_of(areas)


def _effective(area: str, level: str, now: datetime) -> dict[str, RiskClass]:
    rows = AreaRisk.objects.filter(within(area)).annotate(chars=Length("area_code"))
    rows = rows.filter(chars=_CHARS[level]).order_by("area_code")
    decided = holding(area, now=now)
    return {
        code: counted(code, RiskClass(klass), decided).klass
        for code, klass in rows.values_list("area_code", "klass").iterator()
    }


def _reasons(row: AreaRisk, spec: RiskSpec, now: datetime) -> tuple[ReasonRow, ...]:
    told = fed(row.area_code, spec, now=now) if row.reasons else {}
    above = lineage(row.area_code)
    found = []
    for reason in row.reasons:
        code = reason["indicator"]
        given = told.get(code, {})
        source = next((given[area] for area in above if area in given), None)
        # A value given after the assessment was made is not what the assessment says.
        said = row.indicators.get(code) if "worst" not in row.indicators else None
        source = source if source and said == round(source.value, 4) else None
        found.append(
            ReasonRow(
                indicator=spec.indicator(code),
                value=reason["value"],
                points=reason["points"],
                given_by=source.publisher if source else None,
                given_on=source.dated if source else None,
                index=source.index if source else "",
                use=source.use if source else None,
                moved=code in row.moved,
            )
        )
    return tuple(found)


def _coverage(spec: RiskSpec, missing: Iterable[Indicator]) -> float:
    whole = sum(found.weight for found in spec.indicators)
    return 1 - sum(found.weight for found in missing) / whole
