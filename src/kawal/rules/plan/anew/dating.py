"""Latest safe departures of what was planned anew, by sample average as those of a plan made whole.

What stays keeps its own: new departures are dated to fit them. What has left is lived through as it was told:
it left when it left, and what it has handed over is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from kawal.rules.plan.anew.happened import Happened, late_by
from kawal.rules.plan.at_risk import aboard_too_late, carried_out
from kawal.rules.plan.facts import FORWARD, Leg, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.safe import Safe, safely_dated
from kawal.rules.plan.wide.rounds import rounds_of
from kawal.rules.risk.patterns import on_time_targets


def redated(
    trips: Sequence[Trip],
    fresh: Collection[str],
    problem: Problem,
    settings: Settings,
    happened: Mapping[str, Happened],
    at_risk: Collection[str],
) -> Safe:
    """The trips with latest safe departures of the `fresh` ones (codes) from the law of delays.

    Without a law, and on the way home, they stay as they were. Stations that no fresh trip carries out are
    `at_risk` if they were, while anything carries them.
    """
    free = [trip for trip in trips if trip.code in fresh and trip.leg in FORWARD]
    if settings.delays is None:
        return Safe(trips=tuple(trips), short=tuple(sorted(aboard_too_late(trips))))
    aboard = carried_out(free)
    still = (carried_out(trips) & set(at_risk)) - aboard
    if not free:
        return Safe(trips=tuple(trips), short=tuple(sorted(still)))
    vehicles = {trip.vehicle for trip in free}
    near = [
        told
        for trip in trips
        if trip.leg in FORWARD
        and (
            trip.vehicle in vehicles
            or any(not aboard.isdisjoint(part.stations) for part in trip.consignments)
        )
        and (told := as_told(trip, happened.get(trip.code))) is not None
    ]
    beyond = rounds_of(problem, settings, near)
    found = safely_dated(
        (*near, *beyond.trips),
        problem.regency,
        law=settings.delays,
        fleet=settings.fleet,
        calendar=settings.calendar,
        windows=settings.windows(),
        classes=on_time_targets(settings.patterns),
        fixed={trip.code for trip in near} - {trip.code for trip in free},
        ends=beyond.ends,
        full=beyond.full,
    )
    dated = {trip.code: trip for trip in found.trips if trip.code in fresh}
    return Safe(
        trips=tuple(dated.get(trip.code, trip) for trip in trips),
        short=tuple(sorted(still | (aboard & set(found.short)))),
    )


def outdated(kept: Iterable[Trip], trips: Sequence[Trip]) -> tuple[str, ...]:
    """Of the trips that stay, those that say a later hour than what follows them by now needs."""
    latest: defaultdict[Leg, dict[str, datetime]] = defaultdict(dict)
    for trip in trips:
        for part in trip.consignments:
            latest[trip.leg].update(dict.fromkeys(part.stations, trip.leaves_by))

    def needed(trip: Trip, station: str) -> datetime | None:
        following = FORWARD[FORWARD.index(trip.leg) + 1 :]
        return next((latest[leg][station] for leg in following if station in latest[leg]), None)

    return tuple(
        sorted(
            trip.code
            for trip in kept
            if trip.leg in FORWARD
            and any(
                (at := needed(trip, station)) is not None and part.due_at > at
                for part in trip.consignments
                for station in part.stations
            )
        )
    )


def as_told(trip: Trip, told: Happened | None) -> Trip | None:
    """A trip as far as it lies ahead, so late as it left; None where all is handed over."""
    if told is None:
        return trip
    ahead = [
        (stop, part)
        for stop, part in zip(trip.visits, trip.consignments, strict=False)
        if part.to_site not in told.handed
    ]
    if not ahead:
        return None
    late = late_by(trip, told)
    left = [stop for stop, _ in ahead]
    stops = (trip.stops[0], *(s for s in trip.stops[1:-1] if s.is_halt or s in left), trip.stops[-1])
    return replace(
        trip,
        depart_at=trip.depart_at + late,
        back_at=trip.back_at + late,
        latest_departure_at=trip.depart_at + late,
        stops=tuple(
            replace(stop, arrive_at=stop.arrive_at + late, depart_at=stop.depart_at + late) for stop in stops
        ),
        consignments=tuple(replace(part, arrive_at=part.arrive_at + late) for _, part in ahead),
    )
