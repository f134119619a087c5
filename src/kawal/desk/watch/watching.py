"""What a look reads: of the plans of record the trips that are not finished, and what was told of them.

Read straight from the tables of plan and custody, in a fixed number of queries: a look comes every few
seconds, and in a calm hour almost every trip is either not yet due to leave or delivered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef

from kawal.desk.custody import models as custody
from kawal.desk.plan import models as plan
from kawal.desk.plan.trip_rows import trips_of
from kawal.desk.risk import reads as risk
from kawal.desk.watch import signals, told
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import NATION, subtree_range, village_of
from kawal.rules.plan.facts import Trip
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import Patterns, WatchLimits, watch_limits
from kawal.rules.watch.facts import NO_PROGRESS, Limits, OpenFinding, Progress, WatchedPlan
from kawal.rules.watch.mismatch import CALLED_FOR
from kawal.rules.watch.silence import is_quiet
from kawal.rules.watch.undelivered import stations_in_question

# A vote is repeated within ten days (UU 7/2017 article 373), a postponed one was held within ten in 2024:
# until then a plan is watched, the way home with it.
WATCHED_AFTER_VOTING: Final = timedelta(days=10)
_CALLED_FOR: Final = tuple(CALLED_FOR)
_AT_ONCE: Final = 10_000  # values in one query; SQLite takes 32,766


def limits() -> Limits:
    """When something becomes a sign, where no table of an area says otherwise."""
    return Limits(by_class=_by_class(risk.patterns(NATION)))


def _by_class(patterns: Patterns) -> dict[RiskClass, WatchLimits]:
    return {one: watch_limits(one, patterns) for one in RiskClass}


def watched_plans(now: datetime) -> list[WatchedPlan]:
    """Plans of record whose time it is, each with its trips that should have left and are not finished."""
    plans = plan.Plan.objects.filter(of_record=True, voting_at__gt=now - WATCHED_AFTER_VOTING)
    trips = _unfinished_trips(now)
    progress = told.progress(trips, now=now)
    rows = list(plans.order_by("id").values_list("id", "area_code", "deadline_at"))
    tables = risk.patterns_of([area for _, area, _ in rows])
    trips = _by_class_now(trips, now)
    quiet = [
        area for plan_id, area, _ in rows if _any_quiet(trips.get(plan_id, []), progress, tables[area], now)
    ]
    signal = signals.signals(quiet, now=now)
    watched = []
    for plan_id, area, deadline_at in rows:
        own = trips.get(plan_id, [])
        asked = {
            station
            for trip in own
            for station in stations_in_question(trip, progress.get(trip.code, NO_PROGRESS), now=now)
        }
        watched.append(
            WatchedPlan(
                area=area,
                deadline_at=deadline_at,
                trips=tuple(own),
                progress=progress,
                by_class=_by_class(tables[area]),
                signal=signal.get(area, {}),
                stages=_stages(sorted(asked)),
                unreceived=_unreceived(area) if now > deadline_at else {},
            )
        )
    return watched


def _any_quiet(
    trips: Sequence[Trip], progress: Mapping[str, Progress], patterns: Patterns, now: datetime
) -> bool:
    return any(
        is_quiet(progress.get(trip.code, NO_PROGRESS), watch_limits(trip.risk, patterns), now=now)
        for trip in trips
    )


def _by_class_now(trips: Mapping[int, list[Trip]], now: datetime) -> dict[int, list[Trip]]:
    """A class that rose since the plan counts at once; one that fell does not relax what was planned."""
    aboard = {
        trip.code: {village_of(station) for part in trip.consignments for station in part.stations}
        for found in trips.values()
        for trip in found
    }
    classes: dict[str, RiskClass] = {}
    for villages in _portions(sorted(set().union(*aboard.values()))):
        classes.update(risk.classes_among(villages, now=now))
    return {
        plan_id: [
            replace(trip, risk=max([trip.risk, *(classes.get(one, trip.risk) for one in aboard[trip.code])]))
            for trip in found
        ]
        for plan_id, found in trips.items()
    }


def open_findings() -> list[OpenFinding]:
    """Findings that somebody is called for and nothing has explained yet."""
    rows = custody.Finding.objects.filter(kind__in=_CALLED_FOR, cleared_at=None).values_list(
        "key", "kind", "area_code", "found_at", "parcel_code", "station_code"
    )
    return [
        OpenFinding(key=key, kind=kind, area=area, found_at=at, parcel=parcel, station=station)
        for key, kind, area, at, parcel, station in rows
    ]


def _unfinished_trips(now: datetime) -> dict[int, list[Trip]]:
    """Plan id -> trips past their planned departure with a consignment that nobody accepted."""
    accepted = custody.Milestone.objects.filter(
        trip_code=OuterRef("trip__code"), site_code=OuterRef("to_site"), kind="accepted"
    )
    unfinished = (
        plan.Consignment.objects.filter(
            ~Exists(accepted),
            trip__plan__of_record=True,
            trip__plan__voting_at__gt=now - WATCHED_AFTER_VOTING,
            trip__depart_at__lte=now,
        )
        .values_list("trip_id", flat=True)
        .distinct()
    )
    wanted = sorted(unfinished)
    if len(_kept) > _KEPT_MAX:
        _kept.clear()
    _read_trips([pk for pk in wanted if pk not in _kept])
    trips: dict[int, list[Trip]] = defaultdict(list)
    for pk in wanted:
        plan_id, trip = _kept[pk]
        trips[plan_id].append(trip)
    return trips


# Trip row -> its plan and itself. A trip never changes (a change is a new plan with new rows), and those
# underway are asked for at every look.
_kept: dict[int, tuple[int, Trip]] = {}
_KEPT_MAX: Final = 20_000


def _read_trips(trip_ids: list[int]) -> None:
    for ids in _portions(trip_ids):
        rows = list(plan.Trip.objects.filter(pk__in=ids))
        for row, trip in zip(rows, trips_of(rows), strict=True):
            _kept[row.pk] = (row.plan_id, trip)


def _stages(stations: Sequence[str]) -> dict[str, int]:
    stages: dict[str, int] = {}
    for codes in _portions(stations):
        rows = custody.StationProgress.objects.filter(station_code__in=codes)
        stages.update(rows.values_list("station_code", "stage"))
    return stages


def _unreceived(area: str) -> dict[str, tuple[str, ...]]:
    rows = custody.StationProgress.objects.filter(
        village_code__range=subtree_range(area), stage__lt=Stage.AT_STATION
    )
    villages: dict[str, list[str]] = defaultdict(list)
    for village, station in rows.values_list("village_code", "station_code"):
        villages[village].append(station)
    return {village: tuple(stations) for village, stations in villages.items()}


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
