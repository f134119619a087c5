"""How far a point lies outside the place where it should be."""

from __future__ import annotations

import json

import pytest

from kawal.rules.places.position import outside_km, reference

SQUARE = json.dumps(
    {"type": "Polygon", "coordinates": [[[104, -3], [105, -3], [105, -2], [104, -2], [104, -3]]]}
)
LIMITS = {"far_km": 25.0, "far_from_neighbours_km": 250.0}


@pytest.mark.parametrize(
    ("point", "km"),
    [((-2.5, 104.5), 0.0), ((-2.0, 104.0), 0.0), ((-1.9, 104.5), 11.1), ((2.5, 104.5), 500.9)],
)
def test_the_distance_to_a_border_is_zero_inside_and_grows_outside(
    point: tuple[float, float], km: float
) -> None:
    place = reference(SQUARE, [], **LIMITS)
    assert outside_km([point], place)[0] == pytest.approx(km, abs=0.1)


def test_without_a_border_the_neighbours_tell_and_no_point_vouches_for_itself() -> None:
    wrong = (2.5, 104.5)
    points = [*((-2.4 - step / 100, 104.4 + step / 100) for step in range(10)), wrong]
    place = reference(None, points, **LIMITS)
    found = outside_km(points, place)
    assert found[-1] == pytest.approx(545.5, abs=0.1)  # to the next one, at -2.4 degrees
    assert max(found[:-1]) < 25
    assert place.far_km == 250.0


def test_with_few_neighbours_only_the_country_is_known() -> None:
    place = reference(None, [(-2.5, 104.5)], **LIMITS)
    inside, outside = outside_km([(-2.5, 104.5), (0.0, 0.0)], place)
    assert inside == 0.0
    assert outside > 10_000
