"""Latest safe departures, backwards from the deadline.

A run must leave so early that each stop is reached by its due time even if the way takes longer than
planned by the safety factor of mode and class, and that the vehicle's next run of that day can still
leave in time. What a site must send on is due there before the run that carries it on must load.
Factors are assumptions of the fleet; measured delays will replace them by a simulation.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from kawal.rules.plan.fleet import Fleet, Kind
from kawal.rules.plan.routing.days import days_run
from kawal.rules.plan.routing.jobs import Job, Run, Terms, moment, opening_needs
from kawal.rules.plan.routing.marching import DAY_S, Clock
from kawal.rules.plan.windows import latest

_DAYS_BACK: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A run with the latest arrival of each job's parcels and its latest safe departure."""

    run: Run
    due_s: tuple[int, ...]  # per job
    latest_s: int


def dated(runs: Sequence[Run], due_of: Callable[[Job], int], terms: Terms, fleet: Fleet) -> list[Dated]:
    """The runs of one leg and depot, in the order given."""
    latest_of: dict[int, int] = {}
    next_latest: dict[tuple[str, object], int] = {}  # of the vehicle's next run that day: must load by
    for run in sorted(runs, key=lambda run: -run.start_s):
        factor = max(fleet.safety(run.vehicle.kind, job.risk) for job in run.jobs)
        if run.halts:  # alone on all its days
            latest_of[id(run)] = _over_days(run, [due_of(job) for job in run.jobs], factor, terms)
            continue
        day = run.vehicle.name, moment(run.start_s).astimezone(terms.zone).date()
        by = min(
            due_of(job) - math.ceil(factor * (reach_s - run.depart_s))
            for job, reach_s in zip(run.jobs, _reached(run, terms), strict=True)
        )
        if day in next_latest:
            by = min(by, next_latest[day] - math.ceil(factor * (run.free_s - run.depart_s)))
        by = _in_hours(by, run, terms.zone)
        if terms.windows and run.depart_s <= by:
            by = _while_open(by, run, terms)
        latest_of[id(run)] = by
        next_latest[day] = by - (run.depart_s - run.start_s)
    return [
        Dated(run=run, due_s=tuple(due_of(job) for job in run.jobs), latest_s=latest_of[id(run)])
        for run in runs
    ]


def _over_days(run: Run, due_s: Sequence[int], factor: float, terms: Terms) -> int:
    """The latest departure of a run of several days that is in time on a way so many times as long.

    Counted backwards over the nights: day by day for one from whose morning it is in time, then within it.
    """
    loading_s, clock = run.depart_s - run.start_s, Clock(run.vehicle.kind, terms.zone)
    spent_s = [clock.spent(run.depart_s, at) for at in _reached(run, terms)]

    def in_time(start_s: int) -> int | None:
        """The departure of the run begun then, where it is in time."""
        late = days_run(run.vehicle, [replace(job, ready_s=0) for job in run.jobs], start_s, terms, factor)
        if late is None:
            return None
        meets = all(at <= due for at, due in zip(_reached(late, terms), due_s, strict=True))
        as_planned = (clock.walk(late.depart_s, hours_s)[0] for hours_s in spent_s)
        return late.depart_s if meets and all(map(operator.le, as_planned, due_s)) else None

    morning_s = clock.opens(min(due_s))
    for _ in range(_DAYS_BACK):
        found = in_time(morning_s)
        if found is not None:
            low, high = morning_s, clock.march_ends(morning_s) - loading_s
            while high - low > 1:  # in time from `low`, not from `high`
                middle = (low + high) // 2
                departs_s = in_time(middle)
                low, high = (middle, high) if departs_s is not None else (low, middle)
                found = departs_s if departs_s is not None else found
            # Whether all is open at another hour nobody asked: then as planned.
            return min(found, run.depart_s) if terms.windows else found
        morning_s -= DAY_S
    return morning_s


def _reached(run: Run, terms: Terms) -> tuple[int, ...]:
    """When each job's parcels are where they belong: at their stop, or home with the vehicle."""
    return (run.back_s,) * len(run.jobs) if terms.collect else run.arrive_s


def _in_hours(latest_s: int, run: Run, zone: tzinfo) -> int:
    """The latest departure not after `latest_s` whose last stop is reached in the mode's working hours.

    Runs of the voting night keep to their own hours.
    """
    kind = run.vehicle.kind
    if not _works_by_day(run, zone):
        return latest_s
    busy_s = run.arrive_s[-1] - run.depart_s
    local = moment(latest_s).astimezone(zone)
    opens, closes = _day(local, kind)
    if local < opens:
        opens, closes = _day(local - timedelta(days=1), kind)
    return min(latest_s, max(int(opens.timestamp()), int(closes.timestamp()) - busy_s))


def _while_open(latest_s: int, run: Run, terms: Terms) -> int:
    """The latest departure not after `latest_s` that finds all it needs open, in the mode's hours.

    The run as planned does, so one is found not before it.
    """
    loading_s, needs = run.depart_s - run.start_s, opening_needs(run, terms)
    found: int | None = latest_s
    while found is not None and found > run.depart_s:
        open_s = latest(found - loading_s, needs)
        later = None if open_s is None else _in_hours(open_s + loading_s, run, terms.zone)
        if later == found:
            return later
        found = later
    return run.depart_s


def _works_by_day(run: Run, zone: tzinfo) -> bool:
    left = moment(run.depart_s).astimezone(zone)
    opens, closes = _day(left, run.vehicle.kind)
    return opens <= left and moment(run.back_s) <= closes


def _day(local: datetime, kind: Kind) -> tuple[datetime, datetime]:
    return (
        datetime.combine(local.date(), kind.opens, local.tzinfo),
        datetime.combine(local.date(), kind.closes, local.tzinfo),
    )
