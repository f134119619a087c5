from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kawal.rules.plan.check_places import points
from kawal.rules.plan.check_ways import Ways
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.make import make_plan
from tests.rules.plan.small import district, regency, settings, village

SETTINGS = settings()


def _kind(trip: Trip) -> Kind:
    return SETTINGS.fleet.kind_of(trip.vehicle, trip.mode)


@given(km=st.lists(st.floats(min_value=1, max_value=60), min_size=2, max_size=5), given_=st.booleans())
@examples(max_examples=10, deadline=None)
def test_ways_asked_at_once_are_as_long_as_asked_pair_by_pair(km: list[float], given_: bool) -> None:
    villages = [
        village(f"16.07.01.20{number:02d}", 2, km=far, given=given_) for number, far in enumerate(km, 1)
    ]
    problem = regency(district("16.07.01", *villages))
    trips = make_plan(problem, SETTINGS).trips
    places = points(problem)
    ways = Ways(trips, _kind, places, SETTINGS.travel)
    asked = 0
    for trip in trips:
        for here, there in pairwise(trip.stops):
            pair = [places[here.site], places[there.site]]
            _, seconds = SETTINGS.travel.matrices(pair, _kind(trip))
            if here.site != there.site:
                assert ways.seconds(trip, here.site, there.site) == seconds[0, 1]
                asked += 1
    assert asked


def test_trips_of_several_days_are_not_asked_about() -> None:
    problem = regency(district("16.07.09", village("16.07.09.2001", 3, km=302), km=300))
    trips = [trip for trip in make_plan(problem, SETTINGS).trips if trip.halts]
    assert trips
    assert not Ways(trips, _kind, points(problem), SETTINGS.travel).sites
