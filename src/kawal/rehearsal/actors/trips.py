"""One vehicle after its plan: load, depart, report positions, arrive, hand over, go on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from kawal.rehearsal.actors import last_mile
from kawal.rehearsal.actors.clockwork import Person
from kawal.rehearsal.actors.escort import attest
from kawal.rehearsal.actors.hand_over import hand_over, minutes_for
from kawal.rehearsal.actors.packing import packer_of
from kawal.rehearsal.actors.phone import Phone
from kawal.rehearsal.actors.scene import Scene
from kawal.rehearsal.actors.ways import held_up, started_late_min, travelled
from kawal.rehearsal.mishaps import Kind
from kawal.rehearsal.orders import committee, courier, packer
from kawal.rules.custody.event import Act
from kawal.rules.plan.facts import BOATS, ENDS_AT_STATION, Consignment, Leg, Stop, Trip

POSITION_EVERY: Final = timedelta(minutes=20)
STRAYS_FOR: Final = timedelta(hours=3)
STRAYS_DEGREES_PER_H: Final = 0.35  # 39 km/h
WITH_COURIER: Final = (Leg.TO_PPK, Leg.TO_PPS, Leg.DIRECT_PPS, Leg.BACK_PPK)
PLAYED: Final = (  # in order
    Leg.TO_PPK,
    Leg.TO_PPS,
    Leg.DIRECT_PPS,
    Leg.TO_STATION,
    Leg.DIRECT_STATION,
    Leg.BACK_PPS,
    Leg.BACK_PPK,
)
NEXT: Final = {
    Leg.TO_PPK: (Leg.TO_PPS, Leg.DIRECT_STATION),
    Leg.TO_PPS: (Leg.TO_STATION,),
    Leg.DIRECT_PPS: (Leg.TO_STATION,),
}


def drive(scene: Scene, trips: Sequence[Trip]) -> Person:
    """All trips of one vehicle, in order: it cannot leave before it is back."""
    for trip in sorted(trips, key=lambda one: (one.depart_at, one.code)):
        if trip.leg in WITH_COURIER:
            yield from _Run(scene, trip).go()
        elif trip.leg in ENDS_AT_STATION:
            yield from last_mile.bring(scene, trip)
        else:
            yield from last_mile.take_back(scene, trip)


class _Run:
    """One trip with a courier."""

    def __init__(self, scene: Scene, trip: Trip) -> None:
        self.scene = scene
        self.trip = trip
        self.chance: random.Random = scene.chance(trip.code)
        self.courier: Phone = scene.phone(courier(trip.vehicle))
        self.aboard: list[Consignment] = []
        self.left: list[Consignment] = list(trip.consignments)
        struck = scene.struck(trip.code)
        self.is_held_up = struck is not None and struck.kind is Kind.LATE_BOAT
        self.strays = struck is not None and struck.kind is Kind.DETOUR

    def go(self) -> Person:
        first, *others = self.trip.stops
        loads = [one for one in self.left if one.from_site == first.site]
        yield first.depart_at - timedelta(minutes=1.2 * sum(minutes_for(one.parcels_count) for one in loads))
        yield from self._load(first)
        yield first.depart_at + timedelta(seconds=round(60 * started_late_min(self.chance)))
        attest(self.scene, self.trip, first.site, "start")
        here = first
        for there in others:
            if not here.is_halt:
                self._tell(Act.DEPARTED, here)
            yield from self._travel(here, there)
            if there.is_halt:  # for a night, or a tide
                here = there
                yield max(self.scene.clock.now, there.depart_at)
                continue
            self._tell(Act.ARRIVED, there)
            yield from self._unload(there)
            yield from self._load(there)
            # A stop planned long (daylight, tide) is not left before its time.
            here = there
            if not self.left and not self.aboard:
                break
            yield there.depart_at
        attest(self.scene, self.trip, here.site, "end")
        yield self.scene.clock.now + (self.trip.stops[-1].arrive_at - here.depart_at)  # home, empty

    def _load(self, stop: Stop) -> Person:
        loads = [one for one in self.left if one.from_site == stop.site]
        for consignment in loads:
            for station in consignment.stations:
                yield self.scene.ready(self.trip.leg, station)
        for consignment in loads:
            for giver, stations in self._givers(consignment).items():
                yield from hand_over(
                    self.scene,
                    self.scene.phone(giver),
                    self.courier,
                    site=stop.site,
                    lines=self.scene.lines(stations),
                    trip=self.trip.code,
                    chance=self.chance,
                )
            self.left.remove(consignment)
            self.aboard.append(consignment)

    def _givers(self, consignment: Consignment) -> dict[str, list[str]]:
        """Who hands out which stations: a committee all of its own, in the warehouse whoever packed them."""
        if consignment.from_site != self.scene.warehouse:
            return {committee(consignment.from_site): list(consignment.stations)}
        givers: dict[str, list[str]] = {}
        for station in consignment.stations:
            givers.setdefault(packer(packer_of(self.scene, station)), []).append(station)
        return givers

    def _unload(self, stop: Stop) -> Person:
        for consignment in [one for one in self.aboard if one.to_site == stop.site]:
            yield from hand_over(
                self.scene,
                self.courier,
                self.scene.at(stop.site),
                site=stop.site,
                lines=self.scene.lines(consignment.stations),
                trip=self.trip.code,
                chance=self.chance,
            )
            self.aboard.remove(consignment)
            for leg in NEXT.get(self.trip.leg, ()):
                self.scene.make_ready(leg, consignment.stations)

    def _travel(self, here: Stop, there: Stop) -> Person:
        begun_at = self.scene.clock.now
        way = travelled(there.arrive_at - here.depart_at, self.trip.mode, self.chance)
        stands_from, stands_for = begun_at + way * 0.4, timedelta()
        if self.is_held_up:
            self.is_held_up = False
            due_at = min(one.due_at for one in self.aboard)
            stands_for = held_up(begun_at + way, due_at, self.chance)
            yield stands_from
            self._tell_incident(here, there, 0.4)
        goes_aside = self.strays
        if goes_aside:
            self.strays, stands_for = False, STRAYS_FOR
        arrives_at = begun_at + way + stands_for
        while self.scene.clock.now + POSITION_EVERY < arrives_at:
            yield self.scene.after(POSITION_EVERY.total_seconds() / 60 * self.chance.uniform(0.9, 1.1))
            now = self.scene.clock.now
            if now < arrives_at:
                aside = _aside(now - stands_from, stands_for) if goes_aside else 0.0
                self._tell_position(here, there, _share(now, begun_at, way, stands_from, stands_for), aside)
        yield arrives_at

    def _tell(self, act: Act, stop: Stop) -> None:
        self.courier.tell(act, self.scene.clock.now, near=stop.site, site=stop.site, trip=self.trip.code)

    def _tell_position(self, here: Stop, there: Stop, share: float, aside: float) -> None:
        self.courier.tell(
            Act.POSITION,
            self.scene.clock.now,
            near=there.site,
            trip=self.trip.code,
            position=self._position(here, there, share, aside),
        )

    def _tell_incident(self, here: Stop, there: Stop, share: float) -> None:
        self.courier.tell(
            Act.INCIDENT,
            self.scene.clock.now,
            near=there.site,
            trip=self.trip.code,
            kind="rough_water" if self.trip.mode in BOATS else "breakdown",
            position=self._position(here, there, share, 0.0),
        )

    def _position(self, here: Stop, there: Stop, share: float, aside: float) -> tuple[int, int, int]:
        """`aside`: degrees to the north of the way."""
        lat = here.lat + (there.lat - here.lat) * share + aside + self.chance.gauss(0, 0.0004)
        lon = here.lon + (there.lon - here.lon) * share + self.chance.gauss(0, 0.0004)
        return round(lat * 1e7), round(lon * 1e7), self.chance.randint(5, 60)


def _aside(since: timedelta, stray: timedelta) -> float:
    """Degrees beside the way of a vehicle that leaves it and comes back on the same road."""
    return STRAYS_DEGREES_PER_H * max(0.0, min(since, stray - since) / timedelta(hours=1))


def _share(
    now: datetime, begun_at: datetime, way: timedelta, stands_from: datetime, stands_for: timedelta
) -> float:
    """How much of the way is behind a vehicle that stood still for a while."""
    moving = now - begun_at
    if now > stands_from:
        moving -= min(stands_for, now - stands_from)
    return min(1.0, moving / way) if way else 1.0
