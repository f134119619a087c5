"""What the plan would have said for Banyuasin in 2019: `python -m bench.backtest DATA` (a folder of places).

On 17 April 2019 445 stations of Banyuasin could not vote, mostly for late logistics (Kompas, 18 April 2019).
Nothing else of that distribution is known here: neither its vehicles nor its hours, nor the weather. So this
is no proof of anything. It makes the plan of today's places, with the default fleet and the assumed law of
delays, for the day of 2019, and asks: how often would so many stations be late by chance alone, and how late
must the boxes have come to the warehouse, or how often must the boats have lain still, that so many are?
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from kawal.rules.places.codes import zone_of
from kawal.rules.plan.facts import Mode, Trip
from kawal.rules.plan.fleet import Fleet, fleet_of
from kawal.rules.plan.sure.delays import Law, law_of
from kawal.rules.plan.sure.flow import DAY_S, Flow, flow_of
from kawal.rules.plan.sure.simulation import Outcome, simulate, unopened

AREA, VOTING_DAY, LATE = "16.07", "2019-04-17", 445
SEED, SCENARIOS, COURSES = 2_019, 10_000, 100_000
HOURS_LATE = (12, 24, 36, 48, 60, 72)
STILL = (0.1, 0.3, 0.6, 0.9)  # of days
BOATS = (Mode.SPEEDBOAT, Mode.LONGBOAT)


def main(data: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["KAWAL_HOME"] = home
        for command in (
            ["places", "import", data, "--area", AREA, "--by", "backtest"],
            ["needs", "compute", "--area", AREA],
            ["risk", "compute", "--area", AREA],
            ["plan", "make", "--area", AREA, "--voting-day", VOTING_DAY, "--by", "backtest"],
        ):
            kawal = Path(sys.executable).with_name("kawal")
            subprocess.run([kawal, *command], check=True, capture_output=True)  # noqa: S603 - our own words
        trips, fleet, law, deadline, opening = _planned()
    tell(trips, fleet, law, deadline, opening)


def _planned() -> tuple[list[Trip], Fleet, Law, datetime, datetime]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kawal.desk.site.settings"
    import django

    django.setup()
    from kawal.desk.plan import models, reads

    plan = reads.plan_of_record(AREA)
    assert plan is not None
    row = models.Plan.objects.get(pk=plan.id)
    return reads.trips(plan.id), fleet_of(row.fleet), law_of(row.delays), plan.deadline_at, plan.voting_at


def tell(trips: list[Trip], fleet: Fleet, law: Law, deadline: datetime, opening: datetime) -> None:
    flow = flow_of(trips, fleet, zone_of(AREA))

    def live(flow: Flow, law: Law, seed: int = SEED, scenarios: int = SCENARIOS) -> Outcome:
        deadline_s, opening_s = (int((at - flow.first_day).total_seconds()) for at in (deadline, opening))
        return simulate(
            flow, law, AREA, deadline_s=deadline_s, opening_s=opening_s, seed=seed, scenarios=scenarios
        )

    def late(outcome: Outcome) -> tuple[float, float]:
        by_opening = outcome.by_opening.values()
        return sum(1 - share for share in outcome.stations.values()), sum(1 - share for share in by_opening)

    deadline_s, opening_s = (int((at - flow.first_day).total_seconds()) for at in (deadline, opening))
    missing = unopened(
        flow, law, AREA, deadline_s=deadline_s, opening_s=opening_s, seed=SEED + 1, scenarios=COURSES
    )
    print(
        f"{AREA}, vote on {VOTING_DAY}: {len(live(flow, law).stations)} stations, {len(flow.codes)} trips out"
    )
    _say("As planned", late(live(flow, law)))
    print(f"Of {COURSES} courses {LATE} or more missing in {np.mean(missing >= LATE):.2%}")
    print(f"Most missing in any of them: {missing.max()}")
    first = flow.starts_s - flow.starts_s.min()
    for hours in HOURS_LATE:
        held = replace(flow, starts_s=flow.starts_s + np.where(first < DAY_S, hours * 3_600, 0))
        _say(f"Goods {hours} h late at the warehouse", late(live(held, law)))
    for share in STILL:
        modes = {
            mode: replace(one, closed_share=share) if mode in BOATS else one
            for mode, one in law.modes.items()
        }
        _say(f"Boats lie still on {share:.0%} of days", late(live(flow, replace(law, modes=modes))))


def _say(what: str, late: tuple[float, float]) -> None:
    print(f"{what}: {late[0]:.1f} stations late at H-1 18:00, {late[1]:.1f} missing at 07:00 (mean)")


if __name__ == "__main__":
    main(sys.argv[1])
