"""The way out lived through one event at a time, in plain Python: what the fast simulation is held against.

Written from the meaning of the words in docs/plan-sure.md, with draws of its own; only the levels
of the weather are shared.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from random import Random

import numpy as np
from numpy.typing import NDArray

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.facts import ENDS_AT_STATION, FORWARD, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import Flow
from kawal.rules.plan.windows import ALWAYS, Windows


def by_district(flow: Flow, levels: NDArray[np.float32], scenario: int) -> dict[str, list[float]]:
    """The weather of one scenario, from the levels of all (rules.plan.sure.simulation)."""
    return dict(zip(flow.districts, levels[:, :, scenario].tolist(), strict=True))


class World:
    """One scenario: `received[station]` is when its parcels came."""

    def __init__(self, trips: Sequence[Trip], fleet: Fleet, law: Law, zone: tzinfo,
                 levels: Mapping[str, Sequence[float]], chance: Random,
                 windows: Windows = ALWAYS) -> None:  # fmt: skip
        self.windows = windows
        self.fleet, self.law, self.zone, self.levels, self.chance = fleet, law, zone, levels, chance
        self.trips = [trip for trip in trips if trip.leg in FORWARD]
        first = min(trip.stops[0].arrive_at for trip in self.trips).astimezone(zone)
        self.first_day = first.replace(hour=0, minute=0, second=0, microsecond=0)
        self.planned = {
            (FORWARD.index(trip.leg), station)
            for trip in self.trips for part in trip.consignments for station in part.stations
        }  # fmt: skip
        self.brought: dict[tuple[int, str], datetime] = {}  # leg, station -> handed over
        self.received: dict[str, datetime] = {}

    def live(self) -> dict[str, datetime]:
        """Trips begin when all that they wait for has happened, whichever that is last."""
        queue: dict[str, list[Trip]] = defaultdict(list)
        for trip in sorted(self.trips, key=lambda trip: (trip.stops[0].arrive_at, trip.code), reverse=True):
            queue[trip.vehicle].append(trip)
        free = {vehicle: datetime.min.replace(tzinfo=self.zone) for vehicle in queue}
        events = [(self.first_day, vehicle) for vehicle in sorted(queue)]
        heapq.heapify(events)
        while events:
            now, vehicle = heapq.heappop(events)
            trip = queue[vehicle][-1]
            goods = self._goods(trip)
            if goods is None:  # not there yet: looks again
                heapq.heappush(events, (now + timedelta(minutes=10), vehicle))
                continue
            queue[vehicle].pop()
            free[vehicle] = self._go(trip, max(free[vehicle], goods, trip.stops[0].arrive_at))
            if queue[vehicle]:
                heapq.heappush(events, (free[vehicle], vehicle))
        return self.received

    def _goods(self, trip: Trip) -> datetime | None:
        place = FORWARD.index(trip.leg)
        stations = [station for part in trip.consignments for station in part.stations]
        before = [
            step  # the leg on which it came here: not every station goes on every leg
            for station in stations
            for step in [
                max(((at, station) for at in range(place) if (at, station) in self.planned), default=None)
            ]
            if step is not None
        ]
        if any(step not in self.brought for step in before):
            return None
        return max((self.brought[step] for step in before), default=self.first_day)

    def _go(self, trip: Trip, begins: datetime) -> datetime:
        law, place = self.law.modes[trip.mode], FORWARD.index(trip.leg)
        leaves = begins + (trip.depart_at - trip.stops[0].arrive_at)
        if trip.escort.officers_count and self.chance.random() < self.law.absent_share:
            leaves += timedelta(seconds=self.chance.expovariate(1 / self.law.wait_s))
        leaves = self._daylight(trip, leaves)
        worked = [stop.depart_at - stop.arrive_at for stop in trip.stops[1:-1]]
        way = trip.back_at - trip.depart_at - sum(worked, timedelta())
        levels = self._levels(trip)
        day = min((leaves - self.first_day) // timedelta(days=1), len(levels) - 1)
        slow = math.exp(self.chance.gauss(0, law.spread) + law.weather * levels[day])
        breaks = self.chance.random() < 1 - math.exp(-law.breakdowns_per_hour * way.total_seconds() / 3600)
        repair = timedelta(seconds=self.chance.expovariate(1 / law.repair_s) if breaks else 0)
        broken_at = way * self.chance.random()
        served = waited = timedelta()
        for stop, part, work in zip(trip.stops[1:-1], trip.consignments, worked, strict=True):
            gone = stop.arrive_at - trip.depart_at - served
            arrives = leaves + gone * slow + served + (repair if gone >= broken_at else timedelta()) + waited
            opened = self._opened(trip, stop.site, arrives, work)
            waited += opened - arrives
            arrives = opened
            served += work
            for station in part.stations:
                self.brought[place, station] = arrives + work
                if trip.leg in ENDS_AT_STATION:
                    self.received[station] = arrives
        return leaves + way * slow + served + repair + waited

    def _opened(self, trip: Trip, site: str, at: datetime, lasts: timedelta) -> datetime:
        """Minute by minute until the site is open for so long; after ten days nobody waits any more."""
        intervals = self.windows.at(site, trip.mode, trip.vehicle)
        if intervals is None:
            return at
        for step in range(10 * 24 * 60):
            now = (at + timedelta(minutes=step)).timestamp() if step else at.timestamp()
            if any(a <= now and now + lasts.total_seconds() <= b for a, b in intervals):
                return at + timedelta(minutes=step)
        return at + timedelta(days=365)

    def _as_planned_open(self, trip: Trip, leaves: datetime) -> bool:
        """Whether, going as planned, it finds every place of its way open."""
        by = leaves - trip.depart_at
        told = [(stop.site, stop.arrive_at, stop.depart_at) for stop in trip.stops[:-1]]
        told.append(("", trip.stops[0].arrive_at, trip.stops[-1].depart_at))
        for site, begin, end in told:
            intervals = self.windows.at(site, trip.mode, trip.vehicle)
            begins, ends = (begin + by).timestamp(), (end + by).timestamp()
            if intervals is not None and not any(a <= begins and ends <= b for a, b in intervals):
                return False
        return True

    def _levels(self, trip: Trip) -> Sequence[float]:
        """The weather of the district that the trip goes farthest into."""
        return self.levels[parent_of(village_of(trip.consignments[-1].stations[0]))]

    def _daylight(self, trip: Trip, wanted: datetime) -> datetime:
        kind = self.fleet.kinds[trip.mode]
        planned = trip.depart_at.astimezone(self.zone).time()
        busy = timedelta() if kind.drives_on_voting_night else trip.stops[-2].arrive_at - trip.depart_at
        levels = self._levels(trip)
        for day in range((wanted - self.first_day) // timedelta(days=1), len(levels)):
            midnight = self.first_day + timedelta(days=day)
            opens, closes, as_planned = (
                midnight + timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
                for at in (kind.opens, kind.closes, planned)
            )
            wanted = max(wanted, min(opens, as_planned))
            while wanted < midnight + timedelta(days=1) and not self._as_planned_open(trip, wanted):
                wanted += timedelta(minutes=1)
            if wanted >= midnight + timedelta(days=1):
                continue
            closed = levels[day] > self.law.closed_above(trip.mode)
            if not closed and wanted <= max(closes - busy, as_planned):
                return wanted
        return wanted
