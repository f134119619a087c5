"""The command page: a regency of 1,500 stations beside one of its villages, asked in turn.

A page of any level reads roll-ups, so the regency should cost about what a village costs.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from statistics import median

from bench import Row

SEED = 2024
ROUNDS = 15
NOW = datetime(2024, 2, 8, tzinfo=UTC)


def measure() -> list[Row]:
    from django.core.management import call_command
    from django.test import Client

    from kawal.demo import officers, prepare
    from kawal.desk.people import actions as people
    from kawal.desk.places import reads as places

    call_command("migrate", verbosity=0, interactive=False)
    steps = prepare.Steps(tell=lambda words: None)
    given = prepare.fictional_world(SEED, steps)
    prepare.prepare(given, voting_day=date(2024, 2, 14), seed=SEED, now=NOW, steps=steps)
    officers.seat_all(given.area)
    client = Client()
    client.force_login(people.user_of("kapolres"))
    village = places.areas_under(given.area, "village")[0].code
    regency_s, village_s = [], []
    for _ in range(ROUNDS):
        regency_s.append(_seconds(client, f"/area/{given.area}"))
        village_s.append(_seconds(client, f"/area/{village}"))
    whole, part = median(regency_s), median(village_s)
    how = f"median of {ROUNDS} signed-in requests each, in turn, through Django without a network"
    return [Row("page_of_a_regency", whole * 1000, "ms", "the page of a village", whole / part, how)]


def _seconds(client: object, address: str) -> float:
    begun = time.perf_counter()
    answer = client.get(address)  # type: ignore[attr-defined]
    spent = time.perf_counter() - begun
    assert answer.status_code == 200, address
    return spent
