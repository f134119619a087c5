"""How sure is it? A plan lived through many times, under delays that share what they share in the world.

For each scenario every trip of the way out is lived through in order: it begins when its vehicle is back,
its goods are there and its planned hour has come, waits for its escort, for daylight and for a day that is
not closed, and takes as long as weather, spread and breakdowns make it take. So the stations of a village
share their legs and are never drawn independently, and a vehicle that is late is late for all that waits
for it.

Chance is counted, not drawn in sequence: a hash of trip, scenario and seed gives the 64 bits that decide
all about that trip. The same load meets the same chance in every version of a plan (common random numbers),
and the answer does not depend on how many processors worked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray
from scipy.special import ndtri

from kawal.rules.plan.delays import Law, weather
from kawal.rules.plan.flow import DAY_S, MODES, Flow

SCENARIOS: Final = 10_000
DAYS_LEAST: Final = 16  # so that plans of another length meet the same weather
CHUNKS: Final = 16  # pieces of the scenarios; their counts are added up
_STEPS: Final = 65_536  # of the table of the normal distribution: 16 bits

_TABLE: Final = ndtri((np.arange(_STEPS) + 0.5) / _STEPS)

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Shares of the scenarios; `error` tells how far off chance may have them."""

    scenarios: int
    seed: int
    stations: Mapping[str, float]  # P(received by the deadline)
    by_opening: Mapping[str, float]  # P(received before the station opens)
    villages: Mapping[str, float]  # P(all its stations that the plan carries are on time)
    districts: Mapping[str, float]
    regency: float
    blame: Mapping[str, float]  # trip -> mean number of stations late because of it, where above 0

    def error(self, probability: float) -> float:
        """Standard error of a probability of this outcome; of 0 and 1 by the rule of succession."""
        bounded = min(max(probability, 1 / (self.scenarios + 2)), 1 - 1 / (self.scenarios + 2))
        return float(np.sqrt(bounded * (1 - bounded) / self.scenarios))


def simulate(
    flow: Flow,
    law: Law,
    regency: str,
    *,
    deadline_s: int,
    opening_s: int,
    seed: int,
    scenarios: int = SCENARIOS,
) -> Outcome:
    """Lives through the way out. Deadline and opening in seconds from `flow.first_day`."""
    days = max(DAYS_LEAST, flow.days)
    levels = weather(law, regency, seed=seed, scenarios=scenarios, days=days)
    stops = len(flow.final)
    late, shut = (np.zeros((CHUNKS, stops), np.int64) for _ in range(2))
    villages = np.zeros((CHUNKS, len(flow.villages)), np.int64)
    districts = np.zeros((CHUNKS, len(flow.districts)), np.int64)
    whole, blame = np.zeros(CHUNKS, np.int64), np.zeros((CHUNKS, len(flow.codes)), np.int64)
    _live(
        _trips(flow), _stops(flow), flow.supply, levels, _laws(law), _TABLE,
        deadline_s, opening_s, seed, (late, shut, villages, districts, whole, blame),
    )  # fmt: skip
    on_time = 1 - late.sum(axis=0) / scenarios
    opened = 1 - shut.sum(axis=0) / scenarios
    blamed = blame.sum(axis=0) / scenarios
    return Outcome(
        scenarios=scenarios,
        seed=seed,
        stations=_by_station(flow, on_time),
        by_opening=_by_station(flow, opened),
        villages=dict(zip(flow.villages, (1 - villages.sum(axis=0) / scenarios).tolist(), strict=True)),
        districts=dict(zip(flow.districts, (1 - districts.sum(axis=0) / scenarios).tolist(), strict=True)),
        regency=float(1 - whole.sum() / scenarios),
        blame={code: float(share) for code, share in zip(flow.codes, blamed, strict=True) if share},
    )


def _by_station(flow: Flow, shares: NDArray[np.float64]) -> dict[str, float]:
    told = zip(flow.stations, shares.tolist(), strict=True)
    return {station: share for stations, share in told for station in stations}


class _Trips(NamedTuple):
    """Of each trip what Flow says, and one more that ends the lists of stops and supplies."""

    start: Counts
    load: Counts
    mode: Counts
    opens: Counts
    until: Counts
    guarded: Counts
    before: Counts
    way: Counts
    work: Counts
    key: NDArray[np.uint64]
    stops: Counts
    supply: Counts


class _Stops(NamedTuple):
    way: Counts
    work: Counts
    serves: Counts
    final: Counts
    village: Counts
    district: Counts
    trip: Counts
    weight: Counts  # stations that receive there


class _Laws(NamedTuple):
    """Of each mode."""

    spread: NDArray[np.float64]
    weather: NDArray[np.float64]
    closed: NDArray[np.float64]  # level of weather above which it does not leave
    breaks: NDArray[np.float64]  # per second
    repair: NDArray[np.float64]
    absent: float
    wait: float


def _trips(flow: Flow) -> _Trips:
    return _Trips(
        start=flow.starts_s, load=flow.load_s, mode=flow.mode, opens=flow.opens_s, until=flow.leaves_until_s,
        guarded=flow.guarded, before=flow.vehicle_before, way=flow.way_s, work=flow.work_s, key=flow.keys,
        stops=flow.stops_at, supply=flow.supply_at,
    )  # fmt: skip


def _stops(flow: Flow) -> _Stops:
    return _Stops(
        way=flow.stop_way_s, work=flow.stop_work_s, serves=flow.stop_serves_s, final=flow.final,
        village=flow.village_of, district=flow.district_of,
        trip=np.repeat(np.arange(len(flow.codes)), np.diff(flow.stops_at)),
        weight=np.array([len(stations) for stations in flow.stations], np.int64),
    )  # fmt: skip


def _laws(law: Law) -> _Laws:
    modes = [law.modes[mode] for mode in MODES]
    return _Laws(
        spread=np.array([one.spread for one in modes]),
        weather=np.array([one.weather for one in modes]),
        closed=np.array([law.closed_above(mode) for mode in MODES]),
        breaks=np.array([one.breakdowns_per_hour / 3_600 for one in modes]),
        repair=np.array([one.repair_s for one in modes]),
        absent=law.absent_share,
        wait=law.wait_s,
    )


@njit(cache=True, inline="always")
def _mixed(value: Any) -> Any:
    """splitmix64 (Steele, Lea and Flood 2014): a counter becomes 64 bits that look like chance."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def _bits(key: Any, seed: Any, scenario: Any) -> Any:
    step = np.uint64(0x9E3779B97F4A7C15)
    return _mixed(_mixed(key + step * np.uint64(seed + 1)) + step * np.uint64(scenario + 1))


@njit(cache=True)
def _leaves(ready: float, opens: int, until: int, levels: Any, scenario: int, closed_above: float) -> float:
    """The first moment from `ready` on at which the mode may leave."""
    day = int(ready) // DAY_S
    while day < levels.shape[1]:
        ready = max(ready, float(day * DAY_S + opens))
        if levels[scenario, day] <= closed_above and ready <= day * DAY_S + until:
            return ready
        day += 1
    return ready


@njit(cache=True)
def _one(number: int, trips: Any, stops: Any, levels: Any, scenario: int, laws: Any, table: Any, bits: Any,
         begin: float, ready: Any) -> tuple[float, float]:  # fmt: skip
    """Lives through a trip that begins to load at `begin`: fills `ready` of its stops (arrived there).

    Answers when the vehicle is free again and the seconds it lost by itself.
    """
    low, mode, way = np.uint64(65_535), trips.mode[number], trips.way[number]
    left = begin + trips.load[number]
    absent = (int((bits >> np.uint64(32)) & low) + 0.5) / 65_536
    if trips.guarded[number] and absent < laws.absent:
        left -= laws.wait * np.log(absent / laws.absent)
    left = _leaves(left, trips.opens[number], trips.until[number], levels, scenario, laws.closed[mode])
    day = min(int(left) // DAY_S, levels.shape[1] - 1)
    spread = table[int(bits & low)]
    factor = np.exp(laws.spread[mode] * spread + laws.weather[mode] * levels[scenario, day])
    repair, after = 0.0, 0.0  # after: the way on which the vehicle breaks down
    broken = (int((bits >> np.uint64(16)) & low) + 0.5) / 65_536
    exposed = laws.breaks[mode] * way
    if broken < exposed:  # 1 - exp(-x) < x: most trips need no exponential
        risk = 1.0 - np.exp(-exposed)
        if broken < risk:
            repair = -laws.repair[mode] * np.log(broken / risk)
            after = (int(bits >> np.uint64(48)) + 0.5) / 65_536 * way
    for stop in range(trips.stops[number], trips.stops[number + 1]):
        arrives = left + factor * stops.way[stop] + stops.work[stop]
        ready[stop] = arrives + repair if stops.way[stop] >= after else arrives
    free = left + factor * way + trips.work[number] + repair
    return free, free - begin - trips.load[number] - way - trips.work[number]


@njit(cache=True)
def _to_blame(number: int, held_by: Any, lost: Any) -> int:
    """The trip that lost most time by itself, among those that this one had to wait for."""
    worst = number
    while held_by[number] >= 0:
        number = held_by[number]
        if lost[number] > lost[worst]:
            worst = number
    return worst


@njit(cache=True)
def _scenario(scenario: int, trips: Any, stops: Any, supply: Any, levels: Any, laws: Any, table: Any,
              seed: int, free: Any, ready: Any, held_by: Any, lost: Any) -> None:  # fmt: skip
    """Lives through all trips: when each vehicle is free, each stop reached, and what held each trip up."""
    for number in range(trips.start.shape[0]):
        begin, held = float(trips.start[number]), -1
        before = trips.before[number]
        if before >= 0 and free[before] > begin:
            begin, held = free[before], before
        for place in range(trips.supply[number], trips.supply[number + 1]):
            stop = supply[place]
            there = ready[stop] + stops.serves[stop]
            if there > begin:
                begin, held = there, stops.trip[stop]
        held_by[number] = held
        bits = _bits(trips.key[number], seed, scenario)
        free[number], lost[number] = _one(
            number, trips, stops, levels, scenario, laws, table, bits, begin, ready
        )  # fmt: skip


@njit(cache=True, parallel=True)
def _live(trips: Any, stops: Any, supply: Any, levels: Any, laws: Any, table: Any, deadline: int,
          opening: int, seed: int, counts: Any) -> None:  # fmt: skip
    late, shut, villages, districts, whole, blame = counts
    chunks, scenarios = late.shape[0], levels.shape[0]
    for chunk in prange(chunks):
        free, lost = np.zeros(trips.start.shape[0]), np.zeros(trips.start.shape[0])
        ready, held_by = np.zeros(stops.way.shape[0]), np.zeros(trips.start.shape[0], np.int64)
        in_village = np.full(villages.shape[1], -1)
        in_district = np.full(districts.shape[1], -1)
        for scenario in range(chunk * scenarios // chunks, (chunk + 1) * scenarios // chunks):
            _scenario(scenario, trips, stops, supply, levels, laws, table, seed, free, ready, held_by, lost)
            any_late = False
            for stop in range(stops.way.shape[0]):
                if not stops.final[stop] or ready[stop] <= deadline:
                    continue
                any_late = True
                late[chunk, stop] += 1
                shut[chunk, stop] += ready[stop] >= opening
                blame[chunk, _to_blame(stops.trip[stop], held_by, lost)] += stops.weight[stop]
                village, district = stops.village[stop], stops.district[stop]
                if in_village[village] != scenario:  # once in a scenario, however many are late
                    in_village[village] = scenario
                    villages[chunk, village] += 1
                if in_district[district] != scenario:
                    in_district[district] = scenario
                    districts[chunk, district] += 1
            whole[chunk] += any_late
