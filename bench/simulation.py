"""A plan lived through: station-scenarios per second, beside a plain event simulation of the same plan."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from random import Random
from typing import Any

import numpy as np
from numba import config, njit, prange
from tests.rules.plan import small
from tests.rules.plan.oracle import World, by_district

from bench import Row
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.sure.arrays import laws_of, ways_of
from kawal.rules.plan.sure.delays import Law, law_of
from kawal.rules.plan.sure.flow import Flow, flow_of
from kawal.rules.plan.sure.settled import settle
from kawal.rules.plan.sure.simulation import simulate, weather
from kawal.rules.risk.classes import RiskClass

DISTRICTS, VILLAGES = 12, 12
SCENARIOS = 10_000
WORLDS = 20  # of the plain one
REGENCIES = 514
NATION = 820_161  # stations


def measure() -> list[Row]:
    settings = small.settings()
    made = make_plan(_regency(), settings)
    law = law_of((files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8"))
    flow = flow_of(made.trips, settings.fleet, settings.calendar.zone)
    stations = sum(map(len, flow.stations))
    deadline_s = int((settings.calendar.deadline_at - flow.first_day).total_seconds())

    def fast(scenarios: int) -> None:
        simulate(
            flow, law, "16.07", deadline_s=deadline_s, opening_s=deadline_s + 46_800, seed=1,
            scenarios=scenarios,
        )  # fmt: skip

    fast(16)  # compiles
    began = time.perf_counter()
    fast(SCENARIOS)
    rate = stations * SCENARIOS / (time.perf_counter() - began)
    began = time.perf_counter()
    levels = weather(law, "16.07", flow.districts, seed=1, scenarios=WORLDS, days=flow.days + 2)
    for number in range(WORLDS):
        of_place = by_district(flow, levels, number)
        World(made.trips, settings.fleet, law, settings.calendar.zone, of_place, Random(number)).live()
    plain = stations * WORLDS / (time.perf_counter() - began)
    how = f"{stations} stations, {len(flow.codes)} trips out; {SCENARIOS} scenarios, plain {WORLDS}"
    beside = f"a plain event simulation in Python ({plain:,.0f}/s)"
    return [
        Row("plan lived through", rate, "station-scenarios/s", beside, rate / plain, how),
        _nation(flow, law, deadline_s),
    ]


def _nation(flow: Flow, law: Law, deadline_s: int) -> Row:
    """514 regencies, each like the one but for its chance, its pace and its weather.

    The floor is what it takes to do the same number of multiplications and additions of float32, in memory
    that stays near: one for each leg of each trip and scenario, and nothing else.
    """
    stations, chance = sum(map(len, flow.stations)), np.random.default_rng(1)
    flows = [
        replace(
            flow,
            keys=flow.keys ^ np.uint64(number + 1),
            way_s=(flow.way_s * pace).astype(np.int64),
            stop_way_s=(flow.stop_way_s * pace).astype(np.int64),
        )
        for number, pace in enumerate(chance.uniform(0.7, 1.3, REGENCIES))
    ]

    def one(number: int) -> None:
        simulate(
            flows[number], law, f"{11 + number // 20}.{number % 20:02d}", deadline_s=deadline_s,
            opening_s=deadline_s + 46_800, seed=1, scenarios=SCENARIOS, threads=1,
        )  # fmt: skip

    began, worked = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(
        config.NUMBA_NUM_THREADS
    ) as regencies:  # side by side, for what Python does between them
        list(regencies.map(one, range(REGENCIES)))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    rate = stations * REGENCIES * SCENARIOS / took
    steps = REGENCIES * SCENARIOS * (len(flow.final) + len(flow.codes))
    floor = steps / _steps_per_second()
    how = (
        f"{stations * REGENCIES:,} stations x {SCENARIOS:,} scenarios in {took:.1f} s, {worked:.1f} CPU-s; "
        f"at this rate the nation's {NATION:,} take {NATION * SCENARIOS / rate:.1f} s; "
        f"{_settled(flow, law, deadline_s):.0%} of trips settled but for rare events, all looked for"
    )
    beside = f"{steps:.2g} bare multiply-adds ({floor:.1f} s)"
    return Row("nation lived through", rate, "station-scenarios/s", beside, floor / took, how)


def _settled(flow: Flow, law: Law, deadline_s: int) -> float:
    ways = ways_of(flow, law, deadline_s)
    settle(ways, laws_of(law))
    return float(ways.trips["quiet"].mean())


@njit(parallel=True)
def _bare(rounds: int, lanes: Any) -> None:
    for thread in prange(lanes.shape[0]):
        own = lanes[thread]
        for _ in range(rounds):
            for n in range(own.shape[1]):
                own[0, n] = own[1, n] + own[2, n] * np.float32(1.5)
            own[1, 0] += own[0, 0]


def _steps_per_second() -> float:
    lanes, rounds = np.ones((64, 3, 1_024), np.float32), 20_000
    _bare(1, lanes)
    began = time.perf_counter()
    _bare(rounds, lanes)
    return 64 * 1_024 * rounds / (time.perf_counter() - began)


def _regency() -> small.Problem:
    districts = []
    for n in range(1, DISTRICTS + 1):
        km = 5.0 * n
        villages = [
            small.village(
                f"16.07.{n:02d}.{2000 + k}", 4 + (n * k) % 13, km=km + k,
                access=small.Access.WATER if (n + k) % 9 == 0 else small.Access.ROAD,
                risk=RiskClass((n * k) % 3 + 1),
            )
            for k in range(1, VILLAGES + 1)
        ]  # fmt: skip
        districts.append(small.district(f"16.07.{n:02d}", *villages, km=km))
    return small.regency(*districts)
