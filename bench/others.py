"""Other solvers on the flat problem, where they are installed: VROOM (pyvroom) and OR-Tools.

Neither is a dependency. Neither knows several runs a day: VROOM gets each call as a shipment from the depot,
OR-Tools gets copies of the depot to reload at, as their makers advise. Both stop by the clock, and VROOM not
before its construction is done: so each works in a process of its own that ends at `PATIENCE` times the
seconds of the processor, and has no answer then.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from multiprocessing.connection import Connection

import numpy as np

from kawal.rules.plan.routing.flat import DEPOT, Day, Flat

DAY_S = 24 * 3_600
RUNS = 4  # reloads that OR-Tools may use for each vehicle
MANY = 1_000  # stops from which VROOM explores least and OR-Tools gets two reloads for each vehicle
PATIENCE = 4

Solve = Callable[[], Sequence[Day]]


def missing() -> dict[str, str]:
    names = {"VROOM": "vroom", "OR-Tools": "ortools"}
    told = "not installed, so not compared (pip install pyvroom ortools)"
    return {name: told for name, module in names.items() if find_spec(module) is None}


def solvers(flat: Flat, seconds: float) -> dict[str, Solve]:
    found: dict[str, Solve] = {}
    if find_spec("vroom"):
        found["VROOM"] = lambda: _vroom(flat, seconds)
    if find_spec("ortools"):
        found["OR-Tools"] = lambda: _ortools(flat, seconds)
    return found


def apart(solve: Solve, cpu_s: float) -> tuple[Sequence[Day], float]:
    """The days and the seconds of the processor they took; no days where `PATIENCE` times `cpu_s` pass."""
    most_s = int(PATIENCE * cpu_s) + 1
    ours, theirs = multiprocessing.Pipe(duplex=False)
    work = multiprocessing.get_context("fork").Process(target=_limited, args=(solve, most_s, theirs))
    work.start()
    theirs.close()
    try:
        days, spent_s = ours.recv()
    except EOFError:  # the system ended it
        days, spent_s = [], float(most_s)
    work.join()
    return days, spent_s


def _limited(solve: Solve, most_s: int, told: Connection) -> None:
    began = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(began) + most_s, int(began) + most_s))
    days = solve()
    told.send((days, time.process_time() - began))


def _closes(flat: Flat, call: int) -> int:
    return min(DAY_S, flat.calls[call].closes_s)


def _cuts(rank: int, calls: Sequence[int | None]) -> Day | None:
    """A day from visits in order, None for the depot."""
    runs: list[list[int]] = [[]]
    for call in calls:
        if call is None:
            runs.append([])
        else:
            runs[-1].append(call)
    kept = tuple(tuple(run) for run in runs if run)
    return Day(rank, kept) if kept else None


def _vroom(flat: Flat, seconds: float) -> list[Day]:
    import datetime

    import vroom

    problem = vroom.Input()
    for profile, (money, times) in enumerate(zip(flat.money, flat.seconds, strict=True)):
        problem.set_durations_matrix(profile=str(profile), matrix_input=times.astype(np.uint32))
        problem.set_costs_matrix(profile=str(profile), matrix_input=(money // 100).astype(np.uint32))
    rank_of = [rank for rank, found in enumerate(flat.ranks) for _ in range(found.count)]
    groups = list({call.profiles for call in flat.calls if call.profiles is not None})  # who may go there
    for number, place in enumerate(rank_of):
        rank = flat.ranks[
            place
        ]  # no setup where the vehicle already stands, so the first loading comes before
        problem.add_vehicle(
            vroom.Vehicle(
                number, start=DEPOT, end=DEPOT, profile=str(rank.profile), capacity=list(rank.capacity),
                skills={place for place, group in enumerate(groups) if rank.profile in group},
                time_window=vroom.TimeWindow(rank.opens_s + flat.load_s, rank.closes_s),
                costs=vroom.VehicleCosts(fixed=rank.rp_per_day // 100),
            )
        )  # fmt: skip
    for number, call in enumerate(flat.calls):
        skills = {groups.index(call.profiles)} if call.profiles is not None else set()
        problem.add_shipment(
            vroom.ShipmentStep(number, location=DEPOT, default_setup=flat.load_s),
            vroom.ShipmentStep(
                number, location=call.node, default_service=call.service_s,
                time_windows=[vroom.TimeWindow(call.opens_s, _closes(flat, number))],
            ),
            vroom.Amount(list(call.amounts)),
            skills=skills,
        )  # fmt: skip
    level = 5 if len(flat.calls) < MANY else 0
    answer = problem.solve(exploration_level=level, nb_threads=1, timeout=datetime.timedelta(seconds=seconds))
    steps = answer.routes
    days = []
    for vehicle, found in steps.groupby("vehicle_id", sort=False):
        calls: list[int | None] = []
        for kind, job in zip(found["type"], found["id"], strict=True):
            if kind == "delivery":
                calls.append(int(job))
            elif kind == "pickup" and calls and calls[-1] is not None:
                calls.append(None)
        day = _cuts(rank_of[int(vehicle)], calls)
        days += [day] if day else []
    return days


def _ortools(flat: Flat, seconds: float) -> list[Day]:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    rank_of = [rank for rank, found in enumerate(flat.ranks) for _ in range(found.count)]
    size, most = len(flat.calls), max(rank.capacity[0] for rank in flat.ranks)
    copies = min((RUNS if size < MANY else 2) * len(rank_of), size)
    nodes = [DEPOT, *(call.node for call in flat.calls), *([DEPOT] * copies)]
    manager = pywrapcp.RoutingIndexManager(len(nodes), len(rank_of), 0)
    model = pywrapcp.RoutingModel(manager)
    money, seconds_of = [], []
    for profile in range(len(flat.money)):
        rp = flat.money[profile][np.ix_(nodes, nodes)].tolist()
        stay = [flat.load_s, *(call.service_s for call in flat.calls), *([flat.load_s] * copies)]
        times = (flat.seconds[profile][np.ix_(nodes, nodes)] + np.array(stay)[:, None]).tolist()
        money.append(model.RegisterTransitMatrix(rp))
        seconds_of.append(model.RegisterTransitMatrix(times))
    load = [0, *(call.amounts[0] for call in flat.calls), *([-most] * copies)]
    for vehicle, place in enumerate(rank_of):
        model.SetArcCostEvaluatorOfVehicle(money[flat.ranks[place].profile], vehicle)
        model.SetFixedCostOfVehicle(flat.ranks[place].rp_per_day, vehicle)
    loads = model.RegisterUnaryTransitVector(load)
    capacities = [flat.ranks[place].capacity[0] for place in rank_of]
    model.AddDimensionWithVehicleCapacity(loads, most, capacities, True, "load")
    transits = [seconds_of[flat.ranks[place].profile] for place in rank_of]
    model.AddDimensionWithVehicleTransits(transits, DAY_S, DAY_S, False, "time")
    time, carried = model.GetDimensionOrDie("time"), model.GetDimensionOrDie("load")
    for vehicle, place in enumerate(rank_of):
        rank = flat.ranks[place]
        time.CumulVar(model.Start(vehicle)).SetMin(rank.opens_s)
        time.CumulVar(model.End(vehicle)).SetMax(rank.closes_s)
    for number, call in enumerate(flat.calls):
        index = manager.NodeToIndex(number + 1)
        carried.SlackVar(index).SetValue(0)
        time.CumulVar(index).SetRange(call.opens_s, _closes(flat, number))
        able = [v for v, place in enumerate(rank_of) if flat.reaches(flat.ranks[place].profile, number)]
        model.VehicleVar(index).SetValues([-1, *able])
        model.AddDisjunction([index], 100_000_000)
    for copy in range(copies):
        model.AddDisjunction([manager.NodeToIndex(size + 1 + copy)], 0)
    words = pywrapcp.DefaultRoutingSearchParameters()
    words.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    words.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    words.time_limit.FromMilliseconds(int(seconds * 1_000))
    answer = model.SolveWithParameters(words)
    days = []
    for vehicle, place in enumerate(rank_of if answer else []):
        calls: list[int | None] = []
        index = answer.Value(model.NextVar(model.Start(vehicle)))
        while not model.IsEnd(index):
            node_ = manager.IndexToNode(index)
            calls.append(node_ - 1 if node_ <= size else None)
            index = answer.Value(model.NextVar(index))
        day = _cuts(place, calls)
        days += [day] if day else []
    return days
