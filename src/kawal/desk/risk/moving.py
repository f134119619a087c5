"""Risk that lives: what is told is kept, and the classes follow it at the next look.

Later steps (custody, watch) tell what happened as data; nothing here reads them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from kawal.desk.risk import noting, specfiles
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import AreaRisk, Influence, Refreshed, RiskOverride
from kawal.desk.risk.score_rows import above_columns, rolled_columns, village_columns
from kawal.rules.places.codes import NATION, covers, lineage, parent_of
from kawal.rules.risk import living
from kawal.rules.risk.happening import Happening, influences_of
from kawal.rules.risk.living import Net
from kawal.rules.risk.rescoring import rescored
from kawal.rules.risk.scoring import Scores, rollup
from kawal.rules.risk.spec import RiskSpec

_BATCH: Final = 500
_AT_ONCE: Final = 10_000  # values in one query; SQLite takes 32,766
_SOURCE_CHARS: Final = 200
_REGENCY_CHARS, _VILLAGE_CHARS = 5, 13
_VILLAGE_COLUMNS: Final = ["score", "klass", "reasons", "moved"]
_ROLLED_COLUMNS: Final = ["score", "klass", "reasons", "indicators"]


@dataclass(frozen=True, slots=True)
class Moved:
    regencies: int  # scored again
    changes: int  # areas whose class, or whose score by a point, changed


def tell(happenings: Iterable[Happening], *, now: datetime) -> int:
    """Keeps what each moves; answers how many were new, or tell something else than before.

    Told again, nothing changes; an end that is told later is taken; nothing is ever deleted.
    """
    told = {one.key: (happening, one) for happening, one in influences_of(happenings, specfiles.living())}
    if not told:
        return 0
    with transaction.atomic():
        stand = _standing(list(told))
        fresh, changed = [], []
        for key, (happening, one) in told.items():
            row = stand.get(key)
            if row is None:
                fresh.append(_row(one, happening, now))
            elif row.ended_at is None and (row.ends_at, row.kind) != (one.ends_at, one.kind):
                row.ends_at, row.kind, row.strength = one.ends_at, one.kind, one.strength
                row.over_at = living.over_at(one)
                changed.append(row)
        Influence.objects.bulk_create(fresh, _BATCH)
        Influence.objects.bulk_update(changed, ["ends_at", "kind", "strength", "over_at"], _BATCH)
        if fresh or changed:
            _look_soon(now)
    return len(fresh) + len(changed)


def take_back(beginnings: Iterable[str], *, now: datetime) -> int:
    """Ends at once what was told under keys that begin so: a warning withdrawn, a finding explained."""
    found = 0
    for beginning in beginnings:
        rows = Influence.objects.filter(key__startswith=beginning, ended_at=None)
        found += rows.update(ended_at=now, over_at=now)
    if found:
        _look_soon(now)
    return found


def told_last(beginning: str) -> datetime | None:
    """When something under keys that begin so was told last."""
    rows = Influence.objects.filter(key__startswith=beginning)
    last: datetime | None = rows.aggregate(last=Max("told_at"))["last"]
    return last


def is_due(now: datetime) -> bool:
    next_at = Refreshed.objects.filter(pk=1).values_list("next_at", flat=True).first()
    return next_at is None or next_at <= now


def refresh(*, now: datetime) -> Moved:
    """Scores again every regency in which something began, ended or fades, and notes what changed by it.

    One regency after the other, each in its own transaction: whoever writes meanwhile waits for one only.
    At the same time again it changes nothing.
    """
    before = Refreshed.objects.filter(pk=1).first()
    influences = current(now)
    regencies = _regencies(influences, now)
    changes, above = 0, set()
    for regency in sorted({*regencies, *(before.regencies if before else [])}):
        inside = [one for one in influences if _meet(one.area_code, regency)]
        with transaction.atomic():
            if _move(regency, inside, now):
                changes += noting.note(regency, cause="moved", now=now)
                above.update(lineage(regency)[1:])
    for area in sorted(above, key=len, reverse=True):
        with transaction.atomic():
            _roll_up_above(area)
            changes += noting.note(area, cause="moved", now=now, alone=True)
    changes += _note_ended(before.at if before else now, now)
    ends = (
        RiskOverride.objects.filter(until__gt=now).order_by("until").values_list("until", flat=True).first()
    )
    every = specfiles.living().every
    times = [living.next_look(influences, now, every), ends, now + timedelta(days=1)]
    Refreshed.objects.update_or_create(
        pk=1,
        defaults={
            "at": now,
            "next_at": min(at for at in times if at is not None),
            "regencies": sorted(regencies),
        },
    )
    return Moved(len(regencies), changes)


def current(now: datetime, area: str = NATION) -> list[living.Influence]:
    """Influences that are not over: on the area, those below and those above it."""
    return [influence_of(row) for row in rows_of(now, area).order_by("key")]


def rows_of(now: datetime, area: str = NATION) -> QuerySet[Influence]:
    """The same as rows, the last told first."""
    rows = Influence.objects.filter(Q(over_at=None) | Q(over_at__gt=now))
    if area != NATION:
        rows = rows.filter(within(area) | Q(area_code__in=lineage(area)))
    return rows.order_by("-told_at", "key")


def influence_of(row: Influence) -> living.Influence:
    return living.Influence(
        key=row.key,
        kind=row.kind,
        area_code=row.area_code,
        indicator=row.indicator,
        strength=row.strength,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        half_life=timedelta(seconds=row.half_life_s),
        ended_at=row.ended_at,
    )


def nets_of(
    codes: Sequence[str], influences: Sequence[living.Influence], now: datetime
) -> list[dict[str, Net]]:
    """What moves each of these areas now."""
    return [living.nets_of(code, influences, now) for code in codes]


def moved_row(nets: Mapping[str, Net]) -> dict[str, list[float]]:
    """As AreaRisk keeps it: indicator -> how far to the worst, and back to the safe."""
    return {code: [round(net.worse, 4), round(net.better, 4)] for code, net in sorted(nets.items())}


def _standing(keys: list[str]) -> dict[str, Influence]:
    found: dict[str, Influence] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        found.update((row.key, row) for row in Influence.objects.filter(key__in=some))
    return found


def _row(one: living.Influence, happening: Happening, now: datetime) -> Influence:
    return Influence(
        key=one.key,
        kind=one.kind,
        area_code=one.area_code,
        indicator=one.indicator,
        strength=one.strength,
        half_life_s=round(one.half_life.total_seconds()),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        over_at=living.over_at(one),
        told_at=now,
        source=happening.source[:_SOURCE_CHARS],
    )


def _look_soon(now: datetime) -> None:
    Refreshed.objects.filter(next_at__gt=now).update(next_at=now)


def _meet(area: str, regency: str) -> bool:
    return covers(area, regency) or covers(regency, area)


def _regencies(influences: Sequence[living.Influence], now: datetime) -> set[str]:
    """Scored regencies in which something moves now."""
    moving = {one.area_code for one in influences if living.strength_at(one, now)}
    found = {area[:_REGENCY_CHARS] for area in moving if len(area) >= _REGENCY_CHARS}
    wide = [area for area in moving if len(area) < _REGENCY_CHARS]
    if wide:
        scored = AreaRisk.objects.filter(area_code__regex=r"^[0-9]{2}\.[0-9]{2}$")
        codes = scored.values_list("area_code", flat=True)
        found.update(code for code in codes if any(covers(area, code) for area in wide))
    return found


def _move(regency: str, influences: Sequence[living.Influence], now: datetime) -> bool:
    """Whether anything in the regency stands elsewhere now; saves it and the regency's own roll-ups."""
    AreaRisk.objects.select_for_update().filter(pk=regency).first()  # one look at a time
    rows = {row.area_code: row for row in AreaRisk.objects.filter(within(regency)).select_related("run")}
    codes = sorted(code for code in rows if len(code) == _VILLAGE_CHARS)
    nets = nets_of(codes, influences, now)
    stale = [code for code, net in zip(codes, nets, strict=True) if rows[code].moved != moved_row(net)]
    if not stale:
        return False
    spec = specfiles.spec_of_run(rows[codes[0]].run.spec_sha256)
    base = np.array([base_of(rows[code], spec) for code in codes], dtype=np.float64)
    scores = rescored(base, nets, spec)
    place = {code: number for number, code in enumerate(codes)}
    for code in stale:
        _set(rows[code], village_columns(scores, place[code], spec))
        rows[code].moved = moved_row(nets[place[code]])
    AreaRisk.objects.bulk_update([rows[code] for code in stale], _VILLAGE_COLUMNS, _BATCH)
    _roll_up_inside(regency, codes, scores, rows, spec)
    return True


def nets_kept(row: AreaRisk) -> dict[str, Net]:
    """What moved a village when it was scored last."""
    return {code: Net(*parts) for code, parts in row.moved.items()}


def base_of(row: AreaRisk, spec: RiskSpec) -> list[float]:
    """A village's values before anything moved them, NaN where missing."""
    told = [row.indicators.get(indicator.code) for indicator in spec.indicators]
    return [np.nan if value is None else float(value) for value in told]


def _roll_up_inside(
    regency: str, codes: Sequence[str], scores: Scores, rows: Mapping[str, AreaRisk], spec: RiskSpec
) -> None:
    voters = [rows[code].voters for code in codes]
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, code in enumerate(codes):
        members[parent_of(code)].append(number)
        members[regency].append(number)
    changed = []
    for area, numbers in members.items():
        if area in rows:
            _set(rows[area], rolled_columns(rollup(scores, np.array(numbers), voters), spec))
            changed.append(rows[area])
    AreaRisk.objects.bulk_update(changed, _ROLLED_COLUMNS, _BATCH)


def _roll_up_above(area: str) -> None:
    """A province from its regencies, the nation from its provinces, as they stand."""
    row = AreaRisk.objects.select_related("run").filter(pk=area).first()
    if row is None:
        return
    chars = 2 if area == NATION else _REGENCY_CHARS
    below = [
        child
        for child in AreaRisk.objects.filter(within(area))
        .exclude(pk=area)
        .filter(indicators__has_key="worst")
        if len(child.area_code) == chars
    ]
    if below:
        _set(row, above_columns(below, specfiles.spec_of_run(row.run.spec_sha256)))
        row.save(update_fields=_ROLLED_COLUMNS)


def _set(row: AreaRisk, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _note_ended(since: datetime, now: datetime) -> int:
    areas = RiskOverride.objects.filter(until__gt=since, until__lte=now).values_list("area_code", flat=True)
    changes = 0
    for area in sorted(set(areas)):
        with transaction.atomic():
            changes += noting.note(area, cause="ended", now=now)
    return changes
