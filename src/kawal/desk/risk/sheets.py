"""The rows of a table that somebody gives, CSV or XLSX, never more of it than the limits.

An XLSX is a ZIP of XML: hostile ones unpack to gigabytes, nest entities, or hold rows without end. Each part
is looked through in steps first, and then read row by row. Formulas are not computed.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final

from openpyxl import load_workbook

from kawal.rules.risk.indicators import Code
from kawal.rules.risk.mapped import Cell

FILE_BYTES_MAX: Final = 50_000_000
ROWS_MAX: Final = 200_000
COLUMNS_MAX: Final = 300
CELL_CHARS_MAX: Final = 2_000
_UNPACKED_BYTES_MAX: Final = 400_000_000
_PARTS_MAX: Final = 2_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_STEP: Final = 1 << 20
# A cell of a formula and no value; where the value is an empty text, its cell says that it is text.
_UNCOMPUTED: Final = re.compile(
    rb'<c (?![^>]*t="str")[^>]*?r="([A-Z]+[0-9]+)"[^>]*><f[^>]*>[^<]*</f>(?:<v ?/>|<v></v>)?</c>'
)


@dataclass
class Unsound(Exception):
    """The rest cannot be read; becomes one notice."""

    code: Code
    value: str = ""
    expected: str = ""
    row: int | None = None


Rows = Iterator[tuple[int, list[Cell]]]


def rows_of(data: bytes, sheet: str = "") -> Rows:
    """Row numbers from 1 and cells. Raises `Unsound`, also while it is read."""
    if len(data) > FILE_BYTES_MAX:
        raise Unsound(Code.TOO_LARGE, str(len(data)), f"{FILE_BYTES_MAX} bytes")
    if data.startswith(_OLE):
        raise Unsound(Code.UNREADABLE, "XLS", "XLSX, CSV")
    return _of_xlsx(data, sheet) if data.startswith(_ZIP) else _of_csv(data)


def first_rows(data: bytes, count: int) -> list[list[Cell]]:
    """The first rows, for a proposal. Raises `Unsound`."""
    return [cells for _, cells in islice(rows_of(data), count)]


def first_rows_of_sheets(data: bytes) -> dict[str, list[Cell]]:
    """Each sheet of an XLSX with its first row that is not empty, or []; of a CSV none. Raises `Unsound`."""
    if not data.startswith(_ZIP):
        return {}
    book = _book_of(data)
    try:
        names = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    return {
        name: next(
            (row for _, row in _of_xlsx(data, name) if any(cell not in (None, "") for cell in row)), []
        )
        for name in names
    }


def formulas_without_value(data: bytes) -> list[tuple[str, str]]:
    """Part and cell of each formula of an XLSX that no program ever computed: it would be read as empty."""
    if not data.startswith(_ZIP):
        return []
    _look_before(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            (PurePosixPath(part).stem, cell.decode())
            for part in archive.namelist()
            if part.startswith("xl/worksheets/") and part.endswith(".xml")
            for cell in _UNCOMPUTED.findall(archive.read(part))
        ]


def _of_csv(data: bytes) -> Rows:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unsound(Code.UNREADABLE, str(error), "UTF-8") from error
    if "\0" in text:
        raise Unsound(Code.UNREADABLE, "NUL", "UTF-8")
    lines = text.splitlines()
    # The head may stand below a title: the sign that most lines agree on.
    delimiter = max(";\t,", key=lambda sign: sum(line.count(sign) > 0 for line in lines[:50]))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Unsound(Code.UNREADABLE, str(error), "CSV", row=reader.line_num) from error
        if cells is None:
            return
        number = reader.line_num
        yield number, list(_bounded(number, cells))


def _of_xlsx(data: bytes, sheet: str) -> Rows:
    book = _book_of(data)
    try:
        names = book.sheetnames
        if sheet and sheet not in names:
            raise Unsound(Code.SHEET_MISSING, sheet, ", ".join(names)[:200])
        found: Any = book[sheet] if sheet else book.worksheets[0] if book.worksheets else None
        if found is None:
            raise Unsound(Code.EMPTY)
        try:
            found.reset_dimensions()  # what the file says of its size may be a lie
            for number, cells in enumerate(found.iter_rows(values_only=True), start=1):
                yield number, list(_bounded(number, cells))
        except Unsound:
            raise
        except Exception as error:
            raise Unsound(Code.UNREADABLE, type(error).__name__, "XLSX") from error
    finally:
        book.close()


def _book_of(data: bytes) -> Any:
    _look_before(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles it leaves out; we read none
            return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl names no errors of its own for a broken file
        raise Unsound(Code.UNREADABLE, type(error).__name__, "XLSX") from error


def _look_before(data: bytes) -> None:
    """Sizes as the archive claims and as they are, and no entities in any part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS_MAX or sum(part.file_size for part in parts) > _UNPACKED_BYTES_MAX:
                raise Unsound(Code.TOO_LARGE, f"{len(parts)} parts", f"{_UNPACKED_BYTES_MAX} bytes")
            if any(part.flag_bits & 1 for part in parts):
                raise Unsound(Code.UNREADABLE, "password", "XLSX")
            left = _UNPACKED_BYTES_MAX
            for part in parts:
                left = _look_at(archive, part, left)
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise Unsound(Code.UNREADABLE, type(error).__name__, "XLSX") from error


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_STEP):
            left -= len(chunk)
            if left < 0:
                raise Unsound(Code.TOO_LARGE, part.filename[:80], f"{_UNPACKED_BYTES_MAX} bytes")
            seen = tail + chunk
            if part.filename.endswith((".xml", ".rels")) and (
                b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or b"\x00<" in seen or b"<\x00" in seen
            ):
                raise Unsound(Code.UNREADABLE, f"DOCTYPE ({part.filename[:80]})", "XLSX")
            tail = seen[-16:]
    return left


def _bounded(number: int, cells: Any) -> Iterator[Cell]:
    if number > ROWS_MAX:
        raise Unsound(Code.TOO_LARGE, str(number), f"{ROWS_MAX} rows", row=number)
    for place, cell in enumerate(cells):
        if place >= COLUMNS_MAX:
            if cell not in (None, ""):
                raise Unsound(Code.TOO_LARGE, str(place + 1), f"{COLUMNS_MAX} columns", row=number)
            continue
        yield _cell(cell, number)


def _cell(cell: Any, number: int) -> Cell:
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    text = cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
    if len(text) > CELL_CHARS_MAX:
        raise Unsound(Code.TOO_LARGE, f"{len(text)}", f"{CELL_CHARS_MAX} letters", row=number)
    return text
