"""Tables that say one thing of each area: a CSV of two columns, as a spreadsheet writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Protocol

from kawal.rules.places.codes import NATION, is_area
from kawal.rules.refusals import Refused

_NATION = "id"


class Wrong(Protocol):
    """The refusal of a row (the head is row 1)."""

    def __call__(self, row: int, value: str, problem: str) -> Refused: ...


def told_of_areas(
    text: str, columns: tuple[str, str], wrong: Wrong, *, nation: bool = False
) -> Iterator[tuple[int, str, str]]:
    """Row, area code and what is told of it, in small letters; no area comes twice.

    With `nation` an area may be `id`, which comes as the code of all. Refuses by `wrong`: `needs_head`,
    `needs_two_cells`, `is_no_area`, `told_twice`.
    """
    rows = _rows(text.removeprefix("\ufeff"), wrong)
    if not rows or tuple(cell.strip().casefold() for cell in rows[0]) != columns:
        raise wrong(1, ",".join(rows[0]) if rows else "", "needs_head")
    told: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(columns):
            raise wrong(number, ",".join(cells), "needs_two_cells")
        area = NATION if nation and cells[0] == _NATION else cells[0]
        if not cells[0] or not is_area(area):
            raise wrong(number, cells[0], "is_no_area")
        if area in told:
            raise wrong(number, cells[0], "told_twice")
        told.add(area)
        yield number, area, cells[1].casefold()


def _rows(text: str, wrong: Wrong) -> list[list[str]]:
    """Commas, or semicolons as spreadsheets write them where the comma is the decimal sign."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as error:
        raise wrong(reader.line_num, str(error), "needs_two_cells") from error
