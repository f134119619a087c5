"""An independent check of latest safe departures, written from their promise and not from how they are found.

By the law of delays: when all trips leave at their latest safe departures (those that are planned to leave
later as planned), each station that is not told as at risk is on time in the share of worlds that the plan's
table promises its class; and each that is told so is not, with all trips as planned. The worlds are other
ones than the planner's, drawn exactly and lived through in plain NumPy; a finding is only what chance alone
would do once in 300,000 times.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.at_risk import aboard_too_late
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import ENDS_AT_PPS, ENDS_AT_STATION, FORWARD, Trip
from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.routing.marching import CAMP_S
from kawal.rules.plan.sure.delays import Law
from kawal.rules.risk.classes import RiskClass

WORLDS: Final = 2_000
_BY_CHANCE: Final = 1 / 300_000
_DAY_S: Final = 86_400
_NEVER_S: Final = 1e10
_DAYS: Final = 28  # of weather, ending six days after the deadline's

Worlds = NDArray[np.float64]


def wrongly_told(
    trips: Sequence[Trip],
    settings: Settings,
    at_risk: Collection[str] | None,
    beyond: Sequence[Trip] = (),
    stay: Collection[str] = (),
) -> Iterator[Violation]:
    """Stations of which the plan promises more than it keeps, and those told as at risk that are not.

    `at_risk`: stations told so; None where a plan from before told none, but the trips that leave too late:
    of who is aboard these nothing is judged. A plan without a law of delays promises nothing.
    `beyond`: the least that must follow where the plan ends at the PPS; its stations that nothing follows are
    due there as planned. More than the least may follow, so there nobody is told as at risk for nothing.
    `stay`: codes of trips whose latest departures others had to fit: they leave then in any case.
    """
    out = [trip for trip in trips if trip.leg in FORWARD]
    if settings.delays is None or not out:
        return
    late = {risk: by.late_per_10000 / 10_000 for risk, by in settings.patterns.classes.items()}
    told = aboard_too_late(out) if at_risk is None else set(at_risk)
    for station, (share, risk) in _Worlds(out, beyond, settings, settings.delays).shares():
        if station not in told and _late(share) > _most_late(late[risk]):
            yield Violation("promise_broken", station, _share(share))
    if at_risk and not beyond:
        planned = [
            one if one.code in stay else replace(one, latest_departure_at=one.depart_at) for one in out
        ]
        for station, (share, risk) in _Worlds(planned, (), settings, settings.delays).shares():
            if station in told and _late(share) < _fewest_late(late[risk]):
                yield Violation("at_no_risk", station, _share(share))


def _late(share: float) -> int:
    return round((1 - share) * WORLDS)


def _share(share: float) -> tuple[tuple[str, str]]:
    return (("share", f"{100 * share:.2f} %"),)


@cache
def _most_late(late: float) -> int:
    """The most worlds in which a station is late that is late with this probability, by the binomial law."""
    more = bdtrc(np.arange(WORLDS), WORLDS, late)  # P(late in more worlds than so many)
    return int(np.argmax(more <= _BY_CHANCE))


@cache
def _fewest_late(late: float) -> int:
    """The fewest: where it cannot be told from none, none."""
    no_more = bdtr(np.arange(WORLDS), WORLDS, late)
    return int(np.argmax(no_more > _BY_CHANCE))


class _Worlds:
    """All worlds side by side: an array has one number for each."""

    def __init__(self, trips: Sequence[Trip], beyond: Sequence[Trip], settings: Settings, law: Law) -> None:
        self.trips, self.beyond, self.settings, self.law = trips, beyond, settings, law
        self.zone, self.windows = settings.calendar.zone, settings.windows()
        last = settings.calendar.deadline_at.astimezone(self.zone) + timedelta(days=6)
        self.zero = (last - timedelta(days=_DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
        self.chance = np.random.Generator(np.random.Philox(key=20_260))
        self.every = np.arange(WORLDS)
        shared = math.sqrt(law.national_share) * self._lasting()
        shared += math.sqrt(1 - law.national_share - law.district_share) * self._lasting()
        self.weather: defaultdict[str, Worlds] = defaultdict(
            lambda: shared + math.sqrt(law.district_share) * self._lasting()
        )

    def _lasting(self) -> Worlds:
        levels = self.chance.standard_normal((_DAYS, WORLDS))
        for day in range(1, _DAYS):
            levels[day] *= math.sqrt(1 - self.law.day_to_day**2)
            levels[day] += self.law.day_to_day * levels[day - 1]
        return levels

    def _second(self, moment: datetime) -> float:
        return (moment - self.zero).total_seconds()

    def shares(self) -> list[tuple[str, tuple[float, RiskClass]]]:
        """Each station with its share of worlds in time, and the class of the trip that comes there."""
        free: dict[str, Worlds] = {}
        there: list[dict[str, Worlds]] = [{} for _ in FORWARD]
        on_time: dict[str, tuple[float, RiskClass]] = {}
        last = max((trip.leg for trip in self.trips), key=FORWARD.index)
        last_legs = next((legs for legs in (ENDS_AT_PPS, ENDS_AT_STATION) if last in legs), frozenset({last}))
        goes_on = {one for trip in self.beyond for part in trip.consignments for one in part.stations}
        for trip in sorted(
            (*self.trips, *self.beyond), key=lambda trip: (trip.stops[0].arrive_at, trip.code)
        ):
            leg = FORWARD.index(trip.leg)
            load_s = (trip.depart_at - trip.stops[0].arrive_at).total_seconds()
            begin = np.full(WORLDS, self._second(trip.leaves_by) - load_s)
            if trip.vehicle in free:
                begin = np.maximum(begin, free[trip.vehicle])
            stations = [station for part in trip.consignments for station in part.stations]
            brought = (self._before(there, leg, one) for one in stations)
            for arrived in {id(one): one for one in brought if one is not None}.values():
                begin = np.maximum(begin, arrived)
            arrives, free[trip.vehicle] = self._go(trip, begin + load_s)
            for part, stop, at in zip(trip.consignments, trip.visits, arrives, strict=True):
                served = at + (stop.depart_at - stop.arrive_at).total_seconds()
                there[leg].update(dict.fromkeys(part.stations, served))
                to_station = trip.leg in ENDS_AT_STATION
                if to_station or (trip.leg in last_legs and goes_on.isdisjoint(part.stations)):
                    by = self.settings.calendar.deadline_at if to_station else part.due_at
                    share = float(np.count_nonzero(at <= self._second(by)) / WORLDS)
                    on_time.update(dict.fromkeys(part.stations, (share, trip.risk)))
        return sorted(on_time.items())

    def _before(self, there: Sequence[Mapping[str, Worlds]], leg: int, station: str) -> Worlds | None:
        """When a station's goods are there by the last leg before this one that carries them."""
        for before in range(leg - 1, -1, -1):
            if station in there[before]:
                return there[before][station]
        return None

    def _go(self, trip: Trip, ready: Worlds) -> tuple[list[Worlds], Worlds]:
        """When each stop is reached and the vehicle is home."""
        law = self.law.modes[trip.mode]
        levels = self.weather[parent_of(village_of(trip.consignments[-1].stations[0]))]
        if trip.escort.officers_count:
            teams = 2 if trip.escort.reserve_post else 1  # all of them must be late
            late = np.flatnonzero(self.chance.random(WORLDS) < self.law.absent_share**teams)
            ready = ready.copy()
            ready[late] += self.chance.exponential(self.law.wait_s, len(late))
        kind = self.settings.fleet.kind_of(trip.vehicle, trip.mode)
        left = self._allowed(trip, kind, ready, levels)
        day = np.minimum(np.floor(left / _DAY_S), _DAYS - 1).astype(np.int64)
        slow = law.spread * self.chance.standard_normal(WORLDS)
        slow = np.exp(slow + law.weather * levels[day, self.every])
        days = _Days(trip, kind, self.zone)
        way_s = days.moved_s(trip.back_at)
        breaks = -math.expm1(-law.breakdowns_per_hour * way_s / 3_600)
        broken = np.flatnonzero(self.chance.random(WORLDS) < breaks)
        repair = self.chance.exponential(law.repair_s, len(broken))
        after = self.chance.random(len(broken)) * way_s
        arrives, waited = [], np.zeros(WORLDS)
        for stop in trip.visits:
            gone_s = days.moved_s(stop.arrive_at)
            spent = slow * gone_s + days.worked_s(stop.arrive_at, gone_s)
            spent[broken] += repair * (gone_s >= after)
            reached = days.later(left, spent + waited)
            stays_s = (stop.depart_at - stop.arrive_at).total_seconds()
            arrives.append(self._open(trip, stop.site, reached, stays_s))
            waited += arrives[-1] - reached
        spent = slow * way_s + days.worked_s(trip.back_at, way_s)
        spent[broken] += repair
        return arrives, days.later(left, spent + waited)

    def _open(self, trip: Trip, site: str, at: Worlds, for_s: float) -> Worlds:
        """The first moment from `at` on at which the site (none: the vehicle) is open for so long."""
        intervals = self.windows.at(site, trip.mode, trip.vehicle)
        if intervals is None:
            return at
        zero, found = int(self.zero.timestamp()), np.full(len(at), _NEVER_S)
        for opens, closes in intervals:
            here = np.maximum(at, opens - zero)
            found = np.where(here + for_s <= closes - zero, np.minimum(found, here), found)
        return found

    def _all_open(self, trip: Trip, left: Worlds) -> Worlds:
        """The first departure from `left` on that finds, going as planned, every place of its way open."""
        begins = trip.stops[0].arrive_at
        told = [(stop.site, stop.arrive_at, stop.depart_at) for stop in trip.stops[:-1]]
        told.append(("", begins, trip.stops[-1].depart_at))
        while True:
            later = left
            for site, begin, end in told:
                after_s = (begin - trip.depart_at).total_seconds()
                later = self._open(trip, site, later + after_s, (end - begin).total_seconds()) - after_s
            if not (later > left).any() or (later >= _NEVER_S / 2).all():
                return later
            left = later

    def _allowed(self, trip: Trip, kind: Kind, ready: Worlds, levels: Worlds) -> Worlds:
        """Not at night, not on a closed day, and by day only while the last stop is reached before dark."""
        planned_s = self._second(trip.depart_at) % _DAY_S
        opens_s, closes_s = (3_600.0 * at.hour + 60 * at.minute for at in (kind.opens, kind.closes))
        busy_s = 0.0
        if trip.halts:
            busy_s = CAMP_S  # while there is day left to go
        elif not kind.drives_on_voting_night:
            busy_s = (trip.stops[-2].arrive_at - trip.depart_at).total_seconds()
        opens_s, until_s = min(opens_s, planned_s), max(closes_s - busy_s, planned_s)
        above = self.law.closed_above(trip.mode)
        left, waiting = ready.copy(), self.every
        while len(waiting):
            now = left[waiting]
            day = np.floor(now / _DAY_S)
            if day.max() >= _DAYS:
                waiting = waiting[day < _DAYS]
                continue
            today = day * _DAY_S
            wanted = np.maximum(now, today + opens_s)
            if self.windows:
                wanted = self._all_open(trip, wanted)
            goes = (levels[day.astype(np.int64), waiting] <= above) & (wanted <= today + until_s)
            left[waiting] = np.where(goes, wanted, np.maximum(wanted, today + _DAY_S))
            waiting = waiting[~goes]
        return left


class _Days:
    """How a trip's time is spent, read off its stops: on the way, at work, and at rest where it halts.

    Of a trip of several days only the hours of its days' ways count; the others are rest.
    """

    def __init__(self, trip: Trip, kind: Kind, zone: tzinfo) -> None:
        self.trip, self.zone, self.halts = trip, zone, bool(trip.halts)
        self.ways = [
            (there.arrive_at, (there.arrive_at - here.depart_at).total_seconds())
            for here, there in pairwise(trip.stops)
        ]
        self.opens_s, closes_s = (3_600.0 * at.hour + 60 * at.minute for at in (kind.opens, kind.closes))
        self.day_s = closes_s - CAMP_S - self.opens_s

    def moved_s(self, until: datetime) -> float:
        """Between stops, up to a moment."""
        return sum(way_s for there_at, way_s in self.ways if there_at <= until)

    def worked_s(self, until: datetime, moved_s: float) -> float:
        """All that is neither way nor night."""
        if self.halts:
            return self._hours(until) - self._hours(self.trip.depart_at) - moved_s
        return (until - self.trip.depart_at).total_seconds() - moved_s

    def _hours(self, at: datetime) -> float:
        """Hours of days' ways since the year 1, in seconds."""
        local = at.astimezone(self.zone)
        since_s = 3_600.0 * local.hour + 60 * local.minute + local.second - self.opens_s
        return local.toordinal() * self.day_s + min(max(since_s, 0.0), self.day_s)

    def later(self, left: Worlds, by_s: Worlds) -> Worlds:
        """When so much time is spent by who left then."""
        if not self.halts:
            return left + by_s
        today = left - left % _DAY_S
        spent = np.clip(left - today - self.opens_s, 0.0, self.day_s) + by_s
        return today + spent // self.day_s * _DAY_S + self.opens_s + spent % self.day_s
