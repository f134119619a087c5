"""Make a plan: a new version of record, checked against the rules before it is saved."""

from __future__ import annotations

from datetime import date, datetime

from kawal.desk.plan import models, reads, saving
from kawal.desk.plan.improving import Patience, best
from kawal.desk.plan.journey.travelling import Teller
from kawal.desk.plan.leaving import Left, check_none, nothing_known
from kawal.desk.plan.preparing import Asked, prepared
from kawal.desk.plan.working import Progress
from kawal.rules.plan.calendar import FIRST_DAY
from kawal.rules.plan.facts import Level
from kawal.rules.plan.leg import FULL
from kawal.rules.plan.routing.present import NOTHING, Present, present
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
    delays: str | None = None,
    workers: int = WORKERS,
    level: Level = Level.STATION,
    first_day: int = FIRST_DAY,
    teller: Teller | None = None,
    effort: int = 1,
    from_present: bool = False,
    patience: Patience | None = None,
    left: Left = nothing_known,
    direct: str | None = None,
) -> int:
    """Plans a regency and makes the plan the one of record; answers its row.

    `fleet`, `access`, `delays`, `level`, `first_day` and `direct` as in `preparing.Asked`; without a `teller`
    ways are estimated, without `direct` what begins from the plan of record keeps its permission.
    `effort` times the usual search, from the trips of record with `from_present`, until `patience` ends.
    Refuses what `preparing.prepared` refuses, `by_required`, `reason_required` (from the second version
    on), `trips_have_left`, `no_plan` and `plan_breaks_rule`.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    if not reason.strip() and models.Plan.objects.filter(area_code=area).exists():
        raise Refused("reason_required", area=area)
    check_none(area, voting_day, left)
    asked = Asked(
        voting_day=voting_day, seed=seed, fleet=fleet, access=access, delays=delays,
        level=level, first_day=first_day, effort=FULL.times(effort),
        start=_present(area) if from_present else NOTHING,
        direct=_permission(area) if direct is None and from_present else direct or "",
    )  # fmt: skip
    ready = prepared(area, asked, now=now, teller=teller)
    ready, plan = best(ready, workers, patience or Patience(), progress)
    return saving.save(ready, plan, reason=reason, by=by, now=now)


def _permission(area: str) -> str:
    """Of the plan of record: where its boxes may go straight on."""
    return str(models.Plan.objects.filter(area_code=area, of_record=True).values_list("direct", flat=True)[0])


def _present(area: str) -> Present:
    """Refuses `no_plan`."""
    found = reads.plan_of_record(area)
    if found is None:
        raise Refused("no_plan", area=area)
    return present(reads.trips(found.id))
