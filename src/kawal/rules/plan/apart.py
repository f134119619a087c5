"""Loads that must not share a vehicle: ballots of two districts, or of two electoral districts, on one boat.

A rule divides the stations into groups, by district, by village, or as told; one vehicle carries those of
one group. What is in no group told is a group of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.places.codes import covers, is_area, parent_of, village_of
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.windows import modes_of

BY: Final = ("district", "village", "groups")


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    by: str  # one of BY
    groups: tuple[tuple[str, ...], ...] = ()  # areas, where it is by groups
    modes: tuple[Mode, ...] = ()  # empty: all

    def holds_for(self, mode: Mode) -> bool:
        return not self.modes or mode in self.modes

    def group(self, station: str) -> str:
        village = village_of(station)
        if self.by == "village":
            return village
        if self.by == "district":
            return parent_of(village)
        inside = (
            number
            for number, areas in enumerate(self.groups, start=1)
            if any(covers(area, village) for area in areas)
        )
        return str(next(inside, 0))


def group_of(station: str, rules: Sequence[Apart], modes: Sequence[Mode]) -> str:
    """What a vehicle of these modes may carry together has the same group."""
    return "|".join(rule.group(station) for rule in rules if any(map(rule.holds_for, modes)))


def apart_of(row: Table) -> Apart:
    """An `[[apart]]` of a fleet file."""
    row.text("source")
    by = row.choice("by", BY)
    groups: tuple[tuple[str, ...], ...] = ()
    if by == "groups":
        groups = row.rows("group", _areas)
        told = [area for areas in groups for area in areas]
        if any(one is not other and covers(one, other) for one in told for other in told):
            raise wrong(row.key("group"), "must_not_overlap")
    return Apart(by=by, groups=groups, modes=modes_of(row))


def _areas(row: Table) -> tuple[str, ...]:
    areas = row.words("areas")
    if not areas or not all(map(is_area, areas)):
        raise wrong(row.key("areas"), "must_be_areas")
    return areas
