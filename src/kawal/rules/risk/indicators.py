"""Indicators given by somebody, from CSV text: `area,indicator,value`, answered with numbered notices.

An area may be a village or any area above it; a value given above counts for the villages below that
have none of their own. A file with an error changes nothing.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kawal.rules.places.cells import area_code, number
from kawal.rules.places.notices import KEPT_MAX, Severity
from kawal.rules.risk.spec import RiskSpec

COLUMNS: Final = ("area", "indicator", "value")
_VALUE_CHARS_MAX: Final = 80


class Code(StrEnum):
    UNREADABLE = "R01"
    EMPTY = "R02"
    COLUMN_MISSING = "R03"
    COLUMN_TWICE = "R04"
    COLUMN_UNUSED = "R05"
    FIELDS_COUNT = "R06"
    AREA_BAD = "R07"
    AREA_UNKNOWN = "R08"
    INDICATOR_UNKNOWN = "R09"
    NUMBER_BAD = "R10"
    OUT_OF_RANGE = "R11"
    TOLD_TWICE = "R12"
    NAME_UNKNOWN = "R13"
    NAME_AMBIGUOUS = "R14"
    SHEET_MISSING = "R15"
    TOO_LARGE = "R16"
    CODE_BECAME_NUMBER = "R17"
    OUTSIDE = "R18"
    NO_STATIONS = "R19"
    WORD_UNKNOWN = "R20"
    ROW_SKIPPED = "R21"
    VALUES_MISSING = "R22"
    NOTHING_CHANGED = "R23"
    NO_VALUE_KEPT = "R24"
    OLDER = "R25"


_MILD: Final = {
    Code.COLUMN_UNUSED: Severity.INFO,
    Code.AREA_UNKNOWN: Severity.WARNING,
    Code.ROW_SKIPPED: Severity.INFO,
    Code.VALUES_MISSING: Severity.INFO,
    Code.NOTHING_CHANGED: Severity.INFO,
    Code.NO_VALUE_KEPT: Severity.WARNING,
    Code.OLDER: Severity.WARNING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    code: Code
    file: str
    row: int | None = None  # line of the file, from 1
    field: str = ""
    value: str = ""  # what stands there
    expected: str = ""  # what would be right

    @property
    def severity(self) -> Severity:
        return _MILD.get(self.code, Severity.ERROR)


@dataclass(slots=True)
class Given:
    """What a file gives, and what is to be said about it."""

    values: dict[tuple[str, str], float]  # (area, indicator) -> value
    notices: list[Notice]  # the first KEPT_MAX of each code
    counts: Counter[Code]

    @property
    def errors_count(self) -> int:
        return sum(count for code, count in self.counts.items() if code not in _MILD)


def read_given(text: str, file: str, spec: RiskSpec, known_areas: Collection[str]) -> Given:
    """Reads a whole file; `known_areas` are the codes that have been imported."""
    given = Given({}, [], Counter())
    try:
        for row, cells in _rows(text, file, given):
            _take(row, cells, file, given, spec, known_areas)
    except csv.Error as wrong:
        tell(given, Code.UNREADABLE, file, value=str(wrong))
    if not given.values and not given.counts:
        tell(given, Code.EMPTY, file)
    return given


def _rows(text: str, file: str, given: Given) -> Iterator[tuple[int, dict[str, str]]]:
    lines = text.splitlines()
    if not lines:
        return
    reader = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count), strict=True)
    head = [name.strip().lower() for name in next(reader)]
    for place, name in enumerate(head):
        if name in head[:place]:
            tell(given, Code.COLUMN_TWICE, file, row=1, field=name)
        elif name not in COLUMNS:
            tell(given, Code.COLUMN_UNUSED, file, row=1, field=name)
    for name in COLUMNS:
        if name not in head:
            tell(given, Code.COLUMN_MISSING, file, row=1, field=name)
    if given.errors_count:
        return
    for cells in reader:
        if len(cells) == len(head):
            yield reader.line_num, dict(zip(head, map(str.strip, cells), strict=True))
        elif any(cells):
            tell(
                given,
                Code.FIELDS_COUNT,
                file,
                row=reader.line_num,
                value=str(len(cells)),
                expected=str(len(head)),
            )


def _take(
    row: int,
    cells: dict[str, str],
    file: str,
    given: Given,
    spec: RiskSpec,
    known_areas: Collection[str],
) -> None:
    """Takes one row, or says why not: the first thing that is wrong with it."""

    def say(code: Code, field: str, expected: str = "") -> None:
        tell(given, code, file, row=row, field=field, value=cells[field], expected=expected)

    area, value = area_code(cells["area"]), number(cells["value"])
    codes = [found.code for found in spec.indicators]
    if area is None:
        return say(Code.AREA_BAD, "area", "16.07.03.2001")
    if cells["indicator"] not in codes:
        return say(Code.INDICATOR_UNKNOWN, "indicator", ", ".join(codes))
    if value is None:
        return say(Code.NUMBER_BAD, "value")
    share = spec.indicator(cells["indicator"]).unit == "share"
    if value < 0 or (share and value > 1):
        return say(Code.OUT_OF_RANGE, "value", "0 - 1" if share else "0 -")
    if (area, cells["indicator"]) in given.values:
        return say(Code.TOLD_TWICE, "indicator")
    if area not in known_areas:
        return say(Code.AREA_UNKNOWN, "area")
    given.values[area, cells["indicator"]] = value
    return None


def tell(
    given: Given,
    code: Code,
    file: str,
    *,
    row: int | None = None,
    field: str = "",
    value: str = "",
    expected: str = "",
) -> None:
    given.counts[code] += 1
    if given.counts[code] <= KEPT_MAX:
        shown = value[:_VALUE_CHARS_MAX]
        given.notices.append(
            Notice(code=code, file=file, row=row, field=field, value=shown, expected=expected)
        )
