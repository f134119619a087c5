"""How places are reached, as somebody who knows told it: a CSV of area and access.

An area may be of any level; what lies below it inherits, the nearest above wins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from kawal.rules.places.codes import is_area, lineage
from kawal.rules.plan.facts import Access
from kawal.rules.refusals import Refused

COLUMNS = ("area", "access")


def access_of(text: str) -> dict[str, Access]:
    """Area code -> access. Refuses `wrong_access` with row (the head is row 1), `value` and `problem`."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not rows or tuple(cell.strip() for cell in rows[0]) != COLUMNS:
        raise _wrong(1, ",".join(rows[0]) if rows else "", "needs_head")
    told: dict[str, Access] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(COLUMNS):
            raise _wrong(number, ",".join(cells), "needs_two_cells")
        area, access = cells
        if not is_area(area):
            raise _wrong(number, area, "is_no_area")
        if access not in {known.value for known in Access}:
            raise _wrong(number, access, "is_no_access")
        if area in told:
            raise _wrong(number, area, "told_twice")
        told[area] = Access(access)
    return told


def access_at(area: str, told: Mapping[str, Access]) -> Access | None:
    """What was told of the area itself or of the nearest area above it."""
    return next((told[above] for above in lineage(area) if above in told), None)


def _wrong(row: int, value: str, problem: str) -> Refused:
    return Refused("wrong_access", row=row, value=value, problem=problem)
