"""A plan into its tables: a new version of record, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model

from kawal.desk.plan import models
from kawal.desk.plan.journey import travelling
from kawal.desk.plan.preparing import Prepared
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.journey.told import to_bytes
from kawal.rules.plan.wide.regency import RegencyPlan

_TRIP: Final = (
    "plan_id", "code", "leg", "area_code", "vehicle", "mode", "risk", "depart_at", "back_at",
    "latest_departure_at", "distance_m", "parcels_count", "escort_post", "escort_officers", "escort_linmas",
    "escort_substitute", "escort_reserve",
)  # fmt: skip


def save(
    prepared: Prepared,
    plan: RegencyPlan,
    *,
    reason: str,
    by: str,
    now: datetime,
    run: models.PlanRun | None = None,
) -> int:
    """Answers the row of the plan, the newest version and the one of record."""
    calendar = prepared.task.settings.calendar
    row = models.Plan(
        area_code=prepared.area,
        of_record=True,
        reason=reason.strip(),
        made_at=now,
        made_by=by.strip(),
        seed=prepared.asked.seed,
        problem_sha256=prepared.problem_sha256,
        voting_at=calendar.opening_at,
        deadline_at=calendar.deadline_at,
        fleet=prepared.fleet,
        access=prepared.asked.access,
        direct=prepared.asked.direct,
        delays=prepared.asked.delays_text(),
        patterns=prepared.patterns,
        summary=plan.summary,
        first_day=prepared.asked.first_day,
        level=prepared.asked.level.value,
        run=run,
    )
    with transaction.atomic():
        known = models.Plan.objects.filter(area_code=row.area_code)
        latest = known.order_by("-version").first()
        row.version = latest.version + 1 if latest else 1
        known.filter(of_record=True).update(of_record=False)
        row.save()
        if prepared.told and prepared.teller:
            told = travelling.with_lines(prepared.told, prepared.teller, plan.trips)
            models.Travel.objects.create(plan=row, told=to_bytes(told))
        save_trips(row, plan.trips)
    return row.pk


def save_trips(row: models.Plan, trips: Sequence[Trip]) -> None:
    # Many things of a plan happen at the same moments.
    at, told = cache(connection.ops.adapt_datetimefield_value), connection.ops.adapt_json_value
    _insert(models.Trip, _TRIP, [_trip(trip, row, at) for trip in trips])
    keys = dict(models.Trip.objects.filter(plan=row).values_list("code", "pk"))
    pairs = [(keys[trip.code], trip) for trip in trips]
    _insert(
        models.Stop,
        ("trip_id", "seq", "site_code", "lat", "lon", "arrive_at", "depart_at"),
        [
            (saved, seq, stop.site, stop.lat, stop.lon, at(stop.arrive_at), at(stop.depart_at))
            for saved, trip in pairs
            for seq, stop in enumerate(trip.stops)
        ],
    )
    _insert(
        models.Consignment,
        (
            "trip_id", "code", "from_site", "to_site", "stations", "parcels_count", "arrive_at", "due_at"
        ),
        [
            (
                saved, part.code, part.from_site, part.to_site, told(list(part.stations), None),
                part.parcels_count, at(part.arrive_at), at(part.due_at),
            )
            for saved, trip in pairs
            for part in trip.consignments
        ],
    )  # fmt: skip


def _insert(model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows as the database takes them: through the model that takes twice as long, for millions."""
    quoted = connection.ops.quote_name
    names, places = ", ".join(map(quoted, columns)), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places})", rows)  # noqa: S608 - names are the model's


def _trip(trip: Trip, plan: models.Plan, at: Callable[[datetime], Any]) -> tuple[Any, ...]:
    escort = trip.escort
    return (
        plan.pk, trip.code, trip.leg.value, trip.area, trip.vehicle, trip.mode.value, trip.risk.value,
        at(trip.depart_at), at(trip.back_at), at(trip.latest_departure_at), trip.distance_m,
        trip.parcels_count, escort.post, escort.officers_count, escort.linmas_count, escort.substitute,
        escort.reserve_post,
    )  # fmt: skip
