"""What kind of country a regency is, by what is known of its villages: the stated default fleet goes by it.

Heights, rivers and roads are not known here. What is: how villages are reached (told, or guessed), which
of them lie over the sea from the warehouse, whether the regency is a city by its code, and which regencies
of the Papuan highlands the commission there flies to.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from kawal.rules.plan.facts import Access
from kawal.rules.plan.problem import Problem, Village

# In the order in which they are tried.
_OFF_ROAD_SHARE: Final = 0.25  # of the stations, by air or on foot, or over the sea (assumed)
_BOATS_SHARE: Final = 0.05  # by water: from here on boats are more than a detail (assumed)
_FIRST_CITY: Final = 71  # second part of the code: a regency below, a city (kota) from here on (Kemendagri)

# Of the sixteen regencies to whose districts the commission of Papua flew in 2014 (liputan6.com/amp/2028845),
# those that lie in the mountains: Mimika is left out, whose stations are mostly on the coast.
HIGHLANDS: Final = frozenset(
    {
        "94.02", "94.03", "94.05", "94.06", "94.07", "94.08",
        "95.01", "95.02", "95.03", "95.04", "95.05", "95.06", "95.07", "95.08",
    }
)  # fmt: skip


class Landscape(StrEnum):
    MOUNTAINS = "mountains"  # reached by air and on foot
    ISLANDS = "islands"  # many stations lie over the sea from the warehouse
    RIVERS = "rivers"  # some are reached by water, on the same land
    CITY = "city"
    LAND = "land"  # everything else: by road


def landscape_of(problem: Problem) -> tuple[Landscape, int]:
    """The landscape, and how many stations make it so (all, where it is not a matter of stations)."""
    found = list(_reached(problem))
    everything = sum(count for _, _, count in found)
    off_road = sum(count for ways, _, count in found if ways & {Access.AIR, Access.FOOT})
    by_water = sum(count for ways, _, count in found if Access.WATER in ways)
    over_sea = sum(count for ways, village, count in found if Access.WATER in ways and village.over_sea)
    if problem.regency in HIGHLANDS or off_road >= _OFF_ROAD_SHARE * everything > 0:
        return Landscape.MOUNTAINS, off_road
    if over_sea >= _OFF_ROAD_SHARE * everything > 0:
        return Landscape.ISLANDS, over_sea
    if by_water >= _BOATS_SHARE * everything > 0:
        return Landscape.RIVERS, by_water
    return (Landscape.CITY if is_city(problem.regency) else Landscape.LAND), everything


def is_city(regency: str) -> bool:
    return int(regency.partition(".")[2]) >= _FIRST_CITY


def _reached(problem: Problem) -> Iterator[tuple[set[Access], Village, int]]:
    """Each village with the ways by which it and its district are reached, and its stations."""
    for district in problem.districts:
        for village in district.villages:
            yield {district.access, village.access}, village, len(village.loads)
