"""Counts for whoever may not see names: no small number, no whole area of one class, nor by subtraction."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.risk.disclosure import LEAST, Counts, rows_of, tellable, told_alone

counts = st.tuples(*[st.integers(0, 12)] * 4)
tables = st.dictionaries(st.sampled_from([f"16.{n:02d}" for n in range(1, 9)]), counts, max_size=8)


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ((20, 5, 0, 0), True),
        ((20, 4, 0, 0), False),
        ((20, 0, 0, 0), True),  # that nothing is vulnerable names nobody
        ((0, 0, 20, 0), False),  # that everything is names all
        ((2, 20, 0, 0), False),  # all but two
        ((0, 9, 9, 0), False),  # all are vulnerable or worse
        ((5, 9, 9, 0), True),
        ((0, 0, 0, 0), True),
    ],
)
def test_what_may_be_told_of_one_group(told: Counts, may: bool) -> None:
    assert tellable(told) is may


@given(tables)
def test_every_row_may_be_told_and_every_area_stands_in_one(below: dict[str, Counts]) -> None:
    rows = rows_of(below)
    if rows is None:
        return
    assert all(tellable(row.counts) for row in rows)
    areas = [area for row in rows for area in row.areas]
    assert sorted(areas) == sorted(area for area, told in below.items() if sum(told))
    for row in rows:
        assert row.counts == tuple(sum(below[area][k] for area in row.areas) for k in range(4))


@given(tables)
def test_no_sum_or_difference_of_what_is_told_gives_a_small_number(below: dict[str, Counts]) -> None:
    """Whoever reads the rows and their total knows the sums of rows, and nothing finer."""
    rows = rows_of(below) or []
    for size in range(1, len(rows) + 1):
        for some in combinations(rows, size):
            for k in range(4):
                total = sum(row.counts[k] for row in some)
                assert total == 0 or total >= LEAST
            assert sum(row.counts[0] for row in some) >= LEAST


@given(tables)
def test_a_joined_area_is_never_told_alone(below: dict[str, Counts]) -> None:
    rows = rows_of(below) or []
    joined = {area for row in rows if len(row.areas) > 1 for area in row.areas}
    assert not any(told_alone(area, below) for area in joined)
    assert not any(told_alone(area, below) for area, told in below.items() if not tellable(told))


def test_a_single_small_area_takes_the_smallest_tellable_one_with_it() -> None:
    below = {"16.01": (30, 8, 0, 0), "16.02": (10, 6, 0, 0), "16.03": (9, 2, 0, 0)}
    rows = rows_of(below)
    assert rows is not None
    assert [(row.areas, row.counts) for row in rows] == [
        (("16.01",), (30, 8, 0, 0)),
        (("16.02", "16.03"), (19, 8, 0, 0)),
    ]
    assert rows_of({"16.03": (9, 2, 0, 0)}) is None
