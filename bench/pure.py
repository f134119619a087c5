"""VROOM (pyvroom) and OR-Tools on pure problems (CVRP, VRPTW), where they are installed.

Set as their makers advise for these: VROOM at its highest exploration, OR-Tools with guided local search.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from bench.others import missing
from kawal.rules.plan.routing.literature import SCALE

__all__ = ["missing", "solvers"]

Routes = list[list[int]]
FOREVER = 2**31


def solvers() -> dict[str, Callable[[dict[str, Any], str, float], Routes]]:
    found: dict[str, Callable[[dict[str, Any], str, float], Routes]] = {}
    if find_spec("vroom"):
        found["VROOM"] = _vroom
    if find_spec("ortools"):
        found["OR-Tools"] = _ortools
    return found


def _rounded(values: Any, rounding: str) -> Any:
    values = SCALE[rounding] * np.asarray(values, dtype=float)
    return (np.rint(values) if rounding in ("round", "exact") else np.trunc(values)).astype(np.int64)


def _vehicles(instance: dict[str, Any]) -> int:
    """As many as may go; where there is no limit, some more than full loads need."""
    full = int(np.sum(instance["demand"])) / int(instance["capacity"])
    return int(instance.get("vehicles") or min(instance["dimension"] - 1, 1.1 * full + 3))


def _windows(instance: dict[str, Any], rounding: str) -> Any:
    told = instance.get("time_window")
    return _rounded(told, rounding) if told is not None else np.tile([0, FOREVER], (instance["dimension"], 1))


def _services(instance: dict[str, Any], rounding: str) -> list[int]:
    told = np.broadcast_to(_rounded(instance.get("service_time", 0), rounding), instance["dimension"])
    return [0, *map(int, told[1:])]


def _vroom(instance: dict[str, Any], rounding: str, seconds: float) -> Routes:
    import vroom

    table = _rounded(instance["edge_weight"], rounding).astype(np.uint32)
    windows, services = _windows(instance, rounding), _services(instance, rounding)
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=table)
    problem.set_costs_matrix(profile="car", matrix_input=table)
    for number in range(_vehicles(instance)):
        problem.add_vehicle(
            vroom.Vehicle(
                number, start=0, end=0, capacity=[int(instance["capacity"])],
                time_window=vroom.TimeWindow(*map(int, windows[0])),
            )
        )  # fmt: skip
    for node in range(1, instance["dimension"]):
        problem.add_job(
            vroom.Job(
                node, location=node, default_service=services[node], delivery=[int(instance["demand"][node])],
                time_windows=[vroom.TimeWindow(*map(int, windows[node]))],
            )
        )  # fmt: skip
    answer = problem.solve(exploration_level=5, nb_threads=1, timeout=datetime.timedelta(seconds=seconds))
    steps = answer.routes
    jobs = steps[steps["type"] == "job"]
    return [[int(node) for node in found["id"]] for _, found in jobs.groupby("vehicle_id", sort=False)]


def _ortools(instance: dict[str, Any], rounding: str, seconds: float) -> Routes:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    table = _rounded(instance["edge_weight"], rounding)
    windows, services = _windows(instance, rounding), _services(instance, rounding)
    vehicles = _vehicles(instance)
    manager = pywrapcp.RoutingIndexManager(instance["dimension"], vehicles, 0)
    model = pywrapcp.RoutingModel(manager)
    node = manager.IndexToNode
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(table.tolist()))
    loads = model.RegisterUnaryTransitVector([int(one) for one in instance["demand"]])
    model.AddDimension(loads, 0, int(instance["capacity"]), True, "load")
    timed = "time_window" in instance
    if timed:
        times = (table + np.array(services)[:, None]).tolist()
        horizon = int(windows[0][1])
        model.AddDimension(model.RegisterTransitMatrix(times), horizon, horizon, False, "time")
        time = model.GetDimensionOrDie("time")
        for place in range(1, instance["dimension"]):
            time.CumulVar(manager.NodeToIndex(place)).SetRange(*map(int, windows[place]))
    words = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    words.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION if timed else first.SAVINGS
    words.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    words.time_limit.FromMilliseconds(int(seconds * 1_000))
    answer = model.SolveWithParameters(words)
    routes = []
    for vehicle in range(vehicles if answer else 0):
        index, route = answer.Value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(index):
            route.append(node(index))
            index = answer.Value(model.NextVar(index))
        routes += [route] if route else []
    return routes
