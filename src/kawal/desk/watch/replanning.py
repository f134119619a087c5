"""What custody knows of a plan's trips, handed to the plan as data, and the plan made again with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kawal.desk.custody import models as custody
from kawal.desk.custody import reads as custody_reads
from kawal.desk.plan import reads as plans
from kawal.desk.plan.anew import replanning
from kawal.desk.plan.sure import repairing
from kawal.desk.plan.sure.repairing import Repair, Stage, quiet
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.repair.promise import Targets
from kawal.rules.refusals import Refused


def happened_on(area: str) -> dict[str, Happened]:
    """Trip code -> what was told of it, for the trips of the plan of record that have left or were loaded.

    A phone's clock may be ahead; nothing has happened after the hub heard of it. Refuses `no_plan`.
    """
    plan = plans.plan_of_record(area)
    if plan is None or plan.area != area:
        raise Refused("no_plan", area=area)
    codes = plans.trip_codes(plan.id)
    milestones = custody_reads.milestones(codes)
    found = {code: told for code in codes if (told := _happened(milestones.get(code, []))) is not None}
    for code in custody_reads.positions([code for code in codes if code not in found]):
        found[code] = Happened()
    return found


def _happened(rows: list[custody.Milestone]) -> Happened | None:
    """None where nobody took anything over yet: what is only offered still lies where it lay."""
    told = [(row, min(row.happened_at, row.received_at)) for row in rows if row.kind != "offered"]
    if not told:
        return None
    left = [at for row, at in told if row.kind == "departed"]
    return Happened(
        left_at=min(left, default=None),
        handed={row.site_code: at for row, at in told if row.kind == "accepted"},
    )


def left_count(area: str) -> int:
    """How many trips of the plan of record of a regency have left, or were loaded."""
    plan = plans.plan_of_record(area)
    return 0 if plan is None else len(happened_on(area))


def make_again(
    area: str,
    *,
    disruptions: str,
    reason: str,
    by: str,
    now: datetime,
    what_if: bool,
    instead: bool = False,
) -> int:
    """See `desk.plan.anew.replanning.make_again`."""
    return replanning.make_again(
        area,
        disruptions=disruptions,
        reason=reason,
        by=by,
        now=now,
        happened=happened_on(area),
        what_if=what_if,
        instead=instead,
    )


def repair(
    area: str,
    *,
    targets: Targets,
    by: str,
    reason: str,
    now: datetime,
    what_if: bool = False,
    told: Callable[[Stage], None] = quiet,
) -> Repair:
    """See `desk.plan.sure.repairing.repair`."""
    return repairing.repair(
        area,
        targets=targets,
        by=by,
        reason=reason,
        now=now,
        happened=happened_on(area),
        what_if=what_if,
        told=told,
    )


def adopt(plan_id: int, *, by: str, now: datetime) -> None:
    """See `desk.plan.anew.replanning.adopt`."""
    replanning.adopt(plan_id, by=by, now=now, happened=happened_on(plans.plan_by_id(plan_id).area))
