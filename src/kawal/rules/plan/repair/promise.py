"""How sure a plan is, and how sure it must be: each station by its class, and the regency as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import numpy as np

from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import Flow, flow_of
from kawal.rules.plan.sure.safe import PROMISED, SCENARIOS, SEED, rungs_of
from kawal.rules.plan.sure.simulation import Outcome, simulate
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import CLASS_NAMES, Patterns, on_time_targets

JUDGING_SEED: Final = 90_210  # of scenarios that nothing was chosen on
JUDGING_SCENARIOS: Final = 20_000
TARGET_LEAST: Final = 0.5
TARGET_MOST: Final = 0.9999  # more could not be told from certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """P(on time) that is wanted: of each station, by its class where one is told, and of all together."""

    station: float = PROMISED
    regency: float = PROMISED
    classes: Mapping[RiskClass, float] = field(default_factory=dict)

    def of(self, risk: RiskClass) -> float:
        return self.classes.get(risk, self.station)

    def aims(self) -> Targets:
        """What is planned for, so that scenarios that nothing was chosen on give what is wanted."""
        return Targets(
            station=_aim(self.station),
            regency=_aim(self.regency),
            classes={risk: _aim(share) for risk, share in self.classes.items()},
        )


def targets_of(
    patterns: Patterns, station: float | None, regency: float | None, classes: Iterable[str]
) -> Targets:
    """By the table of classes; `station` stands instead of all of it, and one of `classes` (`special=0.999`)
    before both. Without one for the regency, as for each station.

    Refuses `wrong_class_target` with `value`.
    """
    told = on_time_targets(patterns) if station is None else {}
    each = PROMISED if station is None else station
    for text in classes:
        name, _, share = (part.strip() for part in text.partition("="))
        try:
            found = float(share.replace(",", "."))
        except ValueError:
            found = 0.0
        if name.lower() not in CLASS_NAMES or not TARGET_LEAST <= found <= TARGET_MOST:
            raise Refused("wrong_class_target", value=text[:80])
        told[CLASS_NAMES[name.lower()]] = found
    return Targets(station=each, regency=each if regency is None else regency, classes=told)


def _aim(target: float) -> float:
    return 1 - rungs_of(target)[0] / SCENARIOS


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """P(on time) on scenarios that nothing was chosen on."""

    stations: Mapping[str, float]
    risks: Mapping[str, RiskClass]  # of each of them
    classes: Mapping[RiskClass, float]  # all stations of a class together
    regency: float
    outcome: Outcome

    def below(self, targets: Targets) -> list[str]:
        """Stations below the target of their class, the least sure first."""
        found = [
            (share, code) for code, share in self.stations.items() if share < targets.of(self.risks[code])
        ]
        return [code for _, code in sorted(found)]

    def holds(self, targets: Targets) -> bool:
        return self.regency >= targets.regency and not self.below(targets)


def classes_of(trips: Sequence[Trip]) -> dict[str, RiskClass]:
    """Station -> the class of the trip that brings it to where its way ends: no worse class is aboard."""
    way = sorted((trip for trip in trips if trip.leg in FORWARD), key=lambda trip: FORWARD.index(trip.leg))
    return {station: trip.risk for trip in way for part in trip.consignments for station in part.stations}


def judged(trips: Sequence[Trip], regency: str, settings: Settings, law: Law) -> Promise:
    """The promise of a plan, out of sample."""

    def live(flow: Flow) -> Outcome:
        return _lived(flow, regency, settings, law, JUDGING_SEED, JUDGING_SCENARIOS)

    flow = flow_of(trips, settings.fleet, settings.calendar.zone, settings.windows())
    outcome, risks = live(flow), classes_of(trips)
    names = tuple(str(risk.value) for risk in RiskClass)
    # The same scenarios once more, with the classes in the place of the villages.
    of_stop = [names.index(str(risks[own[0]].value)) if own else 0 for own in flow.stations]
    by_class = live(replace(flow, villages=names, village_of=np.array(of_stop))).villages
    return Promise(
        stations=outcome.stations,
        risks={code: risks[code] for code in outcome.stations},
        classes={RiskClass(int(name)): share for name, share in by_class.items()},
        regency=outcome.regency,
        outcome=outcome,
    )


def lived(trips: Sequence[Trip], regency: str, settings: Settings, law: Law) -> Outcome:
    """What comes of a plan in the scenarios that a repair is chosen on."""
    flow = flow_of(trips, settings.fleet, settings.calendar.zone, settings.windows())
    return _lived(flow, regency, settings, law, SEED, SCENARIOS)


def _lived(flow: Flow, regency: str, settings: Settings, law: Law, seed: int, scenarios: int) -> Outcome:
    def second(moment: datetime) -> int:
        return int((moment - flow.first_day).total_seconds())

    calendar = settings.calendar
    return simulate(
        flow, law, regency, deadline_s=second(calendar.deadline_at), opening_s=second(calendar.opening_at),
        seed=seed, scenarios=scenarios,
    )  # fmt: skip
