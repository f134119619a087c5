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

from kawal.rules.plan.routing import instances, judging, literature
from kawal.rules.plan.routing.judging import Wrong
from kawal.rules.plan.routing.solver import AS_SHIPPED
from kawal.rules.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    name: str
    cost: int  # in the instance's unit times `scale`
    scale: int
    rounding: str
    feasible: bool  # by the solver and by our own judge
    wrong: tuple[Wrong, ...]
    routes: tuple[tuple[int, ...], ...]  # as solution files count: the first node is 0, depots not told
    vehicles: tuple[int, ...]  # which vehicle of a mixed fleet goes each route, from 1; empty: all are alike
    iterations: int
    seconds: float
    seed: int
    left_out: tuple[str, ...]  # values of the file that nobody knows


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
    plain = instances.plain(text)
    instance = literature.read(plain.text)
    rounding = rounding or literature.rounding_of(instance)
    data, first = _data(plain, rounding, start)
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)  # the answer tells that nothing was found
        found = pyvrp.solve(
            data, stop, seed=seed, collect_stats=False, initial_solution=first,
            params=AS_SHIPPED,
        )  # fmt: skip
    routes, vehicles = _routes(data, found.best)
    cost, wrong = judging.judged(instance, routes, rounding, vehicles)
    return Solved(
        name=str(instance.get("name", "")), cost=cost, scale=literature.SCALE[rounding], rounding=rounding,
        feasible=found.is_feasible() and not wrong, wrong=tuple(wrong),
        routes=instances.in_file(plain.nodes, routes), vehicles=vehicles,
        iterations=found.num_iterations, seconds=time.perf_counter() - began, seed=seed,
        left_out=plain.left_out,
    )  # fmt: skip


def solution_text(solved: Solved) -> str:
    """A solution file as CVRPLIB has them; of a mixed fleet as PyVRP's, with a line for every vehicle."""
    going = dict(zip(solved.vehicles or range(1, len(solved.routes) + 1), solved.routes, strict=True))
    lines = [
        f"Route #{number}: {' '.join(map(str, going.get(number, ())))}".rstrip()
        for number in range(1, max(going, default=0) + 1)
    ]
    cost = solved.cost / solved.scale
    return "\n".join([*lines, f"Cost {cost:.10g}", ""])


def _data(
    plain: instances.Plain, rounding: str, start: str
) -> tuple[pyvrp.ProblemData, pyvrp.Solution | None]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "instance.vrp"
        path.write_text(plain.text)
        try:
            data = pyvrp.read(path, rounding)
        except Exception as error:  # the reader answers hostile text with many kinds of error
            raise Refused(
                "wrong_instance", problem="not_solvable", line=0, field="", detail=str(error)[:120]
            ) from None
        if not start:
            return data, None
        first = Path(folder) / "start.sol"
        first.write_text(_renumbered(start, plain.nodes))
        try:
            return data, pyvrp.read_solution(first, data)
        except Exception as error:
            raise Refused("wrong_solution", detail=str(error)[:120]) from None


def _renumbered(start: str, nodes: tuple[int, ...]) -> str:
    """A solution file with the nodes as the plain form of the instance counts them."""
    if not nodes:
        return start
    now = {str(old): str(new) for new, old in enumerate(nodes)}
    lines = []
    for line in start.splitlines():
        head, colon, rest = line.partition(":")
        if "Route" in head:
            rest = " ".join(["", *(now.get(one, one) for one in rest.split())])
        lines.append(head + colon + rest)
    return "\n".join(lines)


def _routes(
    data: pyvrp.ProblemData, best: pyvrp.Solution
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """Locations in order, a reload in the middle told as its depot; and which vehicle goes each route."""
    clients, depots = data.clients(), data.depots()
    shipments = data.shipments()
    # The reader names every kind of vehicle by those that it stands for.
    free = [iter(kind.name.split(",")) for kind in data.vehicle_types()]
    told, vehicles = [], []
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
        vehicles.append(int(next(free[route.vehicle_type()])) + 1)
    return tuple(told), tuple(vehicles) if len(free) > 1 else ()
