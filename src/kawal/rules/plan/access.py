"""How places are reached, as somebody who knows told it: a CSV of area and access.

An area may be of any level; what lies below it inherits, the nearest above wins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping

from kawal.rules.places.codes import is_area, lineage
from kawal.rules.plan.facts import Access
from kawal.rules.refusals import Refused

COLUMNS = ("area", "access")


def access_of(text: str, regency: str = "", areas: Collection[str] = ()) -> dict[str, Access]:
    """Area code -> access. With a regency its `areas` are all that may stand below its code.

    Refuses `wrong_access` with row (the head is row 1), `value` and `problem`.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    if not rows or tuple(cell.strip().casefold() for cell in rows[0]) != COLUMNS:
        raise _wrong(1, ",".join(rows[0]) if rows else "", "needs_head")
    told: dict[str, Access] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(COLUMNS):
            raise _wrong(number, ",".join(cells), "needs_two_cells")
        area, access = cells[0], cells[1].casefold()
        if not is_area(area):
            raise _wrong(number, area, "is_no_area")
        if access not in {known.value for known in Access}:
            raise _wrong(number, access, "is_no_access")
        if area in told:
            raise _wrong(number, area, "told_twice")
        if regency and area.startswith(f"{regency}.") and area not in areas:
            raise _wrong(number, area, "is_not_there", regency=regency)
        told[area] = Access(access)
    return told


def access_at(area: str, told: Mapping[str, Access]) -> Access | None:
    """What was told of the area itself or of the nearest area above it."""
    return next((told[above] for above in lineage(area) if above in told), None)


def _rows(text: str) -> list[list[str]]:
    """Commas, or semicolons as spreadsheets write them where the comma is the decimal sign."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as error:
        raise _wrong(reader.line_num, str(error), "needs_two_cells") from error


def _wrong(row: int, value: str, problem: str, **facts: str) -> Refused:
    return Refused("wrong_access", row=row, value=value[:80], problem=problem, **facts)
