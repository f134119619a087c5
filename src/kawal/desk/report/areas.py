"""The command page of an area: what will be ready, what is at risk, what is late, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kawal.desk.custody import reads as custody
from kawal.desk.ledger import reads as ledger
from kawal.desk.people.access import Deed, Officer, can_do, can_see
from kawal.desk.places import reads as places
from kawal.desk.report import lines
from kawal.desk.report.lines import Judged, StationLine
from kawal.desk.risk import reads as risk
from kawal.desk.watch import reads as watch
from kawal.rules.custody.stages import Stage, between
from kawal.rules.places.codes import lineage
from kawal.rules.places.facts import Area, Totals
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.outlook import Counts, Outlook, outlook, together

# The stages as the page counts them: what a tired reader must tell apart, in the order of the way.
STEPS: Mapping[str, tuple[Stage, ...]] = {
    "needed": (Stage.NEEDED, Stage.PACKED),
    "sealed": (Stage.SEALED,),
    "on_the_way": between(Stage.ON_THE_WAY_PPK, Stage.ON_THE_WAY_FROM_LANDING),
    "at_village": (Stage.AT_PPS,),
    "received": (Stage.AT_STATION,),
    "voting": (Stage.OPENED, Stage.RESEALED),
    "coming_home": between(Stage.BACK_AT_PPS, Stage.BACK_HOME),
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
class AreaPage:
    area: Area
    above: list[Area]  # nation first, as far up as the reader may see, this area last
    totals: Totals
    outlook: Outlook
    plans: list[PlanFacts]
    deadline_at: datetime | None  # the next one, or the last where all have passed
    past_deadline: bool  # all of them
    steps: dict[str, int]  # of STEPS -> stations
    received: int
    findings_by_rule: dict[str, int]
    risk: RiskClass | None  # None too for whoever may not see it
    children: list[Child]
    stations: list[StationLine]  # of a village
    alerts_open: int
    log_size: int
    checkpoint: ledger.StoredCheckpoint | None


def area_page(code: str, *, officer: Officer, now: datetime) -> AreaPage:
    """Refuses `unknown_area`. What the officer may see of it is the caller's question."""
    area = places.area(code)
    judged = lines.judged(code, now=now)
    told = custody.progress(code)
    is_village = area.level == "village"
    children = [] if is_village else _children(area, judged, _classes(code, officer, now))
    stations = lines.station_lines(code, judged) if is_village else []
    seen = together(child.outlook for child in children) if children else lines.outlook_of(stations)
    return AreaPage(
        area=area,
        above=above(code, officer),
        totals=places.totals(code),
        outlook=seen,
        plans=judged.plans,
        deadline_at=judged.next_deadline_at(code),
        past_deadline=judged.is_past_deadline(code),
        steps=_steps(told, seen.total),
        received=told.reached(Stage.AT_STATION),
        findings_by_rule=custody.findings_by_rule(code),
        risk=risk.class_of(code, now=now) if can_do(officer, Deed.SEE_RISK) else None,
        children=children,
        stations=stations,
        alerts_open=watch.counts(code)["open"],
        log_size=ledger.size(),
        checkpoint=ledger.latest_checkpoint(),
    )


def above(code: str, officer: Officer) -> list[Area]:
    """The areas from the highest that the officer may see down to this one."""
    known = places.areas(lineage(code))
    return [known.get(one) or places.area(one) for one in reversed(lineage(code)) if can_see(officer, one)]


def _steps(told: custody.ProgressFacts, stations: int) -> dict[str, int]:
    counted = {
        step: sum(told.stations_by_stage.get(stage, 0) for stage in stages) for step, stages in STEPS.items()
    }
    # Nobody has told of them yet: they are needed all the same.
    counted["needed"] += max(0, stations - told.stations_count)
    return counted


def _classes(code: str, officer: Officer, now: datetime) -> dict[str, RiskClass]:
    return risk.classes_of_children(code, now=now) if can_do(officer, Deed.SEE_RISK) else {}


def _children(parent: Area, judged: Judged, classes: Mapping[str, RiskClass]) -> list[Child]:
    found = places.children(parent.code)
    totals = places.totals_of([area.code for area in found])
    progress = custody.progress_of_children(parent.code)
    rows = []
    for area in found:
        told = progress.get(area.code) or custody.nothing_told(area.code)
        stations = totals[area.code].stations if area.code in totals else 0
        counts = Counts(
            total=stations,
            planned=judged.planned(area.code, stations),
            begun=told.stations_count,
            received=told.reached(Stage.AT_STATION),
            received_on_time=told.received_on_time,
            received_late=told.received_late,
        )
        rows.append(
            Child(
                area=area,
                outlook=outlook(
                    counts,
                    past_deadline=judged.is_past_deadline(area.code),
                    named=judged.named.get(area.code, {}),
                    told=judged.told,
                ),
                received=counts.received,
                findings=told.findings_count,
                risk=classes.get(area.code),
            )
        )
    return rows
