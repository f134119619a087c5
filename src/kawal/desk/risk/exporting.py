"""The villages of an area with class, score and reasons, for a spreadsheet; safe to open in one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from kawal.desk.places import reads as places
from kawal.desk.risk import page_words, pages, words
from kawal.rules.places.codes import level_of, lineage

FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A cell that begins so is a formula to a spreadsheet; a sign in front makes it the text that it is.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | float | int


def villages(area: str, form: str, *, now: datetime) -> bytes:
    """`form`: one of FORMS. The first line says that the list is restricted, and of when."""
    rows = _rows(area, now)
    return _csv(rows) if form == "csv" else _xlsx(rows)


def safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _rows(area: str, now: datetime) -> Iterator[list[Cell]]:
    yield [
        gettext("Restricted: KPU, Polri, Bawaslu. As of %(at)s.") % {"at": now.isoformat(timespec="minutes")}
    ]
    yield [
        gettext("Code"),
        gettext("Village"),
        gettext("District"),
        gettext("Class that counts"),
        gettext("Class computed"),
        gettext("Score"),
        gettext("Another class in checks"),
        gettext("Largest reasons"),
    ]
    found = pages.below(area, now=now, villages=True) if level_of(area) != "village" else []
    above = {code for row in found for code in lineage(row.area_code)[1:2]}
    names = {code: one.name for code, one in places.areas(above).items()}
    for row in found:
        yield [
            row.area_code,
            row.name,
            names.get(lineage(row.area_code)[1], ""),
            str(words.CLASSES[row.klass]),
            str(words.CLASSES[row.computed]),
            round(row.score, 2),
            "" if row.another is None else round(row.another, 3),
            "; ".join(page_words.indicator(code) for code, points in row.reasons if points >= 1),
        ]


def _csv(rows: Iterator[list[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return "\ufeff".encode() + out.getvalue().encode()  # with a mark, so that Excel reads it as UTF-8


def _xlsx(rows: Iterator[list[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kawal")
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
