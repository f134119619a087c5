"""How many areas of each class may be told to whoever may not see which. Pure, and provably not to be undone.

The rule: a count from 1 to 4 is not told, and neither is that all of an area's villages are worse than the
mildest class, for either names them. An area of which that is so is joined with others of its level into
one row, with the smallest tellable ones where needed, until the row may be told. A joined area is told
nowhere else, nor is anything below it: every table adds up, and subtracting one from another gives a joined
row again. Statistical offices call the first primary and the second complementary suppression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LEAST: Final = 5

Counts = tuple[int, ...]  # villages of each class, mildest first


@dataclass(frozen=True, slots=True)
class Row:
    areas: tuple[str, ...]  # one, or those joined
    counts: Counts


def tellable(counts: Counts) -> bool:
    """Whether these counts, told of one group of villages, name none of them as vulnerable."""
    if any(0 < count < LEAST for count in counts):
        return False
    return counts[0] > 0 or not any(counts)


def rows_of(below: Mapping[str, Counts]) -> list[Row] | None:
    """Areas of one level as rows that may be told, in order of code, the joined ones last.

    None where even all of them together may not.
    """
    counted = {area: counts for area, counts in below.items() if sum(counts)}
    alone = {area for area, counts in counted.items() if tellable(counts)}
    joined = sorted(counted.keys() - alone)
    while joined and not (len(joined) > 1 and tellable(_sum(counted, joined))):
        if not alone:
            return None
        smallest = min(alone, key=lambda area: (sum(counted[area]), area))
        alone.remove(smallest)
        joined = sorted([*joined, smallest])
    rows = [Row((area,), counted[area]) for area in sorted(alone)]
    return [*rows, Row(tuple(joined), _sum(counted, joined))] if joined else rows


def told_alone(area: str, beside: Mapping[str, Counts]) -> bool:
    """Whether an area stands in a row of its own among those of its level under the same area."""
    rows = rows_of(beside)
    return rows is not None and any(row.areas == (area,) for row in rows)


def _sum(counted: Mapping[str, Counts], areas: list[str]) -> Counts:
    return tuple(map(sum, zip(*(counted[area] for area in areas), strict=True)))
