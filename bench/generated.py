"""Routing problems made like those of the literature, so that nothing must be fetched to be compared.

`cvrp` follows the generator of Uchoa and others (2017, the X set): depot, customers, demands and the mean
size of a route each by one of their rules. `vrptw` follows Solomon (1987), with the wider plains of Gehring
and Homberger: windows around a moment at which the customer can be served and the vehicle still get home.
`mixed` gives an X problem the fleet of Pessoa and others (2018): three sizes with fixed costs.
"""

from __future__ import annotations

import math
from random import Random

SQUARE = 1_000


def cvrp(
    customers: int, seed: int, depot: str = "R", places: str = "RC", demand: str = "U", size: float = 8
) -> str:
    """`depot` C, E or R; `places` R, C or RC; `demand` U (all one), S (1-10), L (50-100), Q (by quadrant)."""
    points, demands, capacity = _x(customers, seed, depot, places, demand, size)
    name = f"made-X-n{customers + 1}-{depot}-{places}-{demand}-{seed}"
    told = ["TYPE : CVRP", f"CAPACITY : {capacity}"]
    return _file(name, told, {"NODE_COORD": points, "DEMAND": [(one,) for one in demands]})


def mixed(customers: int, seed: int) -> str:
    """Three sizes of vehicles, as many as wanted; a larger one costs more, but less for each unit."""
    points, demands, capacity = _x(customers, seed, "R", "RC", "S", 8)
    sizes = (math.ceil(capacity / 2), capacity, 2 * capacity)
    fleet = [one for one in sizes for _ in range(math.ceil(1.2 * sum(demands) / one) + 1)]
    told = ["TYPE : HFVRP", f"VEHICLES : {len(fleet)}"]
    sections = {
        "NODE_COORD": points,
        "DEMAND": [(one,) for one in demands],
        "CAPACITY": [(one,) for one in fleet],
        "VEHICLES_FIXED_COST": [(round(300 * (one / capacity) ** 0.8),) for one in fleet],
    }
    return _file(f"made-HF-n{customers + 1}-{seed}", told, sections)


def vrptw(customers: int, seed: int, places: str = "RC", long: bool = False, timed: float = 0.75) -> str:
    """`long`: few long routes (Solomon's second class). `timed`: the part of customers that have a window."""
    chance = Random(f"{customers} {seed} {places} {long} {timed}")
    side = 100 * math.sqrt(customers / 100)
    points = [(round(side / 2), round(side / 2)), *_places(chance, customers, places, side)]
    horizon, capacity = round((1_000 if long else 230) * (1.2 if places == "C" else 1) * side / 100), 200
    service, half = (10, 120 if long else 30)
    windows = [(0, horizon)]
    for x, y in points[1:]:
        out = math.ceil(math.hypot(x - points[0][0], y - points[0][1]))
        first, last = out, horizon - out - service
        if chance.random() < timed:
            middle, wide = chance.uniform(first, last), max(5, chance.gauss(half, half / 4))
            windows.append((max(first, round(middle - wide)), min(last, round(middle + wide))))
        else:
            windows.append((0, horizon))
    windows = [(min(opens, closes), closes) for opens, closes in windows]
    demands = [
        0,
        *(10 * chance.randint(1, 4) if places == "C" else chance.randint(1, 41) for _ in points[1:]),
    ]
    told = [
        "TYPE : VRPTW",
        f"VEHICLES : {customers // 4}",
        f"CAPACITY : {5 * capacity if long else capacity}",
    ]
    sections = {
        "NODE_COORD": points,
        "DEMAND": [(one,) for one in demands],
        "TIME_WINDOW": windows,
        "SERVICE_TIME": [(0,), *((service,) for _ in points[1:])],
    }
    return _file(f"made-{places}{2 if long else 1}-n{customers}-{seed}", told, sections)


def _x(
    customers: int, seed: int, depot: str, places: str, demand: str, size: float
) -> tuple[list[tuple[int, int]], list[int], int]:
    chance = Random(f"{customers} {seed} {depot} {places} {demand} {size}")
    middle = SQUARE // 2
    home = {"C": (middle, middle), "E": (0, 0)}.get(depot) or (
        chance.randint(0, SQUARE),
        chance.randint(0, SQUARE),
    )
    points = [home, *_places(chance, customers, places, SQUARE)]

    def drawn(x: int, y: int) -> int:
        if demand == "U":
            return 1
        if demand == "Q":  # large in two opposite quadrants
            return chance.randint(*((51, 100) if (x < middle) == (y < middle) else (1, 50)))
        return chance.randint(*((1, 10) if demand == "S" else (50, 100)))

    demands = [0, *(drawn(x, y) for x, y in points[1:])]
    capacity = max(max(demands), math.ceil(size * sum(demands) / customers))
    return points, demands, capacity


def _places(chance: Random, count: int, places: str, side: float) -> list[tuple[int, int]]:
    """Scattered, or near some seeds (less likely the farther away), or half of each."""
    scattered = {"R": count, "C": 0, "RC": count // 2}[places]
    found = [(round(chance.uniform(0, side)), round(chance.uniform(0, side))) for _ in range(scattered)]
    seeds = [(chance.uniform(0, side), chance.uniform(0, side)) for _ in range(chance.randint(3, 8))]
    while len(found) < count:
        x, y = chance.uniform(0, side), chance.uniform(0, side)
        near = sum(math.exp(-25 * math.hypot(x - a, y - b) / side) for a, b in seeds)
        if chance.random() < near:
            found.append((round(x), round(y)))
    return found


def _file(name: str, told: list[str], sections: dict[str, list[tuple[int, ...]]]) -> str:
    size = len(sections["NODE_COORD"])
    lines = [f"NAME : {name}", *told, f"DIMENSION : {size}", "EDGE_WEIGHT_TYPE : EUC_2D"]
    for section, rows in sections.items():
        lines.append(f"{section}_SECTION")
        lines += [" ".join(map(str, (number, *row))) for number, row in enumerate(rows, 1)]
    return "\n".join([*lines, "DEPOT_SECTION", "1", "-1", "EOF", ""])
