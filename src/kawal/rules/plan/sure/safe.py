"""Latest safe departures by sample average, over scenarios that all trips share.

Each trip's latest departure is taken in each scenario (`backward.py`): so late that everything that hangs on
the trip (what it carries, what that is carried on by, what its vehicle does next) can still be on time. The
latest *safe* one is the low quantile of these: with it all that hangs on the trip is on time in at least that
share of the scenarios.

A quantile of one trip is no promise for a station that needs three of them, nor for a district that needs a
hundred. So the plan is lived through once more with every trip leaving at its latest safe departure, all at
once; where a station (or, if asked, a district) then falls short, its trips' quantiles are lowered until it
does not. A station is promised what its class is: the class of the trip that brings its boxes to where they
go. What is chosen on scenarios looks better on them than on others: a promise of 0.99 is planned with two
standard errors in hand, 0.9932 of 4,000 scenarios, and judged on scenarios of another seed; one of 0.999 or
more is planned with none of 4,000 late, which says 0.999 and no more.

Where the promise of a station holds with the departures as planned, these are safe, however little is to
spare. Where it does not hold the station falls short, and its trips may be told to leave later than is safe.
They leave as planned all the same: who else goes with them is judged by that.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import mean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.calendar import Calendar
from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.sure import backward
from kawal.rules.plan.sure.arrays import Asked, areas_of, laws_of, ways_of
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import DAY_S, Flow, flow_of, with_days_before
from kawal.rules.plan.sure.simulation import simulate
from kawal.rules.plan.sure.slots import needs_of
from kawal.rules.plan.sure.threads import side_by_side
from kawal.rules.plan.windows import ALWAYS, Windows
from kawal.rules.plan.windows import latest as last_open
from kawal.rules.risk.classes import RiskClass

PROMISED: Final = 0.99
NO_CLASSES: Final[Mapping[RiskClass, float]] = {}
SCENARIOS: Final = 4_000
SEED: Final = 7_001  # of the scenarios: another than any that a plan is judged by
_AS_MANY_MORE: Final = 2  # times the scenarios, where it is close
_EARLIER_DAYS: Final = 3  # before the first day of the plan a departure may still be found

Steps = NDArray[np.int64]


class Jointly(StrEnum):
    """Who must all be on time together for a promise to be kept."""

    STATION = "station"  # each for itself: all that its own trips need
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    trips: tuple[Trip, ...]
    short: tuple[str, ...]  # stations, or districts, to which this plan does not keep what is promised


def safely_dated(
    trips: Sequence[Trip], regency: str, *, law: Law, fleet: Fleet, calendar: Calendar,
    windows: Windows = ALWAYS, promised: float = PROMISED, classes: Mapping[RiskClass, float] = NO_CLASSES,
    jointly: Jointly = Jointly.STATION, fixed: Collection[str] = (), ends: Collection[str] = (),
    full: Collection[str] = (),
) -> Safe:  # fmt: skip
    """The trips with latest safe departures and due times by sample average; those home stay as they are.

    `promised`: P(on time) of each station or district; of a station whose class is in `classes` that instead.
    `ends`: sites at which boxes are due as planned, for nothing behind them is among the trips; `full`: where
    they are due then at the latest, for not all behind them is.

    Trips whose codes are `fixed` keep theirs, and the others are dated to fit.
    """
    if not any(trip.leg in FORWARD for trip in trips):
        return Safe(trips=tuple(trips), short=())
    flow = flow_of(trips, fleet, calendar.zone, windows, ends=ends)
    by_code = {trip.code: trip for trip in trips}
    own = [by_code[code] for code in flow.codes]
    groups = _groups(flow, jointly)
    risks = _risks(flow, own) if jointly is Jointly.STATION else {}
    wanted = {code: classes.get(risks[code], promised) if risks else promised for code in groups}
    rungs = _rungs(groups, wanted, len(own))
    found = _Latest(flow, law, regency, calendar, own, rungs, windows, jointly, full)
    planned = {code: 1 - rungs_of(share)[0] / SCENARIOS for code, share in wanted.items()}
    enough = wanted if jointly is Jointly.STATION else planned
    first, surer = _as_planned(found, enough, planned)
    short = {code for code, share in surer.items() if share < enough[code]}
    doubted = {trip for code in short for trip in groups[code]}
    found.keep([trip for trip in range(len(flow.codes)) if trip not in doubted])
    found.fix(fixed)
    goal = {code: min(planned[code], share) for code, share in first.items() if code not in short}
    shares = found.lower(goal, groups, as_planned=True)
    if short:
        found.lower({code: planned[code] for code in short}, groups, as_planned=False)
    if fixed:  # what stays may leave later than as planned, whoever falls short by it
        short |= {code for code, share in goal.items() if shares[code] < min(share, wanted[code])}
    dated = found.dated()
    return Safe(trips=tuple(dated.get(trip.code, trip) for trip in trips), short=tuple(sorted(short)))


def _as_planned(
    found: _Latest, enough: Mapping[str, float], sure: Mapping[str, float]
) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The shares as planned; and those by which it is judged who falls short.

    Of thousands of stations some look better than they are in any scenarios, and some worse. Who is so close
    to what is enough that chance may have made it is asked in others as well."""
    first = found.shares(found.planned)
    close = [code for code, share in first.items() if 2 * enough[code] - sure[code] <= share < sure[code]]
    if not close:
        return first, first
    others = [found.shares(found.planned, seed=SEED + more) for more in range(1, _AS_MANY_MORE + 1)]
    return first, {**first, **{code: mean(each[code] for each in (first, *others)) for code in close}}


def rungs_of(promised: float) -> tuple[int, ...]:
    """So many scenarios may want an earlier departure: with two standard errors in hand, then ever fewer."""
    allowed = SCENARIOS * (1 - promised)
    first = max(0, int(allowed - 2 * math.sqrt(allowed * promised)))
    halves = [first]
    while halves[-1]:
        halves.append(halves[-1] // 2)
    return tuple(halves)


def _rungs(groups: Mapping[str, Sequence[int]], wanted: Mapping[str, float], trips: int) -> Steps:
    """[trip, step]: of each trip the rungs of the greatest promise among those it carries for."""
    most = np.zeros(trips)
    for code, own in groups.items():
        most[own] = np.maximum(most[own], wanted[code])
    most[most == 0] = PROMISED  # nobody's way ends with what it carries
    ladders = [rungs_of(share) for share in most.tolist()]
    length = max(map(len, ladders))
    return np.array([ladder + (0,) * (length - len(ladder)) for ladder in ladders])


def _risks(flow: Flow, trips: Sequence[Trip]) -> dict[str, RiskClass]:
    """Station -> the class of the trip on which its way ends."""
    carrier = np.repeat(np.arange(len(trips)), np.diff(flow.stops_at))
    return {
        station: trips[carrier[stop]].risk
        for stop in np.flatnonzero(flow.final)
        for station in flow.stations[stop]
    }


def _groups(flow: Flow, jointly: Jointly) -> dict[str, list[int]]:
    """Who is promised -> the trips that carry them, on all legs."""
    carrier = np.repeat(np.arange(len(flow.codes)), np.diff(flow.stops_at))
    groups: defaultdict[str, set[int]] = defaultdict(set)
    for stop in np.flatnonzero(flow.final):
        own, waiting = set[int](), [int(carrier[stop])]
        while waiting:
            trip = waiting.pop()
            own.add(trip)
            supply = flow.supply[flow.supply_at[trip] : flow.supply_at[trip + 1]]
            waiting += [int(carrier[before]) for before in supply]
        if jointly is Jointly.DISTRICT:
            groups[flow.districts[flow.district_of[stop]]] |= own
        else:
            for station in flow.stations[stop]:
                groups[station] |= own
    return {code: sorted(own) for code, own in groups.items()}


class _Latest:
    """The latest departures of a flow's trips in all scenarios, asked once."""

    def __init__(
        self, flow: Flow, law: Law, regency: str, calendar: Calendar, trips: Sequence[Trip],
        rungs: Steps, windows: Windows, jointly: Jointly, full: Collection[str],
    ) -> None:  # fmt: skip
        self.flow, self.law, self.regency, self.trips, self.jointly = flow, law, regency, trips, jointly
        self.deadline_s = self._second(calendar.deadline_at)
        self.due_s = np.array([self._second(part.due_at) for trip in trips for part in trip.consignments])
        due = flow.final.astype(bool)
        due |= np.array([part.to_site in full for trip in trips for part in trip.consignments])
        self.due_s[~due] = self.deadline_s  # those below set them
        self.planned = (flow.starts_s + flow.load_s).astype(np.float64)
        self.needs = [needs_of(trip, windows) if windows else [] for trip in trips]
        self.quantiles = self._quantiles(rungs)
        self.rung = np.zeros(len(trips), np.int64)
        self.fixed: dict[int, float] = {}

    def keep(self, trips: Sequence[int]) -> None:
        """Of these the planned departure is safe: the promise holds with it."""
        self.quantiles[trips] = np.maximum(self.quantiles[trips], self.planned[trips, None])

    def fix(self, codes: Collection[str]) -> None:
        """These keep the latest departure that they were told."""
        for t, trip in enumerate(self.trips):
            if trip.code in codes:
                self.fixed[t] = self._second(trip.latest_departure_at)

    def _second(self, moment: datetime) -> int:
        return int((moment - self.flow.first_day).total_seconds())

    def _quantiles(self, rungs: Steps) -> NDArray[np.float64]:
        """[trip, step] in seconds from the first day."""
        early_s = _EARLIER_DAYS * DAY_S
        anchor = self.deadline_s // DAY_S + _EARLIER_DAYS
        asked = Asked(
            opening=0, seed=SEED, days=anchor + 1, anchor=anchor, scenarios=SCENARIOS,
            areas=areas_of(self.flow.districts, self.regency),
        )  # fmt: skip
        ways = ways_of(with_days_before(self.flow, _EARLIER_DAYS), self.law, self.deadline_s + early_s)
        latest = np.empty((len(self.trips), SCENARIOS), np.float32)
        due_s, laws = (self.due_s + early_s).astype(np.float32), laws_of(self.law)
        side_by_side(
            lambda begin, end: backward.live_backwards(begin, end, ways, due_s, laws, asked, latest),
            -(-SCENARIOS // backward.BLOCK),
        )
        found = np.take_along_axis(np.sort(latest, axis=1), rungs, axis=1)
        told: NDArray[np.float64] = np.floor(np.maximum(found.astype(np.float64), 0) - early_s)
        return told

    def lower(
        self, goal: Mapping[str, float], groups: Mapping[str, Sequence[int]], *, as_planned: bool
    ) -> Mapping[str, float]:
        """Lowers the trips of who is not in time so often as the goal; answers how often everybody is.

        `as_planned`: what is planned to leave later than at its latest leaves as planned. Else it leaves at
        its latest: what is looked for is when it should.
        """
        while True:
            latest, _ = self.at()
            shares = self.shares(np.maximum(latest, self.planned) if as_planned else latest)
            lower = {trip for code, share in goal.items() if shares[code] < share for trip in groups[code]}
            lower = {t for t in lower - self.fixed.keys() if self.rung[t] + 1 < self.quantiles.shape[1]}
            if not lower:
                return shares
            self.rung[list(lower)] += 1

    def at(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latest departures with each trip at its rung, and when each stop must be reached by.

        Never later than what follows allows: that it loads by its own latest departure, or as planned where
        that is later.
        """
        flow = self.flow
        latest = self.quantiles[np.arange(len(self.rung)), self.rung].copy()
        due = self.due_s.astype(np.float64).copy()
        back = np.full(len(latest), np.inf)
        for t in range(len(latest) - 1, -1, -1):
            stops = slice(flow.stops_at[t], flow.stops_at[t + 1])
            moving = flow.stop_way_s[stops] + flow.stop_work_s[stops]
            reach = [flow.must_leave(t, by, so_long) for by, so_long in zip(due[stops], moving, strict=True)]
            home = flow.must_leave(t, back[t], flow.way_s[t] + flow.work_s[t])
            latest[t] = min(latest[t], *reach, home)
            if t in self.fixed:
                latest[t] = self.fixed[t]
            elif self.needs[t] and latest[t] > self.planned[t]:
                latest[t] = self._while_open(t, latest[t])
            load_by = max(latest[t], self.planned[t]) - flow.load_s[t]
            if flow.vehicle_before[t] >= 0:
                back[flow.vehicle_before[t]] = min(back[flow.vehicle_before[t]], load_by)
            for stop in flow.supply[flow.supply_at[t] : flow.supply_at[t + 1]]:
                due[stop] = min(due[stop], load_by - flow.stop_serves_s[stop])
        return latest, due

    def _while_open(self, t: int, leaves_s: float) -> float:
        """The latest departure not after this one at which every place of the way is open as planned.

        Of a trip of several days nobody asks for another hour than the planned one."""
        if self.flow.march_s[t]:
            return float(self.planned[t])
        zero = int(self.flow.first_day.timestamp())
        begins = last_open(zero + int(leaves_s - self.flow.load_s[t]), self.needs[t])
        planned = float(self.planned[t])
        return planned if begins is None else max(planned, float(begins - zero + self.flow.load_s[t]))

    def shares(self, latest: NDArray[np.float64], seed: int = SEED) -> Mapping[str, float]:
        """How often each station, or district, is on time when every trip leaves then."""
        latest = latest.copy()
        for t in self.fixed:  # what stays goes as planned where that is later than is safe
            latest[t] = max(latest[t], self.planned[t])
        begins = (latest - self.flow.load_s).astype(np.int64)
        early = max(0, int(-begins.min() // DAY_S) + 1)
        flow = with_days_before(replace(self.flow, starts_s=begins), early)
        deadline_s = self.deadline_s + early * DAY_S
        outcome = simulate(
            flow, self.law, self.regency, deadline_s=deadline_s, opening_s=deadline_s, seed=seed,
            scenarios=SCENARIOS,
        )  # fmt: skip
        return outcome.stations if self.jointly is Jointly.STATION else outcome.districts

    def dated(self) -> dict[str, Trip]:
        flow, dated = self.flow, {}
        latest, due_s = self.at()
        for t, trip in enumerate(self.trips):
            if t in self.fixed:
                continue
            stops = slice(flow.stops_at[t], flow.stops_at[t + 1])
            told = zip(trip.consignments, due_s[stops], flow.final[stops], strict=True)
            dated[trip.code] = replace(
                trip,
                latest_departure_at=self._moment(latest[t]),
                consignments=tuple(
                    part if ends else replace(part, due_at=self._moment(by)) for part, by, ends in told
                ),
            )
        return dated

    def _moment(self, second: float) -> datetime:
        return (self.flow.first_day + timedelta(seconds=int(second))).astimezone(UTC)
