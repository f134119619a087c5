"""What would help a plan that cannot keep its promise by itself, tried under the same chances and priced.

Three kinds of help are tried wherever lateness comes from: a day earlier than the calendar allows (with what
must then come earlier too), a vehicle more of the same mode, an escort standing by. The one that adds most
for its price is taken, then the next beside it, until the target holds or nothing helps any more. The price
is that of vehicle days by the fleet, and an assumed one for an officer's day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from kawal.rules.plan.facts import Mode, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import DAY_S, MODES, Flow, flow_of, with_days_before
from kawal.rules.plan.sure.safe import SCENARIOS, SEED, rungs_of
from kawal.rules.plan.sure.simulation import Outcome, simulate

_EARLIER_DAYS: Final = 2
_HELPS: Final = 8  # at most
_PLACES: Final = 12  # where most lateness comes from: these are tried
_OFFICER_RP: Final = 200_000  # a day, assumed


class HelpKind(StrEnum):
    DAY_EARLIER = "day_earlier"
    VEHICLE = "vehicle"
    ESCORT = "escort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    kind: HelpKind
    area: str  # whose trips
    leg: str
    mode: Mode
    trips: tuple[str, ...]
    vehicles_count: int  # vehicle days, or escorts
    rp: int
    regency: float  # P(all on time) with this help and all before it
    stations_below_count: int  # of the aim, likewise


def helps(trips: Sequence[Trip], regency: str, settings: Settings, *, law: Law, target: float) -> list[Help]:
    """The cheapest helps found, in the order in which they are to be given; empty where none is needed."""
    found = _Helping(trips, regency, settings, law, target)
    told: list[Help] = []
    while len(told) < _HELPS and not found.holds():
        best = found.best()
        if best is None:
            break
        told.append(best)
    return told


class _Helping:
    def __init__(
        self, trips: Sequence[Trip], regency: str, settings: Settings, law: Law, target: float
    ) -> None:
        self.regency, self.settings, self.law = regency, settings, law
        self.by_code = {trip.code: trip for trip in trips}
        flow = flow_of(trips, settings.fleet, settings.calendar.zone, settings.windows())
        self.flow = with_days_before(flow, _EARLIER_DAYS)
        self.number = {code: t for t, code in enumerate(self.flow.codes)}
        self.carrier = np.repeat(np.arange(len(self.flow.codes)), np.diff(self.flow.stops_at))
        self.aim = 1 - rungs_of(target)[0] / SCENARIOS
        self.outcome = self._live(self.flow)
        self.given: set[tuple[HelpKind, str, str, Mode]] = set()

    def _live(self, flow: Flow) -> Outcome:
        calendar = self.settings.calendar
        deadline_s, opening_s = (
            int((at - flow.first_day).total_seconds()) for at in (calendar.deadline_at, calendar.opening_at)
        )
        return simulate(
            flow, self.law, self.regency, deadline_s=deadline_s, opening_s=opening_s, seed=SEED,
            scenarios=SCENARIOS,
        )  # fmt: skip

    def holds(self) -> bool:
        return self._lacking(self.outcome) == 0

    def _lacking(self, outcome: Outcome) -> float:
        below = sum(max(0.0, self.aim - share) for share in outcome.stations.values())
        return below + max(0.0, self.aim - outcome.regency)

    def best(self) -> Help | None:
        """Gives the help that adds most for its price."""
        best: tuple[float, Help, Flow, Outcome] | None = None
        before = self._lacking(self.outcome)
        for kind, (area, leg, mode), own in self._candidates():
            flow = self._helped(kind, own)
            outcome = self._live(flow)
            gain = before - self._lacking(outcome)
            if gain <= 0:
                continue
            help_ = self._told(kind, area, leg, mode, own, outcome)
            worth = gain / max(1, help_.rp)
            if best is None or worth > best[0]:
                best = worth, help_, flow, outcome
        if best is None:
            return None
        _, help_, self.flow, self.outcome = best
        self.given.add((help_.kind, help_.area, help_.leg, help_.mode))
        return help_

    def _candidates(self) -> Iterator[tuple[HelpKind, tuple[str, str, Mode], list[int]]]:
        """Where most lateness comes from: one area's trips of one leg and mode; and all of a leg and mode."""
        blamed: defaultdict[tuple[str, str, Mode], float] = defaultdict(float)
        places: defaultdict[tuple[str, str, Mode], list[int]] = defaultdict(list)
        for code, t in self.number.items():
            trip = self.by_code[code]
            for area in {trip.area, self.regency}:
                place = area, trip.leg.value, trip.mode
                places[place].append(t)
                blamed[place] += self.outcome.blame.get(code, 0.0)
        worst = sorted((-share, place) for place, share in blamed.items() if share > 0)[:_PLACES]
        for _, place in worst:
            for kind in HelpKind:
                if (kind, *place) not in self.given:
                    yield kind, place, places[place]

    def _helped(self, kind: HelpKind, own: list[int]) -> Flow:
        flow = self.flow
        if kind is HelpKind.ESCORT:
            guarded = flow.guarded.copy()
            guarded[own] = 0  # nobody is waited for
            return replace(flow, guarded=guarded)
        if kind is HelpKind.VEHICLE:
            before = flow.vehicle_before.copy()
            before[[t for t in own if before[t] in own]] = -1
            return replace(flow, vehicle_before=before)
        starts, waiting, moved = flow.starts_s.copy(), list(own), set(own)
        while waiting:
            t = waiting.pop()
            starts[t] -= DAY_S
            for before_, ready_s in self._before(t):
                if before_ not in moved and ready_s > starts[t]:
                    moved.add(before_)
                    waiting.append(before_)
        return replace(flow, starts_s=starts) if starts.min() >= 0 else flow

    def _before(self, t: int) -> Iterator[tuple[int, int]]:
        """The trips that t waits for, and the planned moment at which each is done with."""
        flow = self.flow
        before = int(flow.vehicle_before[t])
        if before >= 0:
            left_s, moving_s = flow.starts_s + flow.load_s, flow.way_s + flow.work_s
            yield before, int(flow.moved(before, left_s[before], moving_s[before]))
        for stop in flow.supply[flow.supply_at[t] : flow.supply_at[t + 1]]:
            carrier = int(self.carrier[stop])
            left_s = flow.starts_s[carrier] + flow.load_s[carrier]
            there_s = flow.moved(carrier, left_s, flow.stop_way_s[stop] + flow.stop_work_s[stop])
            yield carrier, int(there_s + flow.stop_serves_s[stop])

    def _told(
        self, kind: HelpKind, area: str, leg: str, mode: Mode, own: list[int], outcome: Outcome
    ) -> Help:
        trips = [self.by_code[self.flow.codes[t]] for t in own]
        if kind is HelpKind.ESCORT:
            count = sum(trip.escort.officers_count > 0 for trip in trips)
        elif kind is HelpKind.VEHICLE:
            count = sum(int(self.flow.vehicle_before[t]) in own for t in own)
        else:
            count = len({trip.vehicle for trip in trips})
        assert all(MODES[self.flow.mode[t]] is mode for t in own)
        return Help(
            kind=kind, area=area, leg=leg, mode=mode, trips=tuple(trip.code for trip in trips),
            vehicles_count=count,
            rp=count * (
                _OFFICER_RP if kind is HelpKind.ESCORT else self.settings.fleet.kinds[mode].rp_per_day
            ),
            regency=outcome.regency,
            stations_below_count=sum(share < self.aim for share in outcome.stations.values()),
        )  # fmt: skip
