from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.passage import TOP_KMH, passage
from kawal.rules.plan.journey.roads import pieces_m
from kawal.rules.plan.journey.travel import ESTIMATE, UNREACHABLE_M, UNREACHABLE_S, Point
from kawal.rules.plan.journey.ways import Ways
from kawal.rules.refusals import Refused
from tests.rules.plan.grid import Grid, point
from tests.rules.plan.small import fleet

KINDS = fleet().kinds
TRUCK = KINDS[Mode.TRUCK]
FAR_M = 3_000.0
CELL_M = 1_111.95  # of latitude
GRID = Grid(6).roads()
places = st.tuples(st.floats(-0.5, 5.5), st.floats(-0.5, 5.5)).map(lambda at: point(*at))


def _ways(grid: Grid, *points: Point, profile: str = "truck", mode: Mode = Mode.TRUCK) -> Ways:
    return Ways(grid.roads(), profile, points, KINDS[mode], FAR_M)


def _table(grid: Grid, *points: Point, **options: object) -> tuple[np.ndarray, np.ndarray]:
    return _ways(grid, *points, **options).table(range(len(points)))  # type: ignore[arg-type]


def test_a_way_along_a_street_takes_its_length_at_its_speed() -> None:
    metres, seconds = _table(Grid(4), point(0, 0), point(3, 0))
    assert metres[0, 1] == pytest.approx(3 * CELL_M, abs=2)
    assert seconds[0, 1] == pytest.approx(3 * CELL_M * 3.6 / 33, abs=2)


def test_round_a_corner_the_way_is_the_sum_of_both_sides() -> None:
    metres, _ = _table(Grid(4), point(0, 0.5), point(2.5, 3))
    east_m = CELL_M * np.cos(np.radians(3))
    assert metres[0, 1] == pytest.approx(2.5 * CELL_M + 2.5 * east_m, abs=8)


def test_two_places_on_one_street_need_not_go_to_its_end() -> None:
    metres, _ = _table(Grid(4), point(0.2, 0), point(0.7, 0))
    assert metres[0, 1] == metres[1, 0] == pytest.approx(0.5 * CELL_M, abs=2)


def test_a_place_off_the_road_pays_for_the_piece_at_the_pace_of_its_terrain() -> None:
    metres, seconds = _table(Grid(4), point(0, 1.5), point(-0.5, 1.5))
    assert metres[0, 1] == pytest.approx(0.5 * CELL_M * TRUCK.detour, abs=2)
    assert seconds[0, 1] == pytest.approx(0.5 * CELL_M * TRUCK.detour * 3.6 / 35, abs=2)


@settings(max_examples=40, deadline=None)
@given(st.lists(places, min_size=3, max_size=6))
def test_two_way_streets_are_a_metric_and_no_way_is_faster_than_the_top_speed(found: list[Point]) -> None:
    ways = Ways(GRID, "truck", found, TRUCK, FAR_M)
    metres, seconds = ways.table(range(len(found)))
    assert np.array_equal(seconds, seconds.T)
    through = (seconds[:, :, None] + seconds[None, :, :]).min(axis=1)
    assert (seconds <= through).all()
    line = [[pieces_m(np.array([(a.lat, a.lon), (b.lat, b.lon)]))[0] for b in found] for a in found]
    assert (metres + 2 >= np.array(line) * 0.998).all()  # the plane of a regency is good to 0.1 %
    assert (seconds + 1 >= np.array(line) * 0.998 * 3.6 / TOP_KMH["truck"]).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(places, min_size=2, max_size=5), st.floats(1, 2_000))
def test_looking_only_so_far_at_first_changes_no_answer(found: list[Point], limit_s: float) -> None:
    ways = Ways(GRID, "truck", found, TRUCK, FAR_M)
    near, far = ways.table(range(len(found)), limit_s), ways.table(range(len(found)))
    assert all(np.array_equal(one, other) for one, other in zip(near, far, strict=True))


def test_a_oneway_street_is_gone_round_on_the_way_back_but_not_on_foot() -> None:
    grid = Grid(2)
    grid.way([(0, 1), (0, 2), (0, 3)], highway="tertiary", oneway="yes")
    grid.way([(0, 3), (1, 3), (1, 1)], highway="tertiary")
    metres, _ = _table(grid, point(0, 1), point(0, 3))
    assert metres[1, 0] > metres[0, 1] + 2 * CELL_M - 50
    metres, _ = _table(grid, point(0, 1), point(0, 3), profile="foot", mode=Mode.FOOT)
    assert metres[1, 0] == metres[0, 1]


def _with_island(**ferry: str) -> Grid:
    grid = Grid(3)
    grid.way([(0, 10), (1, 10), (2, 10), (2, 12)], highway="residential")
    if ferry:
        grid.way([(0, 2), (0, 10)], **ferry)
    return grid


def test_an_island_without_a_ferry_cannot_be_reached_and_does_not_disturb_the_others() -> None:
    metres, seconds = _table(_with_island(), point(0, 0), point(2, 2), point(1, 10))
    assert seconds[0, 2] == seconds[2, 0] == UNREACHABLE_S and metres[0, 2] == UNREACHABLE_M
    assert seconds[0, 1] < UNREACHABLE_S and seconds[2, 2] == 0


def test_a_ferry_takes_as_long_as_it_says_and_cars_go_aboard_only_where_it_is_told() -> None:
    told = _with_island(route="ferry", duration="00:45", motor_vehicle="yes")
    _, seconds = _table(told, point(0, 2), point(0, 10))
    assert seconds[0, 1] == pytest.approx(45 * 60, abs=2)
    untold = _with_island(route="ferry", duration="00:45")
    assert _table(untold, point(0, 2), point(0, 10))[1][0, 1] == UNREACHABLE_S
    by_bike = _table(untold, point(0, 2), point(0, 10), profile="motorbike", mode=Mode.MOTORBIKE)
    assert by_bike[1][0, 1] == pytest.approx(45 * 60, abs=2)


def test_a_bollard_lets_motorbikes_pass() -> None:
    grid = Grid(2)
    grid.way([(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)], highway="tertiary")
    grid.bar(0, 3, {"barrier": "bollard"})
    ends = point(0, 0), point(0, 5)
    assert _table(grid, *ends)[1][0, 1] == UNREACHABLE_S
    assert _table(grid, *ends, profile="motorbike", mode=Mode.MOTORBIKE)[1][0, 1] < UNREACHABLE_S


def test_a_place_too_far_from_any_road_is_not_joined() -> None:
    ways = Ways(GRID, "truck", [point(0, 0), point(-5, 0)], TRUCK, FAR_M)
    assert ways.part[0] >= 0 and ways.part[1] == -1
    assert ways.table([0, 1])[1][0, 1] == UNREACHABLE_S


def test_a_mappers_island_of_a_few_metres_is_not_what_a_place_is_joined_to() -> None:
    grid = Grid(3)
    grid.drawing.add(
        [900_001, 900_002], [(-2.995, 105.0049), (-2.995, 105.0051)], passage({"highway": "residential"})
    )  # type: ignore[arg-type]
    _, seconds = _table(grid, point(0.5, 0.5), point(2, 2))
    assert seconds[0, 1] < UNREACHABLE_S


def test_the_line_of_a_way_follows_the_streets_and_is_as_long_as_it_says() -> None:
    points = point(0.25, 0), point(2, 1.5), point(0.25, 0.4)
    ways = Ways(GRID, "truck", points, TRUCK, FAR_M)
    metres, _ = ways.table([0, 1, 2])
    there, also = ways.lines(0, [1, 2])
    assert there[0] == (points[0].lat, points[0].lon) and there[-1] == (points[1].lat, points[1].lon)
    assert pieces_m(np.array(there)).sum() == pytest.approx(metres[0, 1], rel=2e-3)
    assert len(also) > 2


def test_what_cannot_be_reached_is_drawn_straight() -> None:
    ways = _ways(_with_island(), point(0, 0), point(1, 10))
    assert len(ways.lines(0, [1])[0]) == 2


def test_a_drawing_without_ways_is_no_network() -> None:
    grid = Grid(0)
    with pytest.raises(Refused, match="roads_empty"):
        grid.roads()


def test_the_estimate_is_not_asked_where_roads_are_known() -> None:
    metres, _ = _table(Grid(4), point(0, 0), point(3, 3))
    straight, _ = ESTIMATE.matrices([point(0, 0), point(3, 3)], TRUCK)
    assert metres[0, 1] != straight[0, 1]
