"""What Valhalla and OSRM have in common when they are asked: places in, tables, lines and lengths out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from kawal.desk.plan.asking import Server
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.told import Place
from kawal.rules.plan.journey.travel import Way
from kawal.rules.refusals import Refused

POLYLINE_DIGITS: Final = 6

Fix = tuple[int, float, float]  # second since 1970, latitude, longitude


class Cell(NamedTuple):
    """One way of a table; all infinite where there is none."""

    metres: float
    seconds: float
    off_m: tuple[float, float] = (0.0, 0.0)  # straight, from the place to its road, and at the other end


NO_WAY: Final = Cell(math.inf, math.inf)


class Speech(Protocol):
    """How one engine is spoken to."""

    name: str
    costing: Mapping[Mode, str]

    def table(
        self, server: Server, mode: Mode, here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        """Raises `NoRoadNear` where the server will not answer because of one of the places."""
        ...

    def line(self, server: Server, mode: Mode, here: Place, there: Place) -> Way | None: ...

    def trace_m(self, server: Server, mode: Mode, fixes: Sequence[Fix]) -> float | None: ...


class NoRoadNear(Exception):
    """One of the places has no road near, or the question is too large: ask in smaller parts."""


def decoded(text: str) -> list[Place]:
    """Places of a polyline of six digits (Valhalla's; OSRM's polyline6). Raises ValueError."""
    values: list[int] = []
    bits = shift = 0
    for sign in text:
        part = ord(sign) - 63
        if not 0 <= part < 64 or shift > 60:
            raise ValueError("no polyline")
        bits |= (part & 31) << shift
        shift += 5
        if part < 32:
            values.append(~(bits >> 1) if bits & 1 else bits >> 1)
            bits = shift = 0
    if shift or len(values) % 2:
        raise ValueError("a polyline that was cut off")
    lats, lons = (itertools.accumulate(values[axis::2]) for axis in (0, 1))
    scale = 10**POLYLINE_DIGITS
    return [(lat / scale, lon / scale) for lat, lon in zip(lats, lons, strict=True)]


def cell(far: Any, long: Any, unit_m: float, off_m: tuple[float, float] = (0.0, 0.0)) -> Cell:
    """Raises ValueError and TypeError for what is no length or time."""
    if far is None or long is None:
        return NO_WAY
    found = Cell(float(far) * unit_m, float(long), off_m)
    if not all(math.isfinite(value) and value >= 0 for value in (found.metres, found.seconds, *off_m)):
        raise ValueError("a way below zero")
    return found


def checked(cells: list[list[Cell]], rows: int, columns: int) -> list[list[Cell]]:
    if len(cells) != rows or any(len(row) != columns for row in cells):
        raise ValueError("a table of another size than was asked for")
    return cells


def refuses(server: Server, status: int, said: object) -> Refused:
    return Refused("engine_refuses", url=server.url, status=status, said=str(said)[:200])
