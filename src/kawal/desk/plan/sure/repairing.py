"""A plan repaired: a new version whose promise is better, and what would help (rules.plan.repair).

A plan of which nothing has left and nothing was told is repaired whole and dated whole. Else what has left
stays, what was told of the world holds, and the new version is kept as one that was planned anew in part:
every post concerned is told. What has happened is told by a later room (desk.watch.replanning) as data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from kawal.desk.plan import gathering, models, numbering, reads, saving
from kawal.desk.plan.anew import replanning
from kawal.desk.plan.anew.replanning import Base
from kawal.desk.plan.preparing import Asked, Prepared
from kawal.desk.plan.sure import repair_kept
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.anew import dating
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import disruptions_of
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned
from kawal.rules.plan.check import DATED, check
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import FORWARD, Level, PlanFacts, Shortfall, Trip, Unserved
from kawal.rules.plan.make import redated
from kawal.rules.plan.repair.carrying import Carrying, carrying
from kawal.rules.plan.repair.helps import Helped, helps
from kawal.rules.plan.repair.promise import Targets
from kawal.rules.plan.repair.search import Repaired, repaired
from kawal.rules.plan.repair.standing import Standing
from kawal.rules.plan.summary import summary_of
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.reserves import HoldPoint, hold_points, reserves
from kawal.rules.plan.wide.regency import RegencyPlan, RegencyTask
from kawal.rules.refusals import Refused


class Stage(StrEnum):
    """What a repair is at, in this order."""

    READING = "reading"
    CHANGING = "changing"
    HELPING = "helping"
    SAVING = "saving"


def quiet(stage: Stage) -> None:
    """For whom nobody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    plan: PlanFacts  # the version that was made; where none was, the one of record
    base_version: int  # that was repaired
    made: bool
    targets: Targets
    repaired: Repaired
    helped: Helped  # what would help where the targets do not hold; nothing where they do
    not_carried: tuple[str, ...]  # stations to which the plan has no way at all
    shortfalls: tuple[Shortfall, ...]  # vehicles that would be enough for them
    carrying: tuple[Carrying, ...]  # what would carry them, district by district, tried and priced
    reserves: dict[str, tuple[str, ...]]  # area -> vehicles that stand by
    hold_points: tuple[HoldPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The plan of record as a repair finds it."""

    base: Base
    standing: Standing
    text: str  # what was told of the world
    delays: str
    calm: bool  # nothing has left, nothing was told
    unguarded: tuple[str, ...]  # trips that the version says nobody can guard

    def broken(self, trips: Sequence[Trip], now: datetime) -> Sequence[Violation]:
        """By the rules, but for promises and due times: trips are dated anew before these are judged."""
        base = self.base
        loose = replace(base, settings=replace(base.settings, delays=None))
        if self.calm:
            found = check(base.problem, loose.settings, trips, base.made.unserved)
        else:
            world, happened = self.standing.world, self.standing.happened
            found = replanning.broken(loose, world, self.again(trips), now, happened)
        return [one for one in found if one.code not in DATED]

    def again(self, trips: Sequence[Trip], at_risk: tuple[str, ...] = ()) -> Replanned:
        """The new version, as one that was planned anew in part."""
        old, codes = {trip.code: trip for trip in self.base.made.trips}, {trip.code for trip in trips}
        return Replanned(
            made=replace(self.base.made, trips=tuple(trips), at_risk=at_risk),
            anew=tuple(sorted(trip.code for trip in trips if old.get(trip.code) != trip)),
            gone=tuple(sorted(old.keys() - codes)),
            in_it=(),
            taken_as_planned=sum(
                self.standing.stays(trip) and trip.leg in FORWARD and trip.code not in self.standing.happened
                for trip in trips
            ),
            outdated=dating.outdated([trip for trip in trips if old.get(trip.code) == trip], trips),
            unguarded=self.unguarded,
        )


def repair(
    area: str,
    *,
    targets: Targets,
    by: str,
    reason: str,
    now: datetime,
    happened: Mapping[str, Happened] | None = None,
    what_if: bool = False,
    told: Callable[[Stage], None] = quiet,
) -> Repair:
    """Changes what fleet, officers and calendar allow; makes a new version only if anything was changed: the
    one of record, or a `what_if` beside it. `told` hears what it is at.

    Refuses `no_plan`, `plan_is_empty`, `nothing_ahead`, `by_required`, `vote_is_over` (a what-if of a plan
    on paper), `record_moved`, and `plan_breaks_rule` where the places, needs or risk of now no longer fit the
    plan: then a plan is to be made, not repaired.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    told(Stage.READING)
    found = _found(area, now, happened or {})
    base, standing = found.base, found.standing
    if what_if and standing.now is None:
        raise Refused("vote_is_over", area=area)
    if violations := found.broken(base.made.trips, now):
        raise _breaks(area, violations)
    told(Stage.CHANGING)
    done = repaired(standing, base.made.trips, targets, lambda trips: found.broken(trips, now))
    told(Stage.HELPING)
    holds = done.after.holds(targets)
    helped = Helped(helps=(), after=None) if holds else helps(standing, done.trips, targets)
    plan_id = base.row.pk
    carried = carrying(standing, replace(base.made, trips=done.trips))
    if done.changes:
        told(Stage.SAVING)
        answer = {repair_kept.KEY: repair_kept.plain(base.row.version, done, helped, targets, carried)}
        plan_id = _save(found, done.trips, answer, by=by, reason=reason, now=now, what_if=what_if)
    return Repair(
        plan=reads.plan_by_id(plan_id),
        base_version=base.row.version,
        made=bool(done.changes),
        targets=targets,
        repaired=done,
        helped=helped,
        not_carried=_not_carried(base.made.unserved),
        carrying=carried,
        shortfalls=tuple(row for row in base.made.shortfalls if row.leg in FORWARD),
        reserves=reserves(standing.world.problem, standing.settings.fleet, done.trips),
        hold_points=tuple(hold_points(done.trips, zone_of(area))),
    )


def _found(area: str, now: datetime, happened: Mapping[str, Happened]) -> _Found:
    base = replanning.base_of(area, now)
    if not any(trip.leg in FORWARD for trip in base.made.trips):
        raise Refused("plan_is_empty", area=area)
    text = replanning.disruptions_told(base.row)
    change = models.Change.objects.filter(plan=base.row).first()
    calm = not happened and change is None
    delays = base.row.delays or gathering.default_delays()
    settings = replace(base.settings, delays=law_of(delays))
    if calm:  # classes as they are now: who raised one since is told that the plan breaks a rule
        base = replace(base, problem=reads.asked_of(base.row, now=now)[0])
    world = Disrupted(
        base.problem, settings.hurried(), base.made.trips, disruptions_of(text, settings.calendar.zone),
        happened, replanning.strengths_told(area), calm=calm,
    )  # fmt: skip
    on_paper = calm and now >= settings.calendar.opening_at  # a vote of the past, tried out
    standing = Standing(
        world=world, law=law_of(delays), now=None if on_paper else now, happened=happened,
        highest=numbering.highest(base.row.area_code),
    )  # fmt: skip
    if not standing.ahead(base.made.trips):
        raise Refused("nothing_ahead", area=area)
    return _Found(
        base=replace(base, settings=settings), standing=standing, text=text, delays=delays, calm=calm,
        unguarded=tuple(change.told.get("unguarded", ())) if change else (),
    )  # fmt: skip


def _save(
    found: _Found,
    trips: Sequence[Trip],
    answer: dict[str, Any],
    *,
    by: str,
    reason: str,
    now: datetime,
    what_if: bool,
) -> int:
    """Answers the row of the new version."""
    base, happened = found.base, found.standing.happened
    if found.calm and not what_if:
        return _save_whole(found, trips, answer, by=by, reason=reason, now=now)
    fresh, at_risk = set(found.again(trips).anew), base.made.at_risk
    safe = dating.redated(trips, fresh, base.problem, base.settings, happened, at_risk)
    return replanning.keep(
        base, found.standing.world, found.again(safe.trips, safe.short), disruptions=found.text,
        reason=reason, by=by, now=now, happened=happened, what_if=what_if, answer=answer,
    )  # fmt: skip


def _save_whole(
    found: _Found, trips: Sequence[Trip], answer: dict[str, Any], *, by: str, reason: str, now: datetime
) -> int:
    row, problem, settings, before = found.base.row, found.base.problem, found.base.settings, found.base.made
    safe = redated(trips, problem, settings)
    if violations := check(problem, settings, safe.trips, before.unserved, safe.short):
        raise _breaks(row.area_code, violations)
    assumed = row.summary["assumed_counts"]
    asked = Asked(
        voting_day=row.voting_at.astimezone(settings.calendar.zone).date(), seed=row.seed, fleet=row.fleet,
        access=row.access, delays=found.delays, level=Level(row.level), first_day=row.first_day,
        direct=row.direct,
    )  # fmt: skip
    prepared = Prepared(
        area=row.area_code, asked=asked, fleet=row.fleet, patterns=row.patterns,
        task=RegencyTask(problem=problem, settings=settings, assumptions=assumed),
        problem_sha256=row.problem_sha256, teller=None, told=None,
    )  # fmt: skip
    made = replace(before, trips=safe.trips, at_risk=safe.short)
    summary = summary_of(problem, made, settings.fleet, assumed, settings.level) | answer
    with transaction.atomic():
        if not models.Plan.objects.filter(pk=row.pk, of_record=True).exists():
            raise Refused("record_moved", area=row.area_code)
        saved = saving.save(
            prepared, RegencyPlan(trips=made.trips, summary=summary), reason=reason, by=by, now=now
        )
        for travel in models.Travel.objects.filter(plan_id=row.pk):
            models.Travel.objects.create(plan_id=saved, told=bytes(travel.told))
    return saved


def _breaks(area: str, violations: Sequence[Violation]) -> Refused:
    first = violations[0]
    return Refused("plan_breaks_rule", area=area, rule=first.code, where=first.where, count=len(violations))


def _not_carried(unserved: Sequence[Unserved]) -> tuple[str, ...]:
    return tuple(sorted({code for row in unserved if row.leg in FORWARD for code in row.stations}))
