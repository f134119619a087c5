"""The trips of a plan in short: enough to count, filter and draw thousands of them at once.

Stops and consignments are read for the trips of one page only (reads.trips_by_code).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Final

from django.db.models import Count, Max, Q, QuerySet, Sum

from kawal.desk.plan import models, reads
from kawal.rules.places.codes import covers, level_of, station_range, subtree_range, village_of
from kawal.rules.places.facts import SiteKind, site_code
from kawal.rules.plan.facts import BACKWARD, ENDS_AT_PPS, ENDS_AT_STATION, FORWARD, Leg, Level, Mode
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.risk.classes import RiskClass

_FIELDS = (
    "code",
    "leg",
    "area_code",
    "vehicle",
    "mode",
    "risk",
    "depart_at",
    "back_at",
    "latest_departure_at",
    "escort_post",
    "escort_officers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A trip without its stops."""

    code: str
    leg: Leg
    area: str
    vehicle: str
    mode: Mode
    risk: RiskClass
    depart_at: datetime
    back_at: datetime
    latest_departure_at: datetime
    escort_post: str
    officers_count: int

    @property
    def is_at_risk(self) -> bool:
        """Planned to leave later than is safe."""
        return self.depart_at > self.latest_departure_at


class Goal(StrEnum):
    """Where trips bring to, by whichever leg."""

    PPS = "any_to_pps"
    STATION = "any_to_station"


_GOALS: Final = dict.fromkeys(ENDS_AT_PPS, Goal.PPS) | dict.fromkeys(ENDS_AT_STATION, Goal.STATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which trips a reader asks for; what is None or False asks for nothing."""

    day: date | None = None  # of departure, in the area's zone
    leg: Leg | Goal | None = None
    mode: Mode | None = None
    risk: RiskClass | None = None
    at_risk: bool = False
    by_escort: bool = False  # a lane for each post that guards, instead of vehicles

    def picks(self, run: Run, zone: tzinfo) -> bool:
        return (
            (self.day is None or run.depart_at.astimezone(zone).date() == self.day)
            and self.leg in (None, run.leg, _GOALS.get(run.leg, run.leg))
            and self.mode in (None, run.mode)
            and self.risk in (None, run.risk)
            and (run.is_at_risk or not self.at_risk)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a plan brings to the stations of an area."""

    goal: Goal
    stations_count: int
    parcels_count: int
    last_received_at: datetime | None
    last_trip: str  # code; empty where nothing is brought
    unserved: tuple[str, ...]  # stations that some leg to them cannot carry
    stranded: tuple[str, ...]  # stations whose boxes some leg home cannot carry
    at_risk: tuple[str, ...]  # stations to which it does not keep what is promised


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A trip's way, for the map."""

    code: str
    sites: tuple[str, ...]
    points: tuple[tuple[float, float], ...]  # longitude, latitude (WGS 84), as GeoJSON has them


def runs(plan_id: int, area: str) -> list[Run]:
    """Every trip of a plan that carries parcels of the area's stations, by departure."""
    rows = _rows(plan_id, area).order_by("depart_at", "code")
    return [_run(*row) for row in rows.values_list(*_FIELDS)]


def picked(found: Iterable[Run], wanted: Wanted, zone: tzinfo) -> list[Run]:
    return [run for run in found if wanted.picks(run, zone)]


def delivery(plan_id: int, area: str) -> Delivery:
    plan = models.Plan.objects.get(pk=plan_id)
    brought = models.Consignment.objects.filter(trip__plan_id=plan_id)
    if plan.level == Level.VILLAGE:
        inside = brought.filter(_to_pps_of(area), trip__leg__in=ENDS_AT_PPS)
        stations_count = sum(map(len, inside.values_list("stations", flat=True)))
    else:
        inside = brought.filter(_to_stations_of(area), trip__leg__in=ENDS_AT_STATION)
        stations_count = inside.aggregate(count=Count("to_site", distinct=True))["count"]
    told = inside.aggregate(parcels=Sum("parcels_count"), last=Max("arrive_at"))
    last = inside.filter(arrive_at=told["last"]).order_by("trip__code").values_list("trip__code", flat=True)
    left = reads.unserved(plan.summary)
    return Delivery(
        goal=Goal.PPS if plan.level == Level.VILLAGE else Goal.STATION,
        stations_count=stations_count,
        parcels_count=told["parcels"] or 0,
        last_received_at=told["last"],
        last_trip=last.first() or "",
        unserved=_of_area((one for row in left if row.leg in FORWARD for one in row.stations), area),
        stranded=_of_area((one for row in left if row.leg in BACKWARD for one in row.stations), area),
        at_risk=_of_area(reads.stations_at_risk(plan_id, plan.summary), area),
    )


def lines(plan_id: int, codes: Sequence[str]) -> list[Line]:
    """The ways of these trips, in the order of their codes."""
    rows = models.Stop.objects.filter(trip__plan_id=plan_id).order_by("trip__code", "seq")
    if len(codes) <= _CODES_MAX:
        rows = rows.filter(trip__code__in=codes)
    stops: dict[str, list[tuple[str, tuple[float, float]]]] = {code: [] for code in sorted(codes)}
    for code, site, lon, lat in rows.values_list("trip__code", "site_code", "lon", "lat").iterator():
        if code in stops:
            stops[code].append((site, (lon, lat)))
    return [
        Line(code=code, sites=tuple(site for site, _ in told), points=tuple(point for _, point in told))
        for code, told in stops.items()
    ]


def safety(plan_id: int, mode: Mode, risk: RiskClass, home: bool = False) -> float | None:
    """How many times the planned way a trip may take and still be in time, as the plan's fleet says.

    None where a law of delays says it better: on the way out of a plan that has one.
    """
    row = models.Plan.objects.get(pk=plan_id)
    if row.delays and not home:
        return None
    fleet = fleet_of(row.fleet)
    return fleet.safety(fleet.kinds[mode], risk)


_CODES_MAX = 500  # more are read whole and sorted out here: a query takes only so many parameters


def _rows(plan_id: int, area: str) -> QuerySet[models.Trip]:
    rows = models.Trip.objects.filter(plan_id=plan_id)
    level = level_of(area)
    if level == "district":  # whatever passes its PPK carries its stations alone
        ppk = site_code(SiteKind.PPK, area)
        passing = models.Consignment.objects.filter(Q(to_site=ppk) | Q(from_site=ppk), trip__plan_id=plan_id)
        return rows.filter(_inside("area_code", area) | Q(pk__in=passing.values("trip_id")))
    if level == "village":
        return rows.filter(code__in=[trip.code for trip in reads.trips_of_area(area)])
    return rows


def _run(
    code: str,
    leg: str,
    area: str,
    vehicle: str,
    mode: str,
    risk: int,
    depart_at: datetime,
    back_at: datetime,
    latest_departure_at: datetime,
    escort_post: str,
    officers_count: int,
) -> Run:
    return Run(
        code=code,
        leg=Leg(leg),
        area=area,
        vehicle=vehicle,
        mode=Mode(mode),
        risk=RiskClass(risk),
        depart_at=depart_at,
        back_at=back_at,
        latest_departure_at=latest_departure_at,
        escort_post=escort_post,
        officers_count=officers_count,
    )


def _of_area(stations: Iterable[str], area: str) -> tuple[str, ...]:
    return tuple(sorted({station for station in stations if covers(area, village_of(station))}))


def _to_pps_of(area: str) -> Q:
    """Consignments to the PPS of an area's villages."""
    if level_of(area) == "village":
        return Q(to_site=site_code(SiteKind.PPS, area))
    first, last = (site_code(SiteKind.PPS, code) for code in subtree_range(area))
    return Q(to_site__range=(first, last))


def _to_stations_of(area: str) -> Q:
    """Consignments to an area's stations."""
    return Q(to_site__range=station_range(area))


def _inside(field: str, area: str) -> Q:
    return Q(**{field: area}) | Q(**{f"{field}__range": subtree_range(area)})
