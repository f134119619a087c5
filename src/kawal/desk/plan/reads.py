"""Plans of record, their trips, and what they mean for an area or one station."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from kawal.desk.plan import gathering, models
from kawal.desk.plan.trip_rows import trips_of
from kawal.desk.risk import reads as risk
from kawal.rules.places.codes import (
    covers,
    is_area,
    is_station,
    level_of,
    parent_of,
    subtree_range,
    village_of,
    zone_of,
)
from kawal.rules.places.facts import GATEWAYS, PREFIXES, SiteKind, site_code
from kawal.rules.plan.access import access_of
from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disruption import disruptions_of
from kawal.rules.plan.anew.happened import happened_of
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.check import check
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.direct.permission import permission_of
from kawal.rules.plan.facts import (
    FORWARD,
    Consignment,
    Leg,
    Level,
    Mode,
    PlanFacts,
    Shortfall,
    Trip,
    Unserved,
)
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.freights import depot_and_freights
from kawal.rules.plan.journey.told import Lines, lines_of_bytes, of_bytes
from kawal.rules.plan.journey.travel import ESTIMATE, Point, Travel
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import District, Problem, Village
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.refusals import Refused

_REGENCY_CHARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StationStep:
    """One leg of a station's way: the trip that carries it, and the consignment it is part of."""

    trip: Trip
    consignment: Consignment


def plan_of_record(area_code: str) -> PlanFacts | None:
    """The plan of the regency that an area is or lies in; None above a regency and where there is none."""
    if not is_area(area_code):
        raise Refused("unknown_area", area=area_code)
    regency = area_code[:_REGENCY_CHARS]
    row = models.Plan.objects.filter(area_code=regency, of_record=True).first()
    return _plan(row) if row else None


def plans_of_record(area_code: str) -> list[PlanFacts]:
    """The plans of all regencies in an area, or of the regency it lies in, by area code."""
    if level_of(area_code) in ("nation", "province"):
        rows = models.Plan.objects.filter(of_record=True, area_code__range=subtree_range(area_code))
        return [_plan(row) for row in rows.order_by("area_code")]
    found = plan_of_record(area_code)
    return [found] if found else []


def versions(area_code: str, *, what_ifs: bool = True) -> list[PlanFacts]:
    """All plans that a regency ever had, newest first; without `what_ifs` those that ever were of record."""
    rows = models.Plan.objects.filter(area_code=area_code[:_REGENCY_CHARS]).order_by("-version")
    if not what_ifs:
        rows = rows.filter(Q(change=None) | Q(change__what_if=False) | Q(change__adopted=True))
    return [_plan(row) for row in rows]


def plan_by_id(plan_id: int) -> PlanFacts:
    """Refuses `unknown_version`."""
    row = models.Plan.objects.filter(pk=plan_id).first()
    if row is None:
        raise Refused("unknown_version", version=plan_id)
    return _plan(row)


def plan_by_version(area: str, version: int) -> PlanFacts:
    """Refuses `unknown_version`."""
    row = models.Plan.objects.filter(area_code=area, version=version).first()
    if row is None:
        raise Refused("unknown_version", version=version)
    return _plan(row)


def trip_codes(plan_id: int) -> list[str]:
    return list(models.Trip.objects.filter(plan_id=plan_id).order_by("id").values_list("code", flat=True))


def trips(plan_id: int, *, leg: Leg | None = None, area: str | None = None) -> list[Trip]:
    """Trips of a plan by departure; of one leg, or serving one area or those below it, where asked."""
    rows = models.Trip.objects.filter(plan_id=plan_id)
    if leg is not None:
        rows = rows.filter(leg=leg.value)
    if area is not None:
        rows = rows.filter(_inside(area))
    return _trips(rows)


def trip(plan_id: int, code: str) -> Trip:
    """Refuses `unknown_trip`."""
    found = _trips(models.Trip.objects.filter(plan_id=plan_id, code=code))
    if not found:
        raise Refused("unknown_trip", trip=code)
    return found[0]


def trips_by_code(plan_id: int, codes: Collection[str]) -> list[Trip]:
    """Those trips of a plan, by departure."""
    return _trips(models.Trip.objects.filter(plan_id=plan_id, code__in=codes))


def trips_behind(plan_id: int, one: Trip) -> list[Trip]:
    """Trips that a trip may have had to wait for: of its vehicle, and to where it starts."""
    rows = models.Trip.objects.filter(plan_id=plan_id)
    bringing = rows.filter(consignments__to_site=one.stops[0].site).values("pk")
    return _trips(rows.filter(Q(vehicle=one.vehicle) | Q(pk__in=bringing)).exclude(code=one.code))


def trips_of_area(area_code: str) -> list[Trip]:
    """Every trip of the plan of record that carries parcels of the area's stations, by departure."""
    plan = plan_of_record(area_code)
    return trips_serving(plan.id, area_code) if plan else []


def trips_serving(plan_id: int, area_code: str) -> list[Trip]:
    """Every trip of a plan that carries parcels of the area's stations, by departure."""
    rows = models.Trip.objects.filter(plan_id=plan_id)
    level = level_of(area_code)
    if level == "regency":
        return _trips(rows)
    district = area_code if level == "district" else parent_of(area_code)
    sites = [site_code(SiteKind.PPK, district)]
    if level == "village":
        sites.append(site_code(SiteKind.PPS, area_code))
    ends = Q(consignments__to_site__in=sites) | Q(consignments__from_site__in=sites)
    for prefix in (PREFIXES[kind] for kind in GATEWAYS):  # it may be reached by any of the regency's
        ends |= Q(consignments__to_site__startswith=prefix) | Q(consignments__from_site__startswith=prefix)
    passing = rows.filter(ends)
    near = _trips(rows.filter(_inside(area_code) | Q(pk__in=passing.values("pk"))))
    return [one for one in near if any(_of_area(station, area_code) for station in _stations(one))]


def plan_for_station(station_code: str) -> list[StationStep]:
    """The legs of a station in the order of its way, out and home; empty where no plan carries it.

    Refuses `unknown_station` for what is no station code.
    """
    if not is_station(station_code):
        raise Refused("unknown_station", station=station_code)
    steps = [
        StationStep(trip=one, consignment=part)
        for one in trips_of_area(village_of(station_code))
        for part in one.consignments
        if station_code in part.stations
    ]
    order = list(Leg)
    return sorted(steps, key=lambda step: order.index(step.trip.leg))


def check_plan(plan_id: int, *, now: datetime) -> list[Violation]:
    """The plan judged again by the rules, by the places, needs and risk as they are now.

    They change: a station that was added since is found here as not carried, a village whose class
    was raised as guarded too thinly. A version that was planned anew in part is judged by what it was
    made from as well.
    """
    row = models.Plan.objects.select_related("change").get(pk=plan_id)
    problem, settings = asked_of(row, now=now)
    change, at_risk = getattr(row, "change", None), told_at_risk(row.summary)
    if change is None:
        return check(problem, settings, trips(plan_id), unserved(row.summary), at_risk)
    told = Circumstances(
        before=trips(change.base_id),
        now=row.made_at,
        disruptions=disruptions_of(change.disruptions, settings.calendar.zone),
        happened=happened_of(change.happened),
        strengths=change.told.get("strengths", {}),
        unguarded=change.told.get("unguarded", ()),
        at_risk=at_risk,
    )
    return check_replan(problem, settings, trips(plan_id), unserved(row.summary), told)


def asked_of(row: models.Plan, *, now: datetime) -> tuple[Problem, Settings]:
    """What a saved plan is an answer to: its own fleet, access and days, places and risk as they are now."""
    told = access_of(row.access) if row.access else {}
    level = Level(row.level)
    problem, _ = gathering.problem_of(row.area_code, told, now=now, level=level)
    zone = zone_of(row.area_code)
    return problem, Settings(
        fleet=fleet_of(row.fleet),
        calendar=calendar(row.voting_at.astimezone(zone).date(), zone, first_day=row.first_day),
        patterns=risk.patterns(row.area_code),
        seed=row.seed,
        travel=travel_of(row.pk),
        level=level,
        delays=law_of(row.delays) if row.delays else None,
        direct=permission_of(row.direct),
    )


def travel_of(plan_id: int) -> Travel:
    """How a plan travels: as it was told when it was made, else by the estimate."""
    kept = models.Travel.objects.filter(plan_id=plan_id).values_list("told", flat=True).first()
    return of_bytes(bytes(kept)) if kept else ESTIMATE


def lines(plan_id: int) -> Lines:
    """What to draw between two places (latitude, longitude) that a trip of the plan goes between, by mode.

    Empty where the plan's ways were estimated: then a way is straight.
    """
    return dict(lines_of([plan_id])).get(plan_id, {})


def lines_of(plan_ids: Iterable[int]) -> Iterator[tuple[int, Lines]]:
    """The same for several plans, without those whose ways were estimated."""
    rows = models.Travel.objects.filter(plan_id__in=list(plan_ids)).values_list("plan_id", "told")
    for plan_id, kept in rows.iterator(chunk_size=1):
        yield plan_id, lines_of_bytes(bytes(kept))


def points(plan_id: int, *, now: datetime) -> dict[str, Point]:
    """Site -> where it lies and in which terrain, by the places as they are now."""
    problem, _ = asked_of(models.Plan.objects.get(pk=plan_id), now=now)
    found: dict[str, Point] = {}
    places: list[Problem | District | Village] = [problem, *problem.districts, *problem.villages()]
    for place in places:
        (site, point), freights = depot_and_freights(place)
        found.update({freight.site: freight.point for freight in freights} | {site: point})
    return found


def follows_older_table(plan_id: int, area: str) -> bool:
    """Whether what a class means in the area was changed since the plan was made."""
    text = models.Plan.objects.filter(pk=plan_id).values_list("patterns", flat=True).first()
    return bool(text) and text != risk.table(area[:_REGENCY_CHARS]).text


def unserved(summary: Mapping[str, Any]) -> list[Unserved]:
    """What a plan says it cannot serve, as facts."""
    return [
        Unserved(
            leg=Leg(row["leg"]),
            site=row["site"],
            stations=tuple(row["stations"]),
            reason=row["reason"],
            days=row.get("days"),
        )
        for row in summary["unserved"]
    ]


def shortfalls(summary: Mapping[str, Any]) -> tuple[Shortfall, ...]:
    """What a plan says would carry what it cannot, as facts."""
    return tuple(
        Shortfall(
            leg=Leg(row["leg"]),
            area=row["area"],
            mode=Mode(row["mode"]),
            vehicles_count=row["vehicles_count"],
        )
        for row in summary["shortfalls"]
    )


def told_at_risk(summary: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Stations to which a plan says that it does not keep what is promised; None where it was stored before
    these were told one by one."""
    told = summary.get("stations_at_risk")
    return None if told is None else tuple(told)


def stations_at_risk(plan_id: int, summary: Mapping[str, Any]) -> tuple[str, ...]:
    """The same; where they are not told one by one all aboard the trips that leave later than is safe."""
    told = told_at_risk(summary)
    if told is not None:
        return told
    parts = models.Consignment.objects.filter(trip__plan_id=plan_id, trip__leg__in=FORWARD)
    late = parts.filter(trip__depart_at__gt=F("trip__latest_departure_at"))
    return tuple(sorted({one for stations in late.values_list("stations", flat=True) for one in stations}))


def doubted_stations(found: Iterable[PlanFacts]) -> set[str]:
    """Stations that these plans themselves do not promise in time: not carried on a leg out, or at risk."""
    doubted: set[str] = set()
    for plan in found:
        doubted.update(stations_at_risk(plan.id, plan.summary))
        doubted.update(one for row in unserved(plan.summary) if row.leg in FORWARD for one in row.stations)
    return doubted


def _inside(area: str) -> Q:
    return Q(area_code=area) | Q(area_code__range=subtree_range(area))


def _of_area(station: str, area: str) -> bool:
    return covers(area, village_of(station))


def _stations(one: Trip) -> list[str]:
    return [station for part in one.consignments for station in part.stations]


def _trips(rows: QuerySet[models.Trip]) -> list[Trip]:
    return trips_of(rows.order_by("depart_at", "code"))


def _plan(row: models.Plan) -> PlanFacts:
    return PlanFacts(
        id=row.pk,
        area=row.area_code,
        version=row.version,
        of_record=row.of_record,
        reason=row.reason,
        made_at=row.made_at,
        made_by=row.made_by,
        seed=row.seed,
        problem_sha256=row.problem_sha256,
        voting_at=row.voting_at,
        deadline_at=row.deadline_at,
        first_day=row.first_day,
        level=Level(row.level),
        run_id=row.run_id,
        summary=row.summary,
    )
