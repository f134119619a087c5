"""The file of a routing problem as values and sections, each row with the line that told it, checked.

What a solver would pass over in silence is refused here: a section that nobody knows, a row too few, a word
where a number belongs, a node or a depot that there is not. Values that are not known (`BEST_KNOWN : 555`)
are left out and named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kawal.rules.refusals import Refused

Rows = list[list[str]]

LOCATIONS_MAX: Final = 20_000  # a matrix of 20,000 squared takes 3.2 GB

# Sections with a row for each node, and for each vehicle; both begin with its number.
BY_NODE: Final = (
    *("NODE_COORD", "DEMAND", "TIME_WINDOW", "SERVICE_TIME", "RELEASE_TIME", "BACKHAUL", "LINEHAUL", "PRIZE"),
    *("DISPLAY_DATA", "PICKUP_AND_DELIVERY"),
)
BY_VEHICLE: Final = (
    *(
        "CAPACITY",
        "VEHICLES_DEPOT",
        "VEHICLES_RELOAD_DEPOT",
        "VEHICLES_ALLOWED_CLIENTS",
        "VEHICLES_MAX_DISTANCE",
    ),
    *("VEHICLES_MAX_DURATION", "VEHICLES_MAX_RELOADS", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST"),
)
# Sections that name nodes elsewhere than in the first column.
NAMES_NODES: Final = (
    *("VEHICLES_DEPOT", "VEHICLES_RELOAD_DEPOT", "VEHICLES_ALLOWED_CLIENTS", "MUTUALLY_EXCLUSIVE_GROUP"),
    "PICKUP_AND_DELIVERY",
)
_OF_DEPOTS: Final = ("DEPOT", "VEHICLES_DEPOT", "VEHICLES_RELOAD_DEPOT")
_SECTIONS: Final = frozenset({*BY_NODE, *BY_VEHICLE, *NAMES_NODES, "EDGE_WEIGHT", "DEPOT"})
_VALUES: Final = frozenset(
    {
        *("NAME", "COMMENT", "TYPE", "DIMENSION", "CAPACITY", "VEHICLES", "DISTANCE", "SERVICE_TIME"),
        *("EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "RELEASE_TIME", "VEHICLES_MAX_DISTANCE"),
        *("VEHICLES_MAX_DURATION", "VEHICLES_MAX_RELOADS", "VEHICLES_FIXED_COST"),
        *("VEHICLES_UNIT_DISTANCE_COST", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE"),
    }
)
_NUMBERS: Final = _VALUES - {
    *("NAME", "COMMENT", "TYPE", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "NODE_COORD_TYPE"),
    *("DISPLAY_DATA_TYPE", "DIMENSION"),  # of DIMENSION the reader tells more
}
_WHOLE: Final = frozenset(
    {*_OF_DEPOTS, "VEHICLES", "VEHICLES_ALLOWED_CLIENTS", "MUTUALLY_EXCLUSIVE_GROUP", "VEHICLES_MAX_RELOADS"}
    | {"VEHICLES_UNIT_DISTANCE_COST"}
)
_COLUMNS: Final = {
    **dict.fromkeys(("SERVICE_TIME", "RELEASE_TIME", "PRIZE", "VEHICLES_DEPOT", "VEHICLES_MAX_DISTANCE"), 2),
    **dict.fromkeys(("VEHICLES_MAX_DURATION", "VEHICLES_MAX_RELOADS", "VEHICLES_FIXED_COST"), 2),
    "TIME_WINDOW": 3,
    "PICKUP_AND_DELIVERY": 7,
    "VEHICLES_UNIT_DISTANCE_COST": 2,
}
# Look alike but ask for something else: open routes, sums of arrivals, split deliveries, orders.
_ELSE: Final = re.compile(r"O[A-Z]*VRP.*|CCVRP|TRP|MLP|SOP|HCP|HPP|KTSP|PTP|SDVRP|CARP|EVRP.*|PVRP.*")
# One of each group is to be visited: another problem where the file tells no groups.
_OF_GROUPS: Final = frozenset({"GVRP", "GTSP"})
_WITHOUT_COLON: Final = (
    "NAME|COMMENT|TYPE|DIMENSION|CAPACITY|VEHICLES|DISTANCE|SERVICE_TIME|EDGE_WEIGHT_TYPE|EDGE_WEIGHT_FORMAT"
)


@dataclass(slots=True)
class File:
    told: dict[str, str] = field(default_factory=dict)
    sections: dict[str, Rows] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)  # of a value, or of a section's head and rows
    left_out: list[str] = field(default_factory=list)  # values that are not known

    def text(self) -> str:
        lines = [f"{key} : {value}" for key, value in self.told.items()]
        for name, rows in self.sections.items():
            lines += [f"{name}_SECTION", *(" ".join(row) for row in rows)]
        return "\n".join([*lines, "EOF", ""])

    def wrong(self, problem: str, name: str, row: int = -1, **facts: object) -> Refused:
        """A refusal that names the line of a section's row (from 0; -1: its head) or of a value."""
        lines = self.lines.get(name, [0])
        section = f"{name}_SECTION" if name in self.sections else name
        line = lines[min(row + 1, len(lines) - 1)]
        return Refused("wrong_instance", problem=problem, line=line, field=section, **facts)


def parsed(text: str) -> File:
    """Values and sections, as they stand. Refuses `wrong_instance`."""
    file, rows, last, section = File(), None, "", ""
    for number, line in lines_of(text):
        if re.fullmatch(r"EOF\s*:?", line, re.IGNORECASE):
            break
        if found := re.fullmatch(r"([A-Z_0-9]+)_SECTION\b\s*:?(.*)", line, re.IGNORECASE):
            section = found[1].upper()
            if section in file.sections or section in file.told:
                file.lines[section] = [number]
                raise file.wrong("told_twice", section)
            rows = file.sections[section] = [found[2].split()] if found[2].strip() else []
            file.lines[section] = [number] * (1 + len(rows))
            if section not in _SECTIONS:
                raise file.wrong("unknown_section", section)
        elif found := re.fullmatch(r"([A-Z][A-Z_ 0-9]*?)\s*:(.*)", line, re.IGNORECASE):
            last, rows = re.sub(r"\s+", "_", found[1].upper()), None
            _take(file, last, found[2].strip(), number)
        elif rows is not None:
            rows.append(line.replace(",", " ").split())
            file.lines[section].append(number)
        elif found := re.fullmatch(rf"({_WITHOUT_COLON})\s+(\S.*)", line, re.IGNORECASE):
            last = found[1].upper()
            _take(file, last, found[2], number)
        elif last == "COMMENT":  # one that goes on
            file.told[last] += f" {line}"
        else:
            raise Refused("wrong_instance", problem="no_instance", line=number, field=line[:40])
    return file


def lines_of(text: str) -> list[tuple[int, str]]:
    """Of any system's line ends, numbered from 1, without blank ones and `#` notes."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def _take(file: File, name: str, value: str, line: int) -> None:
    if name not in _VALUES:
        file.left_out.append(name)
        return
    file.lines.setdefault(name, [line])
    if name in file.sections or (name in file.told and name != "COMMENT"):
        file.lines[name] = [line]
        raise file.wrong("told_twice", name)
    file.told[name] = value
    if name == "TYPE" and _ELSE.fullmatch(value.split(" ")[0].upper()):
        raise file.wrong("other_problem", name, value=value)
    if name in _NUMBERS and not is_number(value):
        raise file.wrong("no_number", name, value=value[:40])


def size_of(file: File) -> int | None:
    """How many nodes; None where the reader will refuse what is told of it. Refuses what is too large."""
    told = file.told.get("DIMENSION", "")
    if not re.fullmatch(r"[0-9]{1,99}", told):
        return None
    if int(told) > LOCATIONS_MAX:
        raise file.wrong("too_large", "DIMENSION", most=LOCATIONS_MAX)
    return int(told) if int(told) >= 2 else None


def check(file: File, size: int) -> None:
    """Refuses `wrong_instance` where a row is missing or says what cannot be meant."""
    _depot_as_first(file, size)
    kind = file.told.get("TYPE", "")
    if kind.upper() in _OF_GROUPS and "MUTUALLY_EXCLUSIVE_GROUP" not in file.sections:
        raise file.wrong("other_problem", "TYPE", value=kind)
    for name, rows in file.sections.items():
        for number, row in enumerate(rows):
            for word in row:
                if not is_number(word) or (name in _WHOLE and float(word) != int(float(word))):
                    raise file.wrong("no_number", name, number, value=word[:40])
        columns = _COLUMNS.get(name) or (len(rows[0]) if rows else 0)
        for number, row in enumerate(rows if name in {*BY_NODE, "CAPACITY", *_COLUMNS} else []):
            if len(row) != columns or columns < 2:
                raise file.wrong("columns", name, number, columns=max(2, columns))
        if name in BY_NODE and len(rows) != size:
            raise file.wrong("section_length", name, len(rows), count=len(rows), rows=size)
    _check_vehicles(file)
    _check_nodes(file, size)
    for number, row in enumerate(file.sections.get("TIME_WINDOW", [])):
        if float(row[1]) > float(row[2]):
            raise file.wrong("window", "TIME_WINDOW", number)
    for name in ("DEMAND", "LINEHAUL", "BACKHAUL", "SERVICE_TIME", "CAPACITY", "PRIZE"):
        for number, row in enumerate(file.sections.get(name, [])):
            if any(float(word) < 0 for word in row[1:]):
                raise file.wrong("negative", name, number)


def _depot_as_first(file: File, size: int) -> None:
    """Some files made of Li and Lim's call the first node 0 in its rows, and 1 everywhere else."""
    if ids_of(file, size) == ["0", *map(str, range(2, size + 1))]:
        for name in BY_NODE:
            for row in file.sections.get(name, []):
                row[0] = "1" if row[0] == "0" else row[0]


def _check_vehicles(file: File) -> None:
    told = [name for name in BY_VEHICLE if name in file.sections]
    if told and "VEHICLES" not in file.told:
        file.told["VEHICLES"] = str(len(file.sections[told[0]]))
    for name in told:
        rows, count = file.sections[name], int(float(file.told["VEHICLES"]))
        if len(rows) != count:
            raise file.wrong("section_length", name, len(rows), count=len(rows), rows=count)


def _check_nodes(file: File, size: int) -> None:
    ids = ids_of(file, size)
    for name in BY_NODE:
        seen: set[str] = set()
        for number, row in enumerate(file.sections.get(name, [])):
            if row[0] in seen or row[0] not in ids:
                raise file.wrong("twice" if row[0] in seen else "no_node", name, number, value=row[0])
            seen.add(row[0])
    depots = {word for row in file.sections.get("DEPOT", []) for word in row if word != "-1"} or {ids[0]}
    known = set(ids)
    for name in (*_OF_DEPOTS, "VEHICLES_ALLOWED_CLIENTS", "MUTUALLY_EXCLUSIVE_GROUP"):
        for number, row in enumerate(file.sections.get(name, [])):
            named = {word for word in row if word != "-1"} if name == "DEPOT" else set(row[1:])
            if strange := named - (depots if name in _OF_DEPOTS[1:] else known):
                problem = "no_depot" if strange <= known else "no_node"
                raise file.wrong(problem, name, number, value=min(strange))


def ids_of(file: File, size: int) -> list[str]:
    """The nodes' own numbers, in the order in which the file tells them first."""
    for name in ("NODE_COORD", "DEMAND", "LINEHAUL", "PICKUP_AND_DELIVERY"):
        rows = file.sections.get(name, [])
        if len(rows) == size and len({row[0] for row in rows}) == size:
            return [row[0] for row in rows]
    return [str(number) for number in range(1, size + 1)]


def is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word)) and "_" not in word
    except ValueError:
        return False


def solomon(text: str) -> File:
    """Solomon's format (Solomon, Gehring and Homberger): name, vehicles and capacity, seven columns."""
    (_, name), *lines = lines_of(text)
    rows = [(number, line.split()) for number, line in lines]
    told = [(number, row) for number, row in rows if all(map(is_number, row))]
    for number, row in told:
        if len(row) != (2 if row is told[0][1] else 7):
            raise _wrong_row(number, len(row), 2 if row is told[0][1] else 7)
    if len(told) < 3:
        raise Refused(
            "wrong_instance", problem="no_customers", line=rows[-1][0] if rows else 1, field=name[:40]
        )
    for number, row in rows:
        if number > told[1][0] and (strange := [word for word in row if not is_number(word)]):
            raise Refused(
                "wrong_instance", problem="no_number", line=number, field="CUSTOMER", value=strange[0][:40]
            )
    (vehicles, capacity), nodes = told[0][1], [row for _, row in told[1:]]
    file = File(
        {"NAME": name, "TYPE": "VRPTW", "DIMENSION": str(len(nodes)), "VEHICLES": vehicles}
        | {"CAPACITY": capacity, "EDGE_WEIGHT_TYPE": "EUC_2D"}
    )

    def column(*places: int) -> Rows:
        return [[str(number), *(row[place] for place in places)] for number, row in enumerate(nodes, 1)]

    file.sections = {
        "NODE_COORD": column(1, 2), "DEMAND": column(3), "TIME_WINDOW": column(4, 5),
        "SERVICE_TIME": column(6), "DEPOT": [["1"], ["-1"]],
    }  # fmt: skip
    head = [told[0][0]]
    file.lines = {name: head + [number for number, _ in told[1:]] for name in file.sections}
    return file


def _wrong_row(line: int, count: int, columns: int) -> Refused:
    return Refused(
        "wrong_instance", problem="columns", line=line, field="CUSTOMER", columns=columns, count=count
    )


def numbers(rows: Sequence[Sequence[str]]) -> list[float]:
    return [float(word) for row in rows for word in row]
