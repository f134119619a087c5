from __future__ import annotations

import pytest

from kawal.rules.plan.direct.permission import To, everywhere, permission_of
from kawal.rules.plan.facts import Leg
from kawal.rules.refusals import Refused


def test_the_nearest_area_above_says_what_may_go_straight_on() -> None:
    told = permission_of("\ufeffarea,to\nid,better\n16.07,never\n\n16.07.02, pps\n16.07.02.2001,station\n")
    assert told.at("32.01.01.2001") is To.BETTER
    assert told.allows(Leg.DIRECT_PPS, "32.01.01.2001") and told.allows(Leg.DIRECT_STATION, "32.01.01.2001")
    assert not told.orders(Leg.DIRECT_PPS, "32.01.01.2001")
    assert not told.allowed("16.07.01.2001")
    assert told.orders(Leg.DIRECT_PPS, "16.07.02.2002")
    assert not told.allows(Leg.DIRECT_STATION, "16.07.02.2002")
    assert told.orders(Leg.DIRECT_STATION, "16.07.02.2001")
    assert not told.allows(Leg.DIRECT_PPS, "16.07.02.2001")


def test_a_spreadsheet_may_write_semicolons_and_capitals() -> None:
    assert permission_of("Area;To\n16.07;PPS\n").at("16.07.01.2001") is To.PPS


def test_without_a_table_nothing_goes_straight_on() -> None:
    told = permission_of("")
    assert not told
    assert not told.allowed("16.07.02.2001")


def test_a_table_that_only_forbids_allows_nothing() -> None:
    assert not permission_of(everywhere(To.NEVER))
    assert permission_of(everywhere(To.BETTER))


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ("village,to\n", 1, "needs_head"),
        ("area,to\n16.07\n", 2, "needs_two_cells"),
        ("area,to\n16.7,pps\n", 2, "is_no_area"),
        ("area,to\n,pps\n", 2, "is_no_area"),
        ("area,to\n16.07,ppk\n", 2, "is_no_way"),
        ("area,to\n16.07,pps\n16.07,never\n", 3, "told_twice"),
        ("area,to\nid,pps\nid,never\n", 3, "told_twice"),
        (f"area,to\n16.07,{'p' * 200_000}\n", 2, "needs_two_cells"),
    ],
)
def test_a_wrong_row_is_refused_by_its_number(text: str, row: int, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        permission_of(text)
    assert refused.value.code == "wrong_direct"
    assert (refused.value.facts["row"], refused.value.facts["problem"]) == (row, problem)
