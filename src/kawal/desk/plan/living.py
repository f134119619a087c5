"""A plan lived through many times: how sure each station's delivery is (rules.plan.simulation)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from kawal.desk.plan import models, reads
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.delays import law_of
from kawal.rules.plan.facts import FORWARD, PlanFacts
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.flow import flow_of
from kawal.rules.plan.simulation import Outcome, simulate
from kawal.rules.refusals import Refused

TARGET = 0.99  # of a station's and of a regency's promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    plan: PlanFacts
    law: str  # name of the law of delays
    outcome: Outcome
    not_carried: tuple[str, ...]  # stations to which the plan has no way at all

    @property
    def below_target(self) -> list[tuple[str, float]]:
        """Stations that reach the target less often, the least sure first."""
        below = [(code, share) for code, share in self.outcome.stations.items() if share < TARGET]
        return sorted(below, key=lambda pair: (pair[1], pair[0]))


def lived(area: str, *, seed: int, scenarios: int, delays: str | None = None) -> Lived:
    """The plan of record of a regency, lived through. Refuses `no_plan`, `wrong_delays`, `plan_is_empty`."""
    plan = reads.plan_of_record(area)
    if plan is None:
        raise Refused("no_plan", area=area)
    law = law_of(default_delays() if delays is None else delays)
    trips = [trip for trip in reads.trips(plan.id) if trip.leg in FORWARD]
    if not trips:
        raise Refused("plan_is_empty", area=area)
    fleet = fleet_of(models.Plan.objects.values_list("fleet", flat=True).get(pk=plan.id))
    flow = flow_of(trips, fleet, zone_of(plan.area))

    def second(moment: datetime) -> int:
        return int((moment - flow.first_day).total_seconds())

    outcome = simulate(
        flow, law, plan.area, deadline_s=second(plan.deadline_at), opening_s=second(plan.voting_at),
        seed=seed, scenarios=scenarios,
    )  # fmt: skip
    forward = {code for row in reads.unserved(plan.summary) if row.leg in FORWARD for code in row.stations}
    return Lived(plan=plan, law=law.name, outcome=outcome, not_carried=tuple(sorted(forward)))


@cache
def default_delays() -> str:
    return (files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8")
