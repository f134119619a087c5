"""How many vehicles would be enough: a fleet grows by what is short until a plan carries all it can.

The number is shown by a plan, so it is an upper bound: a better plan may need fewer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from kawal.rules.plan.facts import LEVEL_OF_LEG, Access, Mode
from kawal.rules.plan.fleet import LEVELS, Fleet, Listed, vehicles
from kawal.rules.plan.leg import Effort, Settings
from kawal.rules.plan.make import Each, PlanMade, make_plan
from kawal.rules.plan.problem import Problem

ROUNDS_MAX: Final = 6
QUICK: Final = Effort(regency=1, district=1, village=1)
# Where a fleet has nothing that gets there.
_FIRST: Final = {
    Access.ROAD: {"regency": Mode.TRUCK, "district": Mode.PICKUP, "village": Mode.MOTORBIKE},
    Access.WATER: dict.fromkeys(LEVELS, Mode.SPEEDBOAT),
    Access.AIR: dict.fromkeys(LEVELS, Mode.HELICOPTER),
    Access.FOOT: dict.fromkeys(LEVELS, Mode.FOOT),
}

Added = Counter[tuple[str, Mode]]  # area and mode -> so many


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
    settings = replace(settings, effort=QUICK)
    added: Added = Counter()
    made = make_plan(problem, settings, each)
    for _ in range(ROUNDS_MAX):
        more = _more(problem, settings.fleet, made, added)
        if not more:
            break
        added += more
        made = make_plan(problem, replace(settings, fleet=_larger(settings.fleet, added)), each)
    return Reckoned(rows=tuple(_rows(problem, settings.fleet, made, added)), unserved=_left(made))


def _more(problem: Problem, fleet: Fleet, made: PlanMade, added: Added) -> Added:
    """What the plan lacked. Where nothing gets there, one vehicle that does shows next how many it takes."""
    more: Added = Counter()
    for row in made.shortfalls:
        more[row.area, row.mode] += row.vehicles_count
    for level, area, stations in problem.stations_by_access():
        there = {vehicle.kind.access for vehicle in vehicles(fleet, level, area, stations)}
        there |= {fleet.kinds[mode].access for where, mode in added if where == area}
        for access, count in stations.items():
            mode = _FIRST[access][level]
            if count and access not in there and mode in fleet.kinds and fleet.kinds[mode].access is access:
                more[area, mode] += 1
    return more


def _names(fleet: Fleet, added: Added) -> Iterator[tuple[str, Mode, str]]:
    """Area, mode and own name of what was added: a name that no listed vehicle has."""
    sign = "X"
    while any(listed.name.startswith(sign) for listed in fleet.listed):
        sign += "X"
    for (area, mode), count in sorted(added.items()):
        for number in range(1, count + 1):
            yield area, mode, f"{sign}{number}"


def _larger(fleet: Fleet, added: Added) -> Fleet:
    more = (Listed(area=area, name=name, kind=fleet.kinds[mode]) for area, mode, name in _names(fleet, added))
    return replace(fleet, listed=(*fleet.listed, *more))


def _rows(problem: Problem, fleet: Fleet, made: PlanMade, added: Added) -> Iterator[Enough]:
    there: Counter[tuple[str, Mode]] = Counter()
    level_of: dict[str, str] = {}
    for level, area, stations in problem.stations_by_access():
        level_of[area] = level
        there.update((level, vehicle.kind.mode) for vehicle in vehicles(fleet, level, area, stations))
    used: defaultdict[tuple[str, Mode], set[str]] = defaultdict(set)
    for trip in made.trips:
        used[LEVEL_OF_LEG[trip.leg], trip.mode].add(trip.vehicle)
    short: defaultdict[tuple[str, Mode], Counter[str]] = defaultdict(Counter)
    for area, mode, name in _names(fleet, added):
        if f"{mode}-{area}-{name}" in used[level_of[area], mode]:
            short[level_of[area], mode][area] += 1
    order = {key: number for number, key in enumerate(product(LEVELS, Mode))}
    for level, mode in sorted({*there, *used}, key=lambda key: order[key]):
        yield Enough(
            level=level,
            mode=mode,
            available=there[level, mode],
            enough=len(used[level, mode]),
            short=dict(sorted(short[level, mode].items())),
        )


def _left(made: PlanMade) -> dict[str, int]:
    stations: defaultdict[str, set[str]] = defaultdict(set)
    for row in made.unserved:
        stations[row.reason].update(row.stations)
    return {reason: len(codes) for reason, codes in sorted(stations.items())}
