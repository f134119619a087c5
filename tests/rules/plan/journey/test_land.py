from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.journey.land import Land


def square(west: float, south: float, side: float = 1.0) -> str:
    corners = [
        (west, south),
        (west + side, south),
        (west + side, south + side),
        (west, south + side),
        (west, south),
    ]
    return json.dumps({"type": "Polygon", "coordinates": [corners]})


def test_two_islands_are_two_lands_and_one_island_is_one() -> None:
    land = Land([square(104, -3), square(106, -3)])
    assert land.same((-2.5, 104.1), (-2.1, 104.9))
    assert not land.same((-2.5, 104.5), (-2.5, 106.5))
    assert not land.is_one() and Land([square(104, -3)]).is_one()


def test_a_place_in_the_sea_belongs_to_the_nearest_land() -> None:
    land = Land([square(104, -3), square(106, -3)])
    assert land.same((-2.5, 105.1), (-2.5, 104.5)) and land.same((-2.5, 105.9), (-2.5, 106.5))


def test_a_neighbour_joins_what_would_be_apart() -> None:
    apart = [square(104, -3), square(106, -3)]
    assert Land([*apart, square(105, -3)]).same((-2.5, 104.5), (-2.5, 106.5))


def test_borders_drawn_a_little_apart_are_one_land_and_a_strait_is_not() -> None:
    near, far = (Land([square(104, -3), square(105 + gap, -3)]) for gap in (0.003, 0.02))
    assert near.same((-2.5, 104.5), (-2.5, 105.5)) and not far.same((-2.5, 104.5), (-2.5, 105.5))


PLACES = st.tuples(st.floats(-11, 6), st.floats(95, 141))


@given(PLACES, PLACES)
def test_where_no_border_is_known_all_is_one_land(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    assert Land([]).same(here, there)
