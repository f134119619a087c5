"""One regency lived through event by event, with queues: at docks, for vehicles and for escorts.

The fast simulation (`kernel.py`) lets every boat be handled the moment it comes, and every escort be there
but for its own lateness. Here a dock (`docks.py`) takes so many at once, first come, first served, and a team
that guards several trips (`roster/duties.py`) is late for the next when it is late home. Chance is the same,
draw by draw, so what differs is what queues do; without queues the answers are equal. A plan that keeps to
its docks as planned should lose next to nothing.

Plain Python, one scenario after the other: a check of one regency, not a way to plan.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import accumulate
from typing import Any, Final

import numpy as np

from kawal.rules.plan.docks import NO_DOCKS, Dock, Docks, handlings_of
from kawal.rules.plan.facts import FORWARD, Mode, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.roster.duties import duties_of, first_day_of
from kawal.rules.plan.sure.arrays import areas_of, laws_of, ways_of
from kawal.rules.plan.sure.chance import stream
from kawal.rules.plan.sure.course import NEVER, leaves, lot_of, opened
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import DAY_S, Flow
from kawal.rules.plan.sure.lanes import weather_levels

DOCKED: Final = frozenset({Mode.LONGBOAT, Mode.SPEEDBOAT, Mode.PLANE, Mode.HELICOPTER})
BERTHS: Final = 2  # boats or aircraft handled at once where neither the fleet nor anybody tells: assumed
SCENARIOS: Final = 200
SIGMAS: Final = 3.0
_LOADS, _LEAVES, _ARRIVES = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Shares of the same scenarios, with queues and without."""

    scenarios: int
    stations: Mapping[str, tuple[float, float]]  # P(by the deadline) without queues, with
    regency: tuple[float, float]
    docks: Mapping[str, float]  # site -> mean wait at a berth of a handling there, seconds, where above 0
    escorts_s: float  # mean wait of a guarded trip for a team that is late home

    def changed(self) -> list[str]:
        """Stations that queues make later, or earlier, beyond the error; the most changed first."""
        found = []
        for code, (without, with_) in self.stations.items():
            # paired scenarios: only those count in which the two differ
            differ = abs(without - with_) * self.scenarios
            if differ > SIGMAS * np.sqrt(differ) and differ > 0:
                found.append((with_ - without, code))
        return [code for _, code in sorted(found)]


def docks_for(fleet: Fleet, berths: int | None = None, told: Mapping[str, int] | None = None) -> Docks:
    """The docks of a fleet, and for boats and aircraft of which it tells none so many as is assumed.

    `berths`: so many for every boat and aircraft instead, wherever it is; but for the sites that are `told`.
    """
    own = tuple(fleet.docks) if berths is None else ()
    told_of = {mode for dock in own if not (dock.where or dock.level) for mode in dock.modes or Mode}
    every = [Dock(at_once=berths or BERTHS, modes=(mode,)) for mode in sorted(DOCKED - told_of)]
    sites = told or {}
    instead = [Dock(at_once=count, modes=tuple(sorted(DOCKED)), where=site) for site, count in sites.items()]
    return Docks([*instead, *(dock for dock in own if dock.where not in sites), *every])


def docks_of(trips: Iterable[Trip], docks: Docks) -> set[str]:
    """The sites at which somebody may have to wait on the way out."""
    every = (one for trip in trips for one in handlings_of(trip))
    return {one.site for one in every if docks.at(one.site, one.mode)}


def crowded(trips: Iterable[Trip], docks: Docks) -> dict[str, int]:
    """Sites at which the plan itself has more handled at once than there is room for: how many."""
    changes: defaultdict[tuple[str, Dock], list[tuple[int, int]]] = defaultdict(list)
    for trip in trips:
        for one in handlings_of(trip):
            dock = docks.at(one.site, one.mode)
            if dock is not None:
                changes[one.site, dock] += [(one.begin_s, 1), (one.end_s, -1)]
    found: dict[str, int] = {}
    for (site, dock), told in changes.items():
        # who leaves as another comes does not stand beside it
        most = max(accumulate(by for _, by in sorted(told)))
        if most > dock.at_once:
            found[site] = max(most, found.get(site, 0))
    return dict(sorted(found.items()))


def with_queues(
    trips: Sequence[Trip], flow: Flow, law: Law, regency: str, zone: tzinfo, docks: Docks, *, deadline_s: int,
    seed: int, scenarios: int = SCENARIOS,
) -> Queued:  # fmt: skip
    world = _World(trips, flow, law, regency, zone, deadline_s, seed, scenarios)
    late: list[Counter[str]] = [Counter(), Counter()]
    whole = [0, 0]
    for scenario in range(scenarios):
        for queues in (0, 1):
            behind = world.live(scenario, docks if queues else NO_DOCKS, teams=bool(queues))
            late[queues].update(behind)
            whole[queues] += not behind
    stations = [code for own in flow.stations for code in own]
    return Queued(
        scenarios=scenarios,
        stations={code: (1 - late[0][code] / scenarios, 1 - late[1][code] / scenarios) for code in stations},
        regency=(whole[0] / scenarios, whole[1] / scenarios),
        docks={site: waits / world.handled[site] for site, waits in sorted(world.waited.items()) if waits},
        escorts_s=world.waited_for_teams / max(1, scenarios * int((flow.guarded > 0).sum())),
    )


class _World:
    def __init__(
        self, trips: Sequence[Trip], flow: Flow, law: Law, regency: str, zone: tzinfo, deadline_s: int,
        seed: int, scenarios: int,
    ) -> None:  # fmt: skip
        by_code = {trip.code: trip for trip in trips}
        own = [by_code[code] for code in flow.codes]
        self.flow, self.laws, self.ways = flow, laws_of(law), ways_of(flow, law, deadline_s)
        self.site = [[trip.stops[0].site, *(stop.site for stop in trip.visits)] for trip in own]
        self.mode = [trip.mode for trip in own]
        self.team_before = _teams(own, zone)
        anchor = max(0, deadline_s // DAY_S)
        self.levels = np.empty((len(flow.districts) + 2, max(flow.days, anchor + 2), scenarios), np.float32)
        weather_levels(areas_of(flow.districts, regency), self.laws, seed, 0, anchor, self.levels)
        self.streams = [np.uint64(stream(key, seed)) for key in flow.keys]
        self.waited: defaultdict[str, float] = defaultdict(float)
        self.handled: Counter[str] = Counter()
        self.waited_for_teams = 0.0
        # who waits for the vehicle of a trip, and for what is handed over at a stop
        self.after_trip: list[list[int]] = [[] for _ in own]
        self.after_stop: list[list[int]] = [[] for _ in flow.final]
        for t in range(len(own)):
            for stop in self.supply(t):
                self.after_stop[stop].append(t)
            if flow.vehicle_before[t] >= 0:
                self.after_trip[flow.vehicle_before[t]].append(t)

    def supply(self, t: int) -> list[int]:
        """The stops that bring what a trip carries."""
        found: list[int] = self.flow.supply[self.flow.supply_at[t] : self.flow.supply_at[t + 1]].tolist()
        return found

    def live(self, scenario: int, docks: Docks, *, teams: bool) -> set[str]:
        """The stations that are late in one scenario."""
        return _Life(self, scenario, docks, teams=teams).late()


class _Life:
    """One scenario: trips begin when all that they wait for has happened, berths go to who comes first."""

    def __init__(self, world: _World, scenario: int, docks: Docks, *, teams: bool) -> None:
        self.world, self.scenario, self.docks, self.teams = world, scenario, docks, teams
        self.berths: dict[tuple[str, Dock], list[float]] = {}  # when each is free again
        count = len(world.flow.codes)
        self.missing = [len(world.supply(t)) + int(world.flow.vehicle_before[t] >= 0) for t in range(count)]
        self.free, self.home = [0.0] * count, [False] * count
        self.served: dict[int, float] = {}
        self.lot: list[Any] = [None] * count
        self.left, self.lag = [0.0] * count, [0.0] * count
        self.without_team: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        self.events: list[tuple[float, int, int, int]] = []
        self.behind: set[str] = set()

    def late(self) -> set[str]:
        for t, missing in enumerate(self.missing):
            if not missing:
                self._begin(t)
        while self.events:
            now, t, stage, stop = heapq.heappop(self.events)
            (self._load, self._leave, self._arrive)[stage](now, t, stop)
        return self.behind

    def _push(self, at: float, t: int, stage: int, stop: int = 0) -> None:
        heapq.heappush(self.events, (float(at), t, stage, stop))

    def _berth(self, now: float, t: int, place: int, lasts: float) -> float:
        """When handling begins at a place of the way."""
        site = self.world.site[t][place]
        dock = self.docks.at(site, self.world.mode[t])
        if dock is None or now >= NEVER:
            return now
        berths = self.berths.setdefault((site, dock), [0.0] * dock.at_once)
        begins = max(now, heapq.heappop(berths))
        heapq.heappush(berths, begins + lasts)
        self.world.waited[site] += begins - now
        self.world.handled[site] += 1
        return begins

    def _happened(self, waiting: Iterable[int]) -> None:
        """Something that these wait for is known now."""
        for t in waiting:
            self.missing[t] -= 1
            if not self.missing[t]:
                self._begin(t)

    def _begin(self, t: int) -> None:
        begin = float(self.world.flow.starts_s[t])
        before = int(self.world.flow.vehicle_before[t])
        if before >= 0:
            begin = max(begin, self.free[before])
        self._push(max([begin, *(self.served[stop] for stop in self.world.supply(t))]), t, _LOADS)

    def _load(self, now: float, t: int, _: int) -> None:
        load_s = float(self.world.flow.load_s[t])
        begins = self._berth(now, t, 0, load_s)
        self._push(begins + load_s, t, _LEAVES)

    def _leave(self, now: float, t: int, _: int) -> None:
        world, team = self.world, self.world.team_before[t] if self.teams else -1
        if team >= 0 and not self.home[team]:
            self.without_team[team].append((now, t))
            return
        trip, laws = world.ways.trips[t], world.laws
        mode = laws.modes[trip["mode"]]
        lot = lot_of(world.streams[t], self.scenario, trip, laws)
        left = leaves(
            np.float32(now + lot[1]), trip, world.ways.slots, world.levels, self.scenario, mode["closed"]
        )
        day = min(int(left) // DAY_S, world.levels.shape[1] - 1)
        slow = float(lot[0]) * float(
            np.exp(mode["weather"] * world.levels[trip["place"], day, self.scenario])
        )
        self.lot[t], self.left[t] = (slow, float(lot[2]), float(lot[3])), float(left)
        self._next(t, 0)

    def _next(self, t: int, stop: int) -> None:
        """On to the next stop, or home."""
        flow = self.world.flow
        slow, repair, after = self.lot[t]
        s = int(flow.stops_at[t]) + stop
        if s == flow.stops_at[t + 1]:
            way, work, broke = float(flow.way_s[t]), float(flow.work_s[t]), repair
        else:
            way, work = float(flow.stop_way_s[s]), float(flow.stop_work_s[s])
            broke = repair if way >= after else 0.0
        moving = slow * way + work + broke + self.lag[t]
        self._push(flow.moved(t, self.left[t], moving), t, _ARRIVES, stop)

    def _arrive(self, now: float, t: int, stop: int) -> None:
        flow, ways = self.world.flow, self.world.ways
        s = int(flow.stops_at[t]) + stop
        if s == flow.stops_at[t + 1]:
            self._comes_home(now, t)
            return
        first, last = (int(edge) for edge in ways.stops[s]["slots"])
        lasts = float(flow.stop_serves_s[s])
        begins = self._berth(float(opened(np.float32(now), first, last, ways.slots)), t, stop + 1, lasts)
        self.lag[t] += begins - now
        self.served[s] = begins + lasts
        self._happened(self.world.after_stop[s])
        if flow.final[s] and begins > float(ways.stops[s]["due"]):
            self.behind.update(flow.stations[s])
        self._next(t, stop + 1)

    def _comes_home(self, now: float, t: int) -> None:
        self.free[t], self.home[t] = now, True
        self._happened(self.world.after_trip[t])
        for since, other in self.without_team.pop(t, ()):
            self.world.waited_for_teams += now - since if now < NEVER else 0.0
            self._push(now, other, _LEAVES)


def _teams(trips: Sequence[Trip], zone: tzinfo) -> list[int]:
    """For each trip the one that its team guards before; -1: none."""
    number = {trip.code: t for t, trip in enumerate(trips)}
    before = [-1] * len(trips)
    out = [trip for trip in trips if trip.leg in FORWARD]
    for duty in duties_of(out, first_day_of(out, zone), zone):
        for one, next_ in zip(duty.trips, duty.trips[1:], strict=False):
            before[number[next_]] = number[one]
    return before
