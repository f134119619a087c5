"""The plan as it would be with help from outside: a day more, vehicles more, officers of the Polda."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kawal.rules.places.codes import parent_of, post_code
from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.plan.fleet import base_of
from kawal.rules.plan.repair.moving import begun
from kawal.rules.plan.repair.standing import Standing
from kawal.rules.plan.repair.teams import stood_by

_DAY = timedelta(days=1)

Before = tuple[str, datetime]  # a trip that another waits for, and when it is done with as planned


def day_earlier(standing: Standing, trips: Sequence[Trip], codes: Collection[str]) -> list[Trip] | None:
    """These trips a day earlier than the calendar allows, and with them what must then come earlier; None
    where something of that has left already, or would have to."""
    by_code = {trip.code: trip for trip in trips}
    waited_for = _waited_for(trips)
    moved, waiting = set(codes), list(codes)
    while waiting:
        trip = by_code[waiting.pop()]
        for before, done_at in waited_for[trip.code]:
            if before not in moved and done_at > trip.stops[0].arrive_at - _DAY:
                moved.add(before)
                waiting.append(before)
    for code in moved:
        begins = by_code[code].stops[0].arrive_at - _DAY
        if standing.stays(by_code[code]) or (standing.now is not None and begins < standing.now):
            return None
    return [
        begun(trip, trip.stops[0].arrive_at - _DAY, trip.vehicle) if trip.code in moved else trip
        for trip in trips
    ]


def vehicle_each(standing: Standing, trips: Sequence[Trip], codes: Collection[str]) -> list[Trip] | None:
    """A vehicle more for each of these trips that waits for one of the others; None where none does."""
    names = {one.name for there in standing.world.vehicles.values() for one in there}
    names |= {trip.vehicle for trip in trips}
    seen: set[str] = set()
    given: dict[str, str] = {}
    for trip in sorted(trips, key=lambda trip: (trip.stops[0].arrive_at, trip.code)):
        if trip.code not in codes or standing.stays(trip):
            continue
        if trip.vehicle in seen:
            given[trip.code] = _fresh(f"{trip.mode}-{base_of(trip.vehicle)}", names)
            names.add(given[trip.code])
        seen.add(trip.vehicle)
    if not given:
        return None
    return [replace(trip, vehicle=given.get(trip.code, trip.vehicle)) for trip in trips]


def polda_stands_by(standing: Standing, trips: Sequence[Trip], codes: Collection[str]) -> list[Trip] | None:
    """A second team of the Polda for each of these trips that has one team; None where none has."""
    post = post_code("polri", parent_of(standing.regency))
    alone = {t.code for t in trips if t.code in codes and t.escort.teams_count == 1 and not standing.stays(t)}
    if not alone:
        return None
    return stood_by(trips, dict.fromkeys(alone, post))


def _fresh(stem: str, names: Collection[str]) -> str:
    number = 1
    while f"{stem}-{number:02d}" in names:
        number += 1
    return f"{stem}-{number:02d}"


def _waited_for(trips: Sequence[Trip]) -> Mapping[str, list[Before]]:
    """Trip -> the trips out that it waits for: its vehicle's last, and those that bring its goods."""
    found: defaultdict[str, list[Before]] = defaultdict(list)
    vehicle: dict[str, Before] = {}
    brought: dict[str, Before] = {}
    out = [trip for trip in trips if trip.leg in FORWARD]
    for trip in sorted(out, key=lambda trip: (trip.stops[0].arrive_at, FORWARD.index(trip.leg), trip.code)):
        stations = [station for part in trip.consignments for station in part.stations]
        waits = {before[0]: before for one in stations if (before := brought.get(one))}
        if trip.vehicle in vehicle:
            waits[vehicle[trip.vehicle][0]] = vehicle[trip.vehicle]
        found[trip.code] = [before for code, before in sorted(waits.items())]
        vehicle[trip.vehicle] = trip.code, trip.stops[-1].depart_at
        brought.update(_handed(trip))
    return found


def _handed(trip: Trip) -> Iterator[tuple[str, Before]]:
    leaves = {stop.site: stop.depart_at for stop in trip.stops}
    for part in trip.consignments:
        for station in part.stations:
            yield station, (trip.code, leaves[part.to_site])
