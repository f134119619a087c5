"""A timetable in which trips can be begun earlier: when each vehicle is busy, when each parcel is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kawal.rules.plan.anew.happened import NOTHING, handed_at, late_by
from kawal.rules.plan.anew.touched import Planned, breaks
from kawal.rules.plan.docks import handlings_of
from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.plan.fleet import Vehicle, base_of
from kawal.rules.plan.repair.standing import Standing
from kawal.rules.plan.routing.berths import Berths
from kawal.rules.plan.routing.jobs import moment
from kawal.rules.plan.sure.slots import needs_of
from kawal.rules.plan.windows import earliest

_FAR_S: Final = 10**10  # what cannot begin at all begins then
_LEAST_GAIN: Final = timedelta(minutes=10)
_LONG_S: Final = 400 * 86_400  # before and after the deadline: longer than any plan

Busy = tuple[datetime, datetime]


class Timetable:
    def __init__(self, standing: Standing, trips: Sequence[Trip]) -> None:
        self.standing, self.settings = standing, standing.settings
        self.windows = standing.settings.windows()
        self.planned = Planned(standing.world)
        self.trips = {trip.code: trip for trip in trips}
        self.known = {one.name: one for there in standing.world.vehicles.values() for one in there}
        self.busy: defaultdict[str, dict[str, Busy]] = defaultdict(dict)
        self.handed: dict[tuple[int, str], datetime] = {}
        self.berths = Berths(standing.settings.docks())
        for trip in trips:
            self._book(trip)

    def _book(self, trip: Trip) -> None:
        told = self.standing.happened.get(trip.code, NOTHING)
        ends = trip.stops[-1].depart_at + late_by(trip, told)
        self.busy[trip.vehicle][trip.code] = trip.stops[0].arrive_at, ends
        self.trips[trip.code] = trip
        self.berths.take(handlings_of(trip))
        if trip.leg in FORWARD:
            for part in trip.consignments:
                at = handed_at(trip, part.to_site, told)
                for station in part.stations:
                    self.handed[FORWARD.index(trip.leg), station] = at

    def earlier(self, codes: Iterable[str]) -> list[Trip]:
        """Each of these as early as can be, in the order of the legs; the farthest first. What stays and what
        is on the way for several days (it begins as early as its goods are there already) is left."""
        found = [self.trips[code] for code in codes]
        found.sort(key=lambda trip: (FORWARD.index(trip.leg), trip.depart_at - trip.back_at, trip.code))
        for trip in found:
            if not trip.halts and not self.standing.stays(trip):
                self._move(trip)
        return list(self.trips.values())

    def _move(self, trip: Trip) -> None:
        del self.busy[trip.vehicle][trip.code]
        self.berths.give_back(handlings_of(trip))
        own = self.known[trip.vehicle]
        beside = self.standing.world.vehicles.get(base_of(trip.vehicle), ())
        best = trip
        for vehicle in (own, *(one for one in beside if one.kind == own.kind and one.name != own.name)):
            start = self._start(trip, vehicle)
            if start is not None and start < best.stops[0].arrive_at - _LEAST_GAIN:
                moved = begun(trip, start, vehicle.name)
                best = best if breaks(self.planned, moved) else moved
        self._book(best)

    def _open(self, trip: Trip, vehicle: str, start: datetime) -> datetime:
        """Not before every place of the way is open, and its dock has room."""
        needs = needs_of(replace(trip, vehicle=vehicle), self.windows) if self.windows else []
        needs = [*needs, *self.berths.needs(handlings_of(trip))]
        return moment(min(earliest(int(start.timestamp()), needs), _FAR_S)) if needs else start

    def _start(self, trip: Trip, vehicle: Vehicle) -> datetime | None:
        """The earliest begin at which goods are there, the vehicle is free and calendar and hours allow."""
        lasts = trip.stops[-1].depart_at - trip.stops[0].arrive_at
        places = range(FORWARD.index(trip.leg))
        stations = [station for part in trip.consignments for station in part.stations]
        ready = [at for one in stations for place in places if (at := self.handed.get((place, one)))]
        ready += [self.standing.now] if self.standing.now else []
        calendar, busy = self.settings.calendar, list(self._taken(vehicle))
        candidates = []
        for shift in {*calendar.shifts[trip.leg], *calendar.shifts_of(trip.leg, early=True)}:
            day = shift.start.astimezone(calendar.zone).date()
            opens = datetime.combine(day, vehicle.kind.opens, calendar.zone)
            closes = datetime.combine(day, vehicle.kind.closes, calendar.zone)
            start = _gap(busy, max(shift.start, opens, *ready), lasts)
            start = self._open(trip, vehicle.name, start)
            free = all(ends <= start or start + lasts <= begins for begins, ends in busy)
            if free and start + lasts <= min(shift.end, closes):
                candidates.append(start)
        return min(candidates, default=None)

    def _taken(self, vehicle: Vehicle) -> Iterable[Busy]:
        """When it has another trip, or may not run."""
        yield from self.busy[vehicle.name].values()
        deadline_s = int(self.settings.calendar.deadline_at.timestamp())
        first_s, last_s = deadline_s - _LONG_S, deadline_s + _LONG_S
        base = base_of(vehicle.name)
        for begins_s, ends_s in self.standing.world.away(vehicle.name, vehicle.kind.mode, base):
            yield moment(max(begins_s, first_s)), moment(min(ends_s, last_s))


def _gap(busy: Iterable[Busy], start: datetime, lasts: timedelta) -> datetime:
    """The first moment from `start` on at which so long nothing else is done."""
    for begins, ends in sorted(busy):
        if start + lasts <= begins:
            return start
        start = max(start, ends)
    return start


def begun(trip: Trip, start: datetime, vehicle: str) -> Trip:
    """The same trip, begun at another time by another vehicle of its kind."""
    by = start - trip.stops[0].arrive_at
    return replace(
        trip,
        vehicle=vehicle,
        depart_at=trip.depart_at + by,
        back_at=trip.back_at + by,
        stops=tuple(replace(s, arrive_at=s.arrive_at + by, depart_at=s.depart_at + by) for s in trip.stops),
        consignments=tuple(replace(part, arrive_at=part.arrive_at + by) for part in trip.consignments),
    )
