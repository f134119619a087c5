"""Repairs asked for on the page: a row each, worked on beside the requests, one after the other.

A repair takes a minute or two, longer than a browser or a proxy waits. So the page only asks; the hub that
writes starts a process for the oldest row that waits (kawal.serve.repairs), and the page tells what became of
it. A process that is killed leaves the plan as it was, or the whole new version: its row says which.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import IntegrityError, transaction

from kawal.desk.plan import reads as plans
from kawal.desk.plan.sure import repairing_words
from kawal.desk.plan.sure.repairing import Stage
from kawal.desk.risk import reads as risk
from kawal.desk.watch import replanning
from kawal.desk.watch.models import RepairRun
from kawal.rules.plan.repair.promise import Targets, targets_of
from kawal.rules.refusals import Refused

LOST_AFTER: Final = timedelta(minutes=2)  # without a beat; its process beats every few seconds


class Outcome(StrEnum):
    MADE = "made"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairFacts:
    id: int
    what_if: bool
    asked_by: str
    asked_at: datetime
    begun_at: datetime | None
    stage: str  # of `Stage`; empty before it is begun
    outcome: str  # of `Outcome`; empty while it is underway
    base_version: int
    version: int | None  # that was made
    newest_version: int  # of the plan when it was asked for
    code: str  # of the refusal
    facts: dict[str, Any]  # of the refusal


def ask(area: str, *, what_if: bool, reason: str, by: str, now: datetime) -> bool:
    """Asks for a repair towards what the table of classes asks; False where one is underway in this area.

    Refuses `by_required` and `no_plan`.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    plan = plans.plan_of_record(area)
    if plan is None or plan.area != area:
        raise Refused("no_plan", area=area)
    row = RepairRun(
        area_code=area,
        what_if=what_if,
        reason=reason or repairing_words.reason(_targets(area)),
        asked_by=by,
        asked_at=now,
        base_version=plan.version,
        newest_version=max(one.version for one in plans.versions(area)),
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # two at once: the first is as good
        return False
    return True


def latest(area: str) -> RepairFacts | None:
    """The newest that was asked for in a regency, underway or ended."""
    row = RepairRun.objects.filter(area_code=area).order_by("-id").first()
    if row is None:
        return None
    return RepairFacts(
        id=row.pk,
        what_if=row.what_if,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        begun_at=row.begun_at,
        stage=row.stage,
        outcome=row.outcome,
        base_version=row.base_version,
        version=row.version,
        newest_version=row.newest_version,
        code=row.code,
        facts=row.facts,
    )


def begin_next(real_now: datetime) -> int | None:
    """The oldest that waits, begun; None where none waits, or another process is at one."""
    _close_lost(real_now)
    under_way = RepairRun.objects.filter(outcome="")
    if under_way.filter(begun_at__isnull=False).exists():
        return None
    row = under_way.order_by("id").first()
    if row is None:
        return None
    row.begun_at = row.alive_at = real_now
    row.save()
    return row.pk


def beat(run_id: int, real_now: datetime) -> None:
    """Its process is there."""
    RepairRun.objects.filter(pk=run_id).update(alive_at=real_now)


def put_back(run_id: int) -> None:
    """The hub ends before the repair did: the next begins it anew, unless its version was saved already."""
    if _made(RepairRun.objects.get(pk=run_id)) is not None:
        close(run_id)
    RepairRun.objects.filter(pk=run_id, outcome="").update(begun_at=None, alive_at=None, stage="")


def work(run_id: int) -> None:
    """Does what the row asks for, and writes what became of it. A bug raises, and leaves the row open."""
    row = RepairRun.objects.get(pk=run_id)
    try:
        found = replanning.repair(
            row.area_code,
            targets=_targets(row.area_code),
            by=row.asked_by,
            reason=row.reason,
            now=row.asked_at,
            what_if=row.what_if,
            told=_stage_of(run_id),
        )
    except Refused as refused:
        row.outcome, row.code = Outcome.REFUSED, refused.code
        row.facts = json.loads(json.dumps(refused.facts, default=str))
    else:
        row.outcome = Outcome.MADE if found.made else Outcome.UNCHANGED
        row.base_version = found.base_version
        row.version = found.plan.version if found.made else None
    row.save(update_fields=["outcome", "code", "facts", "base_version", "version"])


def close(run_id: int) -> None:
    """Its process has ended: where it did not write what became of it, it was killed."""
    row = RepairRun.objects.get(pk=run_id)
    if row.outcome:
        return
    row.version = _made(row)
    row.outcome = Outcome.DIED if row.version is None else Outcome.MADE
    row.save(update_fields=["outcome", "version"])


def _made(row: RepairRun) -> int | None:
    """The version that was saved for it, by the hour and the name of who asked: a version is saved whole."""
    asked = row.asked_at, row.asked_by, row.reason
    found = [
        plan.version
        for plan in plans.versions(row.area_code)
        if plan.version > row.newest_version and (plan.made_at, plan.made_by, plan.reason) == asked
    ]
    return max(found, default=None)


def _close_lost(real_now: datetime) -> None:
    """Those whose process went with its machine."""
    for run_id in RepairRun.objects.filter(outcome="", alive_at__lt=real_now - LOST_AFTER).values_list(
        "pk", flat=True
    ):
        close(run_id)


def _targets(area: str) -> Targets:
    return targets_of(risk.patterns(area), None, None, ())


def _stage_of(run_id: int) -> Callable[[Stage], None]:
    def told(stage: Stage) -> None:
        RepairRun.objects.filter(pk=run_id).update(stage=stage)

    return told
