"""The literature's problems through the command, as a stranger would call it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import pyvrp
from click.testing import CliRunner
from pyvrp.stop import MaxIterations

from kawal.desk.plan import solving
from kawal.desk.plan.commands import plan
from kawal.rules.plan.routing import instances, judging, literature
from tests.rules.plan.routing.test_literature import SMALL, SOLOMON

# Once a test has loaded `kawal.cli`, every command first looks whether the tables are there.
pytestmark = pytest.mark.django_db


def _instance(places: int, seed: int, *, windows: bool) -> str:
    chance = np.random.default_rng(seed)
    points = chance.integers(0, 1_000, (places, 2))
    demand = chance.integers(1, 100, places)
    demand[0] = 0
    lines = ["NAME : made", f"DIMENSION : {places}", "EDGE_WEIGHT_TYPE : EUC_2D", "CAPACITY : 500"]
    lines += ["NODE_COORD_SECTION", *(f"{n} {x} {y}" for n, (x, y) in enumerate(points, 1))]
    lines += ["DEMAND_SECTION", *(f"{n} {load}" for n, load in enumerate(demand, 1))]
    if windows:
        early = chance.integers(1_500, 6_000, places)
        early[0] = 0
        late = [20_000, *(early[1:] + 2_000)]
        both = zip(early, late, strict=True)
        lines += ["TIME_WINDOW_SECTION", *(f"{n} {a} {b}" for n, (a, b) in enumerate(both, 1))]
        lines += ["SERVICE_TIME_SECTION", *(f"{n} {10 * (n > 1)}" for n in range(1, places + 1))]
    return "\n".join([*lines, "DEPOT_SECTION", "1", "-1", "EOF", ""])


class After(solving.Stop):
    """Stops after so many looks, so that two solvers can be held side by side on any machine."""

    def __init__(self, looks: int) -> None:
        super().__init__(1e9, lambda *_: None)
        self.looks = looks

    def __call__(self, best_cost: int) -> bool:
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("windows", [False, True])
def test_it_is_the_solver_itself_that_solves(windows: bool, tmp_path: Path) -> None:
    text = _instance(60, 7, windows=windows)
    file = tmp_path / "made.vrp"
    file.write_text(text)
    solved = solving.solve(text, After(300), seed=3)
    alone = pyvrp.solve(pyvrp.read(file, "dimacs" if windows else "round"), MaxIterations(300), seed=3)
    assert solved.feasible
    assert solved.cost == alone.cost()


def test_a_solution_file_is_the_answer_and_can_be_the_start(tmp_path: Path) -> None:
    file, answer = tmp_path / "small.vrp", tmp_path / "small.sol"
    file.write_text(SMALL)
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.1"])
    assert told.exit_code == 0, told.output
    answer.write_text(told.stdout)
    assert told.stdout.endswith("Cost 30\n")
    again = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0", "--start", str(answer)])
    assert again.stdout == told.stdout


def test_json_tells_routes_that_a_stranger_can_judge(tmp_path: Path) -> None:
    file = tmp_path / "s.txt"
    file.write_text(SOLOMON)
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.1", "--json", "-"])
    answer = json.loads(told.stdout)
    instance = literature.read(instances.plain(SOLOMON).text)
    assert judging.judged(instance, answer["routes"], answer["rounding"]) == (answer["cost"], [])
    assert (answer["cost"] / answer["scale"], answer["feasible"]) == (30, True)


def test_several_depots_are_solved_and_judged() -> None:
    text = SMALL.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n1\n2\n").replace("2 4\n3 5", "2 0\n3 5")
    text = text.replace("DIMENSION", "VEHICLES : 3\nDIMENSION")
    text = text.replace("DEPOT_SECTION", "VEHICLES_DEPOT_SECTION\n1 1\n2 2\n3 1\nDEPOT_SECTION")
    solved = solving.solve(text, After(50))
    assert solved.feasible and solved.cost == 20_000
    assert sorted(place for route in solved.routes for place in route) == [2, 3]


MIXED = """CAPACITY_SECTION
1 10
2 10
3 6
VEHICLES_FIXED_COST_SECTION
1 900
2 900
3 1
DEPOT_SECTION"""


def test_the_answer_of_a_mixed_fleet_tells_which_vehicle_goes_and_can_be_the_start(tmp_path: Path) -> None:
    file, answer = tmp_path / "mixed.vrp", tmp_path / "mixed.sol"
    file.write_text(SMALL.replace("CAPACITY : 10", "VEHICLES : 3").replace("DEPOT_SECTION", MIXED))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.2"])
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert [len(line.split(":")[1].split()) for line in lines[:-1]] in ([2, 0, 1], [0, 2, 1])
    answer.write_text(told.stdout)
    again = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0", "--start", str(answer)])
    assert again.stdout == told.stdout


def test_a_depot_in_the_middle_and_a_limit_on_length_go_through_the_same_door(tmp_path: Path) -> None:
    file, answer = tmp_path / "old.vrp", tmp_path / "old.sol"
    text = SMALL.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n3\n").replace("1 0\n2 4\n3 5", "1 5\n2 4\n3 0")
    file.write_text(text.replace("CAPACITY", "DISTANCE : 20.9\nSERVICE_TIME : 1\nCAPACITY"))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.2"])
    assert told.exit_code == 1  # the farthest node is 10 away, there and back is 20 and its service 1
    file.write_text(text.replace("CAPACITY", "DISTANCE : 21\nSERVICE_TIME : 1\nCAPACITY"))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.2"])
    assert told.exit_code == 0, told.output
    served = [one for line in told.stdout.splitlines()[:-1] for one in line.split(":")[1].split()]
    assert sorted(served) == ["0", "1", "3"]
    answer.write_text(told.stdout)
    again = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0", "--start", str(answer)])
    assert again.stdout == told.stdout


def test_what_cannot_be_served_is_told_and_exits_1(tmp_path: Path) -> None:
    file = tmp_path / "small.vrp"
    file.write_text(SMALL.replace("CAPACITY : 10", "CAPACITY : 5"))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.1"])
    assert told.exit_code == 1
    assert "Tidak ditemukan solusi" in told.stderr


def test_what_no_vehicle_of_a_mixed_fleet_can_carry_is_told_and_exits_1(tmp_path: Path) -> None:
    file = tmp_path / "mixed.vrp"
    mixed = MIXED.replace("1 10\n2 10\n3 6", "1 3\n2 3\n3 3")
    file.write_text(SMALL.replace("CAPACITY : 10", "VEHICLES : 3").replace("DEPOT_SECTION", mixed))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.1"])
    assert told.exit_code == 1
    assert "Tidak ditemukan solusi" in told.stderr


def test_several_runs_of_a_vehicle_are_told_in_its_line_and_can_be_the_start(tmp_path: Path) -> None:
    file, answer = tmp_path / "runs.vrp", tmp_path / "runs.sol"
    text = SMALL.replace("CAPACITY : 10", "CAPACITY : 10\nVEHICLES : 1")
    file.write_text(text.replace("DEPOT_SECTION", "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\nDEPOT_SECTION"))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.1"])
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[-1] == "Cost 30"
    assert told.stdout.split(":")[1].split("\n")[0].split().count("0") == 1
    answer.write_text(told.stdout)
    again = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0", "--start", str(answer)])
    assert again.stdout == told.stdout


def test_a_value_that_nobody_knows_is_left_out_and_named(tmp_path: Path) -> None:
    file = tmp_path / "small.vrp"
    file.write_text(SMALL.replace("DIMENSION", "BEST_KNOWN : 30\nDIMENSION"))
    told = CliRunner().invoke(plan, ["solve", str(file), "--seconds", "0.1"])
    assert told.exit_code == 0
    assert "BEST_KNOWN" in told.stderr


def test_a_refusal_names_line_and_field_and_says_what_to_write(tmp_path: Path) -> None:
    file = tmp_path / "small.vrp"
    file.write_text(SMALL.replace("3 5\n", "3 five\n"))
    told = CliRunner().invoke(plan, ["solve", str(file)])
    assert told.exit_code == 1
    assert "baris 14 (DEMAND_SECTION): di sini harus ada angka, bukan five" in told.stderr


def test_a_file_that_is_no_problem_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "x.vrp"
    file.write_text("what is this")
    told = CliRunner().invoke(plan, ["solve", str(file)])
    assert told.exit_code == 1
    assert "VRPLIB" in told.stderr


def test_ctrl_c_answers_with_the_best_so_far(tmp_path: Path) -> None:
    file = tmp_path / "made.vrp"
    file.write_text(_instance(40, 1, windows=False))
    command = [sys.executable, "-m", "kawal", "plan", "solve", str(file), "--seconds", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as solving_:
        assert solving_.stderr is not None
        assert solving_.stdout is not None
        while solving_.stderr.read(1) not in "123456789":  # seconds: the search has begun
            pass
        os.kill(solving_.pid, signal.SIGINT)
        began = time.monotonic()
        answer, _ = solving_.communicate(timeout=50)
    assert time.monotonic() - began < 50
    assert solving_.returncode == 0
    assert answer.splitlines()[-1].startswith("Cost ")
