"""Two saved versions side by side, with how sure each of them is where it was lived through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kawal.desk.plan import models, reads
from kawal.desk.plan.sure import living, repair_kept
from kawal.desk.plan.sure.repair_kept import RepairKept
from kawal.rules.plan.anew.compare import Comparison, Side, compare
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.plan.fleet import fleet_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    before: PlanFacts
    after: PlanFacts
    found: Comparison
    sure_before: float | None  # P(all stations of the regency on time); None where nobody lived through it
    sure_after: float | None
    repair: RepairKept | None = None  # what was answered where the second is the first, repaired

    @property
    def counted_alike(self) -> bool:
        """Whether both or neither were made since stations at risk are told one by one."""
        before, after = (reads.told_at_risk(plan.summary) is None for plan in (self.before, self.after))
        return before == after


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """What a version was made from."""

    plan_id: int
    base_id: int
    base_version: int
    what_if: bool
    adopted: bool | None  # of a what-if; None while it is open
    decided_at: datetime | None
    decided_by: str
    disruptions: str
    anew_count: int
    gone_count: int
    in_it: list[str]
    outdated: list[str]
    unguarded: list[str]  # trips for whose guard no post has officers to spare


def compared(area: str, before: int, after: int) -> Compared:
    """Refuses `unknown_version`."""
    one, other = reads.plan_by_version(area, before), reads.plan_by_version(area, after)
    kept = repair_kept.of_plan(other)
    repair = kept if kept and kept.base_version == before else None
    return Compared(
        before=one,
        after=other,
        found=compare(_side(one), _side(other)),
        sure_before=repair.regency_before if repair else _sure(one),
        sure_after=repair.regency if repair else _sure(other),
        repair=repair,
    )


def changes(area: str) -> dict[int, ChangeFacts]:
    """Plan id -> what it was made from, of all versions that were planned anew in part."""
    rows = models.Change.objects.filter(plan__area_code=area).select_related("base")
    return {
        row.plan_id: ChangeFacts(
            plan_id=row.plan_id,
            base_id=row.base_id,
            base_version=row.base.version,
            what_if=row.what_if,
            adopted=row.adopted,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            disruptions=row.disruptions,
            anew_count=len(row.told["anew"]),
            gone_count=len(row.told["gone"]),
            in_it=row.told["in_it"],
            outdated=row.told["outdated"],
            unguarded=row.told.get("unguarded", []),
        )
        for row in rows
    }


def _side(plan: PlanFacts) -> Side:
    fleet = fleet_of(models.Plan.objects.values_list("fleet", flat=True).get(pk=plan.id))
    return Side(
        trips=reads.trips(plan.id),
        unserved=reads.unserved(plan.summary),
        at_risk=reads.stations_at_risk(plan.id, plan.summary),
        fleet=fleet,
    )


def _sure(plan: PlanFacts) -> float | None:
    found = living.last(plan)
    return None if found is None else found.together(plan.area)
