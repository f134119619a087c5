"""What a person asks of a plan, and a regency made ready to be planned by it, here or in another process."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from kawal.desk.places import reads as places
from kawal.desk.plan import gathering, numbering
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.desk.plan.fleets.passed_over import passed_over
from kawal.desk.plan.journey import travelling
from kawal.desk.plan.journey.travelling import Teller
from kawal.desk.risk import reads as risk
from kawal.rules.places.codes import level_of, zone_of
from kawal.rules.plan.access import access_of
from kawal.rules.plan.calendar import FIRST_DAY, calendar
from kawal.rules.plan.direct.permission import Permission, permission_of
from kawal.rules.plan.facts import Access, Level
from kawal.rules.plan.fleet import Fleet, fleet_of, vehicles
from kawal.rules.plan.journey.told import Told
from kawal.rules.plan.journey.travel import ESTIMATE
from kawal.rules.plan.landscape import Landscape, landscape_of
from kawal.rules.plan.leg import FULL, Effort, Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.routing.present import NOTHING, Present
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.wide.regency import RegencyTask

# What is assumed where nobody gave a fleet, by landscape.
DEFAULT_FLEETS: Final = {
    Landscape.LAND: "default_fleet",
    Landscape.CITY: "default_fleet_city",
    Landscape.RIVERS: "default_fleet_rivers",
    Landscape.ISLANDS: "default_fleet_islands",
    Landscape.MOUNTAINS: "default_fleet_mountains",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`fleet`, `access`, `delays` and `direct` are the texts of files (rules.plan.fleet, .access,
    .sure.delays, .direct.permission); without a fleet or delays the stated defaults count."""

    voting_day: date
    seed: int
    fleet: str | None = None
    access: str = ""
    delays: str | None = None
    level: Level = Level.STATION
    first_day: int = FIRST_DAY  # distribution may begin so many days before the vote
    effort: Effort = FULL
    start: Present = NOTHING  # the plan to begin from
    direct: str = ""  # empty: boxes go level by level

    def fleet_text(self, problem: Problem) -> str:
        """Of the file; without one the stated default for such a regency."""
        return default_fleet(landscape_of(problem)[0]) if self.fleet is None else self.fleet

    def delays_text(self) -> str:
        return gathering.default_delays() if self.delays is None else self.delays

    def ways(self, regency: str) -> dict[str, Access]:
        """Refuses `wrong_access`: also a code below this regency that it does not have. What a file tells of
        other regencies is theirs."""
        if not self.access:
            return {}
        return access_of(self.access, regency, {area.code for area in places.subtree(regency)})

    def permission(self) -> Permission:
        """Refuses `wrong_direct`."""
        return permission_of(self.direct)

    def check(self) -> None:
        """Refuses `wrong_fleet`, `wrong_access`, `wrong_delays`, `wrong_direct`, `wrong_first_day`: what
        would be refused everywhere."""
        calendar(self.voting_day, UTC, first_day=self.first_day)
        if self.fleet is not None:
            fleet_of(self.fleet)
        law_of(self.delays_text())
        if self.access:
            access_of(self.access)
        self.permission()

    def fleet_texts(self) -> list[str]:
        """All that may count: of many regencies each gets the default of its own landscape."""
        return list(map(default_fleet, Landscape)) if self.fleet is None else [self.fleet]

    def told(self, *fleets: str) -> tuple[str, ...]:
        """All that decides a plan beside the regency and what its classes mean."""
        return (
            *fleets,
            self.delays_text(),
            self.voting_day.isoformat(),
            str(self.seed),
            self.level.value,
            str(self.effort),
            *([self.start.sha256()] if self.start.runs else []),
            *([f"H-{self.first_day}"] if self.first_day != FIRST_DAY else []),
            *([self.direct] if self.permission() else []),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    area: str
    asked: Asked
    task: RegencyTask
    fleet: str
    patterns: str
    problem_sha256: str
    teller: Teller | None
    told: Told | None  # what the teller told; without one ways are estimated


def default_of(area: str, access: str, *, now: datetime) -> str:
    """The stated default fleet of a regency, by its landscape; of anything larger that for land.

    Refuses what `gathering.problem_of` refuses, and `wrong_access`.
    """
    if level_of(area) != "regency":
        return default_fleet()
    ways = access_of(access) if access else {}
    problem, _ = gathering.problem_of(area, ways, now=now, level=Level.VILLAGE)
    return default_fleet(landscape_of(problem)[0])


def prepared(
    area: str, asked: Asked, *, now: datetime, teller: Teller | None = None, alone: bool = True
) -> Prepared:
    """`alone`: the fleet is given for this regency, not for others too.

    Refuses what `gathering.problem_of` and the teller refuse, `wrong_fleet`, `wrong_access` and
    `wrong_direct`."""
    problem, assumed = gathering.problem_of(area, asked.ways(area), now=now, level=asked.level)
    if asked.fleet is None:
        landscape, stations = landscape_of(problem)
        assumed[DEFAULT_FLEETS[landscape]] = stations
    text = asked.fleet_text(problem)
    fleet = fleet_of(text)
    if fleet.listed and (counted := _by_ratio(problem, fleet)):
        assumed["vehicles_by_ratio"] = counted
    if alone and (rows := passed_over(fleet, area)):
        assumed["fleet_rows_elsewhere"] = len(rows)
    teller = teller.fresh() if teller else None  # the places of one regency are not another's
    told = travelling.ask(teller, problem, fleet) if teller else None
    if teller:
        assumed = +Counter({**assumed, **travelling.assumptions(teller, problem)})  # without zeros
    direct = asked.permission()
    if allowed := sum(bool(village.loads) and direct.allowed(village.code) for village in problem.villages()):
        assumed["direct_allowed"] = allowed
    table = risk.table(area)
    days = calendar(asked.voting_day, zone_of(area), first_day=asked.first_day)
    settings = Settings(
        fleet=fleet,
        calendar=days,
        patterns=table.patterns,
        seed=asked.seed,
        effort=asked.effort,
        level=asked.level,
        start=asked.start,
        travel=told or ESTIMATE,
        delays=law_of(asked.delays_text()),
        direct=direct,
    )
    return Prepared(
        area=area,
        asked=asked,
        task=RegencyTask(
            problem=problem,
            settings=settings,
            assumptions=dict(assumed),
            above=numbering.highest(area, but_of=days.opening_at),
        ),
        fleet=text,
        patterns=table.text,
        problem_sha256=problem.sha256(*asked.told(text), table.text, *settings.travel.told()),
        teller=teller,
        told=told,
    )


def _by_ratio(problem: Problem, fleet: Fleet) -> int:
    """Vehicles that no list names."""
    listed = {(one.area, one.kind.mode, one.name) for one in fleet.listed}
    return sum(
        (area, vehicle.kind.mode, vehicle.name.rpartition("-")[2]) not in listed
        for level, area, stations in problem.stations_by_access()
        for vehicle in vehicles(fleet, level, area, stations)
    )
