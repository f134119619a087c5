"""What the risk page of an area reads: its class with why, what lies below, indices, influences, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models.functions import Length

from kawal.desk.places import reads as places
from kawal.desk.risk import counting, history, moving, reads, specfiles
from kawal.desk.risk.gathering import uses_in, within
from kawal.desk.risk.history import Changed
from kawal.desk.risk.models import AreaIndicator, AreaRisk, IndexUse
from kawal.rules.places.codes import LEVELS, covers, level_of, lineage
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.risk import living
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.decisions import Decision, counted
from kawal.rules.risk.disclosure import Counts
from kawal.rules.risk.indices import Index, Measure

DAY: Final = timedelta(days=1)
HARDEST_MAX: Final = 50
MOVING_MAX: Final = 200
VILLAGE_CHARS: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """An area below, as the table and the map tell it."""

    area_code: str
    name: str
    score: float
    klass: RiskClass  # what counts
    computed: RiskClass
    counts: Counts | None  # of its villages; None for a village
    changed: int  # classes up or down since yesterday
    reasons: tuple[tuple[str, float], ...]  # indicator and points, the largest first
    another: float | None  # how often another class in the checks; None where they were not made


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A measure of an index for this area: its own value, or that of the nearest area above."""

    index: Index
    measure: Measure
    value: float
    area_code: str
    publisher: str
    dated: object
    denominator: str
    licence: str
    uses: tuple[IndexUse, ...]  # decisions by which it counts as route risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    kind: str
    area_code: str
    name: str
    indicator: str
    strength: float  # now
    begins_at: datetime
    ends_at: datetime | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPage:
    area: Area
    assessment: reads.Assessment | None
    counts: Counts  # villages of each class in it, decisions applied
    below: tuple[Below, ...]
    told: tuple[Told, ...]
    moving: tuple[Moving, ...]
    changes: tuple[Changed, ...]  # since yesterday, here and below
    history: tuple[Changed, ...]  # of this area
    decisions: tuple[Decision, ...]  # on this area and above, newest first
    waiting: tuple[Decision, ...]  # here, above and below


def page(code: str, *, now: datetime) -> RiskPage:
    """Refuses `unknown_area`."""
    area = places.area(code)
    decided = reads.decisions(code)
    changes = tuple(history.changed(code, since=now - DAY, until=now))
    here = [one for one in reversed(decided) if one.area_code in lineage(code)]
    return RiskPage(
        area=area,
        assessment=_assessment(code, now),
        counts=counting.of_area(code, now=now) if area.level != "village" else (0, 0, 0, 0),
        below=tuple(below(code, now=now, changes=changes)),
        told=tuple(told(code, now=now)),
        moving=tuple(moving_now(code, now=now)),
        changes=changes,
        history=tuple(history.of_area(code)),
        decisions=tuple(here),
        waiting=tuple(one for one in decided if one.waits(now)),
    )


def below(
    code: str, *, now: datetime, changes: tuple[Changed, ...] = (), villages: bool = False
) -> list[Below]:
    """Scored areas one level down, or all villages; in order of code."""
    level = level_of(code)
    if level == "village":
        return []
    chars = VILLAGE_CHARS if villages else _chars(LEVELS[LEVELS.index(level) + 1])
    rows = AreaRisk.objects.filter(within(code)).annotate(chars=Length("area_code")).filter(chars=chars)
    return _below(list(rows.order_by("area_code")), code, now, changes)


def hardest(code: str, *, now: datetime, changes: tuple[Changed, ...] = ()) -> list[Below]:
    """The villages of a large area with the highest scores."""
    rows = (
        AreaRisk.objects.filter(within(code)).annotate(chars=Length("area_code")).filter(chars=VILLAGE_CHARS)
    )
    return _below(list(rows.order_by("-score", "area_code")[:HARDEST_MAX]), code, now, changes)


def told(code: str, *, now: datetime) -> list[Told]:
    """Every measure of every index, of the area or of the nearest above that has one."""
    catalogue = specfiles.indices()
    above = lineage(code)
    nearest: dict[tuple[str, str], AreaIndicator] = {}
    rows = AreaIndicator.objects.filter(area_code__in=above).select_related("told")
    for row in sorted(rows, key=lambda row: above.index(row.area_code)):
        if row.index in catalogue.by_code:
            nearest.setdefault((row.index, row.indicator), row)
    uses = uses_in(code, now=now)
    found = []
    for index in catalogue.by_code.values():
        for measure in index.measures.values():
            row_ = nearest.get((index.code, measure.code))
            if row_ is None:
                continue
            using = tuple(
                one
                for one in uses
                if (one.index, one.measure) == (index.code, measure.code) and covers(one.area_code, code)
            )
            found.append(
                Told(
                    index=index,
                    measure=measure,
                    value=row_.value,
                    area_code=row_.area_code,
                    publisher=row_.told.source,
                    dated=row_.told.dated,
                    denominator=row_.told.denominator,
                    licence=row_.told.licence,
                    uses=using,
                )
            )
    return found


def moving_now(code: str, *, now: datetime) -> list[Moving]:
    """What moves the area or something below it now, and what is ahead; the strongest first."""
    rows = list(moving.rows_of(now, code)[:MOVING_MAX])
    names = {one: area.name for one, area in places.areas({row.area_code for row in rows}).items()}
    found = []
    for row in rows:
        one = moving.influence_of(row)
        strength = living.strength_at(one, now)
        if strength or one.begins_at > now:
            found.append(
                Moving(
                    kind=row.kind,
                    area_code=row.area_code,
                    name=names.get(row.area_code, row.area_code),
                    indicator=row.indicator,
                    strength=strength,
                    begins_at=row.begins_at,
                    ends_at=row.ends_at,
                    source=row.source,
                )
            )
    return sorted(found, key=lambda one: (-abs(one.strength), one.begins_at, one.area_code))


def measured(code: str, index: str, measure: str) -> dict[str, float]:
    """Child -> its own value of a measure, for the map; what lies deeper or above is not taken for it."""
    children = [child.code for child in places.children(code)]
    rows = AreaIndicator.objects.filter(index=index, indicator=measure, area_code__in=children)
    return dict(rows.values_list("area_code", "value"))


def measures_below(code: str) -> list[tuple[Index, Measure]]:
    """Every measure that an area one level down has a value of its own for."""
    catalogue = specfiles.indices()
    children = [child.code for child in places.children(code)]
    rows = AreaIndicator.objects.filter(area_code__in=children).values_list("index", "indicator").distinct()
    return [
        (catalogue.index(index), catalogue.measure(index, measure))
        for index, measure in sorted(rows)
        if index in catalogue.by_code and measure in catalogue.index(index).measures
    ]


def _assessment(code: str, now: datetime) -> reads.Assessment | None:
    try:
        return reads.assessment(code, now=now)
    except Refused:
        return None


def _chars(level: str) -> int:
    return {"province": 2, "regency": 5, "district": 8, "village": VILLAGE_CHARS}[level]


def _below(rows: list[AreaRisk], code: str, now: datetime, changes: tuple[Changed, ...]) -> list[Below]:
    decisions = reads.holding(code, now=now)
    names = {one: area.name for one, area in places.areas([row.area_code for row in rows]).items()}
    steps = {one.area_code: int(one.after) - int(one.before) for one in changes if one.before}
    counts = counting.of_children(code, now=now) if rows and len(rows[0].area_code) != VILLAGE_CHARS else {}
    found = []
    for row in rows:
        shares = row.checks["shares"] if row.checks else None
        found.append(
            Below(
                area_code=row.area_code,
                name=names.get(row.area_code, row.area_code),
                score=row.score,
                klass=counted(row.area_code, RiskClass(row.klass), decisions).klass,
                computed=RiskClass(row.klass),
                counts=counts.get(row.area_code),
                changed=steps.get(row.area_code, 0),
                reasons=tuple((one["indicator"], one["points"]) for one in row.reasons[:3]),
                another=None if shares is None else 1 - shares[row.klass - 1],
            )
        )
    return found
