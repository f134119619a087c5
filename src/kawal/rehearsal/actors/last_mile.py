"""From the village to its stations, voting day at a station, and back to the village."""

from __future__ import annotations

from datetime import time
from typing import Final

from kawal.rehearsal.actors.clockwork import Person
from kawal.rehearsal.actors.deliver import deliver
from kawal.rehearsal.actors.escort import attest
from kawal.rehearsal.actors.hand_over import hand_over
from kawal.rehearsal.actors.scene import Scene
from kawal.rehearsal.actors.ways import held_up, started_late_min, travelled
from kawal.rehearsal.mishaps import Kind
from kawal.rules.custody.event import Act
from kawal.rules.plan.facts import Leg, Stop, Trip

OPENS: Final = (time(6, 20), 35)  # local, and minutes within which all have opened their boxes
SEALS_AGAIN: Final = (time(14, 30), 330)  # after the count, which takes until the evening
PLAYS_WITH_IT: Final = time(10, 0)  # local, the day after; its loss was reported before (rehearsal.keeper)
RESEAL_SERIES: Final = 5_000_000_000  # a station's own reserve seals are of another series


def bring(scene: Scene, trip: Trip) -> Person:
    """The village's committee, or the PPK, carries the boxes to stations, where KPPS receives them (C10)."""
    chance = scene.chance(trip.code)
    first, *others = trip.stops
    village = scene.at(first.site)
    for consignment in trip.consignments:
        for station in consignment.stations:
            yield scene.ready(trip.leg, station)
    yield first.depart_at
    yield scene.after(started_late_min(chance))
    attest(scene, trip, first.site, "start")
    village.tell(Act.DEPARTED, scene.clock.now, near=first.site, site=first.site, trip=trip.code)
    struck = scene.struck(trip.code)
    breaks_down = struck is not None and struck.kind is Kind.BREAKDOWN
    waiting = {consignment.to_site: consignment.stations for consignment in trip.consignments}
    here = first
    for there in others:
        if not waiting:
            break
        arrives_at = scene.clock.now + travelled(there.arrive_at - here.depart_at, trip.mode, chance)
        if here is first and breaks_down:
            due_at = min(consignment.due_at for consignment in trip.consignments)
            village.tell(Act.INCIDENT, scene.clock.now, near=there.site, trip=trip.code, kind="breakdown")
            arrives_at += held_up(arrives_at, due_at, chance)
        yield arrives_at
        here = there
        if there.is_halt:
            yield max(scene.clock.now, there.depart_at)
            continue
        village.tell(Act.ARRIVED, scene.clock.now, near=there.site, site=there.site, trip=trip.code)
        for station in waiting.pop(there.site, ()):
            yield from deliver(scene, trip, station, chance)
            scene.clock.start(voting_day(scene, station))
    attest(scene, trip, here.site, "end")


def voting_day(scene: Scene, station: str) -> Person:
    """KPPS opens the boxes before witnesses, counts, and seals them again."""
    chance, kpps = scene.chance(f"voting {station}"), scene.at(station)
    opens, within_min = OPENS
    yield scene.local(0, opens)
    yield scene.after(chance.uniform(0, within_min))
    boxes = tuple(scene.lines([station], boxes_only=True))
    kpps.tell(Act.OPENED, scene.clock.now, near=station, site=station, manifest=boxes)
    seals_again, within_min = SEALS_AGAIN
    yield scene.local(0, seals_again)
    yield scene.after(chance.triangular(0, within_min, within_min / 4))
    for line in boxes:
        scene.seals[line.parcel] = tuple(RESEAL_SERIES + number for number in _packed(scene, line.parcel))
    sealed = tuple(scene.lines([station], boxes_only=True))
    kpps.tell(Act.SEALED, scene.clock.now, near=station, site=station, manifest=sealed)
    if scene.has(Kind.CLONED_PHONE, station):
        twin = kpps.copied()
        twin.tell(Act.SEAL_CHECK, scene.after(1.0), near=station, site=station, manifest=sealed)
    scene.make_ready(Leg.BACK_PPS, [station])


def thief(scene: Scene, station: str) -> Person:
    """Whoever found the phone of a KPPS plays with it, the day after its boxes were brought back."""
    yield scene.local(1, PLAYS_WITH_IT)
    boxes = tuple(scene.lines([station], boxes_only=True))
    scene.at(station).tell(Act.SEAL_CHECK, scene.clock.now, near=station, site=station, manifest=boxes)


def _packed(scene: Scene, parcel: int) -> tuple[int, ...]:
    """The seals of the packing list: the station's reserve seals are numbered after them."""
    station = f"{parcel:015d}"[:13]
    return next(found.seals for found in scene.orders.parcels[station] if found.code == parcel)


def take_back(scene: Scene, trip: Trip) -> Person:
    """The village's vehicle fetches KPPS with their boxes; in the village KPPS hands them over."""
    chance = scene.chance(trip.code)
    begins, ends = trip.stops[0], trip.stops[-1]
    stations = [station for consignment in trip.consignments for station in consignment.stations]
    attested = False
    here = begins
    yield begins.depart_at
    for there in trip.stops[1:]:
        yield scene.clock.now + travelled(there.arrive_at - here.depart_at, trip.mode, chance)
        if there.site in stations:
            yield scene.ready(Leg.BACK_PPS, there.site)
            yield scene.after(chance.uniform(2.0, 8.0))
            if not attested:
                attest(scene, trip, there.site, "start")
                attested = True
            _tell(scene, trip, there.site, Act.DEPARTED, there)
        here = there
    for station in stations:
        _tell(scene, trip, station, Act.ARRIVED, ends)
        yield from hand_over(
            scene,
            scene.at(station),
            scene.at(ends.site),
            site=ends.site,
            lines=scene.lines([station]),
            trip=trip.code,
            chance=chance,
        )
        scene.make_ready(Leg.BACK_PPK, [station])
    attest(scene, trip, ends.site, "end")


def _tell(scene: Scene, trip: Trip, station: str, act: Act, stop: Stop) -> None:
    scene.at(station).tell(act, scene.clock.now, near=stop.site, site=stop.site, trip=trip.code)
