from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.anew.beyond import BEYOND_M_MAX, beyond_m
from tests.rules.plan import small

PROBLEM = small.regency(small.district("16.07.01", small.village("16.07.01.2001", 2)))
LATS = sorted({PROBLEM.lat, *(one.lat for one in PROBLEM.districts), *(v.lat for v in PROBLEM.villages())})
LONS = sorted({PROBLEM.lon, *(one.lon for one in PROBLEM.districts), *(v.lon for v in PROBLEM.villages())})


@given(share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_point_among_the_places_is_not_beyond(share: tuple[float, float]) -> None:
    lat = min(LATS[-1], LATS[0] + share[0] * (LATS[-1] - LATS[0]))
    lon = min(LONS[-1], LONS[0] + share[1] * (LONS[-1] - LONS[0]))
    assert beyond_m(PROBLEM, lat, lon) == 0


@given(degrees=st.floats(0.001, 5))
def test_a_point_north_is_as_far_beyond_as_its_degrees(degrees: float) -> None:
    assert beyond_m(PROBLEM, LATS[-1] + degrees, LONS[0]) == pytest.approx(degrees * 111_195)


def test_latitude_and_longitude_swapped_lie_far_beyond() -> None:
    assert beyond_m(PROBLEM, PROBLEM.lon, PROBLEM.lat) > 20 * BEYOND_M_MAX
