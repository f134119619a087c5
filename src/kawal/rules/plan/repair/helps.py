"""What would help a plan that cannot keep its promise by itself, tried under the same chances and priced.

Four kinds of help are tried wherever lateness comes from: a day earlier than the calendar allows, a vehicle
more for each run that waits for one, vehicles of another mode, a second team of the Polda. The one that adds
most for its price is taken, then the next beside it, until the targets hold or nothing helps any more. Prices
are those of the fleet (vehicle days, hours and ways) and of the roster (officers, assumed).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kawal.rules.plan.anew.compare import cost_rp
from kawal.rules.plan.facts import Leg, Mode, Trip
from kawal.rules.plan.fleet import base_of
from kawal.rules.plan.repair.from_outside import day_earlier, polda_stands_by, vehicle_each
from kawal.rules.plan.repair.modes import by_mode
from kawal.rules.plan.repair.promise import Promise, Targets, classes_of
from kawal.rules.plan.repair.standing import Standing, harms, lacking
from kawal.rules.plan.roster.helps import POLDA_RP, SHIFT_RP
from kawal.rules.plan.sure.simulation import Outcome

_HELPS: Final = 8  # at most
_PLACES: Final = 12  # where most lateness comes from: these are tried
_PLACES_OF_MODES: Final = 4  # likewise, by another mode
_HELPERS: Final = (1, 2, 4, 8, 16)  # vehicles of another mode: the first of these that carries all


class HelpKind(StrEnum):
    DAY_EARLIER = "day_earlier"
    VEHICLE = "vehicle"
    OTHER_MODE = "other_mode"
    ESCORT = "escort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    kind: HelpKind
    area: str  # whose trips
    leg: str
    mode: Mode  # of the help: for another mode, that one
    trips: tuple[str, ...]
    vehicles_count: int  # vehicles, or officers
    rp: int
    regency: float  # P(all on time) with this help and all before it
    stations_below_count: int  # their target, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    helps: tuple[Help, ...]  # in the order in which they are to be given
    after: Promise | None  # with all of them, out of sample; None where none was found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One area's trips of one leg and mode; or, for the regency, all of a leg and mode."""

    area: str
    leg: Leg
    mode: Mode


def helps(standing: Standing, trips: Sequence[Trip], targets: Targets) -> Helped:
    """The cheapest helps found; none where none is needed."""
    found = _Helping(standing, trips, targets)
    told: list[Help] = []
    while len(told) < _HELPS and not found.holds():
        best = found.best()
        if best is None:
            break
        told.append(best)
    return Helped(helps=tuple(told), after=standing.judged(found.trips) if told else None)


class _Helping:
    def __init__(self, standing: Standing, trips: Sequence[Trip], targets: Targets) -> None:
        self.standing, self.targets, self.aims = standing, targets, targets.aims()
        self.trips, self.outcome = list(trips), standing.lived(trips)
        self.risks = classes_of(trips)
        self.given: set[tuple[HelpKind, _Place, Mode]] = set()

    def holds(self) -> bool:
        return lacking(self.outcome, self.risks, self.aims) == 0

    def best(self) -> Help | None:
        """Gives the help that adds most for its price."""
        best: tuple[float, Help, list[Trip], Outcome, _Place] | None = None
        before = lacking(self.outcome, self.risks, self.aims)
        for kind, place, mode, own, trips in self._candidates():
            outcome = self.standing.lived(trips)
            gain = before - lacking(outcome, self.risks, self.aims)
            if gain <= 0 or harms(self.outcome, outcome):
                continue
            help_ = self._told(kind, place, mode, own, trips, outcome)
            worth = gain / max(1, help_.rp)
            if best is None or worth > best[0]:
                best = worth, help_, trips, outcome, place
        if best is None:
            return None
        _, help_, self.trips, self.outcome, place = best
        self.given.add((help_.kind, place, help_.mode))
        return help_

    def _candidates(self) -> Iterator[tuple[HelpKind, _Place, Mode, list[str], list[Trip]]]:
        blamed: defaultdict[_Place, float] = defaultdict(float)
        places: defaultdict[_Place, list[Trip]] = defaultdict(list)
        for trip in self.standing.ahead(self.trips):
            if not self.standing.stays(trip):
                for area in {trip.area, self.standing.regency}:
                    place = _Place(area=area, leg=trip.leg, mode=trip.mode)
                    places[place].append(trip)
                    blamed[place] += self.outcome.blame.get(trip.code, 0.0)
        worst = sorted(
            (place for place, share in blamed.items() if share > 0), key=lambda one: (-blamed[one], str(one))
        )
        for number, place in enumerate(worst[:_PLACES]):
            own = [trip.code for trip in places[place]]
            for kind, helped in (
                (HelpKind.DAY_EARLIER, day_earlier), (HelpKind.VEHICLE, vehicle_each),
                (HelpKind.ESCORT, polda_stands_by),
            ):  # fmt: skip
                asked = (kind, place, place.mode)
                if asked not in self.given and (trips := helped(self.standing, self.trips, own)):
                    yield kind, place, place.mode, own, trips
            if number < _PLACES_OF_MODES:
                yield from self._by_other_modes(place, places[place])

    def _by_other_modes(
        self, place: _Place, given: Sequence[Trip]
    ) -> Iterator[tuple[HelpKind, _Place, Mode, list[str], list[Trip]]]:
        """Of one depot, by the fewest vehicles of another mode of the same access that carry all."""
        kinds = self.standing.settings.fleet.kinds
        if len({base_of(trip.vehicle) for trip in given}) > 1:
            return
        own = [trip.code for trip in given]
        for mode in sorted(kinds):
            if mode is place.mode or kinds[mode].access is not kinds[place.mode].access:
                continue
            if (HelpKind.OTHER_MODE, place, mode) in self.given:
                continue
            tried = (by_mode(self.standing, self.trips, own, mode, helpers) for helpers in _HELPERS)
            if trips := next((found for found in tried if found is not None), None):
                yield HelpKind.OTHER_MODE, place, mode, own, trips

    def _told(
        self, kind: HelpKind, place: _Place, mode: Mode, own: list[str], trips: list[Trip], outcome: Outcome
    ) -> Help:
        fleet, before = self.standing.settings.fleet, {trip.code: trip for trip in self.trips}
        new = [trip for trip in trips if trip != before.get(trip.code)]
        rp = cost_rp(trips, fleet) - cost_rp(self.trips, fleet)
        if kind is HelpKind.ESCORT:
            count = sum(trip.escort.officers_count for trip in new)
            rp = count * (SHIFT_RP + POLDA_RP)
        elif kind is HelpKind.DAY_EARLIER:
            count = len({trip.vehicle for trip in new})
            rp = sum(
                fleet.kind_of(name, one).rp_per_day
                for name, one in {(trip.vehicle, trip.mode) for trip in new}
            )
        else:
            come = {trip.vehicle for trip in trips} - {trip.vehicle for trip in self.trips}
            count = len(come)
            rp = max(rp, count * fleet.kinds[mode].rp_per_day)  # nobody comes for nothing
        return Help(
            kind=kind, area=place.area, leg=place.leg.value, mode=mode, trips=tuple(own),
            vehicles_count=count, rp=rp, regency=outcome.regency,
            stations_below_count=sum(
                share < self.targets.of(self.risks[code]) for code, share in outcome.stations.items()
            ),
        )  # fmt: skip
