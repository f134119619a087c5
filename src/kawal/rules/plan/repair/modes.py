"""Trips given to vehicles of another mode: the same boxes between the same sites, packed anew.

By vehicles that stand there beside all they do already, or by helpers that somebody would send. What
follows stays as it is: boxes are there before they are loaded again, and no station receives later than it
was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kawal.rules.plan.anew.coding import carried, coded
from kawal.rules.plan.anew.happened import NOTHING, loads_at, loads_by
from kawal.rules.plan.anew.rerouting import Rerouter, dated
from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.plan.fleet import Vehicle, base_of
from kawal.rules.plan.repair.standing import Standing, ready_at


def other_modes(standing: Standing, trip: Trip) -> list[Mode]:
    """Modes of the same access of which vehicles stand where the trip's own does, the trip's own left out."""
    there = standing.world.vehicles.get(base_of(trip.vehicle), ())
    access = standing.settings.fleet.kinds[trip.mode].access
    return sorted({one.kind.mode for one in there if one.kind.access is access} - {trip.mode})


def by_mode(
    standing: Standing, trips: Sequence[Trip], codes: Sequence[str], mode: Mode, helpers: int = 0
) -> list[Trip] | None:
    """The plan with these trips (of one leg and base) by another mode; None where that cannot be.

    `helpers`: so many vehicles come for it; 0: those of the mode that stand there.
    """
    given = [
        trip for trip in trips if trip.code in set(codes) and not standing.stays(trip) and not trip.halts
    ]
    if not given:
        return None
    leg, base, left = given[0].leg, base_of(given[0].vehicle), {trip.code for trip in given}
    rest = [trip for trip in trips if trip.code not in left]
    router = Rerouter(standing.world, standing.now, {}, {base: _vehicles(standing, base, mode, helpers)})
    for trip in rest:
        router.stays(trip, standing.happened.get(trip.code, NOTHING))
    stations = {station for trip in given for station in carried(trip)}
    ready = ready_at(rest, leg, standing.happened)
    when = {one: int(ready[one].timestamp()) if one in ready else 0 for one in stations}
    pieces = router.route(leg, sorted(stations), when)
    if not pieces or any(piece.unserved for piece in pieces):
        return None
    after = _next_loads(rest, leg)
    same = [trip for trip in rest if trip.leg is leg]
    made = dated(leg, pieces, same, {one: by for one, (_, by) in after.items()}, standing.settings)
    by = {**_received(given), **{station: begins for station, (begins, _) in after.items()}}
    there = {**_received(made), **{station: at for station, at in _handed(made).items() if station in after}}
    if any(at > by[station] for station, at in there.items()):
        return None
    taken = {trip.code for trip in same} | standing.happened.keys()
    fresh = coded(leg, standing.regency, made, list(trips), taken, standing.highest)
    return sorted([*rest, *fresh], key=lambda trip: (trip.depart_at, trip.code))


def _vehicles(standing: Standing, base: str, mode: Mode, helpers: int) -> tuple[Vehicle, ...]:
    there = standing.world.vehicles.get(base, ())
    if not helpers:
        return tuple(one for one in there if one.kind.mode is mode)
    names = {one.name for one in there}
    kind, found, number = standing.settings.fleet.kinds[mode], list[Vehicle](), 0
    while len(found) < helpers:
        number += 1
        if (name := f"{mode}-{base}-{number:02d}") not in names:
            found.append(Vehicle(name=name, kind=kind))
    return tuple(found)


def _next_loads(trips: Sequence[Trip], leg: Leg) -> Mapping[str, tuple[datetime, int]]:
    """Station -> when the trip that carries it on begins to load, as planned and at the latest."""
    found: dict[str, tuple[datetime, int]] = {}
    for after in reversed(FORWARD[FORWARD.index(leg) + 1 :]):
        for trip in trips:
            if trip.leg is after:
                loads = loads_at(trip)
                for part in trip.consignments:
                    begins = loads[part.from_site], loads_by(trip)
                    found.update(dict.fromkeys(part.stations, begins))
    return found


def _received(trips: Sequence[Trip]) -> dict[str, datetime]:
    return {
        station: part.arrive_at for trip in trips for part in trip.consignments for station in part.stations
    }


def _handed(trips: Sequence[Trip]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for trip in trips:
        leaves = {stop.site: stop.depart_at for stop in trip.stops}
        for part in trip.consignments:
            found.update(dict.fromkeys(part.stations, leaves[part.to_site]))
    return found
