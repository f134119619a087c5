"""How each village is supplied, read off the trips."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kawal.rules.places.codes import village_of
from kawal.rules.plan.facts import FORWARD, Access, Leg, Mode, Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.village_ways import village_ways
from tests.rules.plan import small


@pytest.fixture(scope="module")
def trips() -> tuple[Trip, ...]:
    near = small.village("16.07.01.2001", 3, km=2)
    wet = small.village("16.07.01.2002", 4, km=30, access=Access.WATER)
    problem = small.regency(small.district("16.07.01", near, wet))
    return make_plan(problem, small.settings()).trips


def test_every_village_that_is_supplied_has_its_way(trips: tuple[Trip, ...]) -> None:
    supplied = {
        village_of(station)
        for trip in trips
        if trip.leg is Leg.TO_STATION
        for part in trip.consignments
        for station in part.stations
    }
    assert set(village_ways(trips)) == supplied == {"16.07.01.2001", "16.07.01.2002"}


def test_the_modes_are_those_of_its_own_trips_leg_by_leg(trips: tuple[Trip, ...]) -> None:
    modes = dict(village_ways(trips)["16.07.01.2002"].modes)
    assert list(modes) == [Leg.TO_PPK, Leg.TO_PPS, Leg.TO_STATION]
    assert modes[Leg.TO_STATION] == (Mode.SPEEDBOAT,)


def test_the_farther_village_is_longer_under_way_and_no_longer_than_all_its_trips(
    trips: tuple[Trip, ...],
) -> None:
    ways = village_ways(trips)
    near, far = ways["16.07.01.2001"], ways["16.07.01.2002"]
    assert near.distance_m < far.distance_m and near.travel_s < far.travel_s
    for way in ways.values():
        assert way.departs_at < way.received_at
        assert timedelta(seconds=way.travel_s) < way.received_at - way.departs_at
    assert far.distance_m <= sum(trip.distance_m for trip in trips if trip.leg in FORWARD)


def test_the_way_home_and_an_empty_plan_tell_nothing(trips: tuple[Trip, ...]) -> None:
    assert village_ways(trip for trip in trips if trip.leg not in FORWARD) == {}
