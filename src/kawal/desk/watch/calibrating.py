"""What the journeys of a plan really took, by what was told of its trips: the next plan may use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from kawal.desk.custody import reads as custody
from kawal.desk.plan import reads as plans
from kawal.desk.plan.journey.engines import ByEngine
from kawal.desk.watch import told
from kawal.rules.custody.track import decoded
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.journey.measured import Calibration, Journey, calibration
from kawal.rules.plan.journey.told import Told
from kawal.rules.plan.journey.travel import Point
from kawal.rules.refusals import Refused
from kawal.rules.watch.facts import NO_PROGRESS, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    area: str
    version: int
    against: str  # whose times the plan was made with
    found: Calibration
    roads_count: int  # trips whose recorded positions an engine put on its roads
    roads_ratio: float | None  # median of metres gone on them over metres planned


def calibrate(area: str, *, now: datetime, engine: ByEngine | None = None) -> Calibrated:
    """Journeys of the plan of record against its own times. Refuses `no_plan` and what the engine refuses."""
    plan = plans.plan_of_record(area)
    if plan is None:
        raise Refused("no_plan", area=area)
    trips = plans.trips(plan.id)
    travel = plans.travel_of(plan.id)
    points = plans.points(plan.id, now=now)
    progress = told.progress({plan.id: trips}, now=now)
    journeys = [
        journey for trip in trips for journey in _journeys(trip, progress.get(trip.code, NO_PROGRESS), points)
    ]
    ratios = list(_ratios(trips, engine)) if engine else []
    return Calibrated(
        area=plan.area,
        version=plan.version,
        against=travel.name if isinstance(travel, Told) else "estimate",
        found=calibration(journeys, travel.factors if isinstance(travel, Told) else ()),
        roads_count=len(ratios),
        roads_ratio=median(ratios) if ratios else None,
    )


def _journeys(trip: Trip, progress: Progress, points: Mapping[str, Point]) -> Iterator[Journey]:
    """From a stop that it was told to have left to the next, where it was told to have come."""
    left = {one.site: one.at for one in progress.milestones if one.kind == "departed"}
    came = {one.site: one.at for one in progress.milestones if one.kind == "arrived"}
    for here, there in pairwise(trip.stops):
        known = here.site in left and there.site in came and {here.site, there.site} <= points.keys()
        if known and came[there.site] > left[here.site]:
            yield Journey(
                mode=trip.mode,
                terrains=(points[here.site].terrain, points[there.site].terrain),
                planned_s=(there.arrive_at - here.depart_at) / timedelta(seconds=1),
                real_s=(came[there.site] - left[here.site]) / timedelta(seconds=1),
            )


def _ratios(trips: Sequence[Trip], engine: ByEngine) -> Iterator[float]:
    by_code = {trip.code: trip for trip in trips}
    for code, (_, track) in sorted(custody.tracks(by_code).items()):
        trip = by_code[code]
        fixes = [(spot.at_ms // 1_000, spot.lat_e7 / 1e7, spot.lon_e7 / 1e7) for spot in decoded(track)]
        gone_m = engine.trace_m(trip.mode, fixes)
        if gone_m and trip.distance_m:
            yield gone_m / trip.distance_m
