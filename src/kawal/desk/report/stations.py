"""The page of one station: what it needs, how it gets there, who holds what, and all that was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kawal.desk.custody import reads as custody
from kawal.desk.needs import reads as needs
from kawal.desk.people.access import Deed, Officer, can_do, can_see
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plans
from kawal.desk.risk import reads as risk
from kawal.desk.watch import reads as watch
from kawal.rules.custody.stages import Stage
from kawal.rules.needs.quantities import Need
from kawal.rules.places.codes import lineage
from kawal.rules.places.facts import Area, Station
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.outlook import Expectation, expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One event of the timeline: the parcels it is about are folded, since a phone tells of all at once."""

    step: custody.StepFacts
    parcels: tuple[int, ...]
    findings: tuple[str, ...]  # rules broken: C3, C8 ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPage:
    station: Station
    above: list[Area]  # nation first, the village last
    plan: PlanFacts | None
    expectation: Expectation
    stage: Stage
    received_at: datetime | None
    risk: RiskClass | None
    needs: tuple[Need, ...]
    sees_contents: bool  # ballots and counts are not for the police
    way: list[plans.StationStep]
    parcels: list[custody.ParcelStoryFacts]
    timeline: list[Telling]  # newest first
    findings: list[custody.FindingFacts]
    alerts: list[watch.AlertRow]


def station_page(code: str, *, officer: Officer, now: datetime) -> StationPage:
    """Refuses `unknown_station`."""
    station = places.station(code)
    parcels = custody.station_story(code)
    plan = plans.plan_of_record(station.village)
    stands = custody.station_progress(station.village).get(code)
    alerts = [row for row in watch.alerts_naming(code)]
    late = stands is not None and stands.on_time is False
    return StationPage(
        station=station,
        above=[places.area(one) for one in reversed(lineage(station.village)) if can_see(officer, one)],
        plan=plan,
        expectation=expectation(
            planned=plan is not None, received_late=late, kinds=[row.kind for row in alerts]
        ),
        stage=stands.stage if stands else Stage.NEEDED,
        received_at=stands.received_at if stands else None,
        risk=risk.class_of(station.village, now=now),
        needs=_needs(code),
        sees_contents=can_do(officer, Deed.SEE_CONTENTS),
        way=plans.plan_for_station(code),
        parcels=parcels,
        timeline=_timeline(parcels),
        findings=custody.findings(code, open_only=False),
        alerts=alerts,
    )


def _needs(code: str) -> tuple[Need, ...]:
    try:
        return needs.station_needs(code)
    except Refused as refused:
        if refused.code == "needs_not_computed":
            return ()  # the page says so
        raise


def _timeline(parcels: list[custody.ParcelStoryFacts]) -> list[Telling]:
    """Every event once, in the order of the log, newest first."""
    about: dict[int, list[int]] = {}
    steps: dict[int, custody.StepFacts] = {}
    broken: dict[int, set[str]] = {}
    for parcel in parcels:
        for step in parcel.steps:
            steps.setdefault(step.entry_index, step)
            about.setdefault(step.entry_index, []).append(parcel.parcel_code)
            broken.setdefault(step.entry_index, set()).update(one.rule for one in step.findings)
    return [
        Telling(step=steps[index], parcels=tuple(about[index]), findings=tuple(sorted(broken[index])))
        for index in sorted(steps, reverse=True)
    ]
