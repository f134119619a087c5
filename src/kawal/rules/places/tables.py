"""From the lines of a CSV file to rows with named cells; what is wrong becomes notices."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from kawal.rules.places.columns import USED, Kind, canonical, kind_of, missing
from kawal.rules.places.notices import Code
from kawal.rules.places.text import Unsound

if TYPE_CHECKING:
    import _csv

_DELIMITERS: Final = ",;\t"


class Tell(Protocol):
    """Adds a notice about the file being read."""

    def __call__(
        self,
        code: Code,
        *,
        row: int | None = None,
        field: str = "",
        value: object = "",
        expected: object = "",
    ) -> None: ...


@dataclass(slots=True)
class Row:
    """One row: `number` is the line of the file on which it ends; `cells` by the house's column names."""

    number: int
    cells: dict[str, str]
    tell_file: Tell

    def get(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def tell(self, code: Code, field: str = "", *, value: object = None, expected: object = "") -> None:
        shown = self.get(field) if value is None else value
        self.tell_file(code, row=self.number, field=field, value=shown, expected=expected)


@dataclass(slots=True)
class Table:
    kind: Kind
    rows: Iterator[Row] = field(repr=False)


def read_table(lines: Iterator[str], *, tell: Tell, rows_max: int) -> Table | None:
    """The table in the lines of a file, or None where its head already makes it useless."""
    found = next(((at, line) for at, line in enumerate(lines, start=1) if line.strip()), None)
    if found is None:
        tell(Code.EMPTY)
        return None
    at, first = found
    if "\0" in first:
        tell(Code.NUL, row=at)
        return None
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        header = next(csv.reader([first], delimiter=delimiter))
    except csv.Error as wrong:
        raise Unsound(Code.ROW_BROKEN, row=at, value=wrong) from wrong
    names = _names(header, tell)
    kind = kind_of(name for name in names if name)
    if kind is None:
        tell(Code.KIND_UNKNOWN, row=at, value=first.strip())
        return None
    if kind is Kind.VILLAGES and "village" not in names:
        names = ["village" if name == "code" else name for name in names]  # `kode, tps, pemilih`
    if not _usable(kind, names, header, tell):
        return None
    csv_rows = csv.reader(_without_nul(lines, at, tell), delimiter=delimiter, strict=True)
    return Table(kind, _rows(csv_rows, at, names, tell, rows_max))


def _names(header: list[str], tell: Tell) -> list[str | None]:
    names: list[str | None] = []
    for text in header:
        name = canonical(text)
        if name is not None and name in names:
            tell(Code.COLUMN_TWICE, row=1, field=name, value=text)
        names.append(name)
    return names


def _usable(kind: Kind, names: list[str | None], header: list[str], tell: Tell) -> bool:
    present = [name for name in names if name]
    lacking = missing(kind, present)
    for column in lacking:
        tell(Code.COLUMN_MISSING, row=1, field=column, value=str(kind))
    for name, text in zip(names, header, strict=True):
        if text.strip() and name not in USED[kind]:
            tell(Code.COLUMN_UNUSED, row=1, field=text.strip()[:40], value=str(kind))
    return not lacking and len(present) == len(set(present))


def _rows(
    reader: _csv.Reader, head_at: int, names: list[str | None], tell: Tell, rows_max: int
) -> Iterator[Row]:
    found = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as wrong:
            raise Unsound(Code.ROW_BROKEN, row=head_at + reader.line_num, value=wrong) from wrong
        if cells is None:
            break
        if not any(cells):
            continue
        found += 1
        number = head_at + reader.line_num
        if found > rows_max:
            raise Unsound(Code.TOO_LARGE, row=number, expected=f"{rows_max} rows")
        if len(cells) != len(names):
            tell(Code.FIELDS_COUNT, row=number, value=len(cells), expected=len(names))
            continue
        yield Row(number, {name: cell for name, cell in zip(names, cells, strict=True) if name}, tell)
    if not found:
        tell(Code.EMPTY)


def _without_nul(lines: Iterator[str], head_at: int, tell: Tell) -> Iterator[str]:
    for number, line in enumerate(lines, start=head_at + 1):
        if "\0" in line:
            tell(Code.NUL, row=number)
        yield line.replace("\0", "")
