"""Files of routing problems, however they are written, in the one form of VRPLIB that solver and judge read.

Files of forty years differ in line ends, case, colons, order of sections, wrapped matrices, the number of
the depot, and in how distances are told. Here they become one: the depots are the first nodes, numbered from
1, every matrix is full, amounts are whole numbers, and a limit on a route's length is a limit on its
duration, service included (as Christofides, Mingozzi and Toth meant it).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.routing import distances
from kawal.rules.refusals import Refused

CHARS_MAX: Final = 200_000_000
DECIMALS_MAX: Final = 6  # of amounts that are not whole
MATRIX_NODES_MAX: Final = 5_000  # where a matrix must be told: with 5,000 nodes it is a text of 150 MB

# Sections with a row for each node, beginning with its number.
_BY_NODE: Final = (
    *("NODE_COORD", "DEMAND", "TIME_WINDOW", "SERVICE_TIME", "RELEASE_TIME", "BACKHAUL", "LINEHAUL", "PRIZE"),
    *("DISPLAY_DATA",),
)
# Sections that name nodes or vehicles elsewhere than in the first column: nodes keep their numbers there.
_NAMES_NODES: Final = (
    *("VEHICLES_DEPOT", "VEHICLES_RELOAD_DEPOT", "VEHICLES_ALLOWED_CLIENTS", "MUTUALLY_EXCLUSIVE_GROUP"),
    *("PICKUP_AND_DELIVERY",),
)
_SPECIFICATIONS: Final = (
    "NAME|COMMENT|TYPE|DIMENSION|CAPACITY|VEHICLES|DISTANCE|SERVICE_TIME|EDGE_WEIGHT_TYPE|EDGE_WEIGHT_FORMAT"
)

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Plain:
    text: str  # VRPLIB, as the module says
    nodes: tuple[int, ...] = ()  # the file's place of each node, from 0; empty: as in the text


@dataclass(slots=True)
class _File:
    told: dict[str, str] = field(default_factory=dict)
    sections: dict[str, Rows] = field(default_factory=dict)

    def text(self) -> str:
        lines = [f"{key} : {value}" for key, value in self.told.items()]
        for name, rows in self.sections.items():
            lines += [f"{name}_SECTION", *(" ".join(row) for row in rows)]
        return "\n".join([*lines, "EOF", ""])


def plain(text: str) -> Plain:
    """The instance in the one form. Refuses `wrong_instance`."""
    if len(text) > CHARS_MAX:
        raise Refused("wrong_instance", problem="too_long")
    if "\x00" in text:
        raise Refused("wrong_instance", problem="no_instance")
    text = text.removeprefix("\ufeff")
    if re.search(r"^\s*CUST(OMER)?\b", text, re.MULTILINE | re.IGNORECASE) and "DIMENSION" not in text:
        return Plain(_solomon(text).text())
    file = _vrplib(text)
    size = _size(file)
    if size is None:
        return Plain(file.text())
    try:
        nodes = _renumbered(file, size)
        _limited(file)
        _whole_amounts(file)
        _measured(file, size)
    except ValueError as error:
        raise Refused("wrong_instance", problem="no_instance", detail=str(error)[:120]) from None
    return Plain(file.text(), () if nodes == tuple(range(size)) else nodes)


def _vrplib(text: str) -> _File:
    file, rows, last = _File(), None, ""
    for line in _lines(text):
        if re.fullmatch(r"EOF\s*:?", line, re.IGNORECASE):
            break
        if found := re.fullmatch(r"([A-Z_0-9]+)_SECTION\b\s*:?(.*)", line, re.IGNORECASE):
            rows = file.sections.setdefault(found[1].upper(), [])
            rows += [found[2].split()] if found[2].strip() else []
        elif found := re.fullmatch(r"([A-Z][A-Z_ 0-9]*?)\s*:(.*)", line, re.IGNORECASE):
            last = re.sub(r"\s+", "_", found[1].upper())
            file.told[last], rows = found[2].strip(), None
        elif rows is not None:
            rows.append(line.replace(",", " ").split())
        elif found := re.fullmatch(rf"({_SPECIFICATIONS})\s+(\S.*)", line, re.IGNORECASE):
            last = found[1].upper()
            file.told[last] = found[2]
        elif last == "COMMENT":  # one that goes on
            file.told[last] += f" {line}"
        else:
            raise Refused("wrong_instance", problem="no_instance", detail=line[:120])
    return file


def _lines(text: str) -> list[str]:
    """Of any system's line ends, without blank ones and `#` notes."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _size(file: _File) -> int | None:
    """How many nodes; None where the reader will refuse what is told of it."""
    told = file.told.get("DIMENSION", "")
    return int(told) if re.fullmatch(r"[0-9]{1,6}", told) and int(told) >= 2 else None


def _renumbered(file: _File, size: int) -> tuple[int, ...]:
    """Depots first, rows in the order of the nodes; answers the file's place of each node."""
    ids = next(
        (
            [row[0] for row in rows]
            for name in ("NODE_COORD", "DEMAND")
            if len(rows := file.sections.get(name, [])) == size
        ),
        [str(number) for number in range(1, size + 1)],
    )
    if len(set(ids)) < size:
        raise ValueError("a node is told twice")
    place = {one: number for number, one in enumerate(ids)}
    depots = [one for row in file.sections.get("DEPOT", []) for one in row if one != "-1"] or [ids[0]]
    if unknown := set(depots) - place.keys():
        raise ValueError(f"DEPOT_SECTION: {min(unknown)}")
    first = [place[one] for one in dict.fromkeys(depots)]
    nodes = (*first, *(number for number in range(size) if number not in set(first)))
    if nodes != tuple(range(size)) and file.sections.keys() & set(_NAMES_NODES):
        raise ValueError("DEPOT_SECTION")
    now = {ids[old]: str(new) for new, old in enumerate(nodes, 1)}
    for name in _BY_NODE:
        rows = file.sections.get(name, [])
        if len(rows) == size:
            if {row[0] for row in rows} != place.keys():
                raise ValueError(f"{name}_SECTION")
            file.sections[name] = sorted(
                ([now[row[0]], *row[1:]] for row in rows), key=lambda row: int(row[0])
            )
    if "EDGE_WEIGHT" in file.sections:
        rows = _matrix_rows(distances.matrix(*_weights(file), size)[np.ix_(nodes, nodes)])
        file.sections["EDGE_WEIGHT"] = rows
        file.told |= {"EDGE_WEIGHT_TYPE": "EXPLICIT", "EDGE_WEIGHT_FORMAT": "FULL_MATRIX"}
    file.sections["DEPOT"] = [[str(number)] for number in range(1, len(first) + 1)] + [["-1"]]
    return nodes


def _weights(file: _File) -> tuple[NDArray[np.float64], str]:
    numbers = [float(one) for row in file.sections["EDGE_WEIGHT"] for one in row]
    return np.array(numbers), file.told.get("EDGE_WEIGHT_FORMAT", "").upper()


def _limited(file: _File) -> None:
    limit = file.told.pop("DISTANCE", None)
    if limit is not None and float(limit) > 0:  # 0: none, as in Golden's files
        file.told["VEHICLES_MAX_DURATION"] = limit


def _whole_amounts(file: _File) -> None:
    """Demands and capacities times 10, as often as makes them whole: else they would be rounded."""
    amounts = [
        one for name in ("DEMAND", "CAPACITY") for row in file.sections.get(name, []) for one in row[1:]
    ]
    amounts += [told] if (told := file.told.get("CAPACITY")) else []
    if all(re.fullmatch(r"[+-]?[0-9]+", one) for one in amounts):
        return
    decimals = 0
    numbers = np.array([float(one) for one in amounts])
    while decimals < DECIMALS_MAX and not _whole(numbers * 10**decimals):
        decimals += 1

    def scaled(amount: str) -> str:
        return str(round(float(amount) * 10**decimals))

    for name in ("DEMAND", "CAPACITY"):
        if name in file.sections:
            file.sections[name] = [[row[0], *map(scaled, row[1:])] for row in file.sections[name]]
    if "CAPACITY" in file.told:
        file.told["CAPACITY"] = scaled(file.told["CAPACITY"])


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool(np.all(np.abs(numbers - np.rint(numbers)) < 1e-9 * np.maximum(1, np.abs(numbers))))


def _measured(file: _File, size: int) -> None:
    """Distances that are no plain Euclidean ones of whole coordinates are told as a matrix."""
    if "EDGE_WEIGHT" in file.sections or len(file.sections.get("NODE_COORD", [])) != size:
        return
    kind = file.told.setdefault("EDGE_WEIGHT_TYPE", "EUC_2D").upper()
    file.told["EDGE_WEIGHT_TYPE"] = kind
    points = np.array([[float(one) for one in row[1:]] for row in file.sections["NODE_COORD"]])
    measure: Callable[[Any], Any] | None = distances.BY_TYPE.get(kind)
    small = _whole(points) and bool(np.all(np.abs(points) < 1e6))
    if measure is None or (kind == "EUC_2D" and (small or size > MATRIX_NODES_MAX)):
        return
    if size > MATRIX_NODES_MAX:
        raise Refused("wrong_instance", problem="too_large", most=MATRIX_NODES_MAX)
    file.sections["EDGE_WEIGHT"] = _matrix_rows(measure(points))
    file.told |= {"EDGE_WEIGHT_TYPE": "EXPLICIT", "EDGE_WEIGHT_FORMAT": "FULL_MATRIX"}


def _matrix_rows(matrix: NDArray[np.float64]) -> Rows:
    if _whole(matrix):
        return [list(map(str, row)) for row in np.rint(matrix).astype(np.int64).tolist()]
    return [list(map(repr, row)) for row in matrix.tolist()]


def _solomon(text: str) -> _File:
    """Solomon's format (Solomon, Gehring and Homberger): name, vehicles and capacity, seven columns."""
    lines = _lines(text)
    head = [line.split() for line in lines]
    rows = [row for row in head[1:] if all(map(_is_number, row))]
    if not rows or len(rows[0]) != 2 or len(rows) < 3 or any(len(row) != 7 for row in rows[1:]):
        raise Refused("wrong_instance", problem="no_instance", detail=lines[-1][:120])
    words = [row for row in head[1:] if not any(map(_is_number, row))]
    if len(words) + len(rows) + 1 != len(lines):
        raise Refused("wrong_instance", problem="no_instance", detail=lines[-1][:120])
    (vehicles, capacity), nodes = rows[0], rows[1:]
    file = _File(
        {"NAME": lines[0], "TYPE": "VRPTW", "DIMENSION": str(len(nodes)), "VEHICLES": vehicles}
        | {"CAPACITY": capacity, "EDGE_WEIGHT_TYPE": "EUC_2D"}
    )

    def column(*places: int) -> Rows:
        return [[str(number), *(row[place] for place in places)] for number, row in enumerate(nodes, 1)]

    file.sections = {
        "NODE_COORD": column(1, 2), "DEMAND": column(3), "TIME_WINDOW": column(4, 5),
        "SERVICE_TIME": column(6), "DEPOT": [["1"], ["-1"]],
    }  # fmt: skip
    _whole_amounts(file)
    _measured(file, len(nodes))
    return file


def _is_number(word: str) -> bool:
    return (
        re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?|[+-]?[0-9]+\.", word, re.IGNORECASE) is not None
    )


def in_file(nodes: Sequence[int], routes: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Routes as the file counts its nodes (from 0, so that the first node is 0)."""
    return tuple(tuple(nodes[one] if nodes else one for one in route) for route in routes)
