"""What is measured from places alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.risk.measures import VillagePlace, great_circle_km, measure

LAND = {"type": "Polygon", "coordinates": [[[104, -3], [105, -3], [105, -2], [104, -2], [104, -3]]]}
point = st.tuples(st.floats(min_value=-11, max_value=6), st.floats(min_value=95, max_value=141))


def village(at: tuple[float, float] | None, **facts: float | None) -> VillagePlace:
    return VillagePlace(
        code="16.07.03.2001",
        point=at,
        ppk=(-2.5, 104.5),
        area_km2=facts.get("area_km2", 36.0),
        stations_count=4,
        voters_count=1000,
        district_km2=facts.get("district_km2", 100.0),
        district_voters_count=5000,
    )


def test_distances_are_great_circles_times_the_detour() -> None:
    found = measure(
        [village((-2.5, 105.5))], warehouse=(-2.5, 104.5), border=LAND, detour=1.5, border_slack_km=0
    )
    straight = 111.195 * np.cos(np.radians(2.5))
    assert found["warehouse_km"] == pytest.approx([1.5 * straight], rel=1e-3)
    assert found["district_km"] == pytest.approx(found["warehouse_km"])
    assert found["density"] == pytest.approx([50])
    assert found["spread_km"] == pytest.approx([3])


def test_what_lies_outside_the_border_is_a_crossing() -> None:
    found = measure(
        [village((-2.5, 105.5)), village((-2.5, 104.9))],
        warehouse=(-2.5, 104.5),
        border=LAND,
        detour=1,
        border_slack_km=0,
    )
    assert found["crossing_km"] == pytest.approx([found["warehouse_km"][0] / 2, 0], rel=1e-3)


def test_what_cannot_be_measured_is_missing_and_not_zero() -> None:
    nowhere = village(None, area_km2=None, district_km2=0.0)
    found = measure([nowhere], warehouse=(-2.5, 104.5), border=LAND, detour=1, border_slack_km=1)
    assert all(np.isnan(column[0]) for column in found.values())
    here = village((-2.5, 104.6))
    blind = measure([here], warehouse=None, border=None, detour=1, border_slack_km=1)
    assert np.isnan(blind["warehouse_km"][0])
    assert np.isnan(blind["crossing_km"][0])
    assert not np.isnan(blind["district_km"][0])


def test_a_village_at_the_warehouse_crosses_nothing() -> None:
    found = measure(
        [village((-2.5, 104.5))], warehouse=(-2.5, 104.5), border=LAND, detour=1, border_slack_km=0
    )
    assert found["crossing_km"][0] == 0


def test_no_village_gives_no_values() -> None:
    found = measure([], warehouse=(-2.5, 104.5), border=LAND, detour=1, border_slack_km=0)
    assert all(len(column) == 0 for column in found.values())


@given(point, point, point)
def test_great_circles_are_distances(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]
) -> None:
    def between(x: tuple[float, float], y: tuple[float, float]) -> float:
        return float(great_circle_km(np.array([x]), np.array([y]))[0])

    assert between(a, a) == pytest.approx(0, abs=1e-6)
    assert between(a, b) == pytest.approx(between(b, a))
    assert between(a, c) <= between(a, b) + between(b, c) + 1e-6
