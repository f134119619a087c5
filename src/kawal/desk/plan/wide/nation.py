"""Plans of all regencies of a province or the nation by one command that can be stopped at any time.

Each regency is saved as soon as it is planned, whole, with what became of it. The same command given again
goes on: what has its plan of record by the same problem and settings is not planned again. The tables are
read and written by this process alone; the others compute.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from kawal.desk.places import reads as places
from kawal.desk.plan import models, saving
from kawal.desk.plan.journey.travelling import Teller
from kawal.desk.plan.leaving import Left, check_none, nothing_known
from kawal.desk.plan.preparing import Asked, Prepared, prepared
from kawal.desk.plan.wide import runs
from kawal.desk.plan.wide.pools import Failed, Pool, answers
from kawal.rules.places.codes import level_of
from kawal.rules.plan.wide.regency import Refusal, RegencyPlan, RegencyTask, answered
from kawal.rules.refusals import Refused

Progress = Callable[[int, int, str], None]  # regencies done, of how many, the last one's code


def make(
    area: str,
    asked: Asked,
    *,
    pool: Pool,
    reason: str,
    by: str,
    now: Callable[[], datetime],
    replace: bool = False,
    teller: Teller | None = None,
    progress: Progress | None = None,
    left: Left = nothing_known,
) -> int:
    """Plans every regency of the area that has stations; answers the row of the run.

    A regency with a plan that was asked for by itself keeps it, unless `replace`, and so does one of whose
    plan trips have `left`. Refuses `by_required`,
    `unknown_area`, `run_needs_area_above`, `no_stations` and what a wrong fleet or access file is refused
    for; what is refused for one regency is told in the run.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    if level_of(places.area(area).code) not in ("nation", "province"):
        raise Refused("run_needs_area_above", area=area)
    asked.check()
    regencies = _largest_first(area)
    if not regencies:
        raise Refused("no_stations", area=area or "id")
    run = _run(area, asked, reason=reason, by=by, now=now(), replace=replace)
    work = _Run(run, asked, replace, now, teller, left)
    done = 0

    def told(regency: str) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(regencies), regency)

    for ready, answer in answers(pool, answered, work.tasks(regencies, told)):
        work.settle(ready, answer)
        told(ready.area)
    with transaction.atomic():
        run.ended_at = now()
        run.summary = runs.summary(run.pk)
        run.save()
    return run.pk


class _Run:
    """What is done with each regency of a run."""

    def __init__(
        self,
        row: models.PlanRun,
        asked: Asked,
        replace: bool,
        now: Callable[[], datetime],
        teller: Teller | None,
        left: Left,
    ) -> None:
        self.left = left
        self.row, self.asked, self.replace, self.now, self.teller = row, asked, replace, now, teller
        self.planned = set(row.outcomes.filter(outcome="planned").values_list("area_code", flat=True))

    def tasks(
        self, regencies: list[str], told: Callable[[str], None]
    ) -> Iterator[tuple[Prepared, RegencyTask]]:
        """The regencies that are to be planned; of the others it is noted why they are not."""
        for regency in regencies:
            try:
                ready = prepared(regency, self.asked, now=self.now(), teller=self.teller, alone=False)
                outcome = self._without(ready)
            except Refused as refused:
                self._note(regency, "refused", refused.code, refused.facts)
                outcome = "refused"
            else:
                if outcome:
                    self._note(regency, outcome)
            if outcome:
                told(regency)
            else:
                yield ready, ready.task

    def _without(self, ready: Prepared) -> str:
        """Why a regency need not be planned; empty where it must. Refuses `reason_required`."""
        plan = models.Plan.objects.filter(area_code=ready.area, of_record=True).first()
        if plan is None:
            return ""
        if plan.problem_sha256 == ready.problem_sha256:
            return "planned" if ready.area in self.planned else "unchanged"
        if plan.run_id is None and not self.replace:
            return "kept"
        try:
            check_none(ready.area, self.asked.voting_day, self.left)
        except Refused:
            return "under_way"
        if not self.row.reason:
            raise Refused("reason_required", area=ready.area)
        return ""

    def settle(self, ready: Prepared, answer: RegencyPlan | Refusal | Failed) -> None:
        if isinstance(answer, Refusal):
            self._note(ready.area, "refused", answer.code, answer.facts)
        elif isinstance(answer, Failed):
            self._note(ready.area, "crashed", answer.kind[:40], {"told": answer.told[:500]})
        else:
            with transaction.atomic():
                saving.save(
                    ready, answer, reason=self.row.reason, by=self.row.made_by, now=self.now(), run=self.row
                )
                self._note(ready.area, "planned")

    def _note(
        self, regency: str, outcome: str, code: str = "", facts: dict[str, object] | None = None
    ) -> None:
        plain = json.loads(json.dumps(facts or {}, default=str))
        told = {"outcome": outcome, "code": code, "facts": plain, "at": self.now()}
        models.PlanOutcome.objects.update_or_create(run=self.row, area_code=regency, defaults=told)


def _largest_first(area: str) -> list[str]:
    """Regencies with stations, those with most of them first: the last to end should be small ones."""
    found = [one.code for one in places.areas_under(area, "regency")]
    stations = Counter({code: totals.stations for code, totals in places.totals_of(found).items()})
    return [code for code, count in stations.most_common() if count]


def _run(area: str, asked: Asked, *, reason: str, by: str, now: datetime, replace: bool) -> models.PlanRun:
    """The one that the same command began and did not end, else a new one."""
    told = json.dumps([*asked.told(*asked.fleet_texts()), asked.access, reason.strip(), replace])
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    open_ = models.PlanRun.objects.filter(area_code=area, asked_sha256=sha256, ended_at=None)
    found = open_.order_by("-id").first()
    return found or models.PlanRun.objects.create(
        area_code=area, asked_sha256=sha256, begun_at=now, made_by=by.strip(), reason=reason.strip()
    )
