"""How many villages of each class lie in an area, decisions applied: from roll-ups, and only where somebody
decided from the villages themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models.functions import Length

from kawal.desk.risk import reads
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import AreaRisk
from kawal.rules.places.codes import LEVELS, covers, level_of, lineage, parent_of
from kawal.rules.risk import disclosure
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.decisions import Decision, counted
from kawal.rules.risk.disclosure import Counts

_CHARS: Final = {"nation": 0, "province": 2, "regency": 5, "district": 8, "village": 13}


def of_area(area: str, *, now: datetime) -> Counts:
    """Villages of each class, mildest first; zeros where nothing was scored."""
    return _counts([area], area, now)[area]


def of_children(area: str, *, now: datetime) -> dict[str, Counts]:
    """The same for every scored area one level down; a district's villages are not counted."""
    level = level_of(area)
    if level in ("district", "village"):
        return {}
    chars = _CHARS[LEVELS[LEVELS.index(level) + 1]]
    rows = AreaRisk.objects.filter(within(area)).annotate(chars=Length("area_code")).filter(chars=chars)
    return _counts(list(rows.order_by("area_code").values_list("area_code", flat=True)), area, now)


def told(area: str, *, now: datetime) -> tuple[Counts | None, list[disclosure.Row]]:
    """For whoever may not see names: the area's counts, and rows of those one level down.

    None where the area itself may not be told (rules.risk.disclosure): its counts, or those of an area above
    that was scored, would name villages.
    """
    scored = AreaRisk.objects.filter(area_code__in=lineage(area)).values_list("area_code", flat=True)
    top, *below = sorted(scored, key=len) or [area]
    if not disclosure.tellable(of_area(top, now=now)):
        return None, []
    for one in below:
        if not disclosure.told_alone(one, of_children(parent_of(one), now=now)):
            return None, []
    return of_area(area, now=now), disclosure.rows_of(of_children(area, now=now)) or []


def _counts(codes: Sequence[str], inside: str, now: datetime) -> dict[str, Counts]:
    rows = dict(AreaRisk.objects.filter(area_code__in=codes).values_list("area_code", "indicators"))
    found = {
        code: list(rows[code]["classes"]) if "classes" in rows.get(code, {}) else [0] * 4 for code in codes
    }
    decisions = reads.holding(inside, now=now)
    for area in _deciding(decisions, inside):
        _apply(area, found, decisions)
    return {code: tuple(told) for code, told in found.items()}


def _deciding(decisions: Mapping[str, Sequence[Decision]], inside: str) -> list[str]:
    """The areas inside which anything is decided, none inside another."""
    if any(covers(area, inside) for area in decisions):
        return [inside]
    return [
        area for area in decisions if not any(other != area and covers(other, area) for other in decisions)
    ]


def _apply(area: str, found: dict[str, list[int]], decisions: Mapping[str, Sequence[Decision]]) -> None:
    villages = AreaRisk.objects.filter(within(area)).annotate(chars=Length("area_code")).filter(chars=13)
    for code, computed in villages.values_list("area_code", "klass").iterator():
        klass = counted(code, RiskClass(computed), decisions).klass
        if klass == computed:
            continue
        for above in lineage(code)[1:]:
            if above in found:
                found[above][computed - 1] -= 1
                found[above][klass - 1] += 1
