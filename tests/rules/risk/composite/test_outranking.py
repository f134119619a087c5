"""Non-compensatory orders, against the worked examples of the OECD/JRC handbook (2008), tables 25 to 37."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.risk.composite import outranking
from kawal.rules.risk.composite.framework import Mean
from kawal.rules.risk.composite.normalise import Ends
from kawal.rules.risk.composite.outranking import TooManyUnits, borda, copeland, duels, kemeny, outranked

FIVE = np.array(  # table 35: Finland, USA, Sweden, Japan, Korea
    [
        [187, 125.6, 200.2, 50.7, 3.080, 4.150, 10, 27.4],
        [289, 130, 179.1, 66.2, 2.997, 4.073, 12, 13.9],
        [271, 156.6, 125.8, 59.7, 3.096, 4.145, 11.4, 15.3],
        [994, 64.6, 49, 80.8, 3.003, 3.865, 9.5, 10],
        [779, 9.8, 4.8, 66.7, 2.972, 3.653, 10.8, 23.2],
    ]
)


def even(x: np.ndarray) -> np.ndarray:
    return np.full(x.shape, 1 / x.shape[1])


def voted(orders: dict[str, int], units: str) -> np.ndarray:
    """One column for each voter: how many stand behind the unit."""
    columns = [
        [len(order) - 1 - order.index(unit) for unit in units]
        for order, n in orders.items()
        for _ in range(n)
    ]
    return np.array(columns, dtype=float).T


def support(e: np.ndarray, order: tuple[int, ...]) -> float:
    return float(sum(e[a, b] for at, a in enumerate(order) for b in order[at + 1 :]))


def order_of(places: np.ndarray) -> tuple[int, ...]:
    return tuple(int(one) for one in np.argsort(places, kind="stable"))


def test_the_outranking_matrix_of_five_countries_is_table_36() -> None:
    expected = [
        [0, 0.5, 0.375, 0.75, 0.625],
        [0.5, 0, 0.5, 0.625, 0.625],
        [0.625, 0.5, 0, 0.75, 0.625],
        [0.25, 0.375, 0.25, 0, 0.75],
        [0.375, 0.375, 0.375, 0.25, 0],
    ]
    found = duels(FIVE, even(FIVE))
    np.fill_diagonal(found, 0)
    assert found == pytest.approx(np.array(expected))


def test_the_order_of_five_countries_has_the_support_of_table_37() -> None:
    e = duels(FIVE, even(FIVE))
    best = max(support(e, order) for order in permutations(range(5)))
    assert best == pytest.approx(6.375)
    assert support(e, order_of(kemeny(e))) == pytest.approx(best)
    assert order_of(kemeny(e))[3:] == (3, 4)  # Japan, Korea


def test_borda_and_condorcet_part_ways_as_in_tables_25_to_27() -> None:
    x = voted({"abcd": 3, "acbd": 5, "bdca": 7, "cbda": 6}, "abcd")
    w = even(x)
    assert borda(x, w) * 3 * 21 == pytest.approx([24, 44, 38, 20])
    assert order_of(kemeny(duels(x, w))) == (2, 1, 3, 0)  # c, b, d, a
    assert copeland(x, w).tolist() == [-3, 1, 3, -1]


def test_a_circle_is_ordered_as_in_tables_28_to_30() -> None:
    x = voted({"abc": 23, "bca": 17, "bac": 2, "cab": 10, "cba": 8}, "abc")
    e = duels(x, even(x)) * 60
    assert e[~np.eye(3, dtype=bool)] == pytest.approx([33, 25, 27, 42, 35, 18])
    assert order_of(kemeny(e)) == (1, 2, 0)  # b, c, a, with the support of 104
    assert support(e, (1, 2, 0)) == pytest.approx(104)
    assert borda(x, even(x)) * 2 * 60 == pytest.approx([58, 69, 53])


@given(st.integers(2, 6), st.integers(1, 5), st.randoms(use_true_random=False))
def test_no_order_has_more_support_than_the_one_that_is_found(n: int, c: int, chance: object) -> None:
    x = np.array([[chance.randint(0, 3) for _ in range(c)] for _ in range(n)], dtype=float)  # type: ignore[attr-defined]
    e = duels(x, even(x))
    best = max(support(e, order) for order in permutations(range(n)))
    assert support(e, order_of(kemeny(e))) == pytest.approx(best)


def test_equal_units_share_a_place_and_a_missing_one_has_none() -> None:
    x = np.array([[2.0, 2.0], [1.0, 1.0], [1.0, 1.0], [np.nan, np.nan]])
    w = np.where(np.isnan(x), 0.0, 0.5)
    for how in (Mean.KEMENY, Mean.COPELAND, Mean.BORDA):
        found = outranked(x, w, how, Ends(0, 100))
        assert found[0] == 100
        assert found[1] == found[2] == pytest.approx(25)
        assert np.isnan(found[3])


def test_copeland_in_blocks_is_copeland_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(1).normal(size=(50, 3))
    whole = copeland(x, even(x))
    monkeypatch.setattr(outranking, "_BLOCK_CELLS", 170)
    assert copeland(x, even(x)).tolist() == whole.tolist()


def test_a_circle_too_large_for_an_exact_search_is_refused() -> None:
    n = outranking.KEMENY_CIRCLE_MAX + 1
    ring = np.full((n, n), 0.5)
    for one in range(n):
        ring[one, (one + 1) % n], ring[(one + 1) % n, one] = 1.0, 0.0
    with pytest.raises(TooManyUnits):
        kemeny(ring)
