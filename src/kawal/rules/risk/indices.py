"""Indices side by side: who publishes each, what question it answers, and what its numbers are shares of.

An index is never folded into another. One that answers another question (`routes` false: the supervisors'
IKP, the police's IPKP) is shown, and counts as route risk only where a person decided so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.refusals import Refused

GIVEN: Final = "given"  # the index of a file that names the composite's indicators itself
_BANDED: Final = ("province", "regency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    code: str
    name_id: str
    name_en: str
    unit: str
    safe: float
    worst: float
    indicator: str  # of the composite that it feeds; empty: none
    bands: Mapping[str, tuple[float, float]]  # level -> the publisher's own bounds: medium from, high from

    def onto(self, value: float, safe: float, worst: float) -> float:
        """The value on another scale from `safe` to `worst`, at the same share of the way."""
        return safe + (value - self.safe) / (self.worst - self.safe) * (worst - safe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    code: str
    publisher: str
    name_id: str
    name_en: str
    asks_id: str
    asks_en: str
    routes: bool  # whether it answers how a box gets there
    denominator_id: str
    denominator_en: str
    licence_id: str
    licence_en: str
    source: str
    measures: Mapping[str, Measure]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Indices:
    name: str
    by_code: Mapping[str, Index]

    def index(self, code: str) -> Index:
        """Refuses `unknown_index`."""
        if code not in self.by_code:
            raise Refused("unknown_index", index=code, known=", ".join(self.by_code))
        return self.by_code[code]

    def measure(self, index: str, code: str) -> Measure:
        """Refuses `unknown_index`, `unknown_measure`."""
        found = self.index(index).measures
        if code not in found:
            raise Refused("unknown_measure", measure=code, index=index, known=", ".join(found))
        return found[code]


def indices_of(data: Mapping[str, Any]) -> Indices:
    """Checks a catalogue of indices. Refuses `wrong_rules` with the key and what to mend."""
    table = Table(data)
    name = table.text("name")
    found = table.rows("index", _index)
    table.done()
    _unique("index", [index.code for index in found])
    return Indices(name=name, by_code={index.code: index for index in found})


def _index(table: Table) -> Index:
    name_id, name_en = table.names()
    asks_id, asks_en = _both(table, "asks")
    denominator_id, denominator_en = _both(table, "denominator")
    licence_id, licence_en = _both(table, "licence")
    measures = table.rows("measure", _measure)
    _unique(table.key("measure"), [measure.code for measure in measures])
    return Index(
        code=table.text("code"),
        publisher=table.text("publisher"),
        name_id=name_id,
        name_en=name_en,
        asks_id=asks_id,
        asks_en=asks_en,
        routes=table.flag("routes"),
        denominator_id=denominator_id,
        denominator_en=denominator_en,
        licence_id=licence_id,
        licence_en=licence_en,
        source=table.text("source"),
        measures={measure.code: measure for measure in measures},
    )


def _measure(table: Table) -> Measure:
    name_id, name_en = table.names()
    found = Measure(
        code=table.text("code"),
        name_id=name_id,
        name_en=name_en,
        unit=table.text("unit"),
        safe=float(table.number("safe")),
        worst=float(table.number("worst")),
        indicator=table.text("indicator") if table.has("indicator") else "",
        bands={level: _band(table, level) for level in _BANDED if table.has(f"bands_{level}")},
    )
    if found.safe == found.worst:
        raise wrong(table.key("worst"), "must_differ_from_safe")
    return found


def _band(table: Table, level: str) -> tuple[float, float]:
    key = f"bands_{level}"
    medium, high = table.numbers(key, 2)
    if medium >= high:
        raise wrong(table.key(key), "must_rise_two")
    return float(medium), float(high)


def _both(table: Table, key: str) -> tuple[str, str]:
    with table.table(key) as part:
        return part.text("id"), part.text("en")


def _unique(key: str, codes: list[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise wrong(key, "must_be_unique", value=code)
