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
spare: where it is so little that chance may have made it, it must hold in as many other scenarios as well.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
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
from kawal.rules.plan.sure.simulation import Outcome, simulate
from kawal.rules.plan.sure.slots import needs_of
from kawal.rules.plan.sure.threads import side_by_side
from kawal.rules.plan.windows import ALWAYS, Windows
from kawal.rules.plan.windows import latest as last_open
from kawal.rules.risk.classes import RiskClass

PROMISED: Final = 0.99
NO_CLASSES: Final[Mapping[RiskClass, float]] = {}
SCENARIOS: Final = 4_000
SEED: Final = 7_001  # of the scenarios: another than any that a plan is judged by
_EARLIER_DAYS: Final = 3  # before the first day of the plan a departure may still be found

Steps = NDArray[np.int64]


class Jointly(StrEnum):
    """Who must all be on time together for a promise to be kept."""

    STATION = "station"  # each for itself: all that its own trips need
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    trips: tuple[Trip, ...]
    shares: Mapping[str, float]  # station or district -> P(on time) with every trip at its latest
    short: tuple[str, ...]  # those that no departure of this plan's trips makes safe enough


def safely_dated(
    trips: Sequence[Trip], regency: str, *, law: Law, fleet: Fleet, calendar: Calendar,
    windows: Windows = ALWAYS, promised: float = PROMISED, classes: Mapping[RiskClass, float] = NO_CLASSES,
    jointly: Jointly = Jointly.STATION, fixed: Collection[str] = (), ends: Collection[str] = (),
) -> Safe:  # fmt: skip
    """The trips with latest safe departures and due times by sample average; those home stay as they are.

    `promised`: P(on time) of each station or district; of a station whose class is in `classes` that instead.
    `ends`: sites at which boxes are due as planned, for nothing behind them is among the trips.

    Trips whose codes are `fixed` keep theirs, and the others are dated to fit. Where that leaves a station
    short, its other trips are told as at risk: no departure of theirs is safe.
    """
    if not any(trip.leg in FORWARD for trip in trips):
        return Safe(trips=tuple(trips), shares={}, short=())
    flow = flow_of(trips, fleet, calendar.zone, windows, ends=ends)
    by_code = {trip.code: trip for trip in trips}
    own = [by_code[code] for code in flow.codes]
    groups = _groups(flow, jointly)
    risks = _risks(flow, own) if jointly is Jointly.STATION else {}
    wanted = {code: classes.get(risks[code], promised) if risks else promised for code in groups}
    rungs = _rungs(groups, wanted, len(own))
    found = _Latest(flow, law, regency, calendar, own, rungs, windows)
    planned = {code: 1 - rungs_of(share)[0] / SCENARIOS for code, share in wanted.items()}
    enough = wanted if jointly is Jointly.STATION else planned
    as_planned = _confirmed(_shares(found.lived(found.planned), jointly), found, jointly, enough, planned)
    goal = {
        code: planned[code] if share < enough[code] else min(planned[code], share)
        for code, share in as_planned.items()
    }
    doubted = {trip for code, own in groups.items() if as_planned[code] < enough[code] for trip in own}
    found.keep([trip for trip in range(len(flow.codes)) if trip not in doubted])
    found.fix(fixed)
    rung = np.zeros(len(flow.codes), np.int64)
    for _ in rungs[0]:
        latest, due = found.at(rung)
        shares = _shares(found.lived(latest), jointly)
        lower = {trip for code, own in groups.items() if shares[code] < goal[code] for trip in own}
        lower -= found.fixed.keys()
        if not lower:
            break
        rung[list(lower)] += 1
        rung = np.minimum(rung, len(rungs[0]) - 1)
    short = [code for code, share in sorted(shares.items()) if share < wanted[code]]
    if fixed and short:
        found.doubt(sorted({trip for code in short for trip in groups[code]}))
        latest, due = found.at(rung)
    dated = found.dated(latest, due)
    return Safe(trips=tuple(dated.get(trip.code, trip) for trip in trips), shares=shares, short=tuple(short))


def _shares(outcome: Outcome, jointly: Jointly) -> Mapping[str, float]:
    return outcome.stations if jointly is Jointly.STATION else outcome.districts


def _confirmed(
    shares: Mapping[str, float], found: _Latest, jointly: Jointly, enough: Mapping[str, float],
    sure: Mapping[str, float],
) -> Mapping[str, float]:  # fmt: skip
    """The shares as planned; of those that are just enough the lower of two, by scenarios of their own.

    Of thousands of stations some look better than they are in any scenarios."""
    close = {code for code, share in shares.items() if enough[code] <= share < sure[code]}
    if not close:
        return shares
    again = _shares(found.lived(found.planned, seed=SEED + 1), jointly)
    return {code: min(share, again[code]) if code in close else share for code, share in shares.items()}


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
        rungs: Steps, windows: Windows,
    ) -> None:  # fmt: skip
        self.flow, self.law, self.regency, self.trips = flow, law, regency, trips
        self.deadline_s = self._second(calendar.deadline_at)
        self.due_s = np.array([self._second(part.due_at) for trip in trips for part in trip.consignments])
        self.due_s[~flow.final.astype(bool)] = self.deadline_s  # those below set them
        self.planned = (flow.starts_s + flow.load_s).astype(np.float64)
        self.needs = [needs_of(trip, windows) if windows else [] for trip in trips]
        self.quantiles = self._quantiles(rungs)
        self.fixed: dict[int, float] = {}

    def keep(self, trips: Sequence[int]) -> None:
        """Of these the planned departure is safe: the promise holds with it."""
        self.quantiles[trips] = np.maximum(self.quantiles[trips], self.planned[trips, None])

    def doubt(self, trips: Sequence[int]) -> None:
        """Of these not even the planned departure is safe."""
        self.quantiles[trips] = np.minimum(self.quantiles[trips], self.planned[trips, None] - 1)

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

    def at(self, rung: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latest departures with each trip at its rung, and when each stop must be reached by.

        Never later than the planned times themselves allow: what follows can still load by its own.
        """
        flow = self.flow
        latest = self.quantiles[np.arange(len(rung)), rung].copy()
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
            load_by = latest[t] - flow.load_s[t]
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

    def lived(self, latest: NDArray[np.float64], seed: int = SEED) -> Outcome:
        """What comes of it when every trip leaves at its latest safe departure."""
        latest = latest.copy()
        for t in self.fixed:  # what stays goes as planned where that is later than is safe
            latest[t] = max(latest[t], self.planned[t])
        begins = (latest - self.flow.load_s).astype(np.int64)
        early = max(0, int(-begins.min() // DAY_S) + 1)
        flow = with_days_before(replace(self.flow, starts_s=begins), early)
        deadline_s = self.deadline_s + early * DAY_S
        return simulate(
            flow, self.law, self.regency, deadline_s=deadline_s, opening_s=deadline_s, seed=seed,
            scenarios=SCENARIOS,
        )  # fmt: skip

    def dated(self, latest: NDArray[np.float64], due_s: NDArray[np.float64]) -> dict[str, Trip]:
        flow, dated = self.flow, {}
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
