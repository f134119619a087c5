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
from kawal.rules.risk.modes import MODES, OLD_BOAT, OLD_WORD

DAYS_EARLY_MAX: Final = 1
STOP_MAX_S: Final = 10_800  # three hours
LATE_PER_10000: Final = 100  # where a table tells nothing: on time with 0.99 (assumed)
LATE_MOST_PER_10000: Final = 5_000
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
    silence_s: int  # no word for longer, where one could come, is a sign
    stop_s: int  # not moving for longer is a sign
    corridor_m: int  # farther off the planned way is a sign


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules:
    pattern: EscortPattern
    officers: Mapping[str, int]  # police aboard one trip, by mode
    stations_per_vehicle: int  # the loss limit: no single accident may take more
    second_checks: int  # seal checks on the way out by somebody who does not hold the parcel
    days_early: int  # how many days before H-1 the last step begins: the hardest first
    limits: WatchLimits
    source: str
    late_per_10000: int = LATE_PER_10000  # a station may be late in so many of 10,000 distributions


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


def on_time_target(klass: RiskClass, patterns: Patterns) -> float:
    """P(on time) that each station of this class is to be promised."""
    return 1 - patterns.classes[klass].late_per_10000 / 10_000


def on_time_targets(patterns: Patterns) -> dict[RiskClass, float]:
    return {risk: on_time_target(risk, patterns) for risk in RiskClass}


def second_checks(klass: RiskClass, patterns: Patterns) -> int:
    """Seal checks by another than the holder that a box of this class must have on its way out."""
    return patterns.classes[klass].second_checks


def goes_first(klass: RiskClass, patterns: Patterns) -> bool:
    """Whether the last step to stations of this class begins before H-1."""
    return patterns.classes[klass].days_early > 0


def order_of(classes: Mapping[str, RiskClass], patterns: Patterns) -> list[str]:
    """Areas in the order in which they are supplied: the earliest table row, then the worst class first."""
    return sorted(
        classes, key=lambda code: (-patterns.classes[classes[code]].days_early, -classes[code], code)
    )


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
    patterns = Patterns(name=name, classes=classes, polres=polres)
    _never_relaxes(patterns)
    return patterns


def _class_rules(table: Table) -> ClassRules:
    with table.table("officers") as officers:
        aboard = _aboard(officers)
    return ClassRules(
        pattern=_pattern(table),
        officers=aboard,
        stations_per_vehicle=table.whole("stations_per_vehicle", 1),
        second_checks=table.whole("second_checks"),
        days_early=_days_early(table),
        limits=WatchLimits(
            silence_s=table.whole("silence_s", 1),
            stop_s=_stop(table),
            corridor_m=table.whole("corridor_m", 1),
        ),
        source=table.text("source"),
        late_per_10000=_late(table) if table.has("late_per_10000") else LATE_PER_10000,
    )


def _late(table: Table) -> int:
    late = table.whole("late_per_10000", 1)  # never late is what nobody can promise
    if late > LATE_MOST_PER_10000:
        raise wrong(table.key("late_per_10000"), "must_be_at_most", most=LATE_MOST_PER_10000)
    return late


def _stop(table: Table) -> int:
    """A trip's positions are kept for four hours (rules.custody.track): a longer stop could not be seen."""
    stop_s = table.whole("stop_s", 1)
    if stop_s > STOP_MAX_S:
        raise wrong(table.key("stop_s"), "must_be_at_most", most=STOP_MAX_S)
    return stop_s


def _aboard(officers: Table) -> dict[str, int]:
    if not officers.has(OLD_BOAT):
        return {mode: officers.whole(mode) for mode in MODES}
    told = {word: officers.whole(word) for word in dict.fromkeys(OLD_WORD.values())}
    return {mode: told[OLD_WORD[mode]] for mode in MODES}


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


def _days_early(table: Table) -> int:
    """The plan knows one earlier day, H-2; longer a box should not lie where few can guard it."""
    days = table.whole("days_early")
    if days > DAYS_EARLY_MAX:
        raise wrong(table.key("days_early"), "must_be_at_most", most=DAYS_EARLY_MAX)
    return days


def _never_relaxes(patterns: Patterns) -> None:
    """A worse class is never guarded or checked less, never loads more, is never asked after later, never
    promised less and never supplied after a milder one; nor by the patterns of a Polres."""
    for key, klass in list(CLASS_NAMES.items())[1:]:
        mild, bad = patterns.classes[RiskClass(klass - 1)], patterns.classes[klass]
        relaxed = (
            any(bad.officers[mode] < mild.officers[mode] for mode in MODES)
            or bad.stations_per_vehicle > mild.stations_per_vehicle
            or bad.second_checks < mild.second_checks
            or bad.days_early < mild.days_early
            or bad.late_per_10000 > mild.late_per_10000
            or bad.limits.silence_s > mild.limits.silence_s
            or bad.limits.stop_s > mild.limits.stop_s
            or bad.limits.corridor_m > mild.limits.corridor_m
            or _guarded_less(bad.pattern, mild.pattern)
        )
        if relaxed:
            raise wrong(key, "must_not_relax")
    for regency, klass in sorted(patterns.polres):
        for other in RiskClass:
            worse, milder = max(klass, other), min(klass, other)
            if worse != milder and _guarded_less(
                escort_for(worse, patterns, regency), escort_for(milder, patterns, regency)
            ):
                raise wrong(f"polres {regency}", "must_not_relax")


def _guarded_less(bad: EscortPattern, mild: EscortPattern) -> bool:
    """Fewer police or fewer Linmas for a station than the other pattern gives."""
    return (
        bad.police * mild.stations < mild.police * bad.stations
        or bad.linmas * mild.stations < mild.linmas * bad.stations
    )
