"""A plan repaired: a new version whose promise is better, and what would help (rules.plan.sure.repair)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kawal.desk.plan import gathering, models, reads, saving
from kawal.desk.plan.preparing import Asked, Prepared
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import FORWARD, Level, PlanFacts
from kawal.rules.plan.helping import Help, helps
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, redated
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.summary import summary_of
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.repair import Repaired, repaired
from kawal.rules.plan.sure.reserves import HoldPoint, hold_points, reserves
from kawal.rules.plan.wide.regency import RegencyPlan, RegencyTask
from kawal.rules.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    plan: PlanFacts  # of record now
    made: bool  # whether it is a new version
    target: float
    repaired: Repaired
    helps: tuple[Help, ...]  # what would help where the target does not hold; empty where it does
    reserves: dict[str, tuple[str, ...]]  # area -> vehicles that stand by
    hold_points: tuple[HoldPoint, ...]


def repair(area: str, *, target: float, by: str, reason: str, now: datetime) -> Repair:
    """Moves what the fleet and the calendar allow; makes a new version only if anything was moved.

    Refuses `no_plan`, `plan_is_empty`, `by_required`, `repair_of_replanned` (a repair does not know what
    has left, nor what is shut), and `plan_breaks_rule` where the places, needs or
    risk of now no longer fit the plan: then a plan is to be made, not repaired.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    plan = reads.plan_of_record(area)
    if plan is None:
        raise Refused("no_plan", area=area)
    trips = reads.trips(plan.id)
    if not any(trip.leg in FORWARD for trip in trips):
        raise Refused("plan_is_empty", area=area)
    if models.Change.objects.filter(plan_id=plan.id).exists():
        raise Refused("repair_of_replanned", area=area)
    row = models.Plan.objects.get(pk=plan.id)
    problem, settings = reads.asked_of(row, now=now)
    text = row.delays or gathering.default_delays()
    law = law_of(text)
    settings = replace(settings, delays=law)
    found = repaired(problem, settings, trips, law=law, target=target)
    if found.changes:
        _save(row, problem, settings, found, text, by=by, reason=reason, now=now)
    kept = reads.plan_of_record(area)
    assert kept is not None
    holds = not found.after.below(target) and found.after.regency >= target
    return Repair(
        plan=kept, made=bool(found.changes), target=target, repaired=found,
        helps=() if holds else tuple(helps(found.trips, plan.area, settings, law=law, target=target)),
        reserves=reserves(problem, settings.fleet, found.trips),
        hold_points=tuple(hold_points(found.trips, zone_of(plan.area))),
    )  # fmt: skip


def _save(
    row: models.Plan, problem: Problem, settings: Settings, found: Repaired, delays: str, *, by: str,
    reason: str, now: datetime,
) -> None:  # fmt: skip
    trips, unserved = redated(found.trips, row.area_code, settings), reads.unserved(row.summary)
    broken = check(problem, settings, trips, unserved)
    if broken:
        first = broken[0]
        raise Refused(
            "plan_breaks_rule", area=row.area_code, rule=first.code, where=first.where, count=len(broken)
        )
    made = PlanMade(trips=trips, unserved=tuple(unserved), shortfalls=reads.shortfalls(row.summary))
    assumed = row.summary["assumed_counts"]
    zone = settings.calendar.zone
    asked = Asked(
        voting_day=row.voting_at.astimezone(zone).date(), seed=row.seed, fleet=row.fleet, access=row.access,
        delays=delays, level=Level(row.level),
        first_day=row.first_day,
    )  # fmt: skip
    prepared = Prepared(
        area=row.area_code, asked=asked, fleet=row.fleet, patterns=row.patterns,
        task=RegencyTask(problem=problem, settings=settings, assumptions=assumed),
        problem_sha256=row.problem_sha256, teller=None, told=None,
    )  # fmt: skip
    summary = summary_of(problem, made, settings.fleet, assumed, settings.level)
    plan = RegencyPlan(trips=trips, summary=summary)
    saved = saving.save(prepared, plan, reason=reason, by=by, now=now)
    for travel in models.Travel.objects.filter(plan_id=row.pk):
        models.Travel.objects.create(plan_id=saved, told=bytes(travel.told))
