"""How many vehicles would be enough: from one of each, a fleet grows until a plan carries all it can.

The number is shown by a plan, so it is an upper bound: a better plan may need fewer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from kawal.rules.plan.facts import LEVELS, Access, Mode
from kawal.rules.plan.fleet import Listed, Vehicle, base_of, vehicles
from kawal.rules.plan.leg import Effort, Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.regency_legs import Each

ROUNDS_MAX: Final = 8
QUICK: Final = Effort(regency=1, district=1, village=1)
# Where a fleet has nothing that gets there.
_FIRST: Final = {
    Access.ROAD: {"regency": Mode.TRUCK, "district": Mode.PICKUP, "village": Mode.MOTORBIKE},
    Access.WATER: dict.fromkeys(LEVELS, Mode.SPEEDBOAT),
    Access.AIR: dict.fromkeys(LEVELS, Mode.HELICOPTER),
    Access.FOOT: dict.fromkeys(LEVELS, Mode.FOOT),
}

Counts = Counter[tuple[str, Mode]]  # area and mode -> so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Enough:
    level: str
    mode: Mode
    available: int
    enough: int  # used by a plan that carries all that vehicles can carry
    short: Mapping[str, int]  # area -> how many more than it has


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    rows: tuple[Enough, ...]
    unserved: Mapping[str, int]  # reason -> stations, of those that more vehicles do not help


def reckon(problem: Problem, settings: Settings, each: Each = map) -> Reckoned:
    """Of the whole plan of a regency, out and home. Refuses `no_stations`."""
    depots = _Depots(problem, replace(settings, effort=QUICK), each)
    made = depots.grown(Counter(dict.fromkeys(depots.own, 1)))
    if made.unserved:  # what comes late for want of vehicles may be too late for the next leg
        other = depots.grown(Counter({key: len(found) for key, found in depots.own.items()}))
        made = min(made, other, key=lambda one: sum(len(row.stations) for row in one.unserved))
    return Reckoned(rows=tuple(depots.rows(made)), unserved=_left(made))


class _Depots:
    """The vehicles of every area, of which a plan may have the first so many, or more than there are."""

    def __init__(self, problem: Problem, settings: Settings, each: Each) -> None:
        self.problem, self.settings, self.each = problem, settings, each
        self.fleet = settings.fleet
        self.own: defaultdict[tuple[str, Mode], list[Vehicle]] = defaultdict(list)
        self.needs = list(problem.stations_by_access())
        self.level_of = {area: level for level, area, _ in self.needs}
        for level, area, stations in self.needs:
            for vehicle in vehicles(self.fleet, level, area, stations):
                if vehicle not in self.own[area, vehicle.kind.mode]:  # a gateway's may serve two levels
                    self.own[area, vehicle.kind.mode].append(vehicle)

    def grown(self, counts: Counts) -> PlanMade:
        counts = counts.copy()
        made = self._plan(counts)
        for _ in range(ROUNDS_MAX):
            more = self._more(made, counts)
            if not more:
                break
            counts += self._own_first(more, counts)
            made = self._plan(counts)
        return made

    def rows(self, made: PlanMade) -> Iterator[Enough]:
        used: defaultdict[tuple[str, Mode], set[str]] = defaultdict(set)
        for trip in made.trips:
            used[base_of(trip.vehicle), trip.mode].add(trip.vehicle)
        at: defaultdict[tuple[str, Mode], list[tuple[str, Mode]]] = defaultdict(list)
        for area, mode in sorted({*self.own, *used}):
            at[self.level_of[area], mode].append((area, mode))
        for key in product(LEVELS, Mode):
            if not at[key]:
                continue
            more = {where[0]: len(used[where]) - len(self.own[where]) for where in at[key]}
            yield Enough(
                level=key[0],
                mode=key[1],
                available=sum(len(self.own[where]) for where in at[key]),
                enough=sum(len(used[where]) for where in at[key]),
                short={area: count for area, count in more.items() if count > 0},
            )

    def _plan(self, counts: Counts) -> PlanMade:
        fleet = replace(self.fleet, stocks=(), listed=tuple(self._listed(counts)))
        return make_plan(self.problem, replace(self.settings, fleet=fleet), self.each)

    def _listed(self, counts: Counts) -> Iterator[Listed]:
        for (area, mode), count in sorted(counts.items()):
            own = self.own.get((area, mode), [])
            names = [vehicle.name.rpartition("-")[2] for vehicle in own[:count]]
            taken = {name.casefold() for name in names}
            more = (f"X{number}" for number in range(1, count + len(own) + 1))
            names += [name for name in more if name.casefold() not in taken][: max(0, count - len(own))]
            kinds = [vehicle.kind for vehicle in own[:count]]
            like = own[-1].kind if own else self.fleet.kinds[mode]
            kinds += [like] * (len(names) - len(kinds))
            yield from (
                Listed(area=area, name=name, kind=kind) for name, kind in zip(names, kinds, strict=True)
            )

    def _more(self, made: PlanMade, counts: Iterable[tuple[str, Mode]]) -> Counts:
        """What the plan lacked. Where nothing gets there, one vehicle that does shows next how many."""
        more: Counts = Counter()
        for row in made.shortfalls:
            more[row.area, row.mode] += row.vehicles_count
        there = {(area, self.fleet.kinds[mode].access) for area, mode in counts}
        for level, area, stations in self.needs:
            for access, count in stations.items():
                mode = _FIRST[access][level]
                kind = self.fleet.kinds.get(mode)
                if count and (area, access) not in there and kind and kind.access is access:
                    more[area, mode] += 1
        return more

    def _own_first(self, more: Counts, counts: Counts) -> Counts:
        """What is short is taken from what the area has, of that mode, then of others that get there too."""
        taken: Counts = Counter()
        for (area, mode), count in more.items():
            access = self.fleet.kinds[mode].access
            others = [one for one in self.fleet.kinds if one is not mode]
            for one in [mode, *(one for one in others if self.fleet.kinds[one].access is access)]:
                own = len(self.own.get((area, one), ())) - counts[area, one] - taken[area, one]
                taken[area, one] += (found := min(count, max(0, own)))
                count -= found
            taken[area, mode] += count
        return taken


def _left(made: PlanMade) -> dict[str, int]:
    stations: defaultdict[str, set[str]] = defaultdict(set)
    for row in made.unserved:
        stations[row.reason].update(row.stations)
    return {reason: len(codes) for reason, codes in sorted(stations.items())}
