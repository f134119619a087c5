"""Two versions of a plan side by side: what each costs and promises, and what moved between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kawal.rules.places.codes import parent_of, post_code, village_of
from kawal.rules.plan.facts import (
    DIRECT,
    ENDS_AT_PPS,
    ENDS_AT_STATION,
    FORWARD,
    LEVEL_OF_LEG,
    Leg,
    Trip,
    Unserved,
)
from kawal.rules.plan.fleet import Fleet

MOVED_BY: Final = timedelta(minutes=15)  # a promise that moved by less is still kept (assumed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    trips: Sequence[Trip]
    unserved: Sequence[Unserved]
    at_risk: Collection[str]
    fleet: Fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    trips_count: int
    trips_by_mode: dict[str, int]
    distance_km: int
    cost_rp: int  # journeys, hours and vehicle days at the fleet's own prices
    vehicles_count: int
    officers_count: int  # over all trips
    stations_at_risk_count: int
    stations_unserved_count: int  # not carried on some leg out


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When a station receives by either version; None: not at all."""

    station: str
    before_at: datetime | None
    after_at: datetime | None

    @property
    def kind(self) -> str:
        """`earlier`, `later`, `lost` or `gained`."""
        if self.before_at is None:
            return "gained"
        if self.after_at is None:
            return "lost"
        return "earlier" if self.after_at < self.before_at else "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class TripChange:
    """A trip that is not as it was; `before` or `after` is None where it came or went."""

    code: str
    before: Trip | None
    after: Trip | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """`new`, `gone`, or what of it changed: `times`, `vehicle`, `escort`, `stations`, `safe_departure`,
        or only its `stops`."""
        if self.before is None or self.after is None:
            return ("new",) if self.before is None else ("gone",)
        one, other = self.before, self.after
        told = {
            "times": (one.depart_at, one.back_at) != (other.depart_at, other.back_at),
            "vehicle": one.vehicle != other.vehicle,
            "escort": one.escort != other.escort,
            "stations": _stations(one) != _stations(other),
            "safe_departure": one.latest_departure_at != other.latest_departure_at,
        }
        return tuple(kind for kind, differs in told.items() if differs) or ("stops",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    before: Figures
    after: Figures
    promises: tuple[Promise, ...]  # that moved, by station
    trips: tuple[TripChange, ...]  # in the order of their codes


def compare(before: Side, after: Side, *, moved_by: timedelta = MOVED_BY) -> Comparison:
    """What is different, whichever of the two is newer."""
    return Comparison(
        before=figures_of(before),
        after=figures_of(after),
        promises=promises(before.trips, after.trips, moved_by=moved_by),
        trips=trip_changes(before.trips, after.trips),
    )


def trip_changes(before: Sequence[Trip], after: Sequence[Trip]) -> tuple[TripChange, ...]:
    """The trips that differ, in the order of their codes."""
    old, new = ({trip.code: trip for trip in trips} for trips in (before, after))
    return tuple(
        TripChange(code=code, before=old.get(code), after=new.get(code))
        for code in sorted({*old, *new})
        if old.get(code) != new.get(code)
    )


def promises(
    before: Sequence[Trip], after: Sequence[Trip], *, moved_by: timedelta = MOVED_BY
) -> tuple[Promise, ...]:
    """The stations whose planned arrival moved by more than that, was lost or gained."""
    return tuple(_promises(before, after, moved_by))


def figures_of(side: Side) -> Figures:
    unserved = {station for row in side.unserved if row.leg in FORWARD for station in row.stations}
    return Figures(
        trips_count=len(side.trips),
        trips_by_mode=dict(sorted(Counter(trip.mode.value for trip in side.trips).items())),
        distance_km=round(sum(trip.distance_m for trip in side.trips) / 1_000),
        cost_rp=cost_rp(side.trips, side.fleet),
        vehicles_count=len({trip.vehicle for trip in side.trips}),
        officers_count=sum(trip.escort.called_count for trip in side.trips),
        stations_at_risk_count=len(side.at_risk),
        stations_unserved_count=len(unserved),
    )


def posts_of(change: TripChange) -> set[str]:
    """Who must know of it: the escort, and KPU, supervisors, police and TNI of the areas that the trip serves
    and of all above them in the regency."""
    posts: set[str] = set()
    for trip in (change.before, change.after):
        if trip is None:
            continue
        posts.update(trip.escort.posts)
        for area in _areas_of(trip):
            posts |= {post_code(agency, area) for agency in ("kpu", "bawaslu")}
            if area.count(".") < 3:
                posts |= {post_code(agency, area) for agency in ("polri", "tni")}
        if trip.leg in ENDS_AT_STATION or trip.leg is Leg.BACK_PPS:
            posts |= {post_code("kpu", station) for station in _stations(trip)}
    return posts


def _areas_of(trip: Trip) -> set[str]:
    villages = {village_of(station) for station in _stations(trip)}
    districts = {parent_of(village) for village in villages}
    regencies = {parent_of(district) for district in districts}
    return (
        regencies
        | districts
        | (set() if LEVEL_OF_LEG[trip.leg] == "regency" and trip.leg not in DIRECT else villages)
    )


def _promises(before: Sequence[Trip], after: Sequence[Trip], moved_by: timedelta) -> Iterator[Promise]:
    old, new = _received(before), _received(after)
    for station in sorted({*old, *new}):
        promise = Promise(station=station, before_at=old.get(station), after_at=new.get(station))
        ends = promise.before_at, promise.after_at
        if None in ends or abs(ends[1] - ends[0]) > moved_by:  # type: ignore[operator]
            yield promise


def _received(trips: Sequence[Trip]) -> dict[str, datetime]:
    """Station -> planned arrival of its parcels; at its PPS where the plan ends there."""
    to_stations = any(trip.leg in ENDS_AT_STATION for trip in trips)
    last = ENDS_AT_STATION if to_stations else ENDS_AT_PPS
    return {
        station: part.arrive_at
        for trip in trips
        if trip.leg in last
        for part in trip.consignments
        for station in part.stations
    }


def cost_rp(trips: Iterable[Trip], fleet: Fleet) -> int:
    """Ways, hours and vehicle-days by the rates of the fleet."""
    cost = 0.0
    days = set()
    for trip in trips:
        kind = fleet.kind_of(trip.vehicle, trip.mode)
        hours = (trip.back_at - trip.depart_at).total_seconds() / 3_600
        cost += trip.distance_m / 1_000 * kind.rp_per_km + hours * kind.rp_per_hour
        day = trip.vehicle, (trip.depart_at + timedelta(hours=8)).date()  # of the zones the middle one
        if day not in days:
            days.add(day)
            cost += kind.rp_per_day
    return round(cost)


def _stations(trip: Trip) -> frozenset[str]:
    return frozenset(station for part in trip.consignments for station in part.stations)
