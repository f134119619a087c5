"""All that files tell of rich problems is judged from its definition, beside the solver's own arithmetic."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import pyvrp
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.routing import instances, judging, literature
from kawal.rules.plan.routing.judging import Wrong
from tests.rules.plan.routing.test_literature import SMALL

RELOAD = "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n2\n"


def _judged(
    text: str, routes: list[list[int]], vehicles: tuple[int, ...] = (), rounding: str = "round"
) -> tuple[int, list[str]]:
    instance = literature.read(instances.plain(text).text)
    cost, wrong = judging.judged(instance, routes, rounding, vehicles)
    return cost, [one.code for one in wrong]


def _with(*sections: str, told: str = "VEHICLES : 2") -> str:
    text = SMALL.replace(
        "CAPACITY : 10", f"CAPACITY : 10\n{told}" if "CAPACITY_" not in sections[0] else told
    )
    return text.replace("DEPOT_SECTION\n1\n", "".join(sections) + "DEPOT_SECTION\n1\n")


WINDOWS = "TIME_WINDOW_SECTION\n1 0 100\n2 0 100\n3 0 60\n4 0 100\n"
RUNS = _with(RELOAD, WINDOWS, "RELEASE_TIME_SECTION\n1 0\n2 0\n3 0\n4 30\n")
MIXED = _with(
    "CAPACITY_SECTION\n1 4\n2 11\n",
    "VEHICLES_FIXED_COST_SECTION\n1 100\n2 200\n",
    "VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 1\n2 3\n",
)
PAIRS = SMALL[: SMALL.index("DEMAND_SECTION")] + (
    "PICKUP_AND_DELIVERY_SECTION\n1 0 0 99 0 0 0\n2 4 0 99 0 0 3\n3 -4 0 99 0 2 0\n4 0 0 99 0 0 0\n"
)


def test_a_second_run_begins_when_its_goods_are_there() -> None:
    assert _judged(RUNS, [[1, 2, 0, 3]]) == (30, [])  # home at 20, off again at 30, home at 40
    late = RUNS.replace("1 0 100", "1 0 39")
    assert _judged(late, [[1, 2, 0, 3]]) == (30, ["late"])
    assert _judged(late, [[3, 0, 1, 2]]) == (30, ["late", "late"])  # and nothing was there to begin with
    assert _judged(late.replace("1 0 39", "1 0 40"), [[1, 2, 0, 3]]) == (30, [])


@pytest.mark.parametrize(
    ("text", "routes", "vehicles", "wrong"),
    [
        (RUNS, [[1, 2, 3]], (), ["capacity"]),
        (RUNS, [[1, 2, 0, 3]], (2,), ["reload"]),
        (_with("VEHICLES_MAX_RELOADS_SECTION\n1 0\n2 0\n", RELOAD), [[1, 2, 0, 3]], (), ["reload"]),
        (RUNS, [[1], [2], [3]], (), ["too_many_routes"]),
        (RUNS, [[1, 2], [3]], (1, 1), ["too_many_routes"]),
        (MIXED, [[1, 2], [3]], (), ["capacity"]),
        (_with("VEHICLES_MAX_DISTANCE_SECTION\n1 19\n2 99\n"), [[1, 2], [3]], (), ["too_far"]),
        (_with("VEHICLES_MAX_DURATION_SECTION\n1 99\n2 9\n"), [[1, 2], [3]], (), ["too_long"]),
        (_with("VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 3 4\n"), [[3], [1, 2]], (), ["not_allowed"] * 2),
        (_with("MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3\n2 4\n"), [[1, 2], [3]], (), ["group"]),
        (_with("PRIZE_SECTION\n1 0\n2 0\n3 7\n4 0\n"), [[2], [3]], (), ["missing"]),
        (PAIRS, [[2, 1, 3]], (), ["order"]),
        (PAIRS, [[1, 3]], (), ["order", "missing"]),
        (PAIRS.replace("2 4 0 99", "2 11 0 99"), [[1, 2, 3]], (), ["capacity"]),
    ],
)
def test_each_rule_that_a_file_can_tell_is_judged(
    text: str, routes: list[list[int]], vehicles: tuple[int, ...], wrong: list[str]
) -> None:
    assert _judged(text, routes, vehicles)[1] == wrong


def test_costs_are_those_of_the_vehicle_that_goes_and_of_what_stays_behind() -> None:
    assert _judged(MIXED, [[3]], (2,))[0] == 200 + 3 * 10
    assert _judged(MIXED.replace("2 4\n", "2 1\n"), [[1], [2, 3]]) == (100 + 10 + 200 + 3 * 22, [])
    assert _judged(_with("PRIZE_SECTION\n1 0\n2 0\n3 7\n4 0\n"), [[1], [3]]) == (20 + 7, [])
    assert _judged(_with("MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 3\n2 4\n"), [[2], [3]]) == (30, [])


def test_goods_that_come_back_are_on_board_with_those_not_yet_delivered() -> None:
    text = SMALL.replace("DEPOT_SECTION", "BACKHAUL_SECTION\n1 0\n2 6\n3 0\n4 0\nDEPOT_SECTION")
    assert _judged(text, [[1, 2], [3]]) == (30, ["capacity"])  # 6 taken on board while 5 wait for the second
    assert _judged(text, [[2, 1], [3]]) == (30, [])
    only = text.replace("2 4\n", "2 0\n").replace("TYPE : CVRP", "TYPE : VRPB")
    assert _judged(only, [[1, 2], [3]])[1] == ["capacity", "order"]
    assert _judged(only, [[2, 1], [3]])[1] == []


def test_a_day_is_as_long_as_it_takes_when_it_begins_as_late_as_it_may() -> None:
    text = _with("VEHICLES_MAX_DURATION_SECTION\n1 21\n2 99\n", "TIME_WINDOW_SECTION\n")
    windows = "1 0 99\n2 50 60\n3 56 90\n4 0 99\n"
    text = text.replace("TIME_WINDOW_SECTION\n", f"TIME_WINDOW_SECTION\n{windows}")
    assert _judged(text, [[1, 2], [3]]) == (30, [])  # begun at 46, home at 66
    assert _judged(text.replace("3 56 90", "3 67 90"), [[1, 2], [3]]) == (30, ["too_long"])


def test_homes_and_reloads_at_several_depots_are_the_vehicles_own() -> None:
    text = SMALL.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n1\n2\n").replace("2 4\n3 5", "2 0\n3 5")
    text = text.replace("DIMENSION", "VEHICLES : 2\nDIMENSION")
    homes = text.replace("\nDEPOT_SECTION", "\nVEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEPOT_SECTION")
    assert _judged(homes, [[3], [2]]) == (10 + 10, [])
    assert _judged(homes, [[2], [3]]) == (20 + 6, [])
    elsewhere = text.replace("\nDEPOT_SECTION", "\nVEHICLES_RELOAD_DEPOT_SECTION\n1 2\n2 1\nDEPOT_SECTION")
    assert _judged(elsewhere, [[2, 1, 3]]) == (10 + 5 + 3 + 5, [])
    assert _judged(elsewhere, [[2, 0, 3]])[1] == ["reload"]


def test_unknown_places_and_places_served_twice_are_named() -> None:
    instance = literature.read(instances.plain(RUNS).text)
    wrong = judging.judged(instance, [[1, 2, 0, 3, 9], [1]], "round")[1]
    assert wrong == [Wrong("unknown", 1, 9), Wrong("twice", 2, 1)]


def _rich(chance: Random, size: int) -> str:
    """Mixed fleet with windows, release times, reloads, limits and returns of goods."""

    def section(name: str, rows: list[tuple[object, ...]]) -> str:
        told = "\n".join(" ".join(map(str, (number, *row))) for number, row in enumerate(rows, 1))
        return f"{name}_SECTION\n{told}\n"

    fleet = range(3)
    clients = range(size - 1)
    opens = [chance.randint(0, 150) for _ in clients]
    return (
        f"NAME : rich\nTYPE : MTVRPTWR\nDIMENSION : {size}\nVEHICLES : {len(fleet)}\n"
        "EDGE_WEIGHT_TYPE : EUC_2D\n"
        + section("NODE_COORD", [(chance.randint(0, 60), chance.randint(0, 60)) for _ in range(size)])
        + section("DEMAND", [(0,), *((chance.randint(0, 6),) for _ in clients)])
        + section("BACKHAUL", [(0,), *((chance.randint(0, 3),) for _ in clients)])
        + section("TIME_WINDOW", [(0, 900), *((one, one + chance.randint(20, 400)) for one in opens)])
        + section("SERVICE_TIME", [(0,), *((chance.randint(0, 9),) for _ in clients)])
        + section("RELEASE_TIME", [(0,), *((chance.choice([0, 0, one // 2]),) for one in opens)])
        + section("CAPACITY", [(12,), (12,), (20,)])
        + section("VEHICLES_FIXED_COST", [(50,), (50,), (80,)])
        + section("VEHICLES_UNIT_DISTANCE_COST", [(1,), (1,), (2,)])
        + section("VEHICLES_MAX_DURATION", [(700,), (700,), (500,)])
        + section("VEHICLES_RELOAD_DEPOT", [(1,)] * 3)
        + "DEPOT_SECTION\n1\n-1\nEOF\n"
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_cost_and_whether_anything_is_broken_agree_with_the_solvers_own(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = Random(seed)
    text = _rich(chance, 7)
    visits = chance.sample(range(1, 7), 6)
    cuts = sorted(chance.sample(range(7), 2))
    routes = [visits[: cuts[0]], visits[cuts[0] : cuts[1]], visits[cuts[1] :]]
    routes = [route if len(route) < 3 else [*route[:2], 0, *route[2:]] for route in routes]
    folder: Path = tmp_path_factory.mktemp("rich")
    (folder / "a.vrp").write_text(text)
    lines = [f"Route #{number}: {' '.join(map(str, route))}" for number, route in enumerate(routes, 1)]
    (folder / "a.sol").write_text("\n".join(lines) + "\n")
    data = pyvrp.read(folder / "a.vrp", "exact")
    other = pyvrp.read_solution(folder / "a.sol", data)
    instance = literature.read(instances.plain(text).text)
    going = tuple(number for number, route in enumerate(routes, 1) if route)
    cost, wrong = judging.judged(instance, routes, "exact", going)
    assert cost == other.distance_cost() + other.fixed_vehicle_cost()
    assert (not wrong) == other.is_feasible(), (wrong, routes)
