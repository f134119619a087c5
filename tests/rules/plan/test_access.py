from __future__ import annotations

import pytest

from kawal.rules.plan.access import access_at, access_of
from kawal.rules.plan.facts import Access
from kawal.rules.refusals import Refused


def test_the_nearest_area_above_says_how_a_village_is_reached() -> None:
    told = access_of("\ufeffarea,access\n16.07,road\n16.07.02,water\n\n16.07.02.2001, foot\n")
    assert access_at("16.07.02.2001", told) is Access.FOOT
    assert access_at("16.07.02.2002", told) is Access.WATER
    assert access_at("16.07.03.2001", told) is Access.ROAD
    assert access_at("17.01.01.2001", told) is None


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ("", 1, "needs_head"),
        ("village,access\n", 1, "needs_head"),
        ("area,access\n16.07\n", 2, "needs_two_cells"),
        ("area,access\n16.7,road\n", 2, "is_no_area"),
        ("area,access\n16.07,sky\n", 2, "is_no_access"),
        ("area,access\n16.07,road\n16.07,water\n", 3, "told_twice"),
    ],
)
def test_a_wrong_row_is_refused_by_its_number(text: str, row: int, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        access_of(text)
    assert refused.value.code == "wrong_access"
    assert (refused.value.facts["row"], refused.value.facts["problem"]) == (row, problem)
