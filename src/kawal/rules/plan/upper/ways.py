"""Which ways lead from a supplier to the warehouses, and when they arrive: by the timetables of the lanes.

Ways go supplier, port, port ..., warehouse. By road a lane is estimated on the same island; by sea only to a
warehouse that no given lane reaches. For several days of setting out the earliest way is kept, once with
aircraft and once without.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kawal.rules.plan.upper.estimate import (
    DAY_S,
    PORT_S,
    RP_PER_TONNE_KM,
    estimated,
    km_between,
    next_departure_s,
)
from kawal.rules.plan.upper.facts import Carriage, Lane, Supply, UpperProblem
from kawal.rules.plan.upper.islands import CITIES, island_of

SET_OUT_DAYS: Final = (0, 1, 2, 4, 7, 10, 14, 21)

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Step:
    lane: int  # index in `Ways.lanes`
    depart_s: int
    arrive_s: int


@dataclass(frozen=True, slots=True)
class Way:
    steps: tuple[Step, ...]
    rp_per_kg: float

    @property
    def arrive_s(self) -> int:
        return self.steps[-1].arrive_s


class Ways:
    """The network of one problem; lanes that are estimated are added to those that were given."""

    def __init__(self, problem: UpperProblem) -> None:
        self.lanes: list[Lane] = []
        self.rp_per_kg: list[float] = []
        self._from: defaultdict[str, list[int]] = defaultdict(list)
        self._ports = {port.code for port in problem.ports}
        self._at: dict[str, Place] = {
            **{port.code: (port.lat, port.lon) for port in problem.ports},
            **{house.regency: (house.lat, house.lon) for house in problem.warehouses},
            **{supply.supplier: (supply.lat, supply.lon) for supply in problem.supplies},
        }
        self._houses = [house.regency for house in problem.warehouses]
        self._regencies = {
            **CITIES,
            **{house.regency: (house.lat, house.lon) for house in problem.warehouses},
            **problem.regencies,
        }
        self._island = {code: self._island_near(code) for code in self._at}
        for lane in problem.lanes:
            if lane.start in self._at and lane.end in self._at:
                self._add(lane)
        self._roads(sorted({supply.supplier for supply in problem.supplies}))

    def of(self, supply: Supply) -> dict[str, list[Way]]:
        """Regency -> its ways, the earliest first."""
        found: defaultdict[str, dict[tuple[Step, ...], Way]] = defaultdict(dict)
        for days in SET_OUT_DAYS:
            for by_air in (True, False):
                ready_s = supply.ready_s + days * DAY_S
                for regency, way in self._earliest(supply.supplier, ready_s, by_air=by_air):
                    found[regency].setdefault(way.steps, way)
        for regency in self._houses:
            if regency not in found:
                found[regency] = {way.steps: way for way in self._by_sea(supply, regency)}
        return {
            regency: sorted(ways.values(), key=lambda way: (way.arrive_s, way.rp_per_kg, way.steps[0].lane))
            for regency, ways in found.items()
        }

    def _earliest(self, supplier: str, ready_s: int, *, by_air: bool) -> Iterator[tuple[str, Way]]:
        reached: dict[str, int] = {supplier: ready_s}
        came: dict[str, Step] = {}
        waiting = [(ready_s, supplier)]
        while waiting:
            now_s, here = heapq.heappop(waiting)
            if now_s > reached[here]:
                continue
            for number in self._from[here]:
                lane = self.lanes[number]
                if lane.mode is Carriage.AIR and not by_air:
                    continue
                depart_s = next_departure_s(lane, now_s + (PORT_S if here in self._ports else 0))
                if depart_s is None or depart_s + lane.travel_s >= reached.get(lane.end, 1 << 62):
                    continue
                reached[lane.end] = depart_s + lane.travel_s
                came[lane.end] = Step(number, depart_s, reached[lane.end])
                if lane.end in self._ports:
                    heapq.heappush(waiting, (reached[lane.end], lane.end))
        for regency in self._houses:
            if regency in came:
                yield regency, self._way(supplier, regency, came)

    def _way(self, supplier: str, regency: str, came: dict[str, Step]) -> Way:
        steps = []
        here = regency
        while here != supplier:
            steps.append(came[here])
            here = self.lanes[came[here].lane].start
        return Way(tuple(reversed(steps)), sum(self.rp_per_kg[step.lane] for step in steps))

    def _by_sea(self, supply: Supply, regency: str) -> Iterator[Way]:
        km = km_between(self._at[supply.supplier], self._at[regency])
        number = self._add(estimated(supply.supplier, regency, Carriage.SEA, km), leads=False)
        for days in (0, 7, 14):
            depart_s = next_departure_s(self.lanes[number], supply.ready_s + days * DAY_S)
            if depart_s is not None:
                arrive_s = depart_s + self.lanes[number].travel_s
                yield Way((Step(number, depart_s, arrive_s),), self.rp_per_kg[number])

    def _roads(self, suppliers: Sequence[str]) -> None:
        given = {(lane.start, lane.end) for lane in self.lanes}
        for start in (*suppliers, *sorted(self._ports)):
            for end in (*sorted(self._ports), *self._houses):
                alike = self._island[start] == self._island[end]
                if start != end and alike and (start, end) not in given:
                    km = km_between(self._at[start], self._at[end])
                    self._add(estimated(start, end, Carriage.ROAD, km))

    def _add(self, lane: Lane, *, leads: bool = True) -> int:
        number = len(self.lanes)
        self.lanes.append(lane)
        km = km_between(self._at[lane.start], self._at[lane.end])
        self.rp_per_kg.append(km * RP_PER_TONNE_KM[lane.mode] / 1_000)
        if leads:
            self._from[lane.start].append(number)
        return number

    def _island_near(self, code: str) -> str:
        if code in self._houses:
            return island_of(code)
        near = self._regencies
        return island_of(min(near, key=lambda regency: km_between(self._at[code], near[regency])))
