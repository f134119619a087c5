"""The whole course of events: `play(orders)` tells it deed by deed, in order of simulated time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from kawal.rehearsal.actors import last_mile, packing, trips
from kawal.rehearsal.actors.phone import Deed
from kawal.rehearsal.actors.scene import Scene
from kawal.rehearsal.mishaps import Kind, Mishap, choose
from kawal.rehearsal.orders import Orders
from kawal.rules.plan.facts import DIRECT, PASSED_BY, Trip

DEAD_FOR = timedelta(hours=40)  # from the trip on which it dies; more than a day after the hand-over


def play(orders: Orders, mishaps: Sequence[Mishap] | None = None) -> Iterator[Deed]:
    """From H-6 to H+1, until all boxes are back at the PPK. Without `mishaps`: those of the seed.

    The same orders give the same bytes. Deeds come in order of `at`; who uploads sorts by `upload_at`.
    """
    struck = choose(orders) if mishaps is None else mishaps
    scene = Scene(orders, struck)
    _kill_phones(scene, struck)
    for number, stations in enumerate(packing.shares(scene)):
        scene.clock.start(packing.pack(scene, number, stations))
    of_vehicle: dict[str, list[Trip]] = defaultdict(list)
    for trip in _within_reach(orders):
        of_vehicle[trip.vehicle].append(trip)
    for vehicle in sorted(of_vehicle):
        scene.clock.start(trips.drive(scene, of_vehicle[vehicle]))
    for mishap in struck:
        if mishap.kind is Kind.LOST_PHONE:
            scene.clock.start(last_mile.thief(scene, mishap.station))
    for _ in scene.clock.run():
        while scene.out:
            yield scene.out.popleft()


def _kill_phones(scene: Scene, mishaps: Sequence[Mishap]) -> None:
    departures = {trip.code: trip.depart_at for trip in scene.orders.trips}
    for mishap in mishaps:
        if mishap.kind is Kind.PHONE_DEAD:
            begins_at = departures[mishap.trip]
            scene.at(mishap.station).dead = (begins_at, begins_at + DEAD_FOR)


def _within_reach(orders: Orders) -> Iterator[Trip]:
    """The trips, less the stations that no trip of an earlier leg brings to where they begin.

    A plan that cannot serve a station says so; nobody in the field waits for its boxes.
    """
    brought = set(orders.parcels)
    for leg in trips.PLAYED:
        planned = [trip for trip in orders.trips if trip.leg is leg]
        for trip in planned:
            loads = tuple(
                replace(one, stations=stations)
                for one in trip.consignments
                if (stations := tuple(station for station in one.stations if station in brought))
            )
            if loads:
                yield replace(trip, consignments=loads)
        if leg not in DIRECT:
            brought &= _stations(planned) | _stations(
                [trip for trip in orders.trips if leg in PASSED_BY.get(trip.leg, ())]
            )


def _stations(some: Iterable[Trip]) -> set[str]:
    return {station for trip in some for one in trip.consignments for station in one.stations}
