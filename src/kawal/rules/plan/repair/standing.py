"""A plan as a repair finds it: what has left and what has begun stays, what is shut or away is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kawal.rules.plan.anew.dating import as_told
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.happened import NOTHING, Happened, handed_at
from kawal.rules.plan.facts import FORWARD, Leg, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.repair.promise import Promise, Targets, judged, lived
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.simulation import Outcome
from kawal.rules.risk.classes import RiskClass

WORTH: Final = 0.001  # of the promise: what gains less is not worth it, and nobody may lose more by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`now`: nothing begins before it, and what was to begin before it is taken as begun; None: the plan is
    on paper. `happened`: trip code -> what was told of it. `highest`: see `anew.replan`."""

    world: Disrupted
    law: Law
    now: datetime | None = None
    happened: Mapping[str, Happened] = field(default_factory=dict)
    highest: Mapping[Leg, int] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return self.world.settings

    @property
    def regency(self) -> str:
        return self.world.problem.regency

    def stays(self, trip: Trip) -> bool:
        """Whether a trip is not the repair's to change."""
        begun = self.now is not None and trip.stops[0].arrive_at < self.now
        return begun or trip.leg not in FORWARD or trip.code in self.happened

    def ahead(self, trips: Sequence[Trip]) -> list[Trip]:
        """What of the way out still lies ahead, as late as it left."""
        out = [trip for trip in trips if trip.leg in FORWARD]
        return [one for trip in out if (one := as_told(trip, self.happened.get(trip.code))) is not None]

    def lived(self, trips: Sequence[Trip]) -> Outcome:
        return lived(self.ahead(trips), self.regency, self.settings, self.law)

    def judged(self, trips: Sequence[Trip]) -> Promise:
        return judged(self.ahead(trips), self.regency, self.settings, self.law)


def lacking(outcome: Outcome, risks: Mapping[str, RiskClass], aims: Targets) -> float:
    """How far from the aim, over stations and for the regency as a whole."""
    short = (aims.of(risks[code]) - share for code, share in outcome.stations.items())
    return sum(max(0.0, one) for one in short) + max(0.0, aims.regency - outcome.regency)


def harms(before: Outcome, after: Outcome) -> bool:
    """Whether any station is promised less than it was, by more than is worth telling."""
    return any(after.stations[code] < share - WORTH for code, share in before.stations.items())


def ready_at(trips: Sequence[Trip], leg: Leg, happened: Mapping[str, Happened]) -> dict[str, datetime]:
    """Station -> when its parcels are where a leg begins, as the legs before it bring them."""
    found: dict[str, datetime] = {}
    for before in FORWARD[: FORWARD.index(leg)]:
        for trip in trips:
            if trip.leg is before:
                for part in trip.consignments:
                    at = handed_at(trip, part.to_site, happened.get(trip.code, NOTHING))
                    found.update(dict.fromkeys(part.stations, at))
    return found
