"""Nobody drives through the sea: by the borders of areas it is known what lies on another island."""

from __future__ import annotations

import json

import pytest

from kawal.desk.places import models as places
from kawal.desk.plan import gathering, reads
from kawal.rules.plan.access import access_of
from kawal.rules.plan.facts import Access
from tests.desk.plan.conftest import NOW, make

ISLANDS = {
    "type": "MultiPolygon",  # the second district's villages lie east of 105.0
    "coordinates": [
        [[[104.6, -3.0], [104.95, -3.0], [104.95, -2.8], [104.6, -2.8], [104.6, -3.0]]],
        [[[105.0, -3.0], [105.3, -3.0], [105.3, -2.8], [105.0, -2.8], [105.0, -3.0]]],
    ],
}
BEYOND = "16.07.02.2001"


@pytest.fixture
def islands(regency: str) -> str:
    places.Border.objects.create(area_id=regency, geometry=json.dumps(ISLANDS))
    return regency


def _access(regency: str, told: str = "") -> dict[str, Access]:
    problem, _ = gathering.problem_of(regency, access_of(told) if told else {}, now=NOW)
    return {village.code: village.access for village in problem.villages()}


def test_what_lies_on_another_island_is_reached_by_water(islands: str) -> None:
    found = _access(islands)
    assert found[BEYOND] is Access.WATER and found["16.07.01.1001"] is Access.ROAD
    make(islands)
    counts = reads.plan_of_record(islands).summary["assumed_counts"]  # type: ignore[union-attr]
    assert counts["access_over_sea"] == 2


def test_who_knows_of_a_bridge_is_believed(islands: str) -> None:
    assert _access(islands, f"area,access\n{BEYOND},road\n")[BEYOND] is Access.ROAD


def test_without_a_border_nothing_is_known_of_the_sea(regency: str) -> None:
    assert _access(regency)[BEYOND] is Access.ROAD
