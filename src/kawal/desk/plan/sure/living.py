"""A plan lived through many times: how sure each station's delivery is (rules.plan.sure.simulation)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from kawal.desk.plan import gathering, models, reads
from kawal.desk.risk import reads as risk
from kawal.rules.places.codes import covers, level_of, village_of, zone_of
from kawal.rules.plan.facts import ENDS_AT_STATION, FORWARD, Level, PlanFacts, Trip
from kawal.rules.plan.fleet import Fleet, fleet_of
from kawal.rules.plan.repair.promise import Targets, targets_of
from kawal.rules.plan.sure.delays import Law, law_of
from kawal.rules.plan.sure.flow import Flow, flow_of
from kawal.rules.plan.sure.queues import Queued, crowded, docks_for, docks_of, with_queues
from kawal.rules.plan.sure.safe import PROMISED
from kawal.rules.plan.sure.simulation import Outcome, home_on_time, simulate
from kawal.rules.plan.windows import Windows
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

TARGET = PROMISED  # of a box's way home


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    plan: PlanFacts
    made_at: datetime
    law: str  # name of the law of delays
    outcome: Outcome
    not_carried: tuple[str, ...]  # stations to which the plan has no way at all
    targets: Targets  # by the table of classes in force
    risks: Mapping[str, RiskClass]  # of the stations; empty where all classes ask the same
    crowded: Mapping[str, int] = field(default_factory=dict)  # docks: handled at once, where berths may lack

    def target(self, station: str) -> float:
        """What is asked of a station's promise."""
        return self.targets.of(self.risks[station]) if station in self.risks else self.targets.station

    def stations(self, area: str) -> dict[str, float]:
        """P(by the deadline) of the stations of an area."""
        shares = self.outcome.stations.items()
        return {code: share for code, share in shares if covers(area, village_of(code))}

    def home(self, area: str) -> dict[str, float]:
        """P(the box is at the PPK when its leg must end) of the stations of an area; empty: not asked."""
        return {code: share for code, share in self.outcome.home.items() if covers(area, village_of(code))}

    def below_target(self, area: str) -> list[tuple[str, float]]:
        """Stations of an area that reach their target less often, the least sure first."""
        below = [(code, share) for code, share in self.stations(area).items() if share < self.target(code)]
        return sorted(below, key=lambda pair: (pair[1], pair[0]))

    def together(self, area: str) -> float:
        """P(all stations of the regency, district or village that the plan carries are on time)."""
        of_level = {"district": self.outcome.districts, "village": self.outcome.villages}
        return of_level.get(level_of(area), {}).get(area, self.outcome.regency)

    def blamed(self) -> list[tuple[str, float]]:
        """Trips with the stations late because of each, on the mean; the worst first."""
        return sorted(self.outcome.blame.items(), key=lambda pair: (-pair[1], pair[0]))


def live(area: str, *, seed: int, scenarios: int, now: datetime, delays: str | None = None) -> Lived:
    """Lives through the plan of record of a regency, out and home, and keeps what came of it.

    Refuses `no_plan`, `plan_ends_early`, `wrong_delays` and `plan_is_empty`.
    """
    asked = _asked(area, delays)
    plan = asked.plan
    outcome = simulate(
        asked.flow, asked.law, plan.area, deadline_s=asked.second(plan.deadline_at),
        opening_s=asked.second(plan.voting_at), seed=seed, scenarios=scenarios,
    )  # fmt: skip
    home = home_on_time(
        asked.trips, asked.fleet, zone_of(plan.area), asked.windows, asked.law, plan.area, seed=seed,
        scenarios=scenarios,
    )  # fmt: skip
    outcome = replace(outcome, home=home)
    models.Life.objects.create(
        plan_id=plan.id, made_at=now, seed=seed, scenarios=scenarios, law=asked.text, outcome=asdict(outcome)
    )
    return Lived(
        plan=plan, made_at=now, law=asked.law.name, outcome=outcome, not_carried=_not_carried(plan),
        crowded=crowded(asked.trips, docks_for(asked.fleet)), **_targets(plan),
    )  # fmt: skip


def queued(
    area: str, *, seed: int, scenarios: int, berths: int | None, docks: Mapping[str, int],
    delays: str | None = None,
) -> Queued:  # fmt: skip
    """The way out lived through event by event, with queues at docks and for escorts; nothing is kept.

    The docks are those of the plan's fleet. `berths`: so many boats or aircraft at once everywhere instead;
    `docks`: at one site. Refuses as `live`, and `unknown_dock` where no boat or aircraft of the plan is
    handled.
    """
    asked = _asked(area, delays)
    found = docks_for(asked.fleet, berths, docks)
    known = docks_of(asked.trips, found)
    for site in docks:
        if site not in known:
            raise Refused("unknown_dock", area=area, site=site)
    return with_queues(
        asked.trips, asked.flow, asked.law, asked.plan.area, zone_of(asked.plan.area), found,
        deadline_s=asked.second(asked.plan.deadline_at), seed=seed, scenarios=scenarios,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    plan: PlanFacts
    text: str  # of the law
    law: Law
    fleet: Fleet
    windows: Windows
    trips: list[Trip]
    flow: Flow  # the way out

    def second(self, moment: datetime) -> int:
        return int((moment - self.flow.first_day).total_seconds())


def _asked(area: str, delays: str | None) -> _Asked:
    plan = reads.plan_of_record(area)
    if plan is None:
        raise Refused("no_plan", area=area)
    if plan.level is not Level.STATION:
        raise Refused("plan_ends_early", area=area)
    text = delays if delays is not None else _law_text(plan)
    law, trips, zone = law_of(text), reads.trips(plan.id), zone_of(plan.area)
    if not any(trip.leg in FORWARD for trip in trips):
        raise Refused("plan_is_empty", area=area)
    fleet = fleet_of(models.Plan.objects.values_list("fleet", flat=True).get(pk=plan.id))
    windows = Windows(fleet.openings, fleet.bounds, plan.voting_at.astimezone(zone).date(), zone)
    return _Asked(
        plan=plan, text=text, law=law, fleet=fleet, windows=windows, trips=trips,
        flow=flow_of(trips, fleet, zone, windows),
    )  # fmt: skip


def last(plan: PlanFacts) -> Lived | None:
    """What came of the plan when it was lived through last."""
    row = models.Life.objects.filter(plan_id=plan.id).order_by("-pk").first()
    if row is None:
        return None
    return Lived(
        plan=plan, made_at=row.made_at, law=law_of(row.law).name, outcome=Outcome(**row.outcome),
        not_carried=_not_carried(plan), **_targets(plan),
    )  # fmt: skip


def _targets(plan: PlanFacts) -> dict[str, Any]:
    """What the table of classes asks of each station; where it asks the same of all, classes are not read."""
    table = risk.patterns(plan.area)
    targets = targets_of(table, None, None, ())
    asked = set(targets.classes.values())
    if len(asked) == 1:
        return {"targets": Targets(station=asked.pop(), regency=targets.regency), "risks": {}}
    rows = models.Consignment.objects.filter(trip__plan_id=plan.id, trip__leg__in=ENDS_AT_STATION)
    told = rows.values_list("trip__risk", "stations")
    risks = {station: RiskClass(klass) for klass, stations in told for station in stations}
    return {"targets": targets, "risks": risks}


def _law_text(plan: PlanFacts) -> str:
    """The law that the plan was dated by, or the stated default."""
    kept = models.Plan.objects.values_list("delays", flat=True).get(pk=plan.id)
    return kept or gathering.default_delays()


def _not_carried(plan: PlanFacts) -> tuple[str, ...]:
    rows = reads.unserved(plan.summary)
    return tuple(sorted({code for row in rows if row.leg in FORWARD for code in row.stations}))
