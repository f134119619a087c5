"""Make a plan: a new version of record, checked against the rules before it is saved."""

from __future__ import annotations

from datetime import date, datetime

from kawal.desk.plan import models, saving
from kawal.desk.plan.preparing import Asked, prepared
from kawal.desk.plan.travelling import Teller
from kawal.desk.plan.working import Progress, each
from kawal.rules.plan.facts import Level
from kawal.rules.plan.regency import plan_regency
from kawal.rules.refusals import Refused

WORKERS = 2


def make(
    area: str,
    *,
    voting_day: date,
    seed: int,
    reason: str,
    by: str,
    now: datetime,
    progress: Progress | None = None,
    fleet: str | None = None,
    access: str = "",
    workers: int = WORKERS,
    level: Level = Level.STATION,
    teller: Teller | None = None,
) -> int:
    """Plans a regency and makes the plan the one of record; answers its row.

    `fleet`, `access` and `level` as in `preparing.Asked`; without a `teller` ways are estimated. Refuses
    what `preparing.prepared` refuses, `by_required`, `reason_required` (from the second version on) and
    `plan_breaks_rule`.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    if not reason.strip() and models.Plan.objects.filter(area_code=area).exists():
        raise Refused("reason_required", area=area)
    asked = Asked(voting_day=voting_day, seed=seed, fleet=fleet, access=access, level=level)
    ready = prepared(area, asked, now=now, teller=teller)
    plan = plan_regency(ready.task, each(workers, progress))
    return saving.save(ready, plan, reason=reason, by=by, now=now)
