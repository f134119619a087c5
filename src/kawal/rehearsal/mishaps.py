"""What goes wrong in a rehearsal, on purpose and by seed, and what must be found.

About one station in a hundred is struck. Each mishap is modelled on a case file of 2019 to 2024
(docs/rehearsal.md). `choose` draws them from the orders alone; the actors carry them out; the demo
compares `expect` with what the hub says.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from kawal.rehearsal.orders import Orders
from kawal.rules.plan.facts import BOATS, ENDS_AT_PPS, ENDS_AT_STATION, Trip

STATIONS_SHARE = 0.01
STATIONS_LATE_MAX = 0.02  # of all stations, aboard what is held up
DETOUR_NEEDS = timedelta(hours=4)  # so much to spare: it is off its way, not late
STATIONS_LATE_MIN = 16  # so many anyway: a small exercise has its late boat too


class Kind(StrEnum):
    LATE_BOAT = "late_boat"
    BREAKDOWN = "breakdown"
    BROKEN_SEAL = "broken_seal"
    SHORT_COUNT = "short_count"
    PHONE_DEAD = "phone_dead"
    DOUBLE_UPLOAD = "double_upload"
    BACK_FILLED = "back_filled"
    NOT_ABOARD = "not_aboard"
    WRONG_STATION = "wrong_station"
    WRONG_DEVICE = "wrong_device"
    CLONED_PHONE = "cloned_phone"
    LOST_PHONE = "lost_phone"
    DETOUR = "detour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """Also the truth against which the hub is judged.

    `expect`: a rule of custody (`C3`) for a finding on `parcel` (or, without one, about the phone of
    `station`), the kind of an alert (`late`) for `trip`, or empty where nothing may be found.
    """

    kind: Kind
    expect: str
    trip: str
    station: str = ""  # empty where the whole trip is struck
    parcel: int = 0
    other: str = ""  # a second station of the same trip that is drawn in


def choose(orders: Orders) -> tuple[Mishap, ...]:
    """One of each kind at least, as far as the plan gives occasion; never two on one trip."""
    chance = random.Random(f"{orders.seed}|mishaps")
    count = max(len(_MAKERS), round(len(orders.parcels) * STATIONS_SHARE))
    occasions = _occasions(orders, chance)
    makers = list(_MAKERS)
    chosen: list[Mishap] = []
    for number in range(count):
        made = makers[number % len(makers)](occasions, chance)
        if made is not None:
            chosen.append(made)
    return tuple(chosen)


@dataclass(slots=True)
class _Occasions:
    """Where something may still go wrong: each trip is used once."""

    orders: Orders
    late_left: int  # stations that may still be made late
    boats: Iterator[Trip]
    escorted: Iterator[Trip]
    last_miles: Iterator[Trip]  # to the stations of a village


def _occasions(orders: Orders, chance: random.Random) -> _Occasions:
    def mixed(trips: list[Trip]) -> list[Trip]:
        return chance.sample(trips, len(trips))

    to_villages = [trip for trip in orders.trips if trip.leg in ENDS_AT_PPS]
    boats = mixed([trip for trip in to_villages if trip.mode in BOATS])
    escorted = [trip for trip in to_villages if trip.mode not in BOATS and not trip.escort.substitute]
    return _Occasions(
        orders=orders,
        late_left=max(STATIONS_LATE_MIN, round(len(orders.parcels) * STATIONS_LATE_MAX)),
        boats=iter(sorted(boats, key=lambda trip: _held_up_with(orders, trip))),
        escorted=iter(mixed(escorted)),
        last_miles=iter(mixed([trip for trip in orders.trips if trip.leg in ENDS_AT_STATION])),
    )


def _stations(trip: Trip) -> list[str]:
    return [station for consignment in trip.consignments for station in consignment.stations]


def _held_up_with(orders: Orders, trip: Trip) -> int:
    """Stations aboard, and aboard the later trips for which the same vehicle is awaited."""
    return sum(
        len(_stations(other))
        for other in orders.trips
        if other.vehicle == trip.vehicle and other.leg is trip.leg and other.depart_at >= trip.depart_at
    )


def _late_boat(occasions: _Occasions, chance: random.Random) -> Mishap | None:
    """Rough water holds a boat on its way to the villages until it is too late (Talaud, Mentawai)."""
    trip = next(occasions.boats, None)
    if trip is None or _held_up_with(occasions.orders, trip) > occasions.late_left:
        return None
    occasions.late_left -= _held_up_with(occasions.orders, trip)
    return Mishap(kind=Kind.LATE_BOAT, expect="late", trip=trip.code)


def _breakdown(occasions: _Occasions, chance: random.Random) -> Mishap | None:
    """A vehicle breaks down between the village and its stations, on the last day."""
    trip = next(occasions.last_miles, None)
    if trip is None or _held_up_with(occasions.orders, trip) > occasions.late_left:
        return None
    occasions.late_left -= _held_up_with(occasions.orders, trip)
    return Mishap(kind=Kind.BREAKDOWN, expect="late", trip=trip.code)


def _detour(occasions: _Occasions, chance: random.Random) -> Mishap | None:
    """A vehicle leaves its way for hours and comes back; nobody says why (India: found at hotels)."""
    for trip in occasions.escorted:
        if all(one.due_at - one.arrive_at >= DETOUR_NEEDS for one in trip.consignments):
            return Mishap(kind=Kind.DETOUR, expect="off_corridor", trip=trip.code)
    return None


def _not_aboard(occasions: _Occasions, chance: random.Random) -> Mishap | None:
    """A trip leaves without its escort, and the escort says so (unescorted truck, December 2023).

    It stands in the record; no detector of Kawal raises it yet.
    """
    trip = next(occasions.escorted, None)
    return None if trip is None else Mishap(kind=Kind.NOT_ABOARD, expect="", trip=trip.code)


def _at_a_station(
    kind: Kind, expect: str, *, with_other: bool = False, with_parcel: bool = True
) -> Callable[[_Occasions, random.Random], Mishap | None]:
    def make(occasions: _Occasions, chance: random.Random) -> Mishap | None:
        for trip in occasions.last_miles:
            stations = _stations(trip)
            if with_other and len(stations) < 2:
                continue
            station, *others = chance.sample(stations, len(stations))
            return Mishap(
                kind=kind,
                expect=expect,
                trip=trip.code,
                station=station,
                parcel=chance.choice(
                    [parcel.code for parcel in occasions.orders.parcels[station] if parcel.seals]
                )
                if with_parcel
                else 0,
                other=others[0] if with_other else "",
            )
        return None

    return make


# What each is modelled on, and how the actors carry it out: docs/rehearsal.md.
_MAKERS = (
    _late_boat,
    _at_a_station(Kind.BROKEN_SEAL, "C3"),
    _breakdown,
    _at_a_station(Kind.SHORT_COUNT, "C8"),
    _not_aboard,
    _at_a_station(Kind.PHONE_DEAD, "C11"),
    _at_a_station(Kind.CLONED_PHONE, "C12", with_parcel=False),
    _at_a_station(Kind.LOST_PHONE, "C5", with_parcel=False),
    _at_a_station(Kind.WRONG_STATION, "C8", with_other=True),
    _at_a_station(Kind.BACK_FILLED, "C11"),
    _at_a_station(Kind.WRONG_DEVICE, "C2", with_other=True),
    _at_a_station(Kind.DOUBLE_UPLOAD, ""),
    _detour,
)
