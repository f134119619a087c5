"""How long a plan is worked at: an effort that can be repeated, seconds, or until somebody says stop."""

from __future__ import annotations

import time
from dataclasses import replace
from hashlib import sha256

from kawal.desk.plan.preparing import Prepared
from kawal.desk.plan.working import Progress, each
from kawal.rules.plan.anew.compare import cost_rp
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.routing.present import present
from kawal.rules.plan.wide.regency import RegencyPlan, plan_regency
from kawal.rules.refusals import Refused

_DOUBLED_MOST = 4


class Patience:
    """Over when `seconds` are (None: never), or when `stop` was called."""

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds, self.stopped = seconds, False
        self._began = time.monotonic()

    def stop(self) -> None:
        self.stopped = True

    def over(self) -> bool:
        return self.stopped or (self.seconds is not None and time.monotonic() - self._began >= self.seconds)


def best(
    ready: Prepared, workers: int, patience: Patience, progress: Progress | None = None
) -> tuple[Prepared, RegencyPlan]:
    """The plan, and what was asked with a hash of its own where the same again need not give the same.

    With seconds the plan is made again and again, each time from the best and with more effort, until
    they are over. When patience ends, what was not begun goes without the solver. Every plan passed
    the checker.
    """
    mapped = each(workers, progress, patience.over)
    plan = plan_regency(ready.task, mapped, patience.over)
    settings, rounds = ready.task.settings, 1
    while patience.seconds is not None and not patience.over():
        again = replace(
            settings,
            start=present(plan.trips),
            seed=settings.seed + rounds,
            effort=settings.effort.times(2 ** min(rounds, _DOUBLED_MOST)),
        )
        try:
            found = plan_regency(replace(ready.task, settings=again), mapped, patience.over)
        except Refused:  # the plan before it passed
            break
        plan = min(plan, found, key=lambda one: _worth(one, settings.fleet))
        rounds += 1
    repeatable = patience.seconds is None and not patience.stopped
    plan.summary["search"] = {
        "stopped": patience.stopped,
        "seconds": patience.seconds,
        "rounds": rounds,
        "repeatable": repeatable,
    }
    if not repeatable:
        told = f"{ready.problem_sha256} {patience.seconds} {patience.stopped}"
        ready = replace(ready, problem_sha256=sha256(told.encode()).hexdigest())
    return ready, plan


def _worth(plan: RegencyPlan, fleet: Fleet) -> tuple[int, int, int]:
    """Less is better: stations not carried, stations at risk, then what it costs."""
    summary = plan.summary
    return (
        summary["stations_unserved_count"],
        summary["stations_at_risk_count"],
        cost_rp(plan.trips, fleet),
    )
