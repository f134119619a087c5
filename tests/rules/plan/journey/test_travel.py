from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.journey.travel import EARTH_M, Estimate, Point, spread_of, terrain_of
from tests.rules.plan.small import fleet

TRUCK = fleet().kinds[Mode.TRUCK]
points = st.builds(
    Point,
    lat=st.floats(-11, 6),
    lon=st.floats(95, 141),
    terrain=st.sampled_from(list(Terrain)),
    spread_m=st.just(0),
)


@given(st.lists(points, min_size=1, max_size=6))
def test_ways_are_the_same_there_and_back_and_nothing_to_oneself(found: list[Point]) -> None:
    metres, seconds = Estimate().matrices(found, TRUCK)
    assert np.array_equal(metres, metres.T) and np.array_equal(seconds, seconds.T)
    assert not metres.diagonal().any() and not seconds.diagonal().any()


def test_a_degree_of_latitude_takes_the_detour_at_the_speed_of_the_country() -> None:
    metres, seconds = Estimate().matrices(
        [Point(lat=-3, lon=104, terrain=Terrain.RURAL), Point(lat=-2, lon=104, terrain=Terrain.RURAL)], TRUCK
    )
    way = EARTH_M * math.radians(1) * 1.43
    assert metres[0, 1] == pytest.approx(way, abs=1)
    assert seconds[0, 1] == pytest.approx(way / 35 * 3.6, abs=1)


def test_half_the_way_lies_in_either_terrain() -> None:
    town, country = (
        Point(lat=-3 + n, lon=104, terrain=t) for n, t in enumerate((Terrain.URBAN, Terrain.RURAL))
    )
    metres, seconds = Estimate().matrices([town, country], TRUCK)
    assert seconds[0, 1] == pytest.approx(metres[0, 1] * 3.6 * (1 / 22 + 1 / 35) / 2, abs=1)


def test_a_station_without_a_point_lies_at_the_mean_way_of_its_village() -> None:
    pps = Point(lat=-3, lon=104, terrain=Terrain.RURAL)
    station = Point(lat=-3, lon=104, terrain=Terrain.RURAL, spread_m=2_000)
    metres, _ = Estimate().matrices([pps, station, station], TRUCK)
    assert metres[0, 1] == metres[1, 2] == 2_860


@pytest.mark.parametrize(("area_km2", "expected"), [(16.0, 2_000), (0.01, 100), (None, 1_000)])
def test_the_mean_way_grows_with_the_root_of_the_area(area_km2: float | None, expected: int) -> None:
    assert spread_of(area_km2) == expected


@pytest.mark.parametrize(
    ("density", "expected"),
    [(None, Terrain.RURAL), (29.9, Terrain.REMOTE), (30, Terrain.RURAL), (1_000, Terrain.URBAN)],
)
def test_terrain_follows_the_voters_per_km2(density: float | None, expected: Terrain) -> None:
    assert terrain_of(density) is expected


def test_the_way_of_an_estimate_is_straight() -> None:
    here, there = (Point(lat=-3 + n, lon=104, terrain=Terrain.RURAL) for n in range(2))
    assert Estimate().way(here, there, TRUCK) == ((-3, 104), (-2, 104))
    assert Estimate().told() == ()
