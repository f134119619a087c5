"""Districts planned for 0.99 that truly reach it: departures chosen on some scenarios, judged on others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import numpy as np
from tests.rules.plan import small
from tests.rules.plan.sure.test_delays import TEXT

from bench import Row
from kawal.rules.plan.calendar import Calendar
from kawal.rules.plan.facts import Access, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.delays import Law, law_of
from kawal.rules.plan.sure.flow import flow_of, with_days_before
from kawal.rules.plan.sure.safe import PROMISED, Jointly, safely_dated
from kawal.rules.plan.sure.simulation import simulate
from kawal.rules.risk.classes import RiskClass

REGENCIES = 4
JUDGING_SEED, SCENARIOS = 4_711, 20_000
WANTED = 0.95  # of the districts


def measure() -> list[Row]:
    settings, law = small.settings(), law_of(TEXT)
    by_sample, by_factors = [], []
    for seed in range(REGENCIES):
        trips = make_plan(regency(seed), settings).trips
        by_factors += districts(trips, law, settings.fleet, settings.calendar)
        dated = safely_dated(
            trips,
            "16.07",
            law=law,
            fleet=settings.fleet,
            calendar=settings.calendar,
            jointly=Jointly.DISTRICT,
        )
        by_sample += districts(dated.trips, law, settings.fleet, settings.calendar)
    kept, before = (
        sum(share >= PROMISED for share in shares) / len(shares) for shares in (by_sample, by_factors)
    )
    how = (
        f"{len(by_sample)} districts of {REGENCIES} generated regencies, every trip at its latest safe "
        f"departure, {SCENARIOS:,} scenarios of another seed; the least sure {min(by_sample):.4f}; "
        f"by safety factors {before:.0%} of them"
    )
    beside = f"the share that is wanted ({WANTED:.0%})"
    return [
        Row(
            "districts that keep their promise", kept, "of those planned for 0.99", beside, kept / WANTED, how
        )
    ]


def districts(trips: Sequence[Trip], law: Law, fleet: Fleet, calendar: Calendar) -> Iterator[float]:
    """P(all on time) of each district when every trip leaves at its latest safe departure, all at once."""
    flow = flow_of(trips, fleet, calendar.zone)
    latest = {trip.code: trip.latest_departure_at for trip in trips}
    leaves = np.array([(latest[code] - flow.first_day).total_seconds() for code in flow.codes])
    flow = with_days_before(replace(flow, starts_s=(leaves - flow.load_s).astype(np.int64)), 6)
    deadline_s = int((calendar.deadline_at - flow.first_day).total_seconds())
    outcome = simulate(
        flow,
        law,
        "16.07",
        deadline_s=deadline_s,
        opening_s=deadline_s,
        seed=JUDGING_SEED,
        scenarios=SCENARIOS,
    )
    yield from outcome.districts.values()


def regency(seed: int) -> Problem:
    """Invented: districts near and far, some villages on water or on foot."""
    chance = Random(seed)
    found = []
    for number in range(1, 8):
        km = chance.uniform(4, 70)
        villages = [
            small.village(
                f"16.07.{number:02d}.{2000 + place}", chance.randint(2, 16), km=km + chance.uniform(0, 15),
                access=chance.choices(list(Access)[:3], (8, 2, 1))[0],
                risk=RiskClass(chance.randint(1, 3)),
            )
            for place in range(1, chance.randint(4, 12))
        ]  # fmt: skip
        found.append(small.district(f"16.07.{number:02d}", *villages, km=km))
    return small.regency(*found)
