"""The code is the tree."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places import codes

two = st.integers(1, 99).map(lambda number: f"{number:02d}")
four = st.integers(1, 9999).map(lambda number: f"{number:04d}")
villages = st.builds(lambda *parts: ".".join(parts), two, two, two, four)
areas = villages.flatmap(lambda code: st.sampled_from(codes.lineage(code)))


@given(villages)
def test_a_code_leads_up_to_the_nation_one_level_at_a_time(village: str) -> None:
    chain = codes.lineage(village)
    assert [codes.level_of(code) for code in chain] == list(reversed(codes.LEVELS))
    assert all(codes.parent_of(below) == above for below, above in pairwise(chain))
    assert all(codes.covers(above, village) for above in chain)


@given(villages, st.integers(1, 999))
def test_a_station_code_gives_back_its_village_and_number(village: str, number: int) -> None:
    code = codes.station_code(village, number)
    assert codes.is_station(code)
    assert (codes.village_of(code), int(code[10:])) == (village, number)


@given(areas, areas)
def test_the_range_of_a_subtree_holds_exactly_what_lies_below(area: str, other: str) -> None:
    first, last = codes.subtree_range(area)
    below = codes.covers(area, other) and other != area
    assert (first <= other <= last) == (below or (other == area and codes.level_of(area) == "village"))


@given(areas, areas)
def test_the_range_holds_where_a_database_skips_punctuation(area: str, other: str) -> None:
    first, last = (code.replace(".", "") for code in codes.subtree_range(area))
    if codes.covers(area, other) and other != area:
        assert first <= other.replace(".", "") <= last
    elif not codes.covers(area, other) and not codes.covers(other, area):
        assert not first <= other.replace(".", "") <= last


@given(areas, villages, st.integers(1, 999))
def test_the_range_of_stations_holds_exactly_those_of_the_area(area: str, village: str, number: int) -> None:
    first, last = codes.station_range(area)
    assert (first <= codes.station_code(village, number) <= last) == codes.covers(area, village)


@pytest.mark.parametrize("text", ["1", "16.7", "16.07.", "16.07.03.201", "16.07.03.2001.1", "١٦", "16\n"])
def test_what_looks_like_a_code_but_is_none_is_not_taken(text: str) -> None:
    assert not codes.is_area(text)


def test_a_station_beyond_three_digits_is_a_bug_of_the_caller() -> None:
    assert codes.station_code("16.07.03.2001", 999) == "1607032001999"
    with pytest.raises(ValueError, match="no station"):
        codes.station_code("16.07.03.2001", 1000)
    with pytest.raises(ValueError, match="no station"):
        codes.station_code("16.07.03", 1)
