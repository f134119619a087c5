from datetime import timedelta
from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.facts import Mode
from kawal.rules.watch.expect import distance_m
from kawal.rules.watch.way import AS_STRAIGHT_M, apart_m, beside_m, piece, plane_m, planned_way
from tests.rules.watch.world import boat, place

KM = 1000
NEAR = st.floats(-200, 200)


def between(east_km, north_km, length_m=0.0):
    return piece(*place(0, 0), *place(east_km, north_km), length_m)


def test_of_a_way_as_long_as_its_line_the_plain_distance_counts():
    road = between(20, 0, 20 * KM)
    assert road.beside_m(*place(10, 3)) == pytest.approx(3 * KM, rel=0.01)
    assert road.beside_m(*place(24, 0)) == pytest.approx(4 * KM, rel=0.01)
    assert road.beside_m(*place(7, 0)) == pytest.approx(0, abs=1)


def test_a_way_that_is_longer_than_its_line_may_wind():
    """20 km of line and 1.43 of detour: 10.2 km to the side in the middle, 4.3 km beyond the end."""
    road = between(20, 0, 28.6 * KM)
    assert road.beside_m(*place(10, 10)) < 0
    assert road.beside_m(*place(10, 13.2)) == pytest.approx(3 * KM, rel=0.02)
    assert road.beside_m(*place(27.3, 0)) == pytest.approx(3 * KM, rel=0.02)


@given(st.floats(1, 100), st.floats(1.0, 2.0), st.lists(st.tuples(NEAR, NEAR), min_size=1, max_size=6))
def test_an_honest_way_that_is_as_long_as_planned_is_never_off(whole_km, detour, bends):
    """However it winds: a way through any bends, shrunk until it is as long as the plan says."""
    ends = [(0.0, 0.0), *bends, (whole_km, 0.0)]

    def shrunk(share):  # towards the straight line
        return [
            (x * share + (1 - share) * whole_km * n / (len(ends) - 1), y * share)
            for n, (x, y) in enumerate(ends)
        ]

    def length(way):
        return sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(way))

    least, most = 0.0, 1.0
    for _ in range(40):
        middle = (least + most) / 2
        least, most = (middle, most) if length(shrunk(middle)) <= detour * whole_km else (least, middle)
    road = between(whole_km, 0, detour * whole_km * KM)
    assert all(road.beside_m(*place(x, y)) < 0.02 * whole_km * KM for x, y in shrunk(least))


@given(st.floats(1, 100), st.floats(1.0, 2.0), NEAR, NEAR)
def test_it_is_never_told_farther_off_than_its_straight_line_is_away(whole_km, detour, x, y):
    road = between(whole_km, 0, detour * whole_km * KM)
    line_m = piece(*place(0, 0), *place(whole_km, 0)).beside_m(*place(x, y))
    assert road.beside_m(*place(x, y)) <= line_m + 1


def test_a_longer_plan_allows_more_and_each_leg_has_its_share():
    short, long = boat(distance_m=60_000), boat(distance_m=120_000)
    spot = place(20, 9)
    assert beside_m(planned_way(long), *spot) < beside_m(planned_way(short), *spot)
    assert sum(part.length_m for part in planned_way(long)) >= 120_000


def by_river(*bends):
    """What the plan was told of the boat's first leg, 11.1 km to the east."""
    here, there = boat().stops[:2]
    ends = (here.lat, here.lon), (there.lat, there.lon)
    return {(boat().mode, *ends): (ends[0], *(place(*bend) for bend in bends), ends[1])}


def test_of_a_leg_whose_road_is_known_the_distance_to_the_road_counts():
    """Around by the north, where the ellipse of a way as long would hold the south as well."""
    way = planned_way(boat(distance_m=90_000), by_river((0, 6), (11.1, 6)))[:1]
    assert beside_m(way, *place(5, 6)) == pytest.approx(0, abs=10)
    assert beside_m(way, *place(5, 8.5)) == pytest.approx(2.5 * KM, rel=0.01)
    assert beside_m(way, *place(-2, 4)) == pytest.approx(2 * KM, rel=0.01)
    assert (
        beside_m(planned_way(boat(distance_m=90_000))[:1], *place(5, -2)) < 0 < beside_m(way, *place(5, -2))
    )


def test_the_other_legs_keep_what_their_length_allows_for():
    trip = boat(distance_m=90_000)
    known, unknown = planned_way(trip, by_river((5, 6))), planned_way(trip)
    assert known[1:] == unknown[1:] and known[0] != unknown[0]


def test_a_road_counts_for_the_way_back_too_and_for_no_other_vehicle():
    there = by_river((5, 6))
    (((mode, here, end), road),) = there.items()
    back = {(mode, end, here): road[::-1]}
    spots = [place(5, 6), place(5, 3), place(-3, 1)]
    first = [[planned_way(boat(), lines)[0].beside_m(*spot) for spot in spots] for lines in (there, back)]
    assert first[0] == pytest.approx(first[1], abs=1)
    assert planned_way(boat(mode=Mode.TRUCK), there) == planned_way(boat(mode=Mode.TRUCK))


@given(st.lists(st.tuples(st.floats(-20, 30), st.floats(-20, 20)), min_size=1, max_size=8), NEAR, NEAR)
def test_whoever_is_on_the_road_is_never_beside_it_and_nobody_is_farther_off_than_its_corners(bends, x, y):
    way = planned_way(boat(), by_river(*bends))[0]
    corners = [(0, 0), *bends, (11.12, 0)]
    for (ax, ay), (bx, by) in pairwise(corners):
        assert way.beside_m(*place((ax + bx) / 2, (ay + by) / 2)) < AS_STRAIGHT_M + 20
    nearest_m = min(apart_m(*place(x, y), *place(*corner)) for corner in corners)
    assert way.beside_m(*place(x, y)) <= nearest_m * 1.002 + AS_STRAIGHT_M + 20


def test_stations_on_one_point_have_a_way_between_them():
    """Nobody gave their points: the plan has 500 m from each to the next, and time for it."""
    stops = boat().stops
    minutes = timedelta(minutes=10)
    same = tuple(
        type(stop)(site=stop.site, lat=-2.5, lon=105.0, arrive_at=stops[0].depart_at + n * minutes,
                   depart_at=stops[0].depart_at + n * minutes)
        for n, stop in enumerate(stops)
    )  # fmt: skip
    way = planned_way(boat(stops=same, distance_m=2_000))
    assert [part.length_m for part in way] == [500.0] * 4
    assert beside_m(way, *place(0.2, 0)) < 0 < beside_m(way, *place(0.6, 0))


@given(st.floats(-60, 60), st.floats(-179, 179), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_distances_in_the_plane_are_those_on_the_globe(lat, lon, north, east):
    other = lat + north, lon + east
    assert apart_m(lat, lon, *other) == pytest.approx(distance_m(lat, lon, *other), rel=0.002, abs=1)


def test_the_short_way_around_the_world_counts():
    east_m, _ = plane_m(0, 179.9, 0, -179.9, squeeze=1.0)
    assert east_m == pytest.approx(22_239, rel=0.001)
