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
from typing import Any, Final

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
    weights = np.array([len(stations) for stations in flow.stations], np.int64)
    _live(
        _trips(flow), _stops(flow), flow.supply, levels, _laws(law), _TABLE,
        np.array([deadline_s, opening_s, seed]), weights,
        (late, shut, villages, districts, whole, blame),
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


_TRIP_COLUMNS: Final = (
    "starts_s", "load_s", "mode", "opens_s", "leaves_until_s", "guarded", "vehicle_before", "way_s", "work_s",
)  # fmt: skip
_STOP_COLUMNS: Final = ("stop_way_s", "stop_work_s", "stop_serves_s", "final", "village_of", "district_of")
_START, _LOAD, _MODE, _OPENS, _UNTIL, _GUARDED, _BEFORE, _WAY, _WORK, _KEY, _STOPS, _SUPPLY = range(12)
_S_WAY, _S_WORK, _S_SERVES, _S_FINAL, _S_VILLAGE, _S_DISTRICT = range(6)


def _trips(flow: Flow) -> Counts:
    """A row for each trip, and one more that ends the lists of stops and supplies."""
    rows = [np.append(getattr(flow, name), 0) for name in _TRIP_COLUMNS]
    rows += [np.append(flow.keys.view(np.int64), 0), flow.stops_at, flow.supply_at]
    return np.ascontiguousarray(np.stack(rows, axis=1))


def _stops(flow: Flow) -> Counts:
    return np.ascontiguousarray(np.stack([getattr(flow, name) for name in _STOP_COLUMNS], axis=1))


_L_SPREAD, _L_WEATHER, _L_CLOSED, _L_BREAKS, _L_REPAIR, _L_ABSENT, _L_WAIT = range(7)


def _laws(law: Law) -> NDArray[np.float64]:
    """A row for each mode."""
    return np.array(
        [
            [
                law.modes[mode].spread, law.modes[mode].weather, law.closed_above(mode),
                law.modes[mode].breakdowns_per_hour / 3_600, law.modes[mode].repair_s,
                law.absent_share, law.wait_s,
            ]
            for mode in MODES
        ]
    )  # fmt: skip


@njit(cache=True, inline="always")
def _mixed(value: Any) -> Any:
    """splitmix64 (Steele, Lea and Flood 2014): a counter becomes 64 bits that look like chance."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def _bits(key: Any, seed: Any, scenario: Any) -> Any:
    step = np.uint64(0x9E3779B97F4A7C15)
    return _mixed(_mixed(np.uint64(key) + step * np.uint64(seed + 1)) + step * np.uint64(scenario + 1))


@njit(cache=True)
def _leaves(ready: float, trip: Any, levels: Any, closed_above: float) -> float:
    """The first moment from `ready` on at which the mode may leave."""
    day = int(ready // DAY_S)
    while day < levels.shape[0]:
        opens = float(day * DAY_S + trip[_OPENS])
        if ready < opens:
            ready = opens
        if levels[day] <= closed_above and ready <= day * DAY_S + trip[_UNTIL]:
            return ready
        day += 1
    return ready


@njit(cache=True)
def _one(number: int, trips: Any, stops: Any, levels: Any, law: Any, table: Any, bits: Any, begin: float,
         ready: Any) -> tuple[float, float]:  # fmt: skip
    """Lives through a trip that begins to load at `begin`: fills `ready` of its stops (handed over there).

    Answers when the vehicle is free again and the seconds it lost by itself.
    """
    trip = trips[number]
    low = np.uint64(65_535)
    spread = table[int(bits & low)]
    broken = (int((bits >> np.uint64(16)) & low) + 0.5) / 65_536
    absent = (int((bits >> np.uint64(32)) & low) + 0.5) / 65_536
    where = (int(bits >> np.uint64(48)) + 0.5) / 65_536
    wanted = begin + trip[_LOAD]
    if trip[_GUARDED] and absent < law[_L_ABSENT]:
        wanted -= law[_L_WAIT] * np.log(absent / law[_L_ABSENT])
    left = _leaves(wanted, trip, levels, law[_L_CLOSED])
    day = min(int(left // DAY_S), levels.shape[0] - 1)
    factor = np.exp(law[_L_SPREAD] * spread + law[_L_WEATHER] * levels[day])
    risk = 1.0 - np.exp(-law[_L_BREAKS] * trip[_WAY])
    repair = -law[_L_REPAIR] * np.log(broken / risk) if broken < risk else 0.0
    after = where * trip[_WAY]  # the way on which the vehicle breaks down
    for stop in range(trip[_STOPS], trips[number + 1][_STOPS]):
        way = stops[stop][_S_WAY]
        arrives = left + factor * way + stops[stop][_S_WORK]
        if way >= after:
            arrives += repair
        ready[stop] = arrives
    free = left + factor * trip[_WAY] + trip[_WORK] + repair
    return free, free - begin - trip[_LOAD] - trip[_WAY] - trip[_WORK]


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
def _scenario(scenario: int, trips: Any, stops: Any, supply: Any, carrier: Any, levels: Any, laws: Any,
              table: Any, seed: Any, state: Any) -> None:  # fmt: skip
    """Lives through all trips in one scenario; `state` is when each vehicle is free, stop served, and why."""
    free, ready, held_by, lost = state
    for number in range(trips.shape[0] - 1):
        trip = trips[number]
        begin, held_by[number] = float(trip[_START]), -1
        before = trip[_BEFORE]
        if before >= 0 and free[before] > begin:
            begin, held_by[number] = free[before], before
        for place in range(trip[_SUPPLY], trips[number + 1][_SUPPLY]):
            stop = supply[place]
            there = ready[stop] + stops[stop][_S_SERVES]
            if there > begin:
                begin, held_by[number] = there, carrier[stop]
        bits = _bits(trip[_KEY], seed, scenario)
        law = laws[trip[_MODE]]
        free[number], lost[number] = _one(
            number, trips, stops, levels[scenario], law, table, bits, begin, ready
        )


@njit(cache=True, parallel=True)
def _live(trips: Any, stops: Any, supply: Any, levels: Any, laws: Any, table: Any, limits: Any, weights: Any,
          counts: Any) -> None:  # fmt: skip
    late, shut, villages, districts, whole, blame = counts
    deadline, opening, seed = limits
    chunks, scenarios, size = late.shape[0], levels.shape[0], stops.shape[0]
    carrier = np.empty(size, np.int64)
    for number in range(trips.shape[0] - 1):
        carrier[trips[number][_STOPS] : trips[number + 1][_STOPS]] = number
    for chunk in prange(chunks):
        free, lost = np.zeros(trips.shape[0]), np.zeros(trips.shape[0])
        ready, held_by = np.zeros(size), np.zeros(trips.shape[0], np.int64)
        in_village = np.full(villages.shape[1], -1)
        in_district = np.full(districts.shape[1], -1)
        for scenario in range(chunk * scenarios // chunks, (chunk + 1) * scenarios // chunks):
            state = (free, ready, held_by, lost)
            _scenario(scenario, trips, stops, supply, carrier, levels, laws, table, seed, state)
            any_late = False
            for stop in range(size):
                if stops[stop][_S_FINAL] and ready[stop] > deadline:
                    any_late = True
                    late[chunk, stop] += 1
                    shut[chunk, stop] += ready[stop] >= opening
                    blame[chunk, _to_blame(carrier[stop], held_by, lost)] += weights[stop]
                    village, district = stops[stop][_S_VILLAGE], stops[stop][_S_DISTRICT]
                    if in_village[village] != scenario:  # once in a scenario, however many are late
                        in_village[village] = scenario
                        villages[chunk, village] += 1
                    if in_district[district] != scenario:
                        in_district[district] = scenario
                        districts[chunk, district] += 1
            whole[chunk] += any_late
