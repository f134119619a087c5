"""A new version for what went wrong, and what-ifs beside the plan of record.

What has happened is told by a later room (desk.watch.replanning) as data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kawal.desk.plan import models, numbering, reads, saving
from kawal.desk.plan.anew import notices
from kawal.desk.risk import reads as risk
from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted, with_classes_of
from kawal.rules.plan.anew.disruption import Absent, disruptions_of
from kawal.rules.plan.anew.guards import strengths_of
from kawal.rules.plan.anew.happened import Happened, plain_of
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.summary import summary_of
from kawal.rules.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The plan of record with what it answers to, read once."""

    row: models.Plan
    problem: Problem
    settings: Settings
    made: PlanMade


def make_again(
    area: str,
    *,
    disruptions: str,
    reason: str,
    by: str,
    now: datetime,
    happened: Mapping[str, Happened],
    what_if: bool,
    instead: bool = False,
) -> int:
    """Plans anew what the disruptions touch; answers the row of the new version.

    `disruptions`: text of a file (rules.plan.anew.disruption); what was told before still holds, unless this
    file stands `instead` of it. Without `what_if` the version becomes the one of record and every post
    concerned is told. Refuses `by_required`, `reason_required`, `no_plan`, `wrong_disruptions`,
    `plan_breaks_rule`, `record_moved`.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    if not reason.strip():
        raise Refused("reason_required", area=area)
    base = base_of(area, now)
    before = "" if instead else disruptions_told(base.row)
    text = "\n".join(part.strip() for part in (before, disruptions) if part.strip()) + "\n"
    zone = base.settings.calendar.zone
    disruptions_of(disruptions, zone)  # its own rows are told by their own numbers
    found = disruptions_of(text, zone)
    strengths = strengths_told(area)
    world = Disrupted(base.problem, base.settings, base.made.trips, found, happened, strengths)
    again = replan(world, base.made, now=now, happened=happened, highest=numbering.highest(area))
    return keep(
        base,
        world,
        again,
        disruptions=text,
        reason=reason,
        by=by,
        now=now,
        happened=happened,
        what_if=what_if,
    )


def keep(
    base: Base,
    world: Disrupted,
    again: Replanned,
    *,
    disruptions: str,
    reason: str,
    by: str,
    now: datetime,
    happened: Mapping[str, Happened],
    what_if: bool,
    answer: Mapping[str, Any] | None = None,
) -> int:
    """A version made from the plan of record into its tables, with what it was made from; answers its row.

    `answer`: what its summary tells beside the figures. Refuses `plan_breaks_rule` and `record_moved`.
    """
    area = base.row.area_code
    if violations := broken(base, world, again, now, happened):
        first = violations[0]
        raise Refused(
            "plan_breaks_rule", area=area, rule=first.code, where=first.where, count=len(violations)
        )
    row = _row(base, world, again, reason=reason, by=by, now=now)
    row.summary = {**row.summary, **(answer or {})}
    with transaction.atomic():
        _number(row)
        if not what_if:
            _replace(base.row.pk, area)
            row.of_record = True
        row.save()
        models.Change.objects.create(
            plan=row,
            base=base.row,
            what_if=what_if,
            disruptions=disruptions,
            happened=plain_of(happened),
            told={
                "anew": again.anew,
                "gone": again.gone,
                "in_it": again.in_it,
                "outdated": again.outdated,
                "unguarded": again.unguarded,
                "strengths": dict(world.strengths),
                "taken_as_planned": again.taken_as_planned,
            },
        )
        _travel_along(base.row, row)
        saving.save_trips(row, again.made.trips)
        if not what_if:
            notices.tell(row, base.made.trips, again.made.trips)
    return row.pk


def adopt(plan_id: int, *, by: str, now: datetime, happened: Mapping[str, Happened]) -> None:
    """Makes a what-if the plan of record, if the record has not moved and what left since fits it.

    Refuses `by_required`, `unknown_what_if`, `what_if_decided`, `record_moved`, `what_if_outdated`.
    """
    change = _undecided(plan_id, by)
    row = change.plan
    base = base_of(row.area_code, now)
    if base.row.pk != change.base_id:
        raise Refused("record_moved", area=row.area_code)
    trips = reads.trips(row.pk)
    told = Circumstances(
        before=base.made.trips,
        now=now,
        disruptions=disruptions_of(change.disruptions, base.settings.calendar.zone),
        happened=happened,
        strengths=change.told.get("strengths", {}),
        unguarded=change.told.get("unguarded", ()),
        at_risk=reads.told_at_risk(row.summary),
    )
    unserved = tuple(reads.unserved(row.summary))
    if violations := check_replan(base.problem, base.settings, trips, unserved, told):
        first = violations[0]
        raise Refused("what_if_outdated", plan=plan_id, where=first.where, rule=first.code)
    with transaction.atomic():
        _decide(change, by=by, now=now, adopted=True)
        _replace(change.base_id, row.area_code)
        models.Plan.objects.filter(pk=row.pk).update(of_record=True)
        models.Change.objects.filter(pk=change.pk).update(happened=plain_of(happened))
        notices.tell(row, base.made.trips, trips)


def drop(plan_id: int, *, by: str, now: datetime) -> None:
    """Puts a what-if aside; it stays readable.

    Refuses `by_required`, `unknown_what_if`, `what_if_decided`.
    """
    change = _undecided(plan_id, by)
    with transaction.atomic():
        _decide(change, by=by, now=now, adopted=False)


def base_of(area: str, now: datetime) -> Base:
    """Refuses `no_plan`."""
    row = models.Plan.objects.filter(area_code=area, of_record=True).first()
    if row is None:
        raise Refused("no_plan", area=area)
    problem, settings = reads.asked_of(row, now=now)
    trips = reads.trips(row.pk)
    shortfalls = reads.shortfalls(row.summary)
    unserved = tuple(reads.unserved(row.summary))
    return Base(
        row=row,
        problem=with_classes_of(problem, trips),
        settings=settings,
        made=PlanMade(
            trips=tuple(trips),
            unserved=unserved,
            shortfalls=shortfalls,
            at_risk=reads.stations_at_risk(row.pk, row.summary),
        ),
    )


def disruptions_told(row: models.Plan) -> str:
    change = models.Change.objects.filter(plan=row).first()
    return change.disruptions if change else ""


def strengths_told(area: str) -> dict[str, int]:
    """Post -> officers, by the newest roster of the regency; empty where none was made."""
    row = models.Roster.objects.filter(plan__area_code=area).order_by("-pk").first()
    return {post: told["officers_count"] for post, told in row.strengths.items()} if row else {}


def broken(
    base: Base, world: Disrupted, again: Replanned, now: datetime, happened: Mapping[str, Happened]
) -> list[Violation]:
    """The rules that a version made from the plan of record breaks."""
    told = Circumstances(
        before=base.made.trips,
        now=now,
        disruptions=world.disruptions,
        happened=happened,
        strengths=world.strengths,
        unguarded=again.unguarded,
        at_risk=again.made.at_risk,
    )
    return check_replan(base.problem, base.settings, again.made.trips, again.made.unserved, told)


def _row(
    base: Base, world: Disrupted, again: Replanned, *, reason: str, by: str, now: datetime
) -> models.Plan:
    old, settings = base.row, base.settings
    assumed = dict(old.summary["assumed_counts"])
    assumed.pop("taken_as_planned", None)
    if again.taken_as_planned:
        assumed["taken_as_planned"] = again.taken_as_planned
    rows = [one for one in world.disruptions if isinstance(one, Absent)]
    absent = {one.post for one in rows}
    assumed.pop("strengths_assumed", None)
    if unknown := absent - world.strengths.keys():
        assumed["strengths_assumed"] = len(unknown)
    officers = strengths_of(world.problem, world.strengths)
    assumed.pop("absent_beyond_strength", None)
    if beyond := {one.post for one in rows if one.count > officers[one.post]}:
        assumed["absent_beyond_strength"] = len(beyond)
    table = risk.table(old.area_code)
    return models.Plan(
        area_code=old.area_code,
        reason=reason.strip(),
        made_at=now,
        made_by=by.strip(),
        seed=old.seed,
        problem_sha256=world.problem.sha256(
            old.problem_sha256, table.text, now.isoformat(), str(world.disruptions)
        ),
        voting_at=old.voting_at,
        deadline_at=old.deadline_at,
        fleet=old.fleet,
        access=old.access,
        direct=old.direct,
        delays=old.delays,
        patterns=table.text,
        summary=summary_of(world.problem, again.made, settings.fleet, assumed, settings.level),
        first_day=old.first_day,
        level=old.level,
    )


def _number(row: models.Plan) -> None:
    latest = models.Plan.objects.filter(area_code=row.area_code).order_by("-version").first()
    row.version = latest.version + 1 if latest else 1


def _replace(base_id: int, area: str) -> None:
    """Compare and set: the version that this one was made from gives way, if it is still of record."""
    if not models.Plan.objects.filter(pk=base_id, of_record=True).update(of_record=False):
        raise Refused("record_moved", area=area)


def _travel_along(old: models.Plan, new: models.Plan) -> None:
    kept = models.Travel.objects.filter(plan=old).first()
    if kept is not None:
        models.Travel.objects.create(plan=new, told=bytes(kept.told))


def _undecided(plan_id: int, by: str) -> models.Change:
    if not by.strip():
        raise Refused("by_required", area=str(plan_id))
    change = models.Change.objects.select_related("plan").filter(plan_id=plan_id, what_if=True).first()
    if change is None:
        raise Refused("unknown_what_if", plan=plan_id)
    if change.adopted is not None:
        raise Refused("what_if_decided", plan=plan_id)
    return change


def _decide(change: models.Change, *, by: str, now: datetime, adopted: bool) -> None:
    open_ = models.Change.objects.filter(pk=change.pk, adopted=None)
    if not open_.update(adopted=adopted, decided_at=now, decided_by=by.strip()):
        raise Refused("what_if_decided", plan=change.plan_id)
