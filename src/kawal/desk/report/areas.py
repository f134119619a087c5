"""The command page of an area: what will be ready, what is at risk, what is late, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kawal.desk.custody import reads as custody
from kawal.desk.ledger import reads as ledger
from kawal.desk.people.access import Officer, can_see
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plans
from kawal.desk.risk import reads as risk
from kawal.desk.watch import reads as watch
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import lineage, village_of
from kawal.rules.places.facts import Area, Station, Totals
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.outlook import Expectation, Outlook, expectation, outlook, threatened

# The stages as the page counts them: what a tired reader must tell apart, in the order of the way.
STEPS: Mapping[str, tuple[Stage, ...]] = {
    "needed": (Stage.NEEDED, Stage.PACKED),
    "sealed": (Stage.SEALED,),
    "on_the_way": (Stage.ON_THE_WAY_PPK, Stage.AT_PPK, Stage.ON_THE_WAY_PPS),
    "at_village": (Stage.AT_PPS,),
    "received": (Stage.AT_STATION,),
    "voting": (Stage.OPENED, Stage.RESEALED),
    "coming_home": (Stage.BACK_AT_PPS, Stage.BACK_ON_THE_WAY, Stage.BACK_AT_PPK, Stage.BACK_HOME),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One row of the table and one area of the map."""

    area: Area
    outlook: Outlook
    received: int  # by their KPPS, in time or late, home-comers included
    findings: int
    risk: RiskClass | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLine:
    """The same for the stations of a village."""

    station: Station
    stage: Stage
    expectation: Expectation
    received_at: datetime | None
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPage:
    area: Area
    above: list[Area]  # nation first, as far up as the reader may see, this area last
    totals: Totals
    outlook: Outlook
    plans: list[PlanFacts]
    steps: dict[str, int]  # of STEPS -> stations
    received: int
    findings_by_rule: dict[str, int]
    risk: RiskClass | None
    children: list[Child]
    stations: list[StationLine]
    alerts_open: int
    log_size: int

    @property
    def deadline_at(self) -> datetime | None:
        """The deadline, where all plans below have one and the same."""
        told = {plan.deadline_at for plan in self.plans}
        return told.pop() if len(told) == 1 else None


def area_page(code: str, *, officer: Officer, now: datetime) -> AreaPage:
    """Refuses `unknown_area`. What the officer may see of it is the caller's question."""
    area = places.area(code)
    found = plans.plans_of_record(code)
    threats = _threats()
    totals = places.station_totals(code)
    told = custody.progress(code)
    classes = _classes(code, area.level, now)
    children = _children(code, totals, found, threats, classes, now) if area.level != "village" else []
    return AreaPage(
        area=area,
        above=[places.area(one) for one in reversed(lineage(code)) if can_see(officer, one)],
        totals=totals[code],
        outlook=_outlook(code, totals[code].stations, bool(found), told, threats),
        plans=found,
        steps=_steps(told, totals[code].stations),
        received=told.reached(Stage.AT_STATION),
        findings_by_rule=custody.findings_by_rule(code),
        risk=classes.get(code),
        children=children,
        stations=_stations(code, bool(found), threats) if area.level == "village" else [],
        alerts_open=watch.counts(code)["open"],
        log_size=ledger.size(),
    )


def _threats() -> dict[str, dict[str, Expectation]]:
    """Area code of any level -> its stations that an open alert names."""
    found: dict[str, dict[str, Expectation]] = defaultdict(dict)
    for station, state in threatened(watch.open_facts()).items():
        for area in lineage(village_of(station)):
            found[area][station] = state
    return found


def _outlook(
    code: str,
    stations: int,
    planned: bool,
    told: custody.ProgressFacts,
    threats: Mapping[str, Mapping[str, Expectation]],
) -> Outlook:
    return outlook(
        total=stations,
        planned=planned,
        received_late=told.received_late,
        threatened=threats.get(code, {}),
    )


def _steps(told: custody.ProgressFacts, stations: int) -> dict[str, int]:
    counted = {
        step: sum(told.stations_by_stage.get(stage, 0) for stage in stages) for step, stages in STEPS.items()
    }
    # Nobody has told of them yet: they are needed all the same.
    counted["needed"] += max(0, stations - told.stations_count)
    return counted


def _classes(code: str, level: str, now: datetime) -> dict[str, RiskClass]:
    found = risk.classes_of_children(code, now=now)
    own = risk.class_of(code, now=now)
    return found if own is None else {**found, code: own}


def _children(
    code: str,
    totals: Mapping[str, Totals],
    found: list[PlanFacts],
    threats: Mapping[str, Mapping[str, Expectation]],
    classes: Mapping[str, RiskClass],
    now: datetime,
) -> list[Child]:
    progress = custody.progress_of_children(code)
    planned = {area for plan in found for area in lineage(plan.area)}
    rows = []
    for area in places.children(code):
        told = progress.get(area.code) or custody.nothing_told(area.code)
        stations = totals[area.code].stations if area.code in totals else 0
        has_plan = area.code in planned or any(plan.area in lineage(area.code) for plan in found)
        rows.append(
            Child(
                area=area,
                outlook=_outlook(area.code, stations, has_plan, told, threats),
                received=told.reached(Stage.AT_STATION),
                findings=told.findings_count,
                risk=classes.get(area.code),
            )
        )
    return rows


def _stations(
    village: str, planned: bool, threats: Mapping[str, Mapping[str, Expectation]]
) -> list[StationLine]:
    told = custody.station_progress(village)
    named = threats.get(village, {})
    lines = []
    for station in places.stations_under(village):
        stands = told.get(station.code)
        late = stands is not None and stands.on_time is False
        state = expectation(planned=planned, received_late=late, kinds=())
        lines.append(
            StationLine(
                station=station,
                stage=stands.stage if stands else Stage.NEEDED,
                expectation=state if late else named.get(station.code, state),
                received_at=stands.received_at if stands else None,
                findings=stands.findings_count if stands else 0,
            )
        )
    return lines
