"""The plan after something went wrong: what breaks, and what waits for it, is planned anew; all else stays.

A trip is planned anew where a disruption keeps it from running, where what it carries changed, or where
its goods now come later than it loads. Legs are gone through in the order of the way, so the part that
is touched grows only where it must. What stays, stays byte for byte, and so does what has happened: a
trip that has left keeps its code, vehicle and times.

A trip planned anew keeps its code where it carries the same stations; else it gets a number above all
that were ever used, so that what people and phones said of a code never means two things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from kawal.rules.places.codes import village_of
from kawal.rules.places.facts import is_gateway
from kawal.rules.plan.anew.coding import carried, coded
from kawal.rules.plan.anew.dating import outdated, redated
from kawal.rules.plan.anew.disrupted import Disrupted, Stretch, stretch_of
from kawal.rules.plan.anew.disruption import Absent, More, Withdrawn
from kawal.rules.plan.anew.guards import guarded
from kawal.rules.plan.anew.happened import NOTHING, Happened, handed_at, loads_at, loads_by
from kawal.rules.plan.anew.rerouting import TOGETHER, Piece, Rerouter, dated
from kawal.rules.plan.anew.touched import Planned, breaks
from kawal.rules.plan.chain import TO_GATEWAY_ON
from kawal.rules.plan.direct.shortcuts import shortcuts_of
from kawal.rules.plan.facts import (
    BACKWARD,
    FORWARD,
    LEGS_DOWN_TO,
    Leg,
    Level,
    Mode,
    Shortfall,
    Trip,
    Unserved,
)
from kawal.rules.plan.make import PlanMade
from kawal.rules.plan.wide.last_leg import LastLeg, last_leg

ABOARD = "aboard_broken_vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """The new version, and what became of the old one's trips (by code)."""

    made: PlanMade
    anew: tuple[str, ...]  # codes of the new version that are not as they were
    gone: tuple[str, ...]  # codes of the old version that are no more
    in_it: tuple[str, ...]  # on their way into what is shut, or on what is withdrawn: call them
    taken_as_planned: int  # trips that should have left and of which nothing was told
    outdated: tuple[str, ...]  # trips that stay, whose goods are needed earlier than their papers say
    unguarded: tuple[str, ...]  # trips for whose guard no post has officers to spare


def replan(
    world: Disrupted,
    before: PlanMade,
    *,
    now: datetime,
    happened: Mapping[str, Happened] | None = None,
    highest: Mapping[Leg, int] | None = None,
) -> Replanned:
    """A new version from `before`. `happened`: trip code -> what was told of it.

    `highest`: the highest number of a trip that each leg ever had, where it is above that of `before`.

    Where officers are absent and no other post can guard a trip, its goods go when they are back; where that
    leaves more behind or at risk, the trip stays and is told as unguarded.
    """
    found = _Replan(world, before, now, happened or {}, highest or {}).done()
    if not found.unguarded:
        return found
    later = _Replan(world, before, now, happened or {}, highest or {}, found.unguarded).done()
    return later if _left_behind(later) <= _left_behind(found) else found


def _left_behind(found: Replanned) -> tuple[int, int, int]:
    """Stations not carried, stations at risk, trips that nobody guards."""
    unserved = sum(len(row.stations) for row in found.made.unserved)
    return unserved, len(found.made.at_risk), len(found.unguarded)


class _Replan:
    def __init__(
        self,
        world: Disrupted,
        before: PlanMade,
        now: datetime,
        happened: Mapping[str, Happened],
        highest: Mapping[Leg, int],
        moved: Collection[str] = (),
    ) -> None:
        """`moved`: trips of `before` that have no guard while officers are absent."""
        self.world = world
        self.before = before
        self.now = now
        self.happened = happened
        self.highest = highest
        self.planned = Planned(world)
        self.kept: dict[Leg, list[Trip]] = {leg: [] for leg in Leg}
        self.pieces: dict[Leg, list[Piece]] = {leg: [] for leg in Leg}
        self.unserved: list[Unserved] = []
        self.moved = moved
        self.router = Rerouter(world, now, _barred(world, before, moved))
        self.old = {trip.code: trip for trip in before.trips}
        self.given_up: set[tuple[Leg, str]] = set()  # leg and area of what stays given up as before

    def done(self) -> Replanned:
        self._out_and_home()
        fresh = self._dated()
        trips = [trip for leg in Leg for trip in (*self.kept[leg], *fresh[leg])]
        trips.sort(key=lambda trip: (list(Leg).index(trip.leg), trip.depart_at, trip.vehicle, trip.code))
        made_anew = {trip.code for leg in Leg for trip in fresh[leg]}
        settings = self.world.settings
        safe = redated(trips, made_anew, self.world.problem, settings, self.happened, self.before.at_risk)
        guard = guarded(
            safe.trips, self.world.problem, self.world.disruptions, self.world.strengths, settings.calendar,
            now=self.now, happened=self.happened.keys(),
        )  # fmt: skip
        trips = list(guard.trips)
        codes = {trip.code for trip in trips}
        anew = sorted(trip.code for trip in trips if self.old.get(trip.code) != trip)
        return Replanned(
            made=PlanMade(
                trips=tuple(trips),
                unserved=tuple(self._in_order()),
                shortfalls=tuple(self._shortfalls()),
                at_risk=safe.short,
            ),
            anew=tuple(anew),
            gone=tuple(sorted(self.old.keys() - codes)),
            in_it=tuple(sorted(self._in_it())),
            taken_as_planned=sum(
                trip.depart_at <= self.now and trip.code not in self.happened for trip in self._all_kept()
            ),
            outdated=outdated(self._all_kept(), trips),
            unguarded=guard.unguarded,
        )

    def _out_and_home(self) -> None:
        """Step by step in the order of the way. A step is one leg but for TO_GATEWAY and TO_LANDING: all that
        leaves the warehouse, or a PPK, by the same lorries."""
        by_gateway, by_landing = self.world.gateway_of.keys(), self.world.landing_of.keys()
        legs = LEGS_DOWN_TO[self.world.settings.level]
        stations = [load.station for village in self.world.problem.villages() for load in village.loads]
        direct = shortcuts_of(self.before.trips, self.before.unserved)
        past_ppk = {one: 0 for one in stations if direct.of(one) is Leg.DIRECT_PPS}
        left = self._step(Leg.TO_GATEWAY, {one: 0 for one in stations if one not in past_ppk})
        at_gateway, at_ppk = _parted(left, by_gateway)
        at_ppk |= self._step(Leg.TO_PPK, at_gateway)
        straight, at_ppk = _parted(at_ppk, {one for one in stations if direct.of(one) is Leg.DIRECT_STATION})
        at_landing, there = _parted(self._step(Leg.TO_LANDING, at_ppk), by_landing)
        there |= self._step(Leg.TO_PPS, at_landing) | self._step(Leg.DIRECT_PPS, past_ppk)
        if Leg.TO_STATION in legs:
            received = self._step(Leg.TO_STATION, there) | self._step(Leg.DIRECT_STATION, straight)
            there = self._step(Leg.BACK_PPS, dict.fromkeys(received, 0))
        else:
            there = {station: self.last_legs[village_of(station)].home_s for station in there}
        by_boat, by_road = _parted(there, by_landing)
        home = self._step(Leg.BACK_PPK, by_road | self._step(Leg.BACK_LANDING, by_boat))
        by_boat, by_road = _parted(home, by_gateway)
        self._step(Leg.BACK_WAREHOUSE, by_road | self._step(Leg.BACK_GATEWAY, by_boat))

    @cached_property
    def last_legs(self) -> Mapping[str, LastLeg]:
        """Village -> what is kept free for the leg that a plan down to the villages leaves out."""
        villages = [village for village in self.world.problem.villages() if village.loads]
        return {village.code: last_leg(village, self.world.settings) for village in villages}

    def _leg_in(self, step: Leg, station: str) -> Leg:
        """The leg on which a station goes in a step."""
        over = {Leg.TO_GATEWAY: self.world.gateway_of, Leg.TO_LANDING: self.world.landing_of}
        return step if station in over.get(step, (station,)) else TOGETHER[step]

    def _step(self, step: Leg, ready: Mapping[str, int]) -> dict[str, int]:
        """Plans what is touched of one step; answers when each station is where it brings it."""
        again: dict[str, int] = {}  # what broke down on the way, and stands where it was loaded
        pending = dict(ready)
        there: dict[str, int] = {}
        for trip in self.before.trips:
            if _step_of(trip) is step:
                kept = self._kept(trip, pending, again)
                if kept is None:
                    continue
                self.kept[trip.leg].append(kept)
                self.router.stays(kept, self.happened.get(trip.code, NOTHING))
                for part in kept.consignments:
                    there.update(dict.fromkeys(part.stations, self._handed(kept, part.to_site)))
        for station in there:
            pending.pop(station, None)
        pending.update(again)
        self._give_up(step, pending)
        for piece in self.router.route(step, self._old_unserved(step, pending), pending):
            self.unserved += [
                replace(row, leg=step if is_gateway(row.site) else row.leg) for row in piece.unserved
            ]
            self.pieces[step] += [piece]
            there.update(piece.done())
        return there

    def _handed(self, trip: Trip, site: str) -> int:
        return int(handed_at(trip, site, self.happened.get(trip.code, NOTHING)).timestamp())

    def _kept(self, trip: Trip, ready: Mapping[str, int], again: dict[str, int]) -> Trip | None:
        """The trip as it stays; None where it is planned anew."""
        told = self.happened.get(trip.code)
        if told is not None:
            return self._cut(trip, told, again)
        loads = loads_at(trip)
        for part in trip.consignments:
            for station in part.stations:
                if station not in ready or loads[part.from_site].timestamp() < ready[station]:
                    return None
        if trip.code in self.moved or breaks(self.planned, trip) or not self.router.room_for(trip):
            return None
        return trip

    def _cut(self, trip: Trip, told: Happened, again: dict[str, int]) -> Trip | None:
        """A trip that has left, without what it cannot bring any more because its vehicle broke down."""
        broken = None  # what was told last counts
        for one in self.world.disruptions:
            if isinstance(one, Withdrawn) and one.vehicle == trip.vehicle:
                broken = one if one.span.meets(trip.depart_at, max(trip.back_at, self.now)) else broken
        parts = tuple(part for part in trip.consignments if part.to_site in told.handed)
        if broken is None or len(parts) == len(trip.consignments):
            return trip
        for part in trip.consignments:
            if part in parts:
                continue
            if broken.goods_back_at is not None:
                back_s = int(broken.goods_back_at.timestamp())
                again.update(dict.fromkeys(part.stations, back_s))
            else:
                self.unserved.append(
                    Unserved(leg=trip.leg, site=part.to_site, stations=part.stations, reason=ABOARD)
                )
        if not parts:
            return None
        visited = {site for part in parts for site in (part.from_site, part.to_site)}
        return replace(
            trip,
            parcels_count=sum(part.parcels_count for part in parts),
            stops=(
                trip.stops[0],
                *(s for s in trip.stops[1:-1] if s.is_halt or s.site in visited),
                trip.stops[-1],
            ),
            consignments=parts,
        )

    def _give_up(self, step: Leg, pending: dict[str, int]) -> None:
        """Stations that cannot go in this step at all: still aboard what broke down."""
        for row in self.unserved:
            if row.reason == ABOARD:
                for station in row.stations:
                    if self._leg_in(step, station) is row.leg:
                        pending.pop(station, None)

    def _old_unserved(self, step: Leg, pending: dict[str, int]) -> set[str]:
        """The stations of this step that are to be routed: of what was given up before, only where
        something is planned anew anyway or help has come. What lies aboard a broken vehicle waits until it
        is told when that is back."""
        rows = [
            replace(row, stations=here)
            for row in self.before.unserved
            if (here := tuple(s for s in row.stations if s in pending and self._leg_in(step, s) is row.leg))
        ]
        for row in rows:
            if row.reason == ABOARD:
                self._lands(row, pending)
        rows = [row for row in rows if row.reason != ABOARD]
        given_up = {station for row in rows for station in row.stations}
        bases = {self.world.base(step, station) for station in pending.keys() - given_up}
        bases |= {one.area for one in self.world.disruptions if isinstance(one, More)}
        again = {station for station in given_up if self.world.base(step, station) in bases}
        for row in rows:
            left = tuple(station for station in row.stations if station in given_up - again)
            if left:
                self.unserved.append(replace(row, stations=left))
                self.given_up.add((row.leg, self.world.base(step, left[0])))
        return (pending.keys() - given_up) | again

    def _lands(self, row: Unserved, pending: dict[str, int]) -> None:
        back = [
            one.goods_back_at
            for one in self.world.disruptions
            if isinstance(one, Withdrawn)
            and one.goods_back_at is not None
            and self.planned.area_of_vehicle[one.vehicle] == self.world.base(row.leg, row.stations[0])
        ]
        if back:
            pending.update(dict.fromkeys(row.stations, int(max(back).timestamp())))
        else:
            self.unserved.append(row)
            for station in row.stations:
                del pending[station]

    def _dated(self) -> dict[Leg, list[Trip]]:
        """The new trips of each leg, out against the way, with their codes."""
        fresh: dict[Leg, list[Trip]] = {leg: [] for leg in Leg}
        must_load: dict[str, int] = {}
        if self.world.settings.level is Level.VILLAGE:
            for village in self.world.problem.villages():
                for load in village.loads:
                    must_load[load.station] = self.last_legs[village.code].begins_s
        for step in (*reversed(FORWARD), *BACKWARD):
            kept = [trip for trip in self._all_kept() if _step_of(trip) is step]
            trips = dated(step, self.pieces[step], kept, must_load, self.world.settings)
            for trip in trips:
                fresh[trip.leg].append(trip)
            for trip in (*kept, *trips):
                for part in trip.consignments:
                    must_load.update(dict.fromkeys(part.stations, loads_by(trip)))
        return {leg: self._coded(leg, trips) for leg, trips in fresh.items()}

    def _all_kept(self) -> Iterator[Trip]:
        return (trip for leg in Leg for trip in self.kept[leg])

    def _coded(self, leg: Leg, trips: Sequence[Trip]) -> list[Trip]:
        taken = {trip.code for trip in self.kept[leg]} | self.happened.keys()
        return coded(leg, self.world.problem.regency, trips, self.before.trips, taken, self.highest)

    def _in_order(self) -> Iterator[Unserved]:
        yield from sorted(
            self.unserved, key=lambda row: (list(Leg).index(row.leg), row.site, row.reason, row.stations)
        )

    def _shortfalls(self) -> Iterator[Shortfall]:
        counted: Counter[tuple[Leg, str, Mode]] = Counter()
        for row in self.before.shortfalls:
            if (row.leg, row.area) in self.given_up:
                counted[row.leg, row.area, row.mode] += row.vehicles_count
        for step, pieces in self.pieces.items():
            told = TOGETHER.get(step, step)  # as a plan made whole tells it
            for piece in pieces:
                for mode, count in piece.short:
                    counted[told, piece.area, mode] += count
        for (leg, area, mode), count in sorted(counted.items(), key=str):
            yield Shortfall(leg=leg, area=area, mode=mode, vehicles_count=count)

    def _in_it(self) -> Iterator[str]:
        for trip in self._all_kept():
            told = self.happened.get(trip.code)
            if told is not None and breaks(self.planned, self._rest(trip, told)):
                yield trip.code

    def _rest(self, trip: Trip, told: Happened) -> Trip:
        """What of a trip underway lies ahead: where it was already, nothing can keep it from going."""
        parts = tuple(part for part in trip.consignments if part.to_site not in told.handed)
        ahead = {part.to_site for part in parts}
        return replace(
            trip, stops=tuple(stop for stop in trip.stops if stop.site in ahead), consignments=parts
        )


def _barred(
    world: Disrupted, before: PlanMade, moved: Collection[str]
) -> dict[tuple[Leg, str], tuple[Stretch, ...]]:
    """When the stations of these trips may not go: while officers of the trip's post are absent."""
    found: dict[tuple[Leg, str], tuple[Stretch, ...]] = {}
    for trip in before.trips:
        if trip.code in moved:
            away = tuple(
                stretch_of(one.span)
                for one in world.disruptions
                if isinstance(one, Absent) and one.post == trip.escort.post
            )
            leg = TOGETHER.get(trip.leg, trip.leg)
            found.update(dict.fromkeys(((leg, station) for station in carried(trip)), away))
    return found


def _step_of(trip: Trip) -> Leg:
    """TO_GATEWAY is all that leaves the warehouse, TO_LANDING all that leaves a PPK."""
    return trip.leg if is_gateway(trip.stops[0].site) else TO_GATEWAY_ON.get(trip.leg, trip.leg)


def _parted(at: Mapping[str, int], over: Collection[str]) -> tuple[dict[str, int], dict[str, int]]:
    """What goes over gateways, and the rest."""
    return (
        {one: second for one, second in at.items() if one in over},
        {one: second for one, second in at.items() if one not in over},
    )
