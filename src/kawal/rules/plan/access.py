"""How places are reached, as somebody who knows told it: a CSV of area and access.

An area may be of any level; what lies below it inherits, the nearest above wins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kawal.rules.places.codes import lineage
from kawal.rules.plan.area_table import told_of_areas
from kawal.rules.plan.facts import Access
from kawal.rules.refusals import Refused

COLUMNS = ("area", "access")


def access_of(text: str, regency: str = "", areas: Collection[str] = ()) -> dict[str, Access]:
    """Area code -> access. With a regency its `areas` are all that may stand below its code.

    Refuses `wrong_access` with row (the head is row 1), `value` and `problem`.
    """
    told: dict[str, Access] = {}
    for number, area, access in told_of_areas(text, COLUMNS, _wrong):
        if access not in {known.value for known in Access}:
            raise _wrong(number, access, "is_no_access")
        if regency and area.startswith(f"{regency}.") and area not in areas:
            raise _wrong(number, area, "is_not_there", regency=regency)
        told[area] = Access(access)
    return told


def access_at(area: str, told: Mapping[str, Access]) -> Access | None:
    """What was told of the area itself or of the nearest area above it."""
    return next((told[above] for above in lineage(area) if above in told), None)


def _wrong(row: int, value: str, problem: str, **facts: str) -> Refused:
    return Refused("wrong_access", row=row, value=value[:80], problem=problem, **facts)
