"""A plan repaired until its promise holds: what can be changed is tried, the cheapest for its worth first.

Three things are tried with what the plan has: the trips of a district (or of one area) that make stations
late begin as early as their goods are there and a vehicle of their kind is free; trips go by another mode of
which vehicles stand there; a second team stands by for trips that wait for an escort. Each change is lived
through under the same chances and priced; those that gain most for their price are taken first, as long as
each still gains, nobody is promised less for it and the checker finds nothing. When a whole round gains
nothing the repair ends: so to repair again changes nothing. What the plan itself cannot mend is answered in
`helps.py`.

Same plan and law, same repair. The scenarios are not those that the promise is judged by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kawal.rules.plan.anew.compare import TripChange, cost_rp, trip_changes
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.plan.fleet import base_of
from kawal.rules.plan.repair.modes import by_mode, other_modes
from kawal.rules.plan.repair.moving import Timetable
from kawal.rules.plan.repair.promise import Promise, Targets, classes_of
from kawal.rules.plan.repair.standing import WORTH, Standing, harms, lacking
from kawal.rules.plan.repair.teams import with_second_teams
from kawal.rules.plan.sure.simulation import Outcome

Broken = Callable[[Sequence[Trip]], Sequence[Violation]]  # the rules that a plan breaks

_ROUNDS: Final = 20  # at most
_PLACES: Final = 12  # where most lateness comes from: these are tried one by one
_DISTRICT_CHARS: Final = 8  # of an area code
_MOST_TO_BLAME: Final = 0.9  # of all lateness is theirs


class StepKind(StrEnum):
    EARLIER = "earlier"
    MODE = "mode"
    SECOND_TEAM = "second_team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that may be tried: its kind, whose trips, and by which mode."""

    kind: StepKind
    area: str  # whose trips; or the gateway they start from
    leg: Leg | None = None  # None: of all legs
    mode: Mode | None = None  # that the trips have
    to_mode: Mode | None = None  # that they get


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change that was made, with its price and what it is worth in the scenarios it was chosen on."""

    way: Way
    trips: tuple[str, ...]  # that are not as they were before it
    officers_count: int  # standing by
    rp: int  # below zero: cheaper than before
    regency: float  # P(all on time) after it
    stations_below_count: int  # their target, likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A change that would help and that the checker refused."""

    way: Way
    violation: Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    trips: tuple[Trip, ...]
    steps: tuple[Step, ...]
    changes: tuple[TripChange, ...]
    rejected: tuple[Rejected, ...]
    before: Promise
    after: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    way: Way
    trips: list[Trip]
    officers_count: int
    rp: int
    outcome: Outcome
    gain: float

    def order(self) -> tuple[float, float, str]:
        """What costs nothing first, then by the price of what is gained."""
        return max(0, self.rp) / self.gain, -self.gain, str(self.way)


def repaired(standing: Standing, trips: Sequence[Trip], targets: Targets, broken: Broken) -> Repaired:
    """The plan changed as far as its fleet, officers and calendar allow towards the targets.

    `broken` judges the plan by the rules, but for its promises: what it finds fault with is not done.
    """
    search = _Search(standing, trips, targets, broken)
    for _ in range(_ROUNDS):
        if not search.round():
            break
    return Repaired(
        trips=tuple(search.trips),
        steps=tuple(search.steps),
        changes=trip_changes(trips, search.trips),
        rejected=tuple(search.rejected.values()),
        before=standing.judged(trips),
        after=standing.judged(search.trips),
    )


class _Search:
    def __init__(self, standing: Standing, trips: Sequence[Trip], targets: Targets, broken: Broken) -> None:
        self.standing, self.broken = standing, broken
        self.targets, self.aims = targets, targets.aims()
        self.trips, self.outcome = list(trips), standing.lived(trips)
        self.risks = classes_of(trips)
        self.steps: list[Step] = []
        self.rejected: dict[Way, Rejected] = {}

    def round(self) -> bool:
        """Tries everything on the plan as it is now; makes what gains, one after the other."""
        ways = list(_ways(self.standing, self.trips, self._culprits(), self.outcome.blame))
        found = [tried for way in ways if (tried := self._try(way)) is not None]
        made = False
        for tried in sorted(found, key=_Tried.order):
            again = self._try(tried.way) if made else tried
            made = (again is not None and self._make(again)) or made
        return made

    def _try(self, way: Way) -> _Tried | None:
        """What a way makes of the plan, if it gains and harms nobody."""
        culprits = self._culprits()
        codes = [trip.code for trip in self.trips if trip.code in culprits and _of(trip, way)]
        trips: list[Trip] | None
        officers, rp = 0, 0
        if way.kind is StepKind.EARLIER:
            trips = Timetable(self.standing, self.trips).earlier(codes)
        elif way.kind is StepKind.MODE:
            assert way.to_mode is not None
            trips = by_mode(self.standing, self.trips, codes, way.to_mode)
        else:
            stood_by = with_second_teams(self.standing, self.trips, codes)
            trips = stood_by.trips if stood_by else None
            officers, rp = (stood_by.officers_count, stood_by.rp) if stood_by else (0, 0)
        if trips is None or trips == self.trips:
            return None
        outcome = self.standing.lived(trips)
        gain = lacking(self.outcome, self.risks, self.aims) - lacking(outcome, self.risks, self.aims)
        if gain <= WORTH or harms(self.outcome, outcome):
            return None
        fleet = self.standing.settings.fleet
        rp += cost_rp(trips, fleet) - cost_rp(self.trips, fleet)
        return _Tried(way=way, trips=trips, officers_count=officers, rp=rp, outcome=outcome, gain=gain)

    def _make(self, tried: _Tried) -> bool:
        if violations := self.broken(tried.trips):
            self.rejected[tried.way] = Rejected(way=tried.way, violation=violations[0])
            return False
        shares = tried.outcome.stations.items()
        self.steps.append(
            Step(
                way=tried.way,
                trips=tuple(change.code for change in trip_changes(self.trips, tried.trips)),
                officers_count=tried.officers_count,
                rp=tried.rp,
                regency=tried.outcome.regency,
                stations_below_count=sum(share < self.targets.of(self.risks[code]) for code, share in shares),
            )
        )
        self.trips, self.outcome = tried.trips, tried.outcome
        return True

    def _culprits(self) -> set[str]:
        """All trips of the stations below the aim; and who is most to blame where the regency is below."""
        shares = self.outcome.stations.items()
        below = {code for code, share in shares if share < self.aims.of(self.risks[code])}
        found = {
            trip.code
            for trip in self.trips
            if trip.leg in FORWARD and any(below.intersection(part.stations) for part in trip.consignments)
        }
        if self.outcome.regency < self.targets.regency:
            found |= _most_to_blame(self.outcome.blame)
        return {trip.code for trip in self.trips if trip.code in found and not self.standing.stays(trip)}


def _most_to_blame(blame: Mapping[str, float]) -> set[str]:
    found, left = set(), _MOST_TO_BLAME * sum(blame.values())
    for code, share in sorted(blame.items(), key=lambda pair: (-pair[1], pair[0])):
        if left <= 0:
            break
        found.add(code)
        left -= share
    return found


def _ways(
    standing: Standing, trips: Sequence[Trip], culprits: set[str], blame: Mapping[str, float]
) -> Iterator[Way]:
    """Earlier: all culprits of a district (of the regency's own trips) together. All else, and earlier too,
    for the trips of one area, leg and mode where most lateness comes from."""
    found = [trip for trip in trips if trip.code in culprits]
    for area in sorted({trip.area[:_DISTRICT_CHARS] for trip in found}):
        yield Way(kind=StepKind.EARLIER, area=area)
    blamed: defaultdict[tuple[str, Leg, Mode], float] = defaultdict(float)
    example: dict[tuple[str, Leg, Mode], Trip] = {}
    for trip in found:
        place = base_of(trip.vehicle), trip.leg, trip.mode
        blamed[place] += blame.get(trip.code, 0.0)
        example[place] = trip
    for _, place in sorted((-share, place) for place, share in blamed.items())[:_PLACES]:
        base, leg, mode = place
        yield Way(kind=StepKind.EARLIER, area=base, leg=leg, mode=mode)
        for other in other_modes(standing, example[place]):
            yield Way(kind=StepKind.MODE, area=base, leg=leg, mode=mode, to_mode=other)
        yield Way(kind=StepKind.SECOND_TEAM, area=base, leg=leg, mode=mode)


def _of(trip: Trip, way: Way) -> bool:
    if way.leg is None:
        return trip.area[:_DISTRICT_CHARS] == way.area
    return (base_of(trip.vehicle), trip.leg, trip.mode) == (way.area, way.leg, way.mode)
