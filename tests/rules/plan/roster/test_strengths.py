from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.roster.strengths import Code, default_strength, read_strengths

POSTS = {"polri/16", "polri/16.07", "polri/16.07.01"}


def _read(*rows: tuple[object, ...]) -> tuple[dict[str, int], list[tuple[str, int | None]]]:
    told = read_strengths(enumerate(rows, start=1), POSTS)
    return told.officers, [(notice.code.value, notice.row) for notice in told.notices]


def test_posts_are_read_by_code_or_area_and_spreadsheet_numbers_count() -> None:
    rows = (
        ("Officers", "name", "POST"),
        (12.0, "Betung", "16.07.01"),
        ("30", "", "polri/16.07"),
        (None, None, None),
    )
    assert _read(*rows) == ({"polri/16.07.01": 12, "polri/16.07": 30}, [])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], [("K06", None)]),
        ([("pos", "officers")], [("K01", 1)]),
        ([("post", "officers"), ("Polsek Betung", "9")], [("K02", 2)]),
        ([("post", "officers"), ("16.07.01.2001", "9")], [("K02", 2)]),
        ([("post", "officers"), ("16.07", "-1")], [("K03", 2)]),
        ([("post", "officers"), ("16.07", "2.5")], [("K03", 2)]),
        ([("post", "officers"), ("16.07", "٣")], [("K03", 2)]),
        ([("post", "officers"), ("16.07", "9999999")], [("K03", 2)]),
        ([("post", "officers"), ("16.07",)], [("K03", 2)]),
        ([("post", "officers"), ("16.07", "1e3")], [("K03", 2)]),
        ([("post", "officers"), ("16.07", float("nan"))], [("K03", 2)]),
        ([("post", "officers"), ("16.07", "=1+1")], [("K03", 2)]),
        ([("post", "officers"), ("polri/", "4")], [("K02", 2)]),
        ([("post", "officers"), ("tni/16.07", "4")], [("K02", 2)]),
        ([("post", "officers"), ("16.07.01\n", "4"), ("16.07.01", "4")], [("K04", 3)]),
        ([("post", "officers"), ("16.07", "1"), ("polri/16.07", "2")], [("K04", 3)]),
        ([("post", "officers"), ("17.01", "4")], [("K05", 2)]),
    ],
)
def test_every_wrong_row_has_its_number(
    rows: list[tuple[object, ...]], expected: list[tuple[str, int | None]]
) -> None:
    assert _read(*rows)[1] == expected


def test_a_row_of_another_area_alone_is_no_error() -> None:
    told = read_strengths(enumerate([("post", "officers"), ("17.01", "4")], 1), POSTS)
    assert not told.has_errors
    assert [notice.code for notice in told.notices] == [Code.POST_ELSEWHERE]


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=12), st.floats(), st.integers()), max_size=4)))
def test_whatever_stands_in_a_table_is_answered_by_notices(rows: list[list[object]]) -> None:
    told = read_strengths(enumerate([("post", "officers"), *rows], 1), POSTS)
    assert set(told.officers) <= POSTS


def test_defaults_grow_with_the_stations_up_to_a_limit() -> None:
    counts = [default_strength("polri/16.07.01", stations) for stations in (0, 80, 10_000)]
    assert counts == [8, 18, 23]
    assert default_strength("polri/16.07") == 30 and default_strength("polri/16") == 100
