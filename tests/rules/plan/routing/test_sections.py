"""A file is taken as it is meant, or refused with the line and the field that cannot be meant."""

from __future__ import annotations

import re

import pytest

from kawal.rules.plan.routing import instances
from kawal.rules.refusals import Refused
from tests.rules.plan.routing.test_literature import SMALL, SOLOMON

FLEET = SMALL.replace("CAPACITY : 10", "VEHICLES : 2").replace(
    "DEPOT_SECTION", "CAPACITY_SECTION\n1 9\n2 9\nDEPOT_SECTION"
)


@pytest.mark.parametrize(
    ("text", "problem", "line", "field"),
    [
        (SMALL.replace("3 5\n", ""), "section_length", 14, "DEMAND_SECTION"),
        (SMALL.replace("3 5\n", "3\n"), "columns", 14, "DEMAND_SECTION"),
        (SMALL.replace("3 5\n", "3 -5\n"), "negative", 14, "DEMAND_SECTION"),
        (SMALL.replace("3 5\n", "3 nan\n"), "no_number", 14, "DEMAND_SECTION"),
        (SMALL.replace("3 5\n", "2 5\n"), "twice", 14, "DEMAND_SECTION"),
        (SMALL.replace("3 5\n", "8 5\n"), "no_node", 14, "DEMAND_SECTION"),
        (SMALL.replace("DEPOT_SECTION\n1", "DEPOT_SECTION\n9"), "no_node", 17, "DEPOT_SECTION"),
        (SMALL.replace("CAPACITY : 10", "CAPACITY : ten"), "no_number", 5, "CAPACITY"),
        (SMALL.replace("TYPE : CVRP", "TYPE : OVRP"), "other_problem", 2, "TYPE"),
        (SMALL.replace("TYPE : CVRP", "TYPE : GVRP"), "other_problem", 2, "TYPE"),
        (re.sub("NODE_COORD_SECTION\n(.*\n){4}", "", SMALL), "no_distances", 4, "EDGE_WEIGHT_TYPE"),
        (SMALL.replace("EUC_2D", "XRAY1"), "no_distances", 4, "EDGE_WEIGHT_TYPE"),
        (SMALL.replace("TYPE : CVRP", "CAPACITY : 9"), "told_twice", 5, "CAPACITY"),
        (SMALL.replace("DEPOT", "STATION_COORD"), "unknown_section", 16, "STATION_COORD_SECTION"),
        (FLEET.replace("VEHICLES : 2", "CAPACITY : 9\nVEHICLES : 2"), "told_twice", 17, "CAPACITY"),
        (FLEET.replace("VEHICLES : 2", "VEHICLES : 3"), "section_length", 18, "CAPACITY_SECTION"),
        (
            FLEET.replace("DEPOT_S", "VEHICLES_DEPOT_SECTION\n1 1\n2 3\nDEPOT_S"),
            *("no_depot", 21, "VEHICLES_DEPOT_SECTION"),
        ),
        (
            FLEET.replace("DEPOT_SECTION\n1", "VEHICLES_DEPOT_SECTION\n1 2\n2 2\nDEPOT_SECTION\n2"),
            *("depots_first", 19, "VEHICLES_DEPOT_SECTION"),
        ),
        (
            SMALL.replace("DEPOT_S", "TIME_WINDOW_SECTION\n1 0 9\n2 5 4\n3 0 9\n4 0 9\nDEPOT_S"),
            *("window", 18, "TIME_WINDOW_SECTION"),
        ),
        (
            SMALL[: SMALL.index("NODE")].replace("EUC_2D", "EXPLICIT") + "EDGE_WEIGHT_SECTION\n1 2 3\nEOF\n",
            *("matrix", 6, "EDGE_WEIGHT_SECTION"),
        ),
        ("25 200 1\n0 40 50 0 0 1236 0 0 0\n", "no_instance", 1, "25 200 1"),
        (SOLOMON.replace("30          5", "30"), "columns", 12, "CUSTOMER"),
        (SOLOMON.replace("3      0         5 ", "3      0         five "), "no_number", 13, "CUSTOMER"),
        (SOLOMON[: SOLOMON.index("    1      3")], "no_customers", 10, "S4"),
    ],
)
def test_a_refusal_names_the_line_and_the_field(text: str, problem: str, line: int, field: str) -> None:
    with pytest.raises(Refused) as refused:
        instances.plain(text)
    facts = refused.value.facts
    assert (facts["problem"], facts["line"], facts["field"]) == (problem, line, field)


def test_a_problem_of_groups_is_taken_where_the_groups_are_told() -> None:
    text = SMALL.replace("TYPE : CVRP", "TYPE : GVRP").replace("CAPACITY : 10", "CAPACITY : 10\nVEHICLES : 1")
    groups = "MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3\n2 4\nDEPOT_SECTION\n1\n"
    assert groups in instances.plain(text.replace("DEPOT_SECTION\n1\n", groups)).text


def test_a_depot_that_only_its_own_rows_call_0_is_the_first_node() -> None:
    odd = SMALL.replace("1 0 0\n2 3 4", "0 0 0\n2 3 4").replace("1 0\n2 4", "0 0\n2 4")
    assert odd.count("\n0 0") == 2 and "DEPOT_SECTION\n1" in odd
    assert instances.plain(odd) == instances.plain(SMALL)


def test_values_that_nobody_knows_are_named_and_change_nothing() -> None:
    told = instances.plain(SMALL.replace("TYPE : CVRP", "VEHICLE : 6\nTYPE : CVRP"))
    assert told.left_out == ("VEHICLE",)
    assert told.text == instances.plain(SMALL).text


def test_as_many_vehicles_as_rows_where_their_number_is_not_told() -> None:
    assert instances.plain(FLEET.replace("VEHICLES : 2\n", "")).text.count("VEHICLES : 2") == 1


def test_a_tour_is_one_tour() -> None:
    text = SMALL.replace("TYPE : CVRP", "TYPE : TSP").replace("CAPACITY : 10\n", "")
    assert "VEHICLES : 1\n" in instances.plain(text).text
