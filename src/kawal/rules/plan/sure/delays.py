"""What delays a journey: spread, weather, breakdowns, closed days, escorts that come late.

Read from a TOML file (`delays-default.toml` is shipped; its assumptions are marked there), strictly: a
misspelt or missing key is refused by name with its mend (`wrong_delays`).

Weather is one standard normal level for each day and district: a national part, a part of the regency and one
of the district, each leaning on the day before. It stretches the journeys of all vehicles of that day and
closes the worst days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from kawal.rules.needs.strict import Table, tables_of, wrong
from kawal.rules.plan.facts import Mode
from kawal.rules.refusals import Refused
from kawal.rules.risk.modes import OLD_BOAT, OLD_WORD


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeLaw:
    """How one mode is delayed."""

    spread: float  # sigma of the lognormal factor on the journey's time (its median is 1)
    weather: float  # added to the factor's logarithm for each unit of the weather's level
    closed_share: float  # of days
    breakdowns_per_hour: float  # of planned journey
    repair_s: float  # mean of an exponential


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    name: str
    national_share: float  # of the weather's variance
    district_share: float  # the rest is the regency's
    day_to_day: float  # correlation
    absent_share: float  # trips whose escort comes late
    wait_s: float  # mean of an exponential
    modes: Mapping[Mode, ModeLaw]

    def closed_above(self, mode: Mode) -> float:
        """The level of weather above which the mode does not leave."""
        share = self.modes[mode].closed_share
        return float(ndtri(1 - share)) if share else np.inf


def law_of(text: str) -> Law:
    """The law of a TOML file. Refuses `wrong_delays` with `key` and `problem`."""
    try:
        table = Table(tables_of(text))
        law = _law(table)
        table.done()
    except Refused as refused:
        raise Refused("wrong_delays", **refused.facts) from refused
    return law


def _law(table: Table) -> Law:
    name = table.text("name")
    with table.table("weather") as row:
        row.text("source")
        national_share, day_to_day = _share(row, "national_share"), _share(row, "day_to_day")
        district_share = _share(row, "district_share") if row.has("district_share") else 0.0
        if national_share + district_share > 1:
            raise wrong(row.key("district_share"), "must_be_share")
    with table.table("escort") as row:
        row.text("source")
        absent_share, wait_s = _share(row, "absent_share"), 60 * _not_negative(row, "wait_minutes")
    modes = _modes(table)
    return Law(
        name=name, national_share=national_share, district_share=district_share, day_to_day=day_to_day,
        absent_share=absent_share, wait_s=wait_s, modes=modes,
    )  # fmt: skip


def _modes(table: Table) -> dict[Mode, ModeLaw]:
    rows = table.rows("mode", _mode)
    told = dict(rows)
    if len(told) < len(rows):
        raise wrong("mode", "twice_the_same")
    if OLD_BOAT in told:  # a file of the five old words
        told |= {mode: told[word] for mode, word in OLD_WORD.items() if mode not in told and word in told}
        del told[OLD_BOAT]
    for mode in Mode:
        if mode.value not in told:
            raise wrong(f"mode {mode.value}", "is_missing")
    return {mode: told[mode.value] for mode in Mode}


def _mode(row: Table) -> tuple[str, ModeLaw]:
    if row.has("source"):
        row.text("source")
    return row.choice("mode", [mode.value for mode in Mode], old=[OLD_BOAT]), ModeLaw(
        spread=_not_negative(row, "spread"),
        weather=_not_negative(row, "weather"),
        closed_share=_share(row, "closed_share"),
        breakdowns_per_hour=_not_negative(row, "breakdowns_per_hour"),
        repair_s=60 * _not_negative(row, "repair_minutes"),
    )


def _share(row: Table, key: str) -> float:
    value = float(row.number(key))
    if not 0 <= value < 1:
        raise wrong(row.key(key), "must_be_share")
    return value


def _not_negative(row: Table, key: str) -> float:
    value = float(row.number(key))
    if value < 0:
        raise wrong(row.key(key), "must_be_at_least", least=0)
    return value
