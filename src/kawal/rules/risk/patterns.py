"""What a class means in the field: who guards, how much one vehicle may carry, how soon the watch asks.

The escort pattern is three named numbers, never a string: the order of the written triple (2-10-20)
changed over the years. A Polres may have its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.places.codes import is_area, level_of
from kawal.rules.risk.classes import RiskClass

MODES: Final = ("truck", "pickup", "boat", "motorbike", "foot")  # plan.facts.Mode
CLASS_NAMES: Final = {
    "low": RiskClass.LOW,
    "vulnerable": RiskClass.VULNERABLE,
    "high": RiskClass.HIGH,
    "special": RiskClass.SPECIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EscortPattern:
    """So many police guard so many stations together with so many Linmas, on voting day."""

    police: int
    stations: int
    linmas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLimits:
    silence_s: int  # no position for longer is a sign
    stop_s: int  # not moving for longer is a sign


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules:
    pattern: EscortPattern
    officers: Mapping[str, int]  # police aboard one trip, by mode
    stations_per_vehicle: int  # the loss limit: no single accident may take more
    limits: WatchLimits
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patterns:
    name: str
    classes: Mapping[RiskClass, ClassRules]
    polres: Mapping[tuple[str, RiskClass], EscortPattern]  # (regency, class) -> its own pattern


def escort_for(klass: RiskClass, patterns: Patterns, regency: str = "") -> EscortPattern:
    """The Polres's own pattern where it has one, else the national one."""
    return patterns.polres.get((regency, klass), patterns.classes[klass].pattern)


def officers_for(klass: RiskClass, mode: str, patterns: Patterns) -> int:
    """Police aboard a trip of this class by this mode (`plan.facts.Mode`)."""
    return patterns.classes[klass].officers[mode]


def stations_limit(klass: RiskClass, patterns: Patterns) -> int:
    """Most stations whose parcels one vehicle may carry when this is the worst class aboard."""
    return patterns.classes[klass].stations_per_vehicle


def watch_limits(klass: RiskClass, patterns: Patterns) -> WatchLimits:
    return patterns.classes[klass].limits


def patterns_of(data: Mapping[str, Any]) -> Patterns:
    """Checks a pattern file. Refuses `wrong_rules` with the key and what to mend."""
    table = Table(data)
    name = table.text("name")
    classes = {}
    for key, klass in CLASS_NAMES.items():
        with table.table(key) as part:
            classes[klass] = _class_rules(part)
    polres = dict(table.rows("polres", _polres)) if table.has("polres") else {}
    table.done()
    _never_relaxes(classes)
    return Patterns(name=name, classes=classes, polres=polres)


def _class_rules(table: Table) -> ClassRules:
    with table.table("officers") as officers:
        aboard = {mode: officers.whole(mode) for mode in MODES}
    return ClassRules(
        pattern=_pattern(table),
        officers=aboard,
        stations_per_vehicle=table.whole("stations_per_vehicle", 1),
        limits=WatchLimits(silence_s=table.whole("silence_s", 1), stop_s=table.whole("stop_s", 1)),
        source=table.text("source"),
    )


def _pattern(table: Table) -> EscortPattern:
    return EscortPattern(
        police=table.whole("police", 1), stations=table.whole("stations", 1), linmas=table.whole("linmas")
    )


def _polres(table: Table) -> tuple[tuple[str, RiskClass], EscortPattern]:
    area = table.text("area")
    if not is_area(area) or level_of(area) != "regency":
        raise wrong(table.key("area"), "must_be_regency")
    klass = CLASS_NAMES[table.choice("class", list(CLASS_NAMES))]
    pattern = _pattern(table)
    table.text("source")
    return (area, klass), pattern


def _never_relaxes(classes: Mapping[RiskClass, ClassRules]) -> None:
    """A worse class is never guarded less, never loads more, and is never asked after later."""
    for (key, klass), worse in zip(list(CLASS_NAMES.items())[1:], list(RiskClass)[1:], strict=True):
        mild, bad = classes[RiskClass(klass - 1)], classes[worse]
        relaxed = (
            any(bad.officers[mode] < mild.officers[mode] for mode in MODES)
            or bad.stations_per_vehicle > mild.stations_per_vehicle
            or bad.limits.silence_s > mild.limits.silence_s
            or bad.limits.stop_s > mild.limits.stop_s
            or bad.pattern.police * mild.pattern.stations < mild.pattern.police * bad.pattern.stations
        )
        if relaxed:
            raise wrong(key, "must_not_relax")
