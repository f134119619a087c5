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


def test_a_spreadsheet_may_write_semicolons_and_capitals() -> None:
    assert access_of("Area;Access\n16.07.02;Water\n") == {"16.07.02": Access.WATER}


def test_a_code_that_a_regency_does_not_have_is_refused_and_another_regencys_is_not() -> None:
    text = "area,access\n16.08.99,road\n16.07,road\n16.07.02,water\n"
    assert len(access_of(text, "16.07", {"16.07.02"})) == 3
    with pytest.raises(Refused) as refused:
        access_of(text, "16.07", {"16.07.01"})
    assert refused.value.facts == {
        "row": 4, "value": "16.07.02", "problem": "is_not_there", "regency": "16.07",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ("", 1, "needs_head"),
        ("village,access\n", 1, "needs_head"),
        ("area,access\n16.07\n", 2, "needs_two_cells"),
        ("area,access\n" + "1" * 200_000 + ",road\n", 2, "needs_two_cells"),
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
