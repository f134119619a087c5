"""A routing problem of the literature through the planner's solver: same adapter, same version, any time.

The file is read by PyVRP's own reader, so a field that Kawal does not use (several depots, a mixed fleet,
reloads) means what it means there.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning

from kawal.rules.plan.routing import literature
from kawal.rules.plan.routing.literature import Wrong
from kawal.rules.plan.routing.solver import AS_SHIPPED, RICH
from kawal.rules.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    name: str
    cost: int  # in the instance's unit times `scale`
    scale: int
    rounding: str
    feasible: bool  # by the solver and, where it may judge, by our own judge
    judged: bool  # whether our own judge knows all fields of this instance
    wrong: tuple[Wrong, ...]
    routes: tuple[tuple[int, ...], ...]  # as solution files count: the depot is 0 and not told
    iterations: int
    seconds: float
    seed: int


@dataclass(slots=True)
class Stop:
    """Stops so long after the search began, or when told to; what was found until then counts.

    `told` hears the best cost (with penalties, while nothing is feasible) and the seconds spent.
    """

    seconds: float
    told: Callable[[int, float], object]
    now: bool = False
    _began: float | None = None
    _heard: float = 0.0

    def __call__(self, best_cost: int) -> bool:
        if self._began is None:
            self._began = time.perf_counter()
        spent_s = time.perf_counter() - self._began
        if spent_s - self._heard >= 1:
            self._heard = spent_s
            self.told(best_cost, spent_s)
        return self.now or spent_s >= self.seconds


def solve(text: str, stop: Stop, *, rounding: str | None = None, seed: int = 1, start: str = "") -> Solved:
    """The best routes found. `start` is the text of a solution file to begin with.

    Refuses `wrong_instance` and `wrong_solution`.
    """
    vrplib_text = literature.as_vrplib(text)
    instance = literature.read(vrplib_text)
    rounding = rounding or literature.rounding_of(instance)
    data, first = _data(vrplib_text, rounding, start)
    judged = literature.is_plain(instance)
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # the answer tells that nothing was found
        found = pyvrp.solve(
            data, stop, seed=seed, collect_stats=False, initial_solution=first,
            params=AS_SHIPPED if judged else RICH,
        )  # fmt: skip
    routes = _routes(data, found.best)
    cost, wrong = literature.judged(instance, routes, rounding) if judged else (int(found.cost()), [])
    return Solved(
        name=str(instance.get("name", "")), cost=cost, scale=literature.SCALE[rounding], rounding=rounding,
        feasible=found.is_feasible() and not wrong, judged=judged, wrong=tuple(wrong), routes=routes,
        iterations=found.num_iterations, seconds=time.perf_counter() - began, seed=seed,
    )  # fmt: skip


def solution_text(solved: Solved) -> str:
    """A solution file as CVRPLIB has them."""
    lines = [f"Route #{number}: {' '.join(map(str, route))}" for number, route in enumerate(solved.routes, 1)]
    cost = solved.cost / solved.scale
    return "\n".join([*lines, f"Cost {cost:.10g}", ""])


def _data(vrplib_text: str, rounding: str, start: str) -> tuple[pyvrp.ProblemData, pyvrp.Solution | None]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "instance.vrp"
        path.write_text(vrplib_text)
        try:
            data = pyvrp.read(path, rounding)
        except Exception as error:  # the reader answers hostile text with many kinds of error
            raise Refused("wrong_instance", problem="not_solvable", detail=str(error)[:120]) from None
        if not start:
            return data, None
        first = Path(folder) / "start.sol"
        first.write_text(start)
        try:
            return data, pyvrp.read_solution(first, data)
        except Exception as error:
            raise Refused("wrong_solution", detail=str(error)[:120]) from None


def _routes(data: pyvrp.ProblemData, best: pyvrp.Solution) -> tuple[tuple[int, ...], ...]:
    """Locations in order; a reload in the middle of a route is told as its depot."""
    clients, depots = data.clients(), data.depots()
    shipments = data.shipments()
    told = []
    for route in best.routes():
        way: list[int] = []
        for activity in list(route.schedule())[1:-1]:
            if activity.is_client():
                way.append(clients[activity.idx].location)
            elif activity.is_depot():
                way.append(depots[activity.idx].location)
            else:
                shipment = shipments[activity.idx]
                way.append((shipment.pickup if activity.is_pickup() else shipment.delivery).location)
        told.append(tuple(way))
    return tuple(told)
