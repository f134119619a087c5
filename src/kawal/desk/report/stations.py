"""The page of one station: what it needs, how it gets there, who holds what, and all that was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kawal.desk.custody import reads as custody
from kawal.desk.needs import reads as needs
from kawal.desk.needs.reads import ParcelFacts
from kawal.desk.people.access import Deed, Officer, can_do
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plans
from kawal.desk.report import areas, lines
from kawal.desk.risk import reads as risk
from kawal.desk.watch import reads as watch
from kawal.rules.custody.second_checks import second_checks
from kawal.rules.custody.stages import Stage
from kawal.rules.needs.quantities import Need
from kawal.rules.needs.rulebook import Rules
from kawal.rules.places.facts import Area, Station
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import second_checks as demanded
from kawal.rules.watch.outlook import NOTHING_TOLD, Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One event of the timeline: the parcels it is about are folded, since a phone tells of all at once."""

    step: custody.StepFacts
    parcels: tuple[int, ...]
    findings: tuple[str, ...]  # kinds (rules.custody.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When something of a trip happened, and the entry that tells it."""

    at: datetime
    entry_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLeg:
    """One leg of the way: as planned, and as it was told."""

    step: plans.StationStep
    departed: Reached | None
    received: Reached | None  # accepted where the leg ends


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondChecks:
    """Seals read by others than the holders: what the class demands, and the box with the fewest."""

    demanded: int
    told: int

    @property
    def lacking(self) -> int:
        return max(0, self.demanded - self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPage:
    station: Station
    above: list[Area]  # nation first, the village last
    plan: PlanFacts | None
    expectation: Expectation
    stage: Stage
    received_at: datetime | None
    risk: RiskClass | None  # None too for whoever may not see it
    checks: SecondChecks | None  # None too for whoever may not see the class that demands them
    rules: Rules | None  # by which the needs were computed; None: they were not
    needs: tuple[Need, ...]
    sees_contents: bool  # ballots and counts are not for the police
    way: list[WayLeg]
    parcels: list[custody.ParcelStoryFacts]
    known: Mapping[int, ParcelFacts]  # parcels as they were computed
    timeline: list[Telling]  # newest first
    open_findings: list[custody.FindingFacts]
    explained: list[custody.FindingFacts]  # by what was told later
    alerts: list[watch.AlertRow]

    @property
    def has_moved_on(self) -> bool:
        """Whether its parcels are further than their receipt by KPPS."""
        return self.stage > Stage.AT_STATION


def station_page(code: str, *, officer: Officer, now: datetime) -> StationPage:
    """Refuses `unknown_station`."""
    station = places.station(code)
    judged = lines.judged(station.village, now=now)
    stands = custody.stations_told([code]).get(code)
    parcels = _story(code)
    rules = _rules(station.village)
    findings = custody.findings(code, open_only=False)
    return StationPage(
        station=station,
        above=areas.above(station.village, officer),
        plan=judged.plans[0] if judged.plans else None,
        expectation=lines.expected(judged, code, lines.told_of(stands) if stands else NOTHING_TOLD),
        stage=stands.stage if stands else Stage.NEEDED,
        received_at=stands.received_at if stands else None,
        risk=risk.class_of(station.village, now=now) if can_do(officer, Deed.SEE_RISK) else None,
        checks=_checks(station.village, parcels, now) if can_do(officer, Deed.SEE_RISK) else None,
        rules=rules,
        needs=needs.station_needs(code) if rules else (),
        sees_contents=can_do(officer, Deed.SEE_CONTENTS),
        way=_way(code),
        parcels=parcels,
        known={parcel.code: parcel for parcel in needs.parcels_of([code])[code]},
        timeline=_timeline(parcels),
        open_findings=[one for one in findings if one.cleared_at is None],
        explained=[one for one in findings if one.cleared_at is not None],
        alerts=watch.alerts_naming(code),
    )


def _story(code: str) -> list[custody.ParcelStoryFacts]:
    try:
        return custody.station_story(code)
    except Refused as refused:
        if refused.code == "unknown_station":
            return []  # the station is known, but neither its needs were computed nor anything told
        raise


def _checks(village: str, parcels: list[custody.ParcelStoryFacts], now: datetime) -> SecondChecks | None:
    klass = risk.class_of(village, now=now)
    if klass is None:
        return None
    told = [
        second_checks((step.device, step.act) for step in parcel.steps)
        for parcel in parcels
        if parcel.kind != "bundle"
    ]
    return SecondChecks(demanded=demanded(klass, risk.patterns(village)), told=min(told, default=0))


def _rules(village: str) -> Rules | None:
    return needs.rules_for(village) if needs.latest_run(village) else None


def _way(code: str) -> list[WayLeg]:
    steps = plans.plan_for_station(code)
    told = custody.milestones([step.trip.code for step in steps])
    way = []
    for step in steps:
        at = {
            (row.site_code, row.kind): Reached(at=row.happened_at, entry_index=row.entry_index)
            for row in told.get(step.trip.code, ())
        }
        parts = step.consignment
        start = step.trip.stops[0].site
        way.append(
            WayLeg(
                step=step,
                departed=at.get((parts.from_site, "departed")) or at.get((start, "departed")),
                received=at.get((parts.to_site, "accepted")),
            )
        )
    return way


def _timeline(parcels: list[custody.ParcelStoryFacts]) -> list[Telling]:
    """Every event once, in the order of the log, newest first."""
    about: dict[int, list[int]] = {}
    steps: dict[int, custody.StepFacts] = {}
    broken: dict[int, set[str]] = {}
    for parcel in parcels:
        for step in parcel.steps:
            steps.setdefault(step.entry_index, step)
            about.setdefault(step.entry_index, []).append(parcel.parcel_code)
            broken.setdefault(step.entry_index, set()).update(one.kind for one in step.findings)
    return [
        Telling(step=steps[index], parcels=tuple(about[index]), findings=tuple(sorted(broken[index])))
        for index in sorted(steps, reverse=True)
    ]
