"""Why a trip begins when it does, and what its round saves, read off real plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.why import Cause, begin_of, saved_share
from tests.rules.plan import small


@pytest.fixture(scope="module")
def trips() -> tuple[Trip, ...]:
    villages = [small.village(f"16.07.01.200{n}", 12, km=6 * n) for n in range(1, 5)]
    return make_plan(small.regency(small.district("16.07.01", *villages)), small.settings()).trips


def of(trips: tuple[Trip, ...], leg: Leg) -> list[Trip]:
    return sorted((trip for trip in trips if trip.leg is leg), key=lambda trip: trip.stops[0].arrive_at)


def test_the_first_trip_of_a_leg_begins_with_its_working_hours(trips: tuple[Trip, ...]) -> None:
    first = of(trips, Leg.TO_PPK)[0]
    opens = [shift.start for shift in small.settings().calendar.shifts[Leg.TO_PPK]]
    assert begin_of(first, trips, opens).cause is Cause.WINDOW


def test_a_vehicle_s_second_trip_of_a_day_waits_for_its_first(trips: tuple[Trip, ...]) -> None:
    pairs = [
        (one, two)
        for one in trips
        for two in trips
        if one.vehicle == two.vehicle and one.stops[-1].depart_at == two.stops[0].arrive_at
    ]
    assert pairs
    for one, two in pairs:
        told = begin_of(two, trips, [])
        assert (told.cause, told.by) == (Cause.VEHICLE, one.code)


def test_a_trip_that_starts_as_its_goods_come_names_who_brought_them(trips: tuple[Trip, ...]) -> None:
    brought, on = of(trips, Leg.TO_PPS)[0], of(trips, Leg.TO_STATION)[0]
    carried = {station for part in on.consignments for station in part.stations}
    bringer = next(
        trip
        for trip in of(trips, Leg.TO_PPS)
        if any(carried & set(part.stations) for part in trip.consignments)
    )
    handed = next(stop.depart_at for stop in bringer.stops if stop.site == on.stops[0].site)
    start = replace(on.stops[0], arrive_at=handed)
    moved = replace(on, stops=(start, *on.stops[1:]))
    told = begin_of(moved, [trip for trip in trips if trip.vehicle != on.vehicle], [])
    assert told.cause is Cause.GOODS and told.by.split("-")[1] == "to_pps", brought.code


def test_what_nothing_holds_says_since_when_it_could(trips: tuple[Trip, ...]) -> None:
    first = of(trips, Leg.TO_PPK)[0]
    opened = first.stops[0].arrive_at - timedelta(hours=2)
    told = begin_of(first, [], [opened])
    assert (told.cause, told.free_from) == (Cause.CHOICE, opened)
    assert begin_of(first, [], []).free_from is None


def test_a_round_saves_a_share_and_a_trip_to_one_place_nothing(trips: tuple[Trip, ...]) -> None:
    for trip in trips:
        assert 0 <= saved_share(trip) < 1
        if len({(stop.lat, stop.lon) for stop in trip.stops[1:-1]}) == 1:
            assert saved_share(trip) == pytest.approx(0, abs=1e-9)
