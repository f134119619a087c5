"""Rows for a spreadsheet: text stays text, in both forms."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from kawal.desk.places.spreadsheets import safe, spreadsheet

ROWS = [["Nama", "Jumlah"], ["=1+1", 3], ["Désa", 2.5]]


def test_what_begins_like_a_formula_is_made_text() -> None:
    told = [safe(cell) for cell in ("+1", "-1", "@a", "\ta", "a", 3)]
    assert told == ["'+1", "'-1", "'@a", "'\ta", "a", 3]


def test_csv_reads_back_as_it_was_written() -> None:
    data = spreadsheet(ROWS, "csv")
    assert data.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [["Nama", "Jumlah"], ["'=1+1", "3"], ["Désa", "2.5"]]


@pytest.mark.parametrize(("at", "kind", "value"), [((2, 1), "s", "'=1+1"), ((2, 2), "n", 3)])
def test_xlsx_keeps_text_text_and_numbers_numbers(at: tuple[int, int], kind: str, value: object) -> None:
    book = load_workbook(io.BytesIO(spreadsheet(ROWS, "xlsx")))
    assert book.active is not None
    cell = book.active.cell(*at)
    assert (cell.data_type, cell.value) == (kind, value)


def test_the_names_of_the_columns_stay_in_sight() -> None:
    sheet = load_workbook(io.BytesIO(spreadsheet(ROWS, "xlsx"))).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
