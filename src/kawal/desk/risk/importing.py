"""Taking in somebody's table by a mapping: looked at first, saved whole or not at all, kept for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from kawal.desk.places import reads as places
from kawal.desk.risk import sheets, specfiles
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import AreaIndicator, IndicatorImport
from kawal.desk.risk.notice_rows import notice_row
from kawal.rules.needs.strict import tables_of
from kawal.rules.places.codes import NATION, lineage
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.risk.indicators import Code, Given, tell
from kawal.rules.risk.indices import Index
from kawal.rules.risk.mapped import read_mapped
from kawal.rules.risk.mapping import Columns, Unit, mapping_of
from kawal.rules.risk.naming import Names
from kawal.rules.risk.proposing import propose

_BATCH: Final = 200
_FIRST_ROWS: Final = 60
_AREAS_AT_ONCE: Final = 10_000  # values in one query; SQLite takes 32,766
MAPPING_CHARS_MAX: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    saved: bool  # a file with an error changes nothing
    index: str
    values_count: int
    changed_count: int  # of them, how many are new or different
    areas_count: int
    notices: list[dict[str, Any]]
    counts: dict[str, int]  # notices of each code, told or not


def look_at(data: bytes, file: str, mapping: str, *, inside: str = NATION) -> Taken:
    """What an import would say and change; nothing is saved. Refuses what `take_in` refuses."""
    columns, given = _read(data, file, mapping, inside)
    return _taken(columns, given, saved=False, changed=_changed(columns, given))


def take_in(data: bytes, file: str, mapping: str, *, by: str, now: datetime, inside: str = NATION) -> Taken:
    """Saves the values, if nothing is wrong with the file; what was said about it is kept either way.

    `inside`: the area of whoever gives it, beyond which nothing is taken. Refuses `by_required`,
    `file_too_large`, `wrong_rules`, `unknown_index`, `unknown_measure`.
    """
    if not by.strip():
        raise Refused("by_required", area=inside)
    columns, given = _read(data, file, mapping, inside)
    with transaction.atomic():
        changed = _changed(columns, given)
        taken = _taken(columns, given, saved=given.errors_count == 0, changed=changed)
        told = IndicatorImport.objects.create(
            index=columns.index.code,
            file=file[-120:],
            sha256=sha256(data).hexdigest(),
            source=columns.publisher,
            dated=columns.dated,
            denominator=columns.denominator,
            licence=columns.licence,
            mapping=mapping,
            area_code=inside,
            by=by.strip(),
            at=now,
            saved=taken.saved,
            values_count=taken.values_count if taken.saved else 0,
            changed_count=taken.changed_count if taken.saved else 0,
            notices=taken.notices,
        )
        if taken.saved:
            _save(columns, changed, told)
    return taken


def proposal(data: bytes, *, now: datetime, index: str = "", within: str = "") -> str:
    """The text of a mapping for a file, to be read and mended. Refuses `file_unreadable`, `unknown_index`."""
    try:
        rows = sheets.first_rows(data, _FIRST_ROWS)
    except sheets.Unsound as wrong:
        raise Refused("file_unreadable", value=wrong.value, expected=wrong.expected) from wrong
    if not rows:
        raise Refused("file_unreadable", value="0", expected="CSV, XLSX")
    return propose(rows, specfiles.indices(), on=now.date(), index=index, within=within)


def catalogue() -> list[Index]:
    return list(specfiles.indices().by_code.values())


def newest(area: str, limit: int = 20) -> list[IndicatorImport]:
    """The last files that were given by somebody of this area, of one above or below."""
    rows = IndicatorImport.objects.filter(within(area) | Q(area_code__in=lineage(area)))
    return list(rows.order_by("-at", "-id")[:limit])


def _read(data: bytes, file: str, text: str, inside: str) -> tuple[Columns, Given]:
    if len(text) > MAPPING_CHARS_MAX:
        raise Refused("file_too_large", file="TOML", bytes=MAPPING_CHARS_MAX)
    told = tables_of(text)
    columns = mapping_of(told, specfiles.indices())
    areas = [places.area(NATION), *places.subtree(NATION)]
    known = _stations(columns, areas)
    names = Names(areas, columns.within) if columns.name_columns else None
    given = Given({}, [], Counter())
    try:
        return columns, read_mapped(
            sheets.rows_of(data, columns.sheet), file, columns, known=known, names=names, inside=inside
        )
    except sheets.Unsound as wrong:
        tell(given, wrong.code, file, row=wrong.row, value=wrong.value, expected=wrong.expected)
    return columns, given


def _stations(columns: Columns, areas: list[Area]) -> dict[str, int]:
    """Code of every area -> its stations, where the mapping counts in stations; else 0."""
    known = dict.fromkeys((area.code for area in areas), 0)
    if any(value.unit is Unit.STATIONS for value in columns.values):
        codes = list(known)
        for start in range(0, len(codes), _AREAS_AT_ONCE):
            totals = places.totals_of(codes[start : start + _AREAS_AT_ONCE])
            known.update({code: total.stations for code, total in totals.items()})
    return known


def _changed(columns: Columns, given: Given) -> dict[tuple[str, str], float]:
    """What is new or different. Values of older data than what stands there are told and left out."""
    rows = AreaIndicator.objects.filter(index=columns.index.code)
    stand = {
        (area, code): (value, dated)
        for area, code, value, dated in rows.values_list("area_code", "indicator", "value", "told__dated")
    }
    changed = {}
    older = 0
    for key, value in given.values.items():
        before = stand.get(key)
        if before is not None and before[1] > columns.dated:
            older += 1
        elif before is None or before != (value, columns.dated):
            changed[key] = value
    if older:
        tell(given, Code.OLDER, "", value=str(older), expected=columns.dated.isoformat())
    if given.values and not changed and not given.errors_count:
        tell(given, Code.NOTHING_CHANGED, "")
    return changed


def _taken(columns: Columns, given: Given, *, saved: bool, changed: dict[tuple[str, str], float]) -> Taken:
    return Taken(
        saved=saved,
        index=columns.index.code,
        values_count=len(given.values),
        changed_count=len(changed),
        areas_count=len({area for area, _ in given.values}),
        notices=[notice_row(notice) for notice in given.notices],
        counts={str(code): count for code, count in given.counts.items()},
    )


def _save(columns: Columns, changed: dict[tuple[str, str], float], told: IndicatorImport) -> None:
    AreaIndicator.objects.bulk_create(
        [
            AreaIndicator(area_code=area, index=columns.index.code, indicator=measure, value=value, told=told)
            for (area, measure), value in changed.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        update_fields=["value", "told"],
        unique_fields=["area_code", "index", "indicator"],
    )
