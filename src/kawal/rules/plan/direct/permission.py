"""Where boxes may go past a level of the committees on their way out, as somebody who decides it said.

In 2024 the commission asked that boxes be unloaded at the PPK, then at the PPS; before, and in cities, many
went straight on. So nothing goes direct unless it is allowed: a CSV of area and `to`. An area may be of any
level; what lies below it inherits, the nearest above wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kawal.rules.places.codes import lineage
from kawal.rules.plan.area_table import told_of_areas
from kawal.rules.plan.facts import Leg
from kawal.rules.refusals import Refused

COLUMNS = ("area", "to")
_NATION = "id"


class To(StrEnum):
    """What is told of an area."""

    BETTER = "better"  # straight on where the plan is better with it
    PPS = "pps"  # from the warehouse to the PPS wherever that can be
    STATION = "station"  # from the PPK to the stations wherever that can be
    NEVER = "never"  # level by level


_ALLOWS: Final = {
    To.BETTER: frozenset({Leg.DIRECT_PPS, Leg.DIRECT_STATION}),
    To.PPS: frozenset({Leg.DIRECT_PPS}),
    To.STATION: frozenset({Leg.DIRECT_STATION}),
    To.NEVER: frozenset[Leg](),
}
_ORDERS: Final = {To.PPS: Leg.DIRECT_PPS, To.STATION: Leg.DIRECT_STATION}


@dataclass(frozen=True, slots=True)
class Permission:
    """Area -> what was told of it."""

    told: Mapping[str, To] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything at all may go direct."""
        return any(to is not To.NEVER for to in self.told.values())

    def at(self, area: str) -> To:
        return next((self.told[above] for above in lineage(area) if above in self.told), To.NEVER)

    def allows(self, leg: Leg, village: str) -> bool:
        return leg in _ALLOWS[self.at(village)]

    def allowed(self, village: str) -> bool:
        """Whether its boxes may go straight on in any way."""
        return bool(_ALLOWS[self.at(village)])

    def orders(self, leg: Leg, village: str) -> bool:
        """Whether it is to go so without asking what is better."""
        return _ORDERS.get(self.at(village)) is leg


NEVER: Final = Permission()


def permission_of(text: str) -> Permission:
    """Of a table; nothing where it is empty. Refuses `wrong_direct` with row (the head is row 1), `value` and
    `problem`."""
    if not text.strip():
        return NEVER
    told: dict[str, To] = {}
    for number, area, to in told_of_areas(text, COLUMNS, _wrong, nation=True):
        if to not in {known.value for known in To}:
            raise _wrong(number, to, "is_no_way")
        told[area] = To(to)
    return Permission(told)


def everywhere(to: To) -> str:
    """The table that says the same of all areas."""
    return f"{','.join(COLUMNS)}\n{_NATION},{to.value}\n"


def _wrong(row: int, value: str, problem: str) -> Refused:
    return Refused("wrong_direct", row=row, value=value[:80], problem=problem)
