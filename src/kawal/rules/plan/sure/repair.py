"""A plan repaired until its promise holds: trips that make stations late are begun earlier, or by a reserve.

Round after round the plan is lived through under the same chances. The trips of stations below the target,
and while the regency as a whole is below it those most to blame, begin as early as their goods are there and
a vehicle of the same kind is free (its own, or one that stands idle): on the same day, or a day before where
the calendar allows. What makes the promise of a district no better is taken back. What the plan itself cannot
mend is answered in `helping.py`: what would help, and what it costs.

Same plan and law, same repair. The scenarios are not those that the promise is judged by (`judged`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.plan.fleet import Vehicle, vehicles
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.routing.jobs import moment
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import Flow, flow_of
from kawal.rules.plan.sure.safe import SCENARIOS, SEED, rungs_of
from kawal.rules.plan.sure.simulation import Outcome, simulate
from kawal.rules.plan.sure.slots import needs_of
from kawal.rules.plan.windows import earliest
from kawal.rules.risk.classes import RiskClass

JUDGING_SEED: Final = 90_210  # of scenarios that nothing was chosen on
JUDGING_SCENARIOS: Final = 20_000
_ROUNDS: Final = 4
_DISTRICT_CHARS: Final = 8  # of an area code
_FAR_S: Final = 10**10  # what cannot begin at all begins then
_WORTH: Final = 0.001  # boxes that lie longer must be worth it
_LEAST_GAIN: Final = timedelta(minutes=10)
_MOST_TO_BLAME: Final = 0.9  # of all lateness is theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A trip that the repair moved."""

    trip: str
    from_at: datetime  # departure
    to_at: datetime
    from_vehicle: str
    to_vehicle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """P(on time) on scenarios that nothing was chosen on."""

    stations: Mapping[str, float]
    classes: Mapping[RiskClass, float]  # all stations of a class together
    regency: float
    outcome: Outcome

    def below(self, target: float) -> list[str]:
        """Stations below the target, the least sure first."""
        found = [(share, code) for code, share in self.stations.items() if share < target]
        return [code for _, code in sorted(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    trips: tuple[Trip, ...]
    changes: tuple[Change, ...]
    before: Promise
    after: Promise


def judged(trips: Sequence[Trip], regency: str, settings: Settings, law: Law) -> Promise:
    """The promise of a plan, out of sample."""

    def live(flow: Flow) -> Outcome:
        return _lived(flow, regency, settings, law, JUDGING_SEED, JUDGING_SCENARIOS)

    flow = flow_of(trips, settings.fleet, settings.calendar.zone, settings.windows())
    outcome = live(flow)
    risks = {part.stations: trip.risk for trip in trips for part in trip.consignments if trip.leg in FORWARD}
    names = tuple(str(risk.value) for risk in RiskClass)
    # The same scenarios once more, with the classes in the place of the villages.
    of_stop = [names.index(str(risks[own].value)) if own else 0 for own in flow.stations]
    by_class = live(replace(flow, villages=names, village_of=np.array(of_stop))).villages
    return Promise(
        stations=outcome.stations,
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


def repaired(
    problem: Problem, settings: Settings, trips: Sequence[Trip], *, law: Law, target: float
) -> Repaired:
    """The plan moved as far as its fleet and calendar allow towards the target, and what was moved."""
    regency = problem.regency
    aim = 1 - rungs_of(target)[0] / SCENARIOS
    now = list(trips)
    outcome = lived(now, regency, settings, law)
    tried: set[str] = set()
    for _ in range(_ROUNDS):
        culprits = _culprits(now, outcome, aim, target) - tried
        if not culprits:
            break
        tried |= culprits
        for part in _by_district(now, culprits):
            moved = _Moving(problem, settings, now).earlier(part)
            better = lived(moved, regency, settings, law) if moved != now else outcome
            if _lacking(better, aim) < _lacking(outcome, aim) - _WORTH:
                now, outcome = moved, better
    old = {trip.code: trip for trip in trips}
    return Repaired(
        trips=tuple(now),
        changes=tuple(_change(old[trip.code], trip) for trip in now if trip != old[trip.code]),
        before=judged(trips, regency, settings, law),
        after=judged(now, regency, settings, law),
    )


def _by_district(trips: Sequence[Trip], culprits: set[str]) -> list[list[str]]:
    """What is tried together: the trips of the regency, then those of each district."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for trip in trips:
        if trip.code in culprits:
            parts[trip.area[:_DISTRICT_CHARS]].append(trip.code)
    return [parts[area] for area in sorted(parts)]


def _change(old: Trip, new: Trip) -> Change:
    return Change(
        trip=new.code, from_at=old.depart_at, to_at=new.depart_at, from_vehicle=old.vehicle,
        to_vehicle=new.vehicle,
    )  # fmt: skip


def _lacking(outcome: Outcome, aim: float) -> float:
    """How far from the aim, over stations and for the regency as a whole."""
    return sum(max(0.0, aim - share) for share in outcome.stations.values()) + max(0.0, aim - outcome.regency)


def _culprits(trips: Sequence[Trip], outcome: Outcome, aim: float, target: float) -> set[str]:
    """All trips of the stations below the aim; and who is most to blame where a whole is below the target."""
    below = {code for code, share in outcome.stations.items() if share < aim}
    found = {
        trip.code
        for trip in trips
        if trip.leg in FORWARD and any(below.intersection(part.stations) for part in trip.consignments)
    }
    if outcome.regency < target:
        blamed = sorted(outcome.blame.items(), key=lambda pair: (-pair[1], pair[0]))
        left = _MOST_TO_BLAME * sum(share for _, share in blamed)
        for code, share in blamed:
            if left <= 0:
                break
            found.add(code)
            left -= share
    return found


class _Moving:
    """A timetable in which trips can be moved: when each vehicle is busy, when each parcel is there."""

    def __init__(self, problem: Problem, settings: Settings, trips: Sequence[Trip]) -> None:
        self.settings, self.windows = settings, settings.windows()
        self.trips = {trip.code: trip for trip in trips}
        self.stock: dict[str, list[Vehicle]] = {
            area: list(vehicles(settings.fleet, level, area, stations))
            for level, area, stations in problem.stations_by_access()
        }
        self.busy: defaultdict[str, dict[str, tuple[datetime, datetime]]] = defaultdict(dict)
        self.handed: dict[tuple[int, str], datetime] = {}
        for trip in trips:
            self._book(trip)

    def _book(self, trip: Trip) -> None:
        self.busy[trip.vehicle][trip.code] = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        self.trips[trip.code] = trip
        if trip.leg in FORWARD:
            leaves = {stop.site: stop.depart_at for stop in trip.stops}
            for part in trip.consignments:
                for station in part.stations:
                    self.handed[FORWARD.index(trip.leg), station] = leaves[part.to_site]

    def earlier(self, culprits: Iterable[str]) -> list[Trip]:
        """Each of these as early as can be, in the order of the legs; the farthest first."""
        found = [self.trips[code] for code in culprits]
        found.sort(key=lambda trip: (FORWARD.index(trip.leg), trip.depart_at - trip.back_at, trip.code))
        for trip in found:
            self._move(trip)
        return list(self.trips.values())

    def _move(self, trip: Trip) -> None:
        if trip.halts:  # begins as early as its goods are there already
            return
        del self.busy[trip.vehicle][trip.code]
        own = Vehicle(name=trip.vehicle, kind=self.settings.fleet.kinds[trip.mode])
        area = trip.vehicle.split("-")[1]
        alike = [one for one in self.stock.get(area, []) if one.kind == own.kind and one.name != own.name]
        best = trip
        for vehicle in (own, *alike):
            start = self._start(trip, vehicle)
            if start is not None and start < best.stops[0].arrive_at - _LEAST_GAIN:
                best = _begun(trip, start, vehicle.name)
        self._book(best)

    def _open(self, trip: Trip, vehicle: str, start: datetime) -> datetime:
        """Not before every place of the way is open."""
        needs = needs_of(replace(trip, vehicle=vehicle), self.windows) if self.windows else []
        return moment(min(earliest(int(start.timestamp()), needs), _FAR_S)) if needs else start

    def _free(self, vehicle: str, start: datetime, lasts: timedelta) -> bool:
        return all(ends <= start or start + lasts <= begins for begins, ends in self.busy[vehicle].values())

    def _start(self, trip: Trip, vehicle: Vehicle) -> datetime | None:
        """The earliest begin at which goods are there, the vehicle is free and calendar and hours allow."""
        begins, ends = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        place = FORWARD.index(trip.leg) - 1
        stations = [station for part in trip.consignments for station in part.stations]
        ready = [self.handed[place, one] for one in stations if (place, one) in self.handed]
        calendar = self.settings.calendar
        shifts = {*calendar.shifts[trip.leg], *calendar.shifts_of(trip.leg, early=True)}
        candidates = []
        for shift in shifts:
            day = shift.start.astimezone(calendar.zone).date()
            opens = datetime.combine(day, vehicle.kind.opens, calendar.zone)
            closes = datetime.combine(day, vehicle.kind.closes, calendar.zone)
            start = _gap(self.busy[vehicle.name].values(), max(shift.start, opens, *ready), ends - begins)
            start = self._open(trip, vehicle.name, start)
            if start + (ends - begins) <= min(shift.end, closes) and self._free(
                vehicle.name, start, ends - begins
            ):
                candidates.append(start)
        return min(candidates, default=None)


def _gap(busy: Iterable[tuple[datetime, datetime]], start: datetime, lasts: timedelta) -> datetime:
    """The first moment from `start` on at which so long nothing else is done."""
    for begins, ends in sorted(busy):
        if start + lasts <= begins:
            return start
        start = max(start, ends)
    return start


def _begun(trip: Trip, start: datetime, vehicle: str) -> Trip:
    """The same trip, begun at another time by another vehicle of its kind."""
    by = start - trip.stops[0].arrive_at
    return replace(
        trip,
        vehicle=vehicle,
        depart_at=trip.depart_at + by,
        back_at=trip.back_at + by,
        stops=tuple(replace(s, arrive_at=s.arrive_at + by, depart_at=s.depart_at + by) for s in trip.stops),
        consignments=tuple(replace(part, arrive_at=part.arrive_at + by) for part in trip.consignments),
    )
