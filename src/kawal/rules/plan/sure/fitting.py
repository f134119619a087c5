"""A law of delays fitted to what really happened: how much longer journeys took than planned, mode by mode.

Each journey gives one number: the logarithm of what the way to its first hand-over took over what was
planned. Their middle half gives the spread (the distance of the quartiles, over 1.349 as a normal law has
it), so that one telephone that lay forgotten does not make a mode slow. Only where enough journeys were told
is a mode's spread replaced; all else stays as it was assumed. What was measured holds the weather too: the
part that the law gives to weather, which all vehicles of a day share, is taken out of it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.facts import BACKWARD, Mode, Trip
from kawal.rules.plan.sure.delays import law_of

ENOUGH: Final = 30  # journeys of a mode
_NORMAL_QUARTILES: Final = 1.349  # between the quartiles of a standard normal law
_LEAST_S: Final = 120  # shorter is no journey
_MOST_TIMES: Final = 20  # nor is what took so many times as long: somebody forgot to tell
_LEAST_SPREAD: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How one mode really fared."""

    mode: Mode
    journeys_count: int
    median: float  # times as long as planned: 1 is as planned
    spread: float
    spread_error: float  # standard error of it

    @property
    def is_enough(self) -> bool:
        return self.journeys_count >= ENOUGH


def fits(trips: Iterable[Trip], happened: Mapping[str, Happened]) -> dict[Mode, Fit]:
    """By mode, of all trips out whose departure and first hand-over were told."""
    told: defaultdict[Mode, list[float]] = defaultdict(list)
    for trip in trips:
        ratio = _ratio(trip, happened.get(trip.code))
        if ratio is not None:
            told[trip.mode].append(math.log(ratio))
    return {mode: _fit(mode, logs) for mode, logs in sorted(told.items())}


def _ratio(trip: Trip, told: Happened | None) -> float | None:
    if trip.leg in BACKWARD or told is None or told.left_at is None:
        return None
    stop = trip.stops[1]
    if stop.site not in told.handed:
        return None
    # Told is when the goods were accepted, so the hand-over is in both.
    planned_s = (stop.depart_at - trip.depart_at).total_seconds()
    took_s = (told.handed[stop.site] - told.left_at).total_seconds()
    if planned_s < _LEAST_S or took_s < _LEAST_S or took_s > _MOST_TIMES * planned_s:
        return None
    return took_s / planned_s


def _fit(mode: Mode, logs: list[float]) -> Fit:
    low, middle, high = np.quantile(logs, (0.25, 0.5, 0.75))
    spread = float(high - low) / _NORMAL_QUARTILES
    return Fit(
        mode=mode, journeys_count=len(logs), median=float(math.exp(middle)), spread=spread,
        spread_error=spread * 1.166 / math.sqrt(len(logs)),  # of the quartiles' distance, normal law
    )  # fmt: skip


def fitted(text: str, found: Mapping[Mode, Fit], source: str) -> str:
    """A file of delays with the spreads that were measured in place of those that were assumed.

    Refuses `wrong_delays`.
    """
    law = law_of(text)
    head, *rows = text.split("[[mode]]\n")
    new = []
    for row in rows:
        mode = next((mode for mode in found if f'mode = "{mode.value}"' in row), None)
        if mode is not None and found[mode].is_enough:
            alone = found[mode].spread ** 2 - law.modes[mode].weather ** 2
            row = _with(row, "spread", f"{max(_LEAST_SPREAD, math.sqrt(max(0.0, alone))):.3f}")
            row = _with(row, "source", f'"{source}: {found[mode].journeys_count} journeys"')
        new.append(row)
    return "[[mode]]\n".join([head, *new])


def _with(row: str, key: str, value: str) -> str:
    """The table with the key set, its comment kept; added after the mode where it is not there."""
    lines = row.splitlines(keepends=True)
    for place, line in enumerate(lines):
        if line.partition("=")[0].strip() == key:
            comment = line.partition("#")[2].strip()
            lines[place] = f"{key} = {value}" + (f"  # {comment}" if comment else "") + "\n"
            return "".join(lines)
    at = next(place for place, line in enumerate(lines) if line.partition("=")[0].strip() == "mode")
    return "".join([*lines[: at + 1], f"{key} = {value}\n", *lines[at + 1 :]])
