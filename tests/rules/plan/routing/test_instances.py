"""Files of routing problems as forty years wrote them: whatever the form, the same problem is read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.routing import distances, instances, judging, literature
from kawal.rules.refusals import Refused
from tests.rules.plan.routing.test_literature import SMALL, SOLOMON

POINTS = SMALL[SMALL.index("NODE_COORD_SECTION") : SMALL.index("DEMAND_SECTION")]


def _explicit(form: str, numbers: str) -> str:
    text = SMALL.replace("EUC_2D", f"EXPLICIT\nEDGE_WEIGHT_FORMAT: {form}")
    return text.replace(POINTS, f"EDGE_WEIGHT_SECTION\n{numbers}\n")


def _cost(text: str, routes: list[list[int]]) -> int:
    instance = literature.read(instances.plain(text).text)
    cost, wrong = judging.judged(instance, routes, literature.rounding_of(instance))
    assert not wrong
    return cost


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("\n", "\r\n"),
        SMALL.replace("\n", "\r"),
        "\ufeff" + SMALL,
        SMALL.replace(" : ", ":\t"),
        SMALL.replace(" :", ""),
        SMALL.lower(),
        SMALL.replace("_SECTION", "_SECTION:"),
        SMALL.replace("TYPE : CVRP", "COMMENT : (Augerat et al, Optimal value: 30)\nTYPE : CVRP"),
        SMALL.replace("NAME : small", "# a note\nNAME : small\nCOMMENT : one\nand one more"),
        SMALL.replace("CAPACITY : 10\n", "").replace("DEPOT_SECTION", "CAPACITY : 10\nDEPOT_SECTION"),
        SMALL.replace("DEPOT_SECTION\n1\n-1\n", "DEPOT_SECTION\n 1 -1\n"),
        SMALL.replace("DEPOT_SECTION\n1\n-1\nEOF\n", ""),
        SMALL.replace("1 0\n2 4\n3 5\n4 6\n", "4 6\n3 5\n2 4\n1 0\n"),
        SMALL.replace("4 0 5\n", "4 0.0e0 5.000\n").replace("CAPACITY : 10", "CAPACITY : 10.0"),
        _explicit("LOWER_ROW", "5\n10 5\n5 4 7"),
        _explicit("LOWER_ROW", "5 10 5 5\n4 7"),
        _explicit("UPPER_COL", "5 10 5 5 4 7"),
        _explicit("UPPER_ROW", "5 10 5\n5 4\n7"),
        _explicit("LOWER_COL", "5 10 5 5 4 7"),
        _explicit("LOWER_DIAG_ROW", "0\n5 0\n10 5 0\n5 4 7 0"),
        _explicit("UPPER_DIAG_ROW", "0 5 10 5 0 5 4 0 7 0"),
        _explicit("FULL_MATRIX", "0 5 10 5 5 0 5\n4 10 5 0 7 5 4 7 0"),
    ],
)
def test_the_same_problem_in_another_writing_is_the_same(text: str) -> None:
    assert _cost(text, [[1, 2], [3]]) == 30


def test_the_files_own_numbers_count_where_the_depot_is_not_the_first_node() -> None:
    text = SMALL.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n3\n").replace("1 0\n2 4\n3 5", "1 5\n2 4\n3 0")
    plain = instances.plain(text)
    assert plain.nodes == (2, 0, 1, 3)
    assert instances.in_file(plain.nodes, [[1, 2], [3]]) == ((0, 1), (3,))
    assert _cost(text, [[1, 2], [3]]) == 10 + 5 + 5 + 7 + 7


def test_nodes_may_be_numbered_from_0() -> None:
    old = "1 0 0\n2 3 4\n3 6 8\n4 0 5", "1 0\n2 4\n3 5\n4 6", "DEPOT_SECTION\n1\n"
    new = "0 0 0\n1 3 4\n2 6 8\n3 0 5", "0 0\n1 4\n2 5\n3 6", "DEPOT_SECTION\n0\n"
    text = SMALL
    for before, after in zip(old, new, strict=True):
        text = text.replace(before, after)
    assert _cost(text, [[1, 2], [3]]) == 30


def test_amounts_that_are_not_whole_are_counted_in_smaller_units_and_never_rounded() -> None:
    text = SMALL.replace("2 4\n3 5\n4 6", "2 0.45\n3 0.5\n4 0.6").replace("CAPACITY : 10", "CAPACITY : 0.949")
    instance = literature.read(instances.plain(text).text)
    _, wrong = judging.judged(instance, [[1, 2], [3]], "round")
    assert [one.code for one in wrong] == ["capacity"]


def test_a_limit_on_the_length_of_a_route_counts_service_and_is_judged_unrounded() -> None:
    def wrong(limit: float) -> list[str]:
        text = SMALL.replace("CAPACITY", f"DISTANCE : {limit}\nSERVICE_TIME : 2\nCAPACITY")
        instance = literature.read(instances.plain(text).text)
        assert literature.is_plain(instance)
        return [one.code for one in judging.judged(instance, [[1, 2], [3]], "exact")[1]]

    assert wrong(24) == []
    assert wrong(23.9) == ["too_long"]
    assert wrong(0) == []  # none


@pytest.mark.parametrize(
    ("told", "rounding"),
    [
        ("NAME : X-n101-k25", "round"),
        ("NAME : CMT1", "exact"),
        ("NAME : tai75a", "exact"),
        ("NAME : any\nDISTANCE : 200", "exact"),
    ],
)
def test_rounding_follows_the_custom_of_the_set(told: str, rounding: str) -> None:
    instance = literature.read(instances.plain(SMALL.replace("NAME : small", told)).text)
    assert literature.rounding_of(instance) == rounding


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("0         5          6", "0.0       5.0        6"),
        lambda text: text.upper().replace("CUST NO.   XCOORD.   YCOORD.", "CUST NO.XCOORD.YCOORD."),
        lambda text: text.lower(),
        lambda text: text + "\n\n",
    ],
)
def test_solomons_files_may_differ_in_spaces_case_and_points(change: Callable[[str], str]) -> None:
    assert _cost(change(SOLOMON), [[1, 2], [3]]) == 300


@pytest.mark.parametrize(
    ("kind", "points", "row"),
    [
        # Ulysses' first places and the first of att48, as published with TSPLIB.
        ("GEO", [[38.24, 20.42], [39.57, 26.15], [40.56, 25.32], [36.26, 23.12]], [0, 509, 501, 312]),
        ("ATT", [[6734, 1453], [2233, 10]], [0, 1495]),
        ("CEIL_2D", [[0, 0], [1, 1]], [0, 2]),
        ("FLOOR_2D", [[0, 0], [1, 1]], [0, 1]),
        ("MAN_2D", [[0, 0], [3, 4]], [0, 7]),
        ("MAX_2D", [[0, 0], [3, 4]], [0, 4]),
    ],
)
def test_distances_are_those_of_tsplib(kind: str, points: list[list[float]], row: list[int]) -> None:
    assert distances.BY_TYPE[kind](np.array(points))[0].tolist() == row


@pytest.mark.parametrize(
    "text",
    [
        _explicit("LOWER_ROW", "5 10 5 5 4"),
        _explicit("SPIRAL", "5 10 5 5 4 7"),
        _explicit("LOWER_ROW", "5 10 5 5 4 nan"),
        _explicit("LOWER_ROW", "5 10 5 5 4 far"),
        SMALL.replace("2 3 4", "1 3 4"),
        SMALL.replace("2 4\n", "9 4\n"),
        SMALL.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n7\n"),
        SMALL.replace("2 3 4", "2 three 4"),
        SMALL.replace("CAPACITY : 10", "CAPACITY : much"),
        SOLOMON.replace("0       100          0", "0       100"),
        SOLOMON.replace("3      0         5          6", "3      0         5          six"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        literature.read(instances.plain(text).text)
    assert refused.value.code == "wrong_instance"


@given(st.integers(2, 9), st.data())
def test_every_form_of_a_matrix_tells_the_same(size: int, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, 99), min_size=size * size, max_size=size * size))
    whole = np.tril(np.array(numbers, dtype=float).reshape(size, size), -1)
    whole = whole + whole.T
    streams = {
        "FULL_MATRIX": whole.ravel(),
        "LOWER_ROW": whole[np.tril_indices(size, -1)],
        "UPPER_ROW": whole[np.triu_indices(size, 1)],
        "LOWER_DIAG_ROW": whole[np.tril_indices(size)],
        "UPPER_DIAG_ROW": whole[np.triu_indices(size)],
        "LOWER_COL": whole.T[np.triu_indices(size, 1)],
        "UPPER_COL": whole.T[np.tril_indices(size, -1)],
    }
    for form, stream in streams.items():
        assert (distances.matrix(stream, form, size) == whole).all(), form
