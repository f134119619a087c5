"""What is expected of stations: read once for a page, the same for a row, a count and the map."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kawal.desk.custody import reads as custody
from kawal.desk.places import reads as places
from kawal.desk.plan import reads as plans
from kawal.desk.watch import reads as watch
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import covers, lineage, village_of
from kawal.rules.places.facts import Station
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.watch.outlook import (
    NOTHING_TOLD,
    Expectation,
    Outlook,
    Told,
    expectation,
    kinds_by_station,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLine:
    """One station in a table: where its parcels stand and what is expected of it."""

    station: Station
    stage: Stage
    expectation: Expectation
    received_at: datetime | None
    deadline_at: datetime | None
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the stations of an area are judged by."""

    plans: list[PlanFacts]
    kinds: Mapping[str, set[str]]  # station -> why it is named (rules.watch.outlook)
    told: Mapping[str, Told]  # of the named stations
    named: Mapping[str, Mapping[str, Expectation]]  # area of any level -> its named stations
    now: datetime

    def deadlines(self, code: str) -> list[datetime]:
        """Deadlines of the plans in an area, or of the plan that it lies in, each once, in order."""
        return sorted(
            {plan.deadline_at for plan in self.plans if covers(code, plan.area) or covers(plan.area, code)}
        )

    def next_deadline_at(self, code: str) -> datetime | None:
        """The next one, or the last where all have passed; None without a plan."""
        found = self.deadlines(code)
        return next((at for at in found if at >= self.now), found[-1] if found else None)

    def is_past_deadline(self, code: str) -> bool:
        found = self.deadlines(code)
        return bool(found) and self.now > found[-1]

    def planned(self, code: str, stations: int) -> int:
        """How many of an area's stations are on a plan of record."""
        if any(covers(plan.area, code) and plan.area != code for plan in self.plans):
            return stations  # one plan for all of it
        return sum(plan.summary["stations_count"] for plan in self.plans if covers(code, plan.area))


def judged(code: str, *, now: datetime) -> Judged:
    found = plans.plans_of_record(code)
    doubted = plans.doubted_stations(found)
    kinds = {
        station: why
        for station, why in kinds_by_station(watch.open_facts(code), doubted).items()
        if covers(code, village_of(station))
    }
    told = {station: told_of(stands) for station, stands in custody.stations_told(sorted(kinds)).items()}
    whole = Judged(plans=found, kinds=kinds, told=told, named={}, now=now)
    named: dict[str, dict[str, Expectation]] = defaultdict(dict)
    for station in kinds:
        state = expected(whole, station, told.get(station, NOTHING_TOLD))
        for area in lineage(village_of(station)):
            named[area][station] = state
    return Judged(plans=found, kinds=kinds, told=told, named=named, now=now)


def expected(known: Judged, station: str, told: Told) -> Expectation:
    village = village_of(station)
    return expectation(
        told,
        planned=bool(known.deadlines(village)),
        past_deadline=known.is_past_deadline(village),
        kinds=known.kinds.get(station, ()),
    )


def told_of(stands: custody.StationFacts) -> Told:
    return Told(begun=True, received=stands.stage >= Stage.AT_STATION, on_time=stands.on_time)


def station_lines(code: str, known: Judged) -> list[StationLine]:
    """Every station of a regency or less, by code."""
    told = custody.station_progress(code)
    lines = []
    for station in places.stations_under(code):
        stands = told.get(station.code)
        facts = told_of(stands) if stands else NOTHING_TOLD
        lines.append(
            StationLine(
                station=station,
                stage=stands.stage if stands else Stage.NEEDED,
                expectation=expected(known, station.code, facts),
                received_at=stands.received_at if stands else None,
                deadline_at=known.next_deadline_at(station.village),
                findings=stands.findings_count if stands else 0,
            )
        )
    return lines


def outlook_of(lines: Iterable[StationLine]) -> Outlook:
    counted = Counter(line.expectation for line in lines)
    return Outlook(
        total=counted.total(),
        ontime=counted[Expectation.ONTIME],
        risk=counted[Expectation.RISK],
        late=counted[Expectation.LATE],
        unknown=counted[Expectation.UNKNOWN],
    )
