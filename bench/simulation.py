"""A plan lived through: station-scenarios per second, beside a plain event simulation of the same plan."""

from __future__ import annotations

import time
from importlib.resources import files
from random import Random

from tests.rules.plan import small
from tests.rules.plan.oracle import World

from bench import Row
from kawal.rules.plan.delays import law_of, weather
from kawal.rules.plan.flow import flow_of
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.simulation import DAYS_LEAST, simulate
from kawal.rules.risk.classes import RiskClass

DISTRICTS, VILLAGES = 12, 12
SCENARIOS = 10_000
WORLDS = 20  # of the plain one


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
    levels = weather(law, "16.07", seed=1, scenarios=WORLDS, days=max(DAYS_LEAST, flow.days))
    began = time.perf_counter()
    for number in range(WORLDS):
        chance = Random(number)
        zone = settings.calendar.zone
        World(made.trips, settings.fleet, law, zone, levels[number].tolist(), chance).live()
    plain = stations * WORLDS / (time.perf_counter() - began)
    how = f"{stations} stations, {len(flow.codes)} trips out; {SCENARIOS} scenarios, plain {WORLDS}"
    beside = f"a plain event simulation in Python ({plain:,.0f}/s)"
    return [Row("plan lived through", rate, "station-scenarios/s", beside, rate / plain, how)]


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
