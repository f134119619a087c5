"""Where the parts of a bar lie. Widths are SVG attributes: the content policy allows no inline style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

WHOLE = 1000  # width of a bar in its own units
SLIVER = 6  # the least width of a part that is not empty: three stations of 2,546 must be seen


def laid_out(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Adds `x` and `width` to parts with a `count`; parts with none keep their words and get no width."""
    told = [dict(part) for part in parts]
    total = sum(part["count"] for part in told)
    wide = sum(part["count"] for part in told if part["count"] * WHOLE >= SLIVER * total)
    slivers = sum(1 for part in told if 0 < part["count"] * WHOLE < SLIVER * total)
    x = 0.0
    for part in told:
        share = part["count"] / wide * (WHOLE - SLIVER * slivers) if wide else 0.0
        part["width"] = round(SLIVER if 0 < part["count"] * WHOLE < SLIVER * total else share, 2)
        part["x"] = round(x, 2)
        x += part["width"]
    return told
