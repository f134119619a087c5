"""Routing problems as the literature writes them, so that the planner's solver can be held against others.

Files of any kind come as VRPLIB in one plain form (`instances.py`), so there is one reader. Routes are judged
in `judging.py`.

Costs are whole numbers. How distances are rounded is part of an instance and decides what its best known
solution is: CVRPLIB rounds to the nearest (`round`), the DIMACS challenge counts tenths, cut off (`dimacs`);
the oldest sets and those with a limit on the length of a route, several depots, mixed fleets or pickups do
not round (`exact`: thousandths).
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from vrplib.parse import parse_vrplib

from kawal.rules.plan.routing.sections import LOCATIONS_MAX
from kawal.rules.refusals import Refused

SCALE: Final = {"round": 1, "trunc": 1, "dimacs": 10, "exact": 1_000, "none": 1}

_PLAIN: Final = frozenset(
    {
        *("name", "type", "comment", "dimension", "vehicles", "capacity", "depot", "demand", "time_window"),
        *("service_time", "edge_weight", "edge_weight_type", "edge_weight_format", "node_coord"),
        *("node_coord_type", "display_data_type", "display_data", "vehicles_max_duration"),
    }
)
_RICH: Final = frozenset(
    {"vehicles_max_duration", "vehicles_fixed_cost", "vehicles_unit_distance_cost", "pickup_and_delivery"}
)
# Christofides, Mingozzi and Toth; Golden and others; Taillard; Li and others: distances as they are.
_UNROUNDED: Final = re.compile(r"(cmt|golden_?|tai|li_?)[0-9]", re.IGNORECASE)


def read(vrplib_text: str) -> dict[str, Any]:
    """Specifications and sections by name, of a text in the plain form. Refuses `wrong_instance`."""
    try:
        instance = parse_vrplib(vrplib_text, compute_edge_weights=False)
    except Exception as error:  # the parser answers hostile text with many kinds of error
        told = str(error)[:120]
        raise Refused("wrong_instance", problem="no_instance", line=0, field="", detail=told) from None
    size = instance.get("dimension")
    if not isinstance(size, int) or size < 2:
        raise Refused("wrong_instance", problem="no_dimension", line=0, field="DIMENSION")
    if size > LOCATIONS_MAX:
        raise Refused("wrong_instance", problem="too_large", line=0, field="DIMENSION", most=LOCATIONS_MAX)
    try:
        return dict(parse_vrplib(vrplib_text))
    except Exception as error:
        facts = {"line": 0, "field": "EDGE_WEIGHT_TYPE", "value": str(error)[:120]}
        raise Refused("wrong_instance", problem="no_distances", **facts) from None


def is_plain(instance: dict[str, Any]) -> bool:
    """One depot, one kind of vehicle, and nothing but demands, time windows and service times."""
    one_depot = np.size(instance.get("depot", 0)) == 1
    limited_and_timed = "vehicles_max_duration" in instance and "time_window" in instance
    scalars = all(np.ndim(instance.get(name, 0)) == 0 for name in ("capacity", "vehicles_max_duration"))
    return one_depot and not set(instance) - _PLAIN and scalars and not limited_and_timed


def rounding_of(instance: dict[str, Any]) -> str:
    """The custom of the literature, as the module says."""
    if (
        np.size(instance.get("depot", 0)) > 1
        or np.ndim(instance.get("capacity", 0))
        or instance.keys() & _RICH
    ):
        return "exact"
    if "time_window" in instance:
        return "dimacs"
    return "exact" if _UNROUNDED.match(str(instance.get("name", ""))) else "round"
