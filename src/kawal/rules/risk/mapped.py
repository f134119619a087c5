"""The rows of somebody's table, read by a mapping into values of an index; what is wrong becomes notices.

Nothing is guessed: a name that fits no area or two, a number that is none, a count above the area's stations
are told with file, row, field and what to do. A file with an error changes nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from kawal.rules.places.cells import area_code
from kawal.rules.places.codes import covers
from kawal.rules.risk.indicators import Code, Given, tell
from kawal.rules.risk.mapping import Column, Columns, Empty, Unit
from kawal.rules.risk.naming import Names, shown

Cell = str | float | int | bool | None
Rows = Iterable[tuple[int, list[Cell]]]  # row of the file, from 1, and its cells

_NONE: Final = frozenset({"", "-", "–", "na", "n/a", "tidak ada data", "#n/a"})
_SUMS: Final = frozenset(
    {"jumlah", "total", "jumlah total", "grand total", "keterangan", "catatan", "sumber"}
)
_YES: Final = frozenset({"ya", "y", "yes", "ada", "1", "true", "v", "x", "✓", "√"})
_NO: Final = frozenset({"tidak", "t", "no", "n", "tidak ada", "0", "false"})


def read_mapped(
    rows: Rows,
    file: str,
    mapping: Columns,
    *,
    known: Mapping[str, int],
    names: Names | None,
    inside: str,
) -> Given:
    """`known`: code of every imported area -> its stations; `names`: where the mapping goes by names;
    `inside`: the area beyond which nothing is taken."""
    given = Given({}, [], Counter())
    reader = _Reader(file, mapping, known, names, inside, given)
    places: dict[str, int] | None = None
    for number, cells in rows:
        if number < mapping.header_row:
            continue
        if places is None:
            places = reader.heads(number, cells)
            if given.errors_count:
                return given
            continue
        reader.row(number, cells, places)
    if places is None:
        tell(given, Code.EMPTY, file)
    else:
        reader.sums()
    return given


class _Reader:
    def __init__(
        self,
        file: str,
        mapping: Columns,
        known: Mapping[str, int],
        names: Names | None,
        inside: str,
        given: Given,
    ) -> None:
        self.file, self.mapping, self.known, self.names = file, mapping, known, names
        self.inside, self.given = inside, given
        self.missing: Counter[str] = Counter()

    def heads(self, row: int, cells: list[Cell]) -> dict[str, int]:
        """Head -> place of the columns that the mapping names."""
        places: dict[str, int] = {}
        wanted = self.mapping.heads()
        for place, cell in enumerate(cells):
            head = _text(cell)
            if head in places and head in wanted:
                tell(self.given, Code.COLUMN_TWICE, self.file, row=row, field=head)
            places.setdefault(head, place)
        for head in wanted:
            if head not in places:
                present = ", ".join(one for one in places if one)
                tell(self.given, Code.COLUMN_MISSING, self.file, row=row, field=head, expected=present[:200])
        return places

    def row(self, row: int, cells: list[Cell], places: dict[str, int]) -> None:
        def cell(head: str) -> Cell:
            place = places[head]
            return cells[place] if place < len(cells) else None

        if not any(_text(cell(head)) for head in self.mapping.heads()):
            return
        area = self._area(row, cell)
        if area is None:
            return
        for column in self.mapping.values:
            value = self._value(row, column, cell(column.column), area)
            if value is None:
                continue
            if (area, column.measure) in self.given.values:
                tell(self.given, Code.TOLD_TWICE, self.file, row=row, field=column.column, value=area)
            else:
                self.given.values[area, column.measure] = value

    def sums(self) -> None:
        for column, count in self.missing.items():
            tell(self.given, Code.VALUES_MISSING, self.file, field=column, value=str(count))
        if not self.given.values and not self.given.errors_count:
            tell(self.given, Code.NO_VALUE_KEPT, self.file)

    def _area(self, row: int, cell: Callable[[str], Cell]) -> str | None:
        mapping = self.mapping
        heads = [mapping.code_column] if mapping.code_column else list(mapping.name_columns.values())
        texts = [_text(cell(head)) for head in heads]
        if any(text.casefold().rstrip(" :.") in _SUMS for text in texts) or not any(texts):
            tell(self.given, Code.ROW_SKIPPED, self.file, row=row, field=heads[0], value=" ".join(texts))
            return None
        code = self._by_code(row, cell) if mapping.code_column else self._by_names(row, texts)
        if code is None:
            return None
        if not covers(self.inside, code):
            tell(
                self.given,
                Code.OUTSIDE,
                self.file,
                row=row,
                field=heads[-1],
                value=code,
                expected=self.inside or "id",
            )
            return None
        return code

    def _by_code(self, row: int, cell: Callable[[str], Cell]) -> str | None:
        head = self.mapping.code_column
        told = cell(head)
        text = _text(told)
        if isinstance(told, float) and not told.is_integer():
            tell(self.given, Code.CODE_BECAME_NUMBER, self.file, row=row, field=head, value=text)
            return None
        code = area_code(text)
        if code is None:
            tell(
                self.given,
                Code.AREA_BAD,
                self.file,
                row=row,
                field=head,
                value=text,
                expected="16.07.03.2001",
            )
        elif code not in self.known:
            tell(self.given, Code.AREA_UNKNOWN, self.file, row=row, field=head, value=text)
            return None
        return code

    def _by_names(self, row: int, texts: list[str]) -> str | None:
        assert self.names is not None
        told = {
            level: text for level, text in zip(self.mapping.name_columns, texts, strict=True) if text.strip()
        }
        found = self.names.resolve(told)
        if found.code is None:
            code = Code.NAME_AMBIGUOUS if found.ambiguous else Code.NAME_UNKNOWN
            field = list(self.mapping.name_columns.values())[-1]
            value = " / ".join(told.values())
            tell(self.given, code, self.file, row=row, field=field, value=value, expected=shown(found.near))
        return found.code

    def _value(self, row: int, column: Column, told: Cell, area: str) -> float | None:
        """In the measure's own unit; None where there is none, or what is wrong with it has been told."""

        def say(code: Code, expected: str = "") -> None:
            tell(
                self.given,
                code,
                self.file,
                row=row,
                field=column.column,
                value=_text(told),
                expected=expected,
            )

        text = _text(told)
        if text.casefold() in _NONE:
            if column.empty is Empty.ZERO:
                return 0.0
            self.missing[column.column] += 1
            return None
        if column.unit is Unit.YES_NO or column.unit is Unit.WORDS:
            words = dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0)
            words = words if column.unit is Unit.YES_NO else dict(column.words)
            found = words.get(text.casefold())
            if found is None:
                say(Code.WORD_UNKNOWN, ", ".join(sorted(words)))
            return found
        number = number_of(told, self.mapping.decimal)
        if number is None:
            say(Code.NUMBER_BAD, f"1234{self.mapping.decimal}5")
            return None
        number *= column.scale
        if column.unit is Unit.PERCENT:
            number /= 100
        elif column.unit is Unit.STATIONS:
            stations = self.known.get(area, 0)
            if not stations:
                say(Code.NO_STATIONS)
                return None
            if not 0 <= number <= stations:
                say(Code.OUT_OF_RANGE, f"0 - {stations}")
                return None
            number /= stations
        return self._in_range(number, column, say)

    def _in_range(self, number: float, column: Column, say: Callable[[Code, str], None]) -> float | None:
        measure = self.mapping.index.measures[column.measure]
        bounded = measure.unit in ("share", "points")
        most = max(measure.safe, measure.worst)
        if number < 0 or (bounded and number > most):
            say(Code.OUT_OF_RANGE, f"0 - {most:g}" if bounded else "0 -")
            return None
        return number


def number_of(told: Cell, decimal: str) -> float | None:
    """A number from a cell; text as the file writes numbers, with groups of three and its decimal sign."""
    if isinstance(told, bool):
        return None
    if isinstance(told, int | float):
        return float(told) if math.isfinite(told) and abs(told) < 1e15 else None
    text = _text(told).replace(" ", "").replace("\u202f", "").removesuffix("%")
    group = "." if decimal == "," else ","
    if not re.fullmatch(_number_pattern(group, decimal), text):
        return None
    return float(text.replace(group, "").replace(decimal, "."))


def _number_pattern(group: str, decimal: str) -> str:
    whole = rf"[0-9]{{1,15}}|[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}}){{1,4}}"
    return rf"[+-]?(?:{whole})(?:{re.escape(decimal)}[0-9]{{1,20}})?"


def _text(cell: Cell) -> str:
    """As the file shows it; a whole number of a spreadsheet without its point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).replace("\xa0", " ").strip()
