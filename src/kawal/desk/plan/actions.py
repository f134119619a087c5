"""Make a plan: a new version of record, checked against the rules before it is saved."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.db import transaction

from kawal.desk.plan import gathering, models, travelling
from kawal.desk.plan.travelling import Teller
from kawal.desk.plan.working import Progress, each
from kawal.desk.risk import reads as risk
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.access import access_of
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.summary import summary_of
from kawal.rules.plan.told import Told, to_bytes
from kawal.rules.plan.travel import ESTIMATE
from kawal.rules.refusals import Refused

_BATCH = 1_000
WORKERS = 2


def make(
    area: str,
    *,
    voting_day: date,
    seed: int,
    reason: str,
    by: str,
    now: datetime,
    progress: Progress | None = None,
    fleet: str | None = None,
    access: str = "",
    workers: int = WORKERS,
    teller: Teller | None = None,
) -> int:
    """Plans a regency and makes the plan the one of record; answers its row.

    `fleet` and `access` are the texts of a fleet file (rules.plan.fleet) and an access file
    (rules.plan.access); without a `teller` ways are estimated. Refuses what `gathering.problem_of` and the
    teller refuse, `wrong_fleet`, `wrong_access`, `by_required`, `reason_required` (from the second version
    on) and `plan_breaks_rule`.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    if not reason.strip() and models.Plan.objects.filter(area_code=area).exists():
        raise Refused("reason_required", area=area)
    text = gathering.default_fleet() if fleet is None else fleet
    problem, assumed = gathering.problem_of(area, access_of(access) if access else {}, now=now)
    assumed["default_fleet"] += fleet is None
    told = travelling.ask(teller, problem, fleet_of(text)) if teller else None
    table = risk.table(area)
    settings = Settings(
        fleet=fleet_of(text),
        calendar=calendar(voting_day, zone_of(area)),
        patterns=table.patterns,
        seed=seed,
        travel=told or ESTIMATE,
    )
    made = make_plan(problem, settings, each(workers, progress))
    _refuse_broken(problem, settings, made)
    if teller and told:
        assumed = +Counter({**assumed, **travelling.assumptions(teller, problem)})  # without zeros
        told = travelling.with_lines(told, teller, made.trips)
    row = models.Plan(
        area_code=area,
        of_record=True,
        reason=reason.strip(),
        made_at=now,
        made_by=by.strip(),
        seed=seed,
        problem_sha256=problem.sha256(
            text, voting_day.isoformat(), str(seed), table.text, *settings.travel.told()
        ),
        voting_at=settings.calendar.opening_at,
        deadline_at=settings.calendar.deadline_at,
        fleet=text,
        access=access,
        patterns=table.text,
        summary=summary_of(problem, made, settings.fleet, +assumed),
    )
    return _save(row, made.trips, told)


def _refuse_broken(problem: Problem, settings: Settings, made: PlanMade) -> None:
    broken = check(problem, settings, made.trips, made.unserved)
    if broken:
        raise Refused(
            "plan_breaks_rule",
            area=problem.regency,
            rule=broken[0].code,
            where=broken[0].where,
            count=len(broken),
        )


def _save(row: models.Plan, trips: tuple[Trip, ...], told: Told | None) -> int:
    with transaction.atomic():
        known = models.Plan.objects.filter(area_code=row.area_code)
        latest = known.order_by("-version").first()
        row.version = latest.version + 1 if latest else 1
        known.filter(of_record=True).update(of_record=False)
        row.save()
        if told:
            models.Travel.objects.create(plan=row, told=to_bytes(told))
        rows = models.Trip.objects.bulk_create([_trip(trip, row) for trip in trips], _BATCH)
        pairs = list(zip(rows, trips, strict=True))
        models.Stop.objects.bulk_create(
            [
                models.Stop(
                    trip=saved,
                    seq=seq,
                    site_code=stop.site,
                    lat=stop.lat,
                    lon=stop.lon,
                    arrive_at=stop.arrive_at,
                    depart_at=stop.depart_at,
                )
                for saved, trip in pairs
                for seq, stop in enumerate(trip.stops)
            ],
            _BATCH,
        )
        models.Consignment.objects.bulk_create(
            [
                models.Consignment(
                    trip=saved,
                    code=part.code,
                    from_site=part.from_site,
                    to_site=part.to_site,
                    stations=list(part.stations),
                    parcels_count=part.parcels_count,
                    arrive_at=part.arrive_at,
                    due_at=part.due_at,
                )
                for saved, trip in pairs
                for part in trip.consignments
            ],
            _BATCH,
        )
    return row.pk


def _trip(trip: Trip, plan: models.Plan) -> models.Trip:
    return models.Trip(
        plan=plan,
        code=trip.code,
        leg=trip.leg.value,
        area_code=trip.area,
        vehicle=trip.vehicle,
        mode=trip.mode.value,
        risk=trip.risk.value,
        depart_at=trip.depart_at,
        back_at=trip.back_at,
        latest_departure_at=trip.latest_departure_at,
        distance_m=trip.distance_m,
        parcels_count=trip.parcels_count,
        escort_post=trip.escort.post,
        escort_officers=trip.escort.officers_count,
        escort_linmas=trip.escort.linmas_count,
        escort_substitute=trip.escort.substitute,
    )
