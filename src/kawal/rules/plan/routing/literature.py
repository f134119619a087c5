"""Routing problems as the literature writes them, so that the planner's solver can be held against others.

Files of any kind come as VRPLIB in one plain form (`instances.py`), so there is one reader. Routes are judged
by `judged`, written from the definition of the problem and not from the solver.

Costs are whole numbers. How distances are rounded is part of an instance and decides what its best known
solution is: CVRPLIB rounds to the nearest (`round`), the DIMACS challenge counts tenths, cut off (`dimacs`);
the oldest sets, those with a limit on the length of a route and those with several depots do not round
(`exact`: thousandths).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from vrplib.parse import parse_vrplib

from kawal.rules.refusals import Refused

LOCATIONS_MAX: Final = 20_000  # a matrix of 20,000 squared takes 3.2 GB
SCALE: Final = {"round": 1, "trunc": 1, "dimacs": 10, "exact": 1_000, "none": 1}

_PLAIN: Final = frozenset(
    {
        *("name", "type", "comment", "dimension", "vehicles", "capacity", "depot", "demand", "time_window"),
        *("service_time", "edge_weight", "edge_weight_type", "edge_weight_format", "node_coord"),
        *("node_coord_type", "display_data_type", "display_data", "vehicles_max_duration"),
    }
)
# Christofides, Mingozzi and Toth; Golden and others; Taillard; Li and others: distances as they are.
_UNROUNDED: Final = re.compile(r"(cmt|golden_?|tai|li_?)[0-9]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wrong:
    """`capacity`, `late`, `too_long`, `missing`, `twice`, `unknown`, `too_many_routes`."""

    code: str
    route: int  # from 1; 0: the whole solution
    location: int  # as solution files count: the depot is 0, which also says: none in particular


def read(vrplib_text: str) -> dict[str, Any]:
    """Specifications and sections by name, of a text in the plain form. Refuses `wrong_instance`."""
    try:
        instance = parse_vrplib(vrplib_text, compute_edge_weights=False)
    except Exception as error:  # the parser answers hostile text with many kinds of error
        raise Refused("wrong_instance", problem="no_instance", detail=str(error)[:120]) from None
    size = instance.get("dimension")
    if not isinstance(size, int) or size < 2:
        raise Refused("wrong_instance", problem="no_dimension")
    if size > LOCATIONS_MAX:
        raise Refused("wrong_instance", problem="too_large", most=LOCATIONS_MAX)
    for name in ("node_coord", "demand", "time_window"):
        section = instance.get(name)
        if section is not None and (not isinstance(section, np.ndarray) or len(section) != size):
            raise Refused("wrong_instance", problem="section_length", section=name.upper(), size=size)
    try:
        return dict(parse_vrplib(vrplib_text))
    except Exception as error:
        raise Refused("wrong_instance", problem="no_distances", detail=str(error)[:120]) from None


def is_plain(instance: dict[str, Any]) -> bool:
    """One depot, one kind of vehicle, and nothing but demands, time windows and service times."""
    one_depot = np.size(instance.get("depot", 0)) == 1
    limited_and_timed = "vehicles_max_duration" in instance and "time_window" in instance
    scalars = all(np.ndim(instance.get(name, 0)) == 0 for name in ("capacity", "vehicles_max_duration"))
    return one_depot and not set(instance) - _PLAIN and scalars and not limited_and_timed


def rounding_of(instance: dict[str, Any]) -> str:
    """The custom of the literature, as the module says."""
    if np.size(instance.get("depot", 0)) > 1 or "vehicles_max_duration" in instance:
        return "exact"
    if "time_window" in instance:
        return "dimacs"
    return "exact" if _UNROUNDED.match(str(instance.get("name", ""))) else "round"


def judged(
    instance: dict[str, Any], routes: Sequence[Sequence[int]], rounding: str
) -> tuple[int, list[Wrong]]:
    """The cost of routes (as solution files have them: the depot is 0 and not told) and all that they break.

    For instances that `is_plain` says it may judge.
    """
    distance, demand = _rounded(instance["edge_weight"], rounding), instance.get("demand")
    windows = _optional(instance, "time_window", rounding)
    service = _optional(instance, "service_time", rounding)
    longest = _optional(instance, "vehicles_max_duration", rounding)
    size = int(instance["dimension"])
    capacity = instance.get("capacity")
    cost, wrong, seen = 0, [], set()
    if "vehicles" in instance and len(routes) > int(instance["vehicles"]):
        wrong.append(Wrong("too_many_routes", 0, 0))
    for number, route in enumerate(routes, 1):
        at, load, long = 0, 0, 0
        time = int(windows[0][0]) if windows is not None else 0
        for to in [*route, 0]:
            if not 0 <= to < size:
                wrong.append(Wrong("unknown", number, to))
                continue
            time += int(distance[at][to]) + _service(service, at)
            cost += int(distance[at][to])
            long += int(distance[at][to]) + _service(service, at)
            if windows is not None:
                time = max(time, int(windows[to][0]))
                if time > windows[to][1]:
                    wrong.append(Wrong("late", number, to))
            if to and to in seen:
                wrong.append(Wrong("twice", number, to))
            seen.add(to)
            load += int(demand[to]) if demand is not None and to else 0
            at = to
        if capacity is not None and load > int(capacity):
            wrong.append(Wrong("capacity", number, 0))
        if longest is not None and long > int(longest):
            wrong.append(Wrong("too_long", number, 0))
    wrong += [Wrong("missing", 0, location) for location in range(1, size) if location not in seen]
    return cost, wrong


def _service(service: Any, at: int) -> int:
    if service is None or at == 0:
        return 0
    return int(service[at]) if np.ndim(service) else int(service)


def _rounded(values: Any, rounding: str) -> Any:
    values = np.asarray(values)
    if rounding in ("round", "exact"):
        return np.round(SCALE[rounding] * values).astype(np.int64)
    return (SCALE[rounding] * values).astype(np.int64)


def _optional(instance: dict[str, Any], name: str, rounding: str) -> Any:
    return _rounded(instance[name], rounding) if name in instance else None
