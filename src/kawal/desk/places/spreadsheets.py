"""Rows for a spreadsheet, CSV or XLSX; safe to open in one. Every room above hands its lists out this way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A cell that begins so is a formula to a spreadsheet; a sign in front makes it the text that it is.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | float | int


def spreadsheet(rows: Iterable[Sequence[Cell]], form: str) -> bytes:
    """`form`: one of FORMS."""
    return _csv(rows) if form == "csv" else _xlsx(rows)


def safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return "\ufeff".encode() + out.getvalue().encode()  # with a mark, so that Excel reads it as UTF-8


def _xlsx(rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kawal")
    sheet.freeze_panes = "A2"  # the names of the columns stay in sight
    for row in rows:
        sheet.append([_typed(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(sheet: object, told: Cell) -> object:
    """Text is text, whatever it begins with: openpyxl would make a formula of `=...`."""
    if not isinstance(told, str):
        return told
    cell = WriteOnlyCell(sheet, value=safe(told))
    cell.data_type = "s"
    return cell
