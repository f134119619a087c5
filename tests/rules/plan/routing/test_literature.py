"""Routing problems of the literature: read strictly, judged from the definition of the problem."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.routing import instances, judging, literature
from kawal.rules.plan.routing.judging import Wrong
from kawal.rules.refusals import Refused

SMALL = """NAME : small
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 5
DEMAND_SECTION
1 0
2 4
3 5
4 6
DEPOT_SECTION
1
-1
EOF
"""
SOLOMON = """S4

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0      0         0          0          0       100          0
    1      3         4          4          0        10          5
    2      6         8          5         20        30          5
    3      0         5          6          0        40          5
"""


def test_cost_is_the_length_of_the_routes() -> None:
    assert judging.judged(literature.read(SMALL), [[1, 2], [3]], "round") == (30, [])


def test_a_matrix_below_the_diagonal_is_read() -> None:
    text = SMALL.replace("EUC_2D", "EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_ROW")
    start, end = text.index("NODE_COORD_SECTION"), text.index("DEMAND_SECTION")
    text = text[:start] + "EDGE_WEIGHT_SECTION\n5\n10 5\n5 4 7\n" + text[end:]
    assert judging.judged(literature.read(text), [[1, 2], [3]], "round") == (30, [])


@pytest.mark.parametrize(
    ("routes", "wrong"),
    [
        ([[1, 2, 3]], Wrong("capacity", 1, 0)),
        ([[1, 2]], Wrong("missing", 0, 3)),
        ([[1, 2], [3], [1]], Wrong("twice", 3, 1)),
        ([[1, 2], [3, 9]], Wrong("unknown", 2, 9)),
    ],
)
def test_what_a_route_breaks_is_named(routes: list[list[int]], wrong: Wrong) -> None:
    assert wrong in judging.judged(literature.read(SMALL), routes, "round")[1]


def test_solomons_format_means_the_same_as_vrplib() -> None:
    instance = literature.read(instances.plain(SOLOMON).text)
    assert (instance["vehicles"], instance["capacity"]) == (2, 10)
    assert literature.rounding_of(instance) == "dimacs"
    assert judging.judged(instance, [[1, 2], [3]], "dimacs") == (300, [])


def test_a_wait_costs_nothing_and_a_late_arrival_is_named() -> None:
    instance = literature.read(instances.plain(SOLOMON).text)
    cost, wrong = judging.judged(instance, [[2, 1], [3]], "dimacs")
    assert cost == 300
    assert wrong == [Wrong("late", 1, 1)]


def test_more_routes_than_vehicles_are_named() -> None:
    instance = literature.read(instances.plain(SOLOMON).text)
    assert Wrong("too_many_routes", 0, 0) in judging.judged(instance, [[1], [2], [3]], "dimacs")[1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no_dimension"),
        ("hello", "no_instance"),
        (SMALL.replace("DIMENSION : 4\n", ""), "no_dimension"),
        (SMALL.replace("DIMENSION : 4", "DIMENSION : 999999999"), "too_large"),
        (SMALL.replace("DIMENSION : 4", "DIMENSION : 5"), "section_length"),
        (SMALL.replace("4 0 5\n", ""), "section_length"),
        (SMALL.replace("EUC_2D", "XRAY1"), "no_distances"),
        (SMALL.replace("CAPACITY", "\x00"), "no_instance"),
        (SOLOMON.replace("3      0         5", "x y"), "no_number"),
    ],
)
def test_what_is_no_instance_is_refused(text: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        literature.read(instances.plain(text).text)
    assert (refused.value.code, refused.value.facts["problem"]) == ("wrong_instance", problem)


@given(st.integers(0, 2**32), st.integers(1, 12))
def test_the_order_of_routes_does_not_matter_and_splitting_never_overloads(seed: int, count: int) -> None:
    chance = Random(seed)
    rows = [(chance.randint(0, 99), chance.randint(0, 99), chance.randint(1, 10)) for _ in range(count + 1)]
    text = SMALL.split("NODE_COORD_SECTION")[0].replace("DIMENSION : 4", f"DIMENSION : {count + 1}")
    text += "NODE_COORD_SECTION\n" + "".join(f"{n} {x} {y}\n" for n, (x, y, _) in enumerate(rows, 1))
    text += "DEMAND_SECTION\n" + "".join(f"{n} {d}\n" for n, (*_, d) in enumerate(rows, 1)) + "EOF\n"
    instance = literature.read(text)
    cuts = sorted({0, count, *(chance.randint(0, count) for _ in range(3))})
    stops = chance.sample(range(1, count + 1), count)
    routes = [stops[start:end] for start, end in pairwise(cuts)]
    cost, wrong = judging.judged(instance, routes, "round")
    assert judging.judged(instance, routes[::-1], "round")[0] == cost
    assert {one.code for one in wrong} <= {"capacity"}
    assert not judging.judged(instance, [[one] for one in stops], "round")[1]
