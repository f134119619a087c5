"""A made-up town with many signs: a crooked grid of streets, some one-way, and a turn forbidden or commanded
at many corners, also over a street between."""

from __future__ import annotations

import random

from tests.desk.plan.extract import Extract

KINDS = (
    "no_left_turn",
    "no_right_turn",
    "no_straight_on",
    "no_u_turn",
    "only_straight_on",
    "only_right_turn",
)


def signposted(seed: int, size: int = 9, signs: int = 40) -> tuple[Extract, list[tuple[float, float]]]:
    """The map, and a place in each of its streets."""
    chance = random.Random(seed)
    found = Extract()
    for row in range(size):
        for column in range(size):
            off = chance.uniform(-4e-4, 4e-4), chance.uniform(-4e-4, 4e-4)
            found.node(f"{row}/{column}", -3 + row * 0.002 + off[0], 105 + column * 0.002 + off[1])
    streets: dict[str, list[tuple[int, str]]] = {name: [] for name in found.nodes}
    places = []
    for row in range(size):
        for column in range(size):
            for other in ((row + 1, column), (row, column + 1)):
                a, b = f"{row}/{column}", f"{other[0]}/{other[1]}"
                inner = 0 < row < size - 1 and 0 < column < size - 1
                if b not in found.nodes or (inner and chance.random() < 0.1):
                    continue
                tags = {"oneway": chance.choice(["yes", "-1"])} if inner and chance.random() < 0.2 else {}
                way = found.way(a, b, highway=chance.choice(["residential", "tertiary"]), **tags)
                streets[a].append((way, b))
                streets[b].append((way, a))
                share = chance.uniform(0.3, 0.7)
                (_, lat, lon, _), (_, to_lat, to_lon, _) = found.nodes[a], found.nodes[b]
                places.append(
                    (round(lat + (to_lat - lat) * share, 6), round(lon + (to_lon - lon) * share, 6))
                )
    approached: set[tuple[int, str]] = set()  # one sign for each way of coming to a corner: none contradict
    for _ in range(signs):
        corner = chance.choice(sorted(streets))
        if len(streets[corner]) < 3:
            continue
        begin, until = chance.sample(streets[corner], 2)
        if (begin[0], corner) in approached:
            continue
        approached.add((begin[0], corner))
        kind = chance.choice(KINDS)
        if kind == "no_u_turn":
            until = begin
        if chance.random() < 0.25 and kind.startswith("no_") and kind != "no_u_turn":
            beyond = [way for way, _ in streets[until[1]] if way != until[0]]
            if beyond:
                found.turn(kind, begin[0], until[0], chance.choice(beyond))
            continue
        found.turn(kind, begin[0], corner, until[0])
    return found, places
