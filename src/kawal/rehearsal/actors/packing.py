"""In the warehouse: contents counted in by two, boxes sealed, station by station."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from kawal.rehearsal.actors.clockwork import Person
from kawal.rehearsal.actors.scene import PACKING_DAYS_BEFORE, Scene
from kawal.rehearsal.orders import packer
from kawal.rules.custody.event import Act, Line
from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.facts import Leg

WORK = (time(8, 0), time(17, 0))  # local
DAYS = 2
FROM_WAREHOUSE = (Leg.TO_PPK, Leg.DIRECT_PPS)


def packer_of(scene: Scene, station: str) -> int:
    """Each table packs whole districts, and hands out what it packed."""
    return int(parent_of(village_of(station))[-2:]) % scene.packers_count


def pack(scene: Scene, number: int, stations: Sequence[str]) -> Person:
    """One table works through its stations, those that leave first first."""
    phone, site = scene.phone(packer(number)), scene.warehouse
    # The second person signs with the next table's phone when it comes to papers; here their key is named.
    second = scene.phone(packer((number + 1) % scene.packers_count)).kid
    chance = scene.chance(f"packing {number}")
    hours = timedelta(hours=DAYS * (WORK[1].hour - WORK[0].hour)) / max(1, len(stations))
    for done, station in enumerate(stations):
        yield _working_time(scene, hours * done)
        yield scene.after(chance.uniform(0.0, 0.3) * hours.total_seconds() / 60)
        packed = _counted(scene, station)
        phone.tell(Act.PACKED, scene.clock.now, near=site, site=site, manifest=packed, second=second)
        yield scene.after(chance.uniform(0.3, 0.5) * hours.total_seconds() / 60)
        boxes = tuple(scene.lines([station], boxes_only=True))
        phone.tell(Act.SEALED, scene.clock.now, near=site, site=site, manifest=boxes)
        for leg in FROM_WAREHOUSE:
            scene.make_ready(leg, [station])


def shares(scene: Scene) -> list[list[str]]:
    """Stations of each table, in the order in which they leave the warehouse."""
    leaves = {
        station: trip.depart_at
        for trip in scene.orders.trips
        if trip.leg in FROM_WAREHOUSE
        for consignment in trip.consignments
        for station in consignment.stations
    }
    tables: list[list[str]] = [[] for _ in range(scene.packers_count)]
    for station in sorted(
        scene.orders.parcels, key=lambda code: (leaves.get(code, scene.orders.voting_at), code)
    ):
        tables[packer_of(scene, station)].append(station)
    return tables


def _counted(scene: Scene, station: str) -> tuple[Line, ...]:
    """What was put in: ballots into boxes; in the bundle nothing is counted."""
    parcels = sorted(scene.orders.parcels[station], key=lambda parcel: parcel.code)
    return tuple(Line(one.code, (), one.ballots_count if one.seals else None) for one in parcels)


def _working_time(scene: Scene, worked: timedelta) -> datetime:
    day = timedelta(hours=WORK[1].hour - WORK[0].hour)
    return scene.local(-PACKING_DAYS_BEFORE + worked // day, WORK[0]) + worked % day
