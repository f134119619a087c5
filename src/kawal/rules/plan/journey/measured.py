"""How long journeys really took against the plan: one factor by mode and terrain, robust and cautious.

The factor is the median of real over planned time, drawn towards 1 where few journeys were seen (so many
journeys count as much as the belief that the plan is right: `BELIEF`). A journey counts half for the terrain
of either end. The result is a file that somebody reads and gives to `kawal plan make --travel`: nothing
applies it by itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kawal.rules.needs.strict import Table, tables_of, wrong
from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.journey.travel import Factors
from kawal.rules.refusals import Refused

BELIEF: Final = 10.0  # journeys (assumed)
LEAST_S: Final = 300  # a shorter journey is lost in how a phone's user tells its ends (assumed)
FARTHEST: Final = 8.0  # times as long or as short as planned: a wrong clock, not a journey (assumed)
LOWEST, HIGHEST = 0.25, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """From one stop to the next, as planned and as it was told."""

    mode: Mode
    terrains: tuple[Terrain, Terrain]  # of both ends
    planned_s: float
    real_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    mode: Mode
    terrain: Terrain
    journeys: float  # half ones where only one end lies in it
    median: float  # of real over planned
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    rows: tuple[Measured, ...]
    journeys_count: int
    passed_over_count: int  # too short, or not to be believed


def calibration(journeys: Iterable[Journey], before: Factors = ()) -> Calibration:
    """`before`: the factors by which the plan's times were told already; the answer replaces them."""
    found = list(journeys)
    believed = [one for one in found if _believed(one)]
    ratios: defaultdict[tuple[Mode, Terrain], list[tuple[float, float]]] = defaultdict(list)
    for one in believed:
        for terrain in one.terrains:
            ratios[one.mode, terrain].append((one.real_s / one.planned_s, 0.5))
    known = {(mode, terrain): factor for mode, terrain, factor in before}
    keys = sorted({*ratios, *known}, key=str)
    rows = [_measured(key, ratios.get(key, []), known.get(key, 1.0)) for key in keys]
    return Calibration(
        rows=tuple(rows), journeys_count=len(believed), passed_over_count=len(found) - len(believed)
    )


def text_of(found: Calibration, *, area: str, made_on: str, against: str) -> str:
    """The file for `--travel`."""
    lines = [
        f'name = "{area}, {made_on}"',
        f'against = "{against}"  # whose times the journeys were compared with',
        f"journeys = {found.journeys_count}",
    ]
    for row in found.rows:
        lines += [
            "",
            "[[factor]]",
            f'mode = "{row.mode}"',
            f'terrain = "{row.terrain}"',
            f"factor = {row.factor:.3f}",
            f"median = {row.median:.3f}  # of {row.journeys:g} journeys",
        ]
    return "\n".join(lines) + "\n"


def factors_of(text: str) -> Factors:
    """The factors of such a file. Refuses `wrong_factors` with `key` and `problem`."""
    try:
        table = Table(tables_of(text))
        table.text("name")
        table.text("against")
        table.whole("journeys")
        rows = table.rows("factor", _row)
        table.done()
        if len({row[:2] for row in rows}) < len(rows):
            raise wrong("factor", "twice_the_same")
    except Refused as refused:
        raise Refused("wrong_factors", **refused.facts) from refused
    return tuple(sorted(rows))


def _row(row: Table) -> tuple[Mode, Terrain, float]:
    mode = Mode(row.choice("mode", [mode.value for mode in Mode]))
    terrain = Terrain(row.choice("terrain", [terrain.value for terrain in Terrain]))
    factor = float(row.number("factor"))
    if row.has("median"):
        row.number("median")
    if not LOWEST <= factor <= HIGHEST:
        raise wrong(row.key("factor"), "must_be_between", least=LOWEST, most=HIGHEST)
    return mode, terrain, factor


def _believed(one: Journey) -> bool:
    return (
        one.planned_s >= LEAST_S and one.real_s > 0 and 1 / FARTHEST <= one.real_s / one.planned_s <= FARTHEST
    )


def _measured(key: tuple[Mode, Terrain], ratios: Sequence[tuple[float, float]], before: float) -> Measured:
    count = math.fsum(weight for _, weight in ratios)
    median = _median(ratios)
    drawn = math.exp(math.log(median) * count / (count + BELIEF)) if ratios else 1.0
    return Measured(
        mode=key[0],
        terrain=key[1],
        journeys=count,
        median=median,
        factor=min(max(before * drawn, LOWEST), HIGHEST),
    )


def _median(ratios: Sequence[tuple[float, float]]) -> float:
    """Weighted: half of the weight lies on either side; 1 of nothing."""
    ordered = sorted(ratios)
    half, gone = math.fsum(weight for _, weight in ordered) / 2, 0.0
    for number, (ratio, weight) in enumerate(ordered):
        gone += weight
        if math.isclose(gone, half) and number + 1 < len(ordered):
            return (ratio + ordered[number + 1][0]) / 2
        if gone > half:
            return ratio
    return 1.0
