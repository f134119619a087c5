"""Routing problems as the literature writes them, so that the planner's solver can be held against others.

VRPLIB (CVRPLIB, PyVRP/Instances) and Solomon's format (Solomon, Gehring and Homberger). A Solomon file is
rewritten as VRPLIB, so there is one reader. Routes are judged by `judged`, written from the definition of
the problem and not from the solver.

Costs are whole numbers. How distances are rounded is part of an instance and decides what its best known
solution is: CVRPLIB rounds to the nearest (`round`), the DIMACS challenge counts tenths, cut off (`dimacs`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from vrplib.parse import parse_solomon, parse_vrplib

from kawal.rules.refusals import Refused

CHARS_MAX: Final = 200_000_000
LOCATIONS_MAX: Final = 20_000  # a matrix of 20,000 squared takes 3.2 GB
SCALE: Final = {"round": 1, "trunc": 1, "dimacs": 10, "exact": 1_000, "none": 1}

_PLAIN: Final = frozenset(
    {
        *("name", "type", "comment", "dimension", "vehicles", "capacity", "depot", "demand", "time_window"),
        *("service_time", "edge_weight", "edge_weight_type", "edge_weight_format", "node_coord"),
        *("node_coord_type", "display_data_type"),
    }
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a route breaks: `capacity`, `late`, `missing`, `twice`, `unknown`, `too_many_routes`."""

    code: str
    route: int  # from 1; 0: the whole solution
    location: int  # as solution files count: the depot is 0, which also says: none in particular


def as_vrplib(text: str) -> str:
    """The instance in VRPLIB. Refuses `wrong_instance`."""
    if len(text) > CHARS_MAX:
        raise Refused("wrong_instance", problem="too_long")
    if "\x00" in text:
        raise Refused("wrong_instance", problem="no_instance")
    if re.search(r"^\s*CUST(OMER)?\b", text, re.MULTILINE) and "DIMENSION" not in text:
        return _from_solomon(text)
    return text


def read(vrplib_text: str) -> dict[str, Any]:
    """Specifications and sections by name. Refuses `wrong_instance` with what is wrong."""
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
    depots = np.size(instance.get("depot", 0))
    return depots == 1 and not set(instance) - _PLAIN and np.ndim(instance.get("capacity", 0)) == 0


def rounding_of(instance: dict[str, Any]) -> str:
    """The custom of the literature: tenths where there are time windows, else the nearest whole number."""
    return "dimacs" if "time_window" in instance else "round"


def judged(
    instance: dict[str, Any], routes: Sequence[Sequence[int]], rounding: str
) -> tuple[int, list[Wrong]]:
    """The cost of routes (as solution files have them: the depot is 0 and not told) and all that they break.

    For instances that `is_plain` says it may judge.
    """
    distance, demand = _rounded(instance["edge_weight"], rounding), instance.get("demand")
    windows = _optional(instance, "time_window", rounding)
    service = _optional(instance, "service_time", rounding)
    size = int(instance["dimension"])
    capacity = instance.get("capacity")
    cost, wrong, seen = 0, [], set()
    if "vehicles" in instance and len(routes) > int(instance["vehicles"]):
        wrong.append(Wrong("too_many_routes", 0, 0))
    for number, route in enumerate(routes, 1):
        at, load = 0, 0
        time = int(windows[0][0]) if windows is not None else 0
        for to in [*route, 0]:
            if not 0 <= to < size:
                wrong.append(Wrong("unknown", number, to))
                continue
            time += int(distance[at][to]) + _service(service, at)
            cost += int(distance[at][to])
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


def _from_solomon(text: str) -> str:
    try:
        instance = parse_solomon(text, compute_edge_weights=False)
        columns = {
            "NODE_COORD": instance["node_coord"],
            "DEMAND": np.reshape(instance["demand"], (-1, 1)),
            "TIME_WINDOW": instance["time_window"],
            "SERVICE_TIME": np.reshape(instance["service_time"], (-1, 1)),
        }
    except Exception as error:
        raise Refused("wrong_instance", problem="no_instance", detail=str(error)[:120]) from None
    lines = [
        f"NAME : {instance['name']}", "TYPE : VRPTW", f"DIMENSION : {len(columns['DEMAND'])}",
        f"VEHICLES : {instance['vehicles']}", f"CAPACITY : {instance['capacity']}",
        "EDGE_WEIGHT_TYPE : EUC_2D",
    ]  # fmt: skip
    for name, rows in columns.items():
        lines.append(f"{name}_SECTION")
        lines += [" ".join(map(str, [number, *row])) for number, row in enumerate(rows, 1)]
    return "\n".join([*lines, "DEPOT_SECTION", "1", "-1", "EOF", ""])
