"""Files of routing problems, however they are written, in the one form of VRPLIB that solver and judge read.

Files of forty years differ in line ends, case, colons, order of sections, wrapped matrices, the number of
the depot, and in how distances are told (`sections.py` reads them). Here they become one: the depots are the
first nodes, numbered from 1, every matrix is full, amounts are whole numbers, and a limit on a route's length
is a limit on its duration, service included (as Christofides, Mingozzi and Toth meant it).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.routing import distances, sections
from kawal.rules.plan.routing.sections import BY_NODE, NAMES_NODES, File, Rows
from kawal.rules.refusals import Refused

CHARS_MAX: Final = 200_000_000
DECIMALS_MAX: Final = 6  # of amounts that are not whole
MATRIX_NODES_MAX: Final = 5_000  # where a matrix must be told: with 5,000 nodes it is a text of 150 MB
_AMOUNTS: Final = ("DEMAND", "LINEHAUL", "BACKHAUL", "CAPACITY")


@dataclass(frozen=True, slots=True)
class Plain:
    text: str  # VRPLIB, as the module says
    nodes: tuple[int, ...] = ()  # the file's place of each node, from 0; empty: as in the text
    left_out: tuple[str, ...] = ()  # values of the file that are not known, by name


def plain(text: str) -> Plain:
    """The instance in the one form. Refuses `wrong_instance`, naming line and field."""
    if len(text) > CHARS_MAX:
        raise Refused("wrong_instance", problem="too_long", line=0, field="")
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Refused("wrong_instance", problem="no_instance", line=line, field="")
    text = text.removeprefix("\ufeff")
    if re.search(r"^\s*CUST(OMER)?\b", text, re.MULTILINE | re.IGNORECASE) and "DIMENSION" not in text:
        file = sections.solomon(text)
    else:
        file = sections.parsed(text)
    size = sections.size_of(file)
    if size is None:
        raise file.wrong("no_dimension", "DIMENSION")
    sections.check(file, size)
    nodes = _renumbered(file, size)
    _limited(file)
    _whole_amounts(file)
    _measured(file, size)
    return Plain(file.text(), () if nodes == tuple(range(size)) else nodes, tuple(file.left_out))


def _renumbered(file: File, size: int) -> tuple[int, ...]:
    """Depots first, rows in the order of the nodes; answers the file's place of each node."""
    ids = sections.ids_of(file, size)
    place = {one: number for number, one in enumerate(ids)}
    depots = [one for row in file.sections.get("DEPOT", []) for one in row if one != "-1"] or [ids[0]]
    first = [place[one] for one in dict.fromkeys(depots)]
    nodes = (*first, *(number for number in range(size) if number not in set(first)))
    named = file.sections.keys() & set(NAMES_NODES)
    if named and (nodes != tuple(range(size)) or ids != [str(one) for one in range(1, size + 1)]):
        raise file.wrong("depots_first", min(named))
    now = {ids[old]: str(new) for new, old in enumerate(nodes, 1)}
    for name in BY_NODE:
        if rows := file.sections.get(name):
            file.sections[name] = sorted(
                ([now[row[0]], *row[1:]] for row in rows), key=lambda row: int(row[0])
            )
    if "EDGE_WEIGHT" in file.sections:
        rows = _matrix_rows(_weights(file, size)[np.ix_(nodes, nodes)])
        file.sections["EDGE_WEIGHT"] = rows
        file.told |= {"EDGE_WEIGHT_TYPE": "EXPLICIT", "EDGE_WEIGHT_FORMAT": "FULL_MATRIX"}
    file.sections["DEPOT"] = [[str(number)] for number in range(1, len(first) + 1)] + [["-1"]]
    if file.told.get("TYPE", "").upper() in ("TSP", "ATSP"):
        file.told.setdefault("VEHICLES", "1")  # one tour, even where two would be shorter
    return nodes


def _weights(file: File, size: int) -> NDArray[np.float64]:
    form = file.told.get("EDGE_WEIGHT_FORMAT", "").upper()
    try:
        return distances.matrix(np.array(sections.numbers(file.sections["EDGE_WEIGHT"])), form, size)
    except ValueError as error:
        raise file.wrong("matrix", "EDGE_WEIGHT", detail=str(error)) from None


def _limited(file: File) -> None:
    limit = file.told.pop("DISTANCE", None)
    if limit is not None and float(limit) > 0:  # 0: none, as in Golden's files
        file.told["VEHICLES_MAX_DURATION"] = limit


def _whole_amounts(file: File) -> None:
    """Demands and capacities times 10, as often as makes them whole: else they would be rounded."""
    amounts = [one for name in _AMOUNTS for row in file.sections.get(name, []) for one in row[1:]]
    amounts += [told] if (told := file.told.get("CAPACITY")) else []
    if all(re.fullmatch(r"[+-]?[0-9]+", one) for one in amounts):
        return
    decimals = 0
    numbers = np.array([float(one) for one in amounts])
    while decimals < DECIMALS_MAX and not _whole(numbers * 10**decimals):
        decimals += 1

    def scaled(amount: str) -> str:
        return str(round(float(amount) * 10**decimals))

    for name in _AMOUNTS:
        if name in file.sections:
            file.sections[name] = [[row[0], *map(scaled, row[1:])] for row in file.sections[name]]
    if "CAPACITY" in file.told:
        file.told["CAPACITY"] = scaled(file.told["CAPACITY"])


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool(np.all(np.abs(numbers - np.rint(numbers)) < 1e-9 * np.maximum(1, np.abs(numbers))))


def _measured(file: File, size: int) -> None:
    """Distances that are no plain Euclidean ones of whole coordinates are told as a matrix."""
    if "EDGE_WEIGHT" in file.sections:
        return
    if "NODE_COORD" not in file.sections:
        told = file.told.get("EDGE_WEIGHT_TYPE", "-")
        raise file.wrong("no_distances", "EDGE_WEIGHT_TYPE", value=told[:40])
    kind = file.told.setdefault("EDGE_WEIGHT_TYPE", "EUC_2D").upper()
    file.told["EDGE_WEIGHT_TYPE"] = kind
    points = np.array([[float(one) for one in row[1:]] for row in file.sections["NODE_COORD"]])
    measure: Callable[[Any], Any] | None = distances.BY_TYPE.get(kind)
    if measure is None:
        raise file.wrong("no_distances", "EDGE_WEIGHT_TYPE", value=kind[:40])
    small = _whole(points) and bool(np.all(np.abs(points) < 1e6))
    if kind == "EUC_2D" and (small or size > MATRIX_NODES_MAX):
        return
    if size > MATRIX_NODES_MAX:
        raise file.wrong("too_large", "DIMENSION", most=MATRIX_NODES_MAX)
    file.sections["EDGE_WEIGHT"] = _matrix_rows(measure(points))
    file.told |= {"EDGE_WEIGHT_TYPE": "EXPLICIT", "EDGE_WEIGHT_FORMAT": "FULL_MATRIX"}


def _matrix_rows(matrix: NDArray[np.float64]) -> Rows:
    if _whole(matrix):
        return [list(map(str, row)) for row in np.rint(matrix).astype(np.int64).tolist()]
    return [list(map(repr, row)) for row in matrix.tolist()]


def in_file(nodes: Sequence[int], routes: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Routes as the file counts its nodes (from 0, so that the first node is 0)."""
    return tuple(tuple(nodes[one] if nodes else one for one in route) for route in routes)
