"""What a rehearsal is told before it begins, and which devices it needs.

The demo fills `Orders` from the desk, as phones would get them: the plan of record, the parcels with
their seals, the signal. `devices_of` answers with one device per person who signs something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from kawal.rules.places.codes import parent_of, post_code, village_of
from kawal.rules.places.facts import SiteKind, site_code
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.signing import keys

PACKERS_MAX = 5  # tables in a warehouse, each with two people and one phone
COURIER_LEGS = (Leg.TO_PPK, Leg.TO_PPS, Leg.DIRECT_PPS, Leg.BACK_PPK, Leg.BACK_WAREHOUSE)


class Parcel(Protocol):
    @property
    def code(self) -> int: ...
    @property
    def seals(self) -> tuple[int, ...]: ...
    @property
    def ballots_count(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    area: str  # regency
    zone: tzinfo
    voting_at: datetime  # opening of the stations
    deadline_at: datetime
    trips: tuple[Trip, ...]
    parcels: Mapping[str, Sequence[Parcel]]  # by station
    signal: Mapping[str, float]  # village or site -> share with a network, 1 where nothing is said
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSpec:
    """A phone of the rehearsal. Its key follows from the seed, so it belongs to nothing but an exercise."""

    key_seed: bytes = field(repr=False)
    kid: bytes
    public_key: bytes
    post: str
    role: str  # custodian or escort, as the desk names them
    label: str


def devices_of(orders: Orders) -> tuple[DeviceSpec, ...]:
    """One per table in the warehouse, PPK, PPS, KPPS and vehicle, and one escort per police post."""
    return tuple(_spec(orders.seed, label, post, role) for label, post, role in _people(orders))


def packer(number: int) -> str:
    return f"packer {number}"


def committee(site: str) -> str:
    """Label of the device that holds what is at a PPK, a PPS or a station."""
    return f"kpps {site}" if site.isdigit() else site.lower().replace("-", " ")


def courier(vehicle: str) -> str:
    return f"courier {vehicle}"


def escort(post: str) -> str:
    return f"escort {post}"


def packers_count(orders: Orders) -> int:
    districts = {parent_of(village_of(station)) for station in orders.parcels}
    return min(PACKERS_MAX, 1 + len(districts))


def _people(orders: Orders) -> Iterator[tuple[str, str, str]]:
    """(label, post, role), in an order that depends on nothing but the orders."""
    for number in range(packers_count(orders)):
        yield packer(number), post_code("kpu", orders.area), "custodian"
    villages = sorted({village_of(station) for station in orders.parcels})
    for district in sorted({parent_of(village) for village in villages}):
        yield committee(site_code(SiteKind.PPK, district)), post_code("kpu", district), "custodian"
    for village in villages:
        yield committee(site_code(SiteKind.PPS, village)), post_code("kpu", village), "custodian"
    for station in sorted(orders.parcels):
        yield committee(station), post_code("kpu", station), "custodian"
    for vehicle in sorted({trip.vehicle for trip in orders.trips if trip.leg in COURIER_LEGS}):
        yield courier(vehicle), post_code("kpu", orders.area), "custodian"
    for post in sorted({trip.escort.post for trip in orders.trips}):
        yield escort(post), post, "escort"


def _spec(seed: int, label: str, post: str, role: str) -> DeviceSpec:
    key_seed = hashlib.sha256(f"kawal rehearsal|{seed}|{label}".encode()).digest()
    public_key = keys.public_bytes(keys.key_from_seed(key_seed))
    return DeviceSpec(
        key_seed=key_seed,
        kid=keys.kid_of(public_key),
        public_key=public_key,
        post=post,
        role=role,
        label=label,
    )
