"""Where the parts of a bar lie. Widths are SVG attributes: the content policy allows no inline style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WHOLE = 1000  # width of a bar in its own units
SLIVER = 6  # the least width of a part that is not empty: three stations of 2,546 must be seen


def laid_out(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Adds `x` and `width` to parts with a `count`; parts with none keep their words and get no width."""
    told = [dict(part) for part in parts]
    thin = _thin([part["count"] for part in told])
    wide = sum(part["count"] for place, part in enumerate(told) if place not in thin)
    x = 0.0
    for place, part in enumerate(told):
        share = part["count"] / wide * (WHOLE - SLIVER * len(thin)) if wide else 0.0
        part["width"] = round(SLIVER if place in thin else share, 2)
        part["x"] = round(x, 2)
        x += part["width"]
    return told


def _thin(counts: Sequence[int]) -> set[int]:
    """Places that get a sliver: what they take makes the others narrower, and those may need one then."""
    thin: set[int] = set()
    while True:
        wide = sum(count for place, count in enumerate(counts) if place not in thin)
        room = WHOLE - SLIVER * len(thin)
        more = {
            place
            for place, count in enumerate(counts)
            if count and place not in thin and count * room < SLIVER * wide
        }
        if not more:
            return thin
        thin |= more
