"""From the problem of one regency to its judged plan in figures: what a process far away is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import make_plan, never
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.regency_legs import Each, Hurry
from kawal.rules.plan.summary import summary_of
from kawal.rules.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class RegencyTask:
    """All that the plan of one regency needs."""

    problem: Problem
    settings: Settings
    assumptions: Mapping[str, int]  # code -> how often
    above: Mapping[Leg, int] = field(default_factory=dict)  # numbers that trips of other votes have


@dataclass(frozen=True, slots=True, kw_only=True)
class RegencyPlan:
    trips: tuple[Trip, ...]
    summary: dict[str, Any]  # rules.plan.summary


def plan_regency(task: RegencyTask, each: Each = map, hurry: Hurry = never) -> RegencyPlan:
    """Same task, same plan, wherever it is made. Refuses `no_stations`, `plan_breaks_rule`."""
    problem, settings = task.problem, task.settings
    made = make_plan(problem, settings, each, hurry, task.above)
    broken = check(problem, settings, made.trips, made.unserved, made.at_risk)
    if broken:
        first = broken[0]
        raise Refused(
            "plan_breaks_rule", area=problem.regency, rule=first.code, where=first.where, count=len(broken)
        )
    return RegencyPlan(
        trips=made.trips,
        summary=summary_of(problem, made, settings.fleet, task.assumptions, settings.level),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal as a value: an exception with facts does not travel between processes."""

    code: str
    facts: dict[str, object]


def answered(task: RegencyTask) -> RegencyPlan | Refusal:
    try:
        return plan_regency(task)
    except Refused as refused:
        return Refusal(code=refused.code, facts=dict(refused.facts))
