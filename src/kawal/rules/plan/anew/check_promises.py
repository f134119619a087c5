"""An independent check of the latest safe departures of new trips, given what has left.

When new trips, and those that stay, leave at their latest, each station that a new trip carries gets its
goods in time so often as promised. Not judged is a station of which a trip that stays says a later hour than
what follows it: that trip is told to whoever plans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.check_safe import wrongly_told
from kawal.rules.plan.wide.check_last_leg import at_least


def wrongly_told_anew(
    trips: Sequence[Trip],
    new: Collection[str],
    happened: Mapping[str, Happened],
    settings: Settings,
    problem: Problem,
    at_risk: Collection[str] | None,
) -> Iterator[Violation]:
    """Stations of which the version tells otherwise than it is.

    `new`: codes of the trips that are not as they were. `at_risk`: as of `wrongly_told`.
    """
    out = [trip for trip in trips if trip.leg in FORWARD]
    fresh = {station for trip in out if trip.code in new for station in _stations(trip)}
    vehicles = {trip.vehicle for trip in out if trip.code in new}
    near = [trip for trip in out if trip.vehicle in vehicles or not fresh.isdisjoint(_stations(trip))]
    told = [one for trip in near for one in _still_ahead(trip, happened.get(trip.code))]
    judged = fresh - _stale(near)
    stay = {trip.code for trip in told} - set(new)
    beyond = list(at_least(problem, settings, told))
    return (one for one in wrongly_told(told, settings, at_risk, beyond, stay) if one.where in judged)


def _stale(trips: Sequence[Trip]) -> set[str]:
    latest = {(trip.leg, one): trip.leaves_by for trip in trips for one in _stations(trip)}
    stale = set()
    for trip in trips:
        following = FORWARD[FORWARD.index(trip.leg) + 1 :]
        for part in trip.consignments:
            for one in part.stations:
                after = next((latest[leg, one] for leg in following if (leg, one) in latest), part.due_at)
                if part.due_at > after:
                    stale.add(one)
    return stale


def _still_ahead(trip: Trip, told: Happened | None) -> list[Trip]:
    """Without what it handed over already, at the hour at which it left; nothing where all is there."""
    if told is None:
        return [trip]
    parts = tuple(part for part in trip.consignments if part.to_site not in told.handed)
    sites = {part.to_site for part in parts}
    between = [stop for stop in trip.stops[1:-1] if stop.is_halt or stop.site in sites]
    stops = [trip.stops[0], *between, trip.stops[-1]]
    if not parts or len(between) - len(trip.halts) != len(parts):
        return []
    late = max(timedelta(), (told.left_at or trip.depart_at) - trip.depart_at)
    return [
        replace(
            trip,
            depart_at=trip.depart_at + late,
            back_at=trip.back_at + late,
            latest_departure_at=trip.depart_at + late,
            stops=tuple(
                replace(one, arrive_at=one.arrive_at + late, depart_at=one.depart_at + late) for one in stops
            ),
            consignments=parts,
        )
    ]


def _stations(trip: Trip) -> frozenset[str]:
    return frozenset(station for part in trip.consignments for station in part.stations)
