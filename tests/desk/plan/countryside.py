"""A made-up regency as a map has it: a town with one-way streets and signs, winding roads to the villages,
a river with two ferries and a weak bridge, an island, and what is closed."""

from __future__ import annotations

import math
import random

from tests.desk.plan.extract import Extract

WEST, SOUTH = 105.0, -3.0
BLOCK = 0.002  # degrees: some 220 m
BOX = (-3.4, 104.6, -2.6, 105.6)

# Places that a plan may want, and by what they can be reached from the town (see `countryside`).
TOWN = (-2.994, 105.004)
BY_CAR = {
    "hill": (-2.8603, 105.1202),
    "paddy": (-3.1003, 105.0798),
    "quarry": (-3.0601, 104.8802),
    "one way in": (-2.9902, 105.1003),
    "over the ferry": (-3.0002, 105.3603),
    "behind a gate": (-2.9302, 104.9403),
}
BY_MOTORBIKE = {"over the boat": (-2.8702, 105.3003), "behind bollards": (-3.0503, 105.1502)}
BY_NOTHING = {"island": (-3.2502, 105.4503), "closed": (-3.1502, 104.9302)}


def countryside(seed: int = 1) -> Extract:
    found = Extract()
    _town(found)
    chance = random.Random(seed)
    north = _winding(found, chance, "0/6", (-2.86, 105.12), highway="secondary", surface="asphalt")
    _winding(found, chance, north, (-2.82, 105.2), highway="unclassified", surface="unpaved")
    south = _winding(found, chance, "6/0", (-3.1, 105.08), highway="tertiary", surface="compacted")
    _winding(found, chance, south, (-3.2, 105.2), highway="track", tracktype="grade3")
    west = _winding(found, chance, "3/0", (-3.06, 104.88), highway="primary", ref="N 14")
    _winding(found, chance, west, north, highway="unclassified", surface="gravel")
    _winding(found, chance, west, (-3.15, 104.93), highway="construction", construction="tertiary")
    _stump(found, (-3.15, 104.93), highway="residential")
    gate = found.node("gate", -2.94, 104.95, barrier="gate")
    _winding(found, chance, "0/0", gate, highway="tertiary")
    _winding(found, chance, gate, (-2.93, 104.94), highway="service")
    _dual(found, chance)
    _river(found, chance)
    _stump(found, (-3.25, 105.45), highway="tertiary")
    bollard = found.node("bollard", -3.05, 105.148, barrier="bollard")
    _winding(found, chance, "6/6", bollard, highway="residential")
    end = _winding(found, chance, bollard, (-3.05, 105.15), highway="residential")
    _winding(found, chance, end, (-3.07, 105.16), highway="residential")
    return found


def _town(found: Extract) -> None:
    """Seven by seven corners; every second street one-way, signs at some corners, a roundabout."""
    for row in range(7):
        for column in range(7):
            found.node(f"{row}/{column}", SOUTH + 0.012 - row * BLOCK, WEST + column * BLOCK)
    ways: dict[tuple[str, str], int] = {}

    def street(a: str, b: str, **tags: str) -> None:
        ways[a, b] = ways[b, a] = found.way(a, b, highway="residential", **tags)

    for row in range(7):
        for column in range(6):
            oneway = {} if row in (0, 3, 6) else {"oneway": "yes" if row % 2 else "-1"}
            street(f"{row}/{column}", f"{row}/{column + 1}", **oneway)
    for column in range(7):
        for row in range(6):
            street(f"{row}/{column}", f"{row + 1}/{column}")
    found.turn("no_left_turn", ways["4/3", "3/3"], "3/3", ways["3/3", "3/2"])
    found.turn("only_straight_on", ways["3/4", "3/5"], "3/5", ways["3/5", "3/6"])
    found.turn("no_right_turn", ways["1/0", "0/0"], "0/0", ways["0/0", "0/1"], **{"except": "motorcycle"})
    found.turn("no_u_turn", ways["2/6", "3/6"], "3/6", ways["2/6", "3/6"])
    found.turn("no_straight_on", ways["5/2", "4/2"], ways["4/2", "3/2"], ways["3/2", "2/2"])
    ring = [
        found.node(
            f"ring {n}",
            SOUTH - 0.003 + 0.0004 * math.sin(n * 0.785),
            WEST + 0.006 + 0.0004 * math.cos(n * 0.785),
        )
        for n in range(8)
    ]
    found.way(*reversed(ring), ring[-1], highway="tertiary", junction="roundabout")  # clockwise
    found.way("6/3", ring[2], highway="tertiary")
    found.node("south", SOUTH - 0.006, WEST + 0.006)
    found.way(ring[6], "south", highway="tertiary")


def _dual(found: Extract, chance: random.Random) -> None:
    """A road of two carriageways to the east; a place on one of them is left by its far end."""
    for name, north, order in (("east", 0.0, 1), ("back", 0.0002, -1)):
        corners = [
            found.node(f"{name} {n}", -2.99 + north + 0.0006 * math.sin(n), 105.013 + 0.006 * n)
            for n in range(16)
        ]
        found.way(*corners[::order], highway="trunk", oneway="yes", maxspeed="60")
    found.way("3/6", "east 0", highway="trunk")
    found.way("back 0", "east 0", highway="trunk_link", oneway="yes")
    found.way("east 15", "back 15", highway="trunk_link", oneway="yes")
    quay = _winding(found, chance, "east 15", (-3.0, 105.2), highway="primary")
    found.node("west quay", -3.0, 105.21)
    found.way(quay, "west quay", highway="primary", bridge="yes", maxweight="10")


def _river(found: Extract, chance: random.Random) -> None:
    found.node("east quay", -3.0, 105.25)
    found.way(
        "west quay", "east quay", route="ferry", motor_vehicle="yes", motorcar="yes", hgv="yes", foot="yes",
        duration="00:20",
    )  # fmt: skip
    far = _winding(found, chance, "east quay", (-3.0, 105.36), highway="tertiary", surface="unpaved")
    _winding(found, chance, far, (-3.08, 105.4), highway="unclassified", surface="dirt")
    found.node("east bank", -2.87, 105.28)
    _winding(found, chance, (-2.82, 105.2), (-2.86, 105.26), highway="unclassified")
    found.node("west bank", -2.865, 105.265)
    found.way(found.nearest(-2.86, 105.26), "west bank", highway="unclassified")
    found.way("west bank", "east bank", route="ferry", duration="00:10", motor_vehicle="no", motorcycle="yes")
    _winding(found, chance, "east bank", (-2.87, 105.31), highway="residential")


def _stump(found: Extract, at: tuple[float, float], **tags: str) -> None:
    """A piece of network of its own, some 5 km long."""
    first = found.node(f"stump {at}", at[0], at[1])
    last = found.node(f"stump end {at}", at[0] - 0.03, at[1] + 0.03)
    found.way(first, last, **tags)


def _winding(
    found: Extract,
    chance: random.Random,
    begin: str | tuple[float, float],
    until: str | tuple[float, float],
    **tags: str,
) -> str:
    """A road of many nodes that sways; the name of its last node."""
    first = begin if isinstance(begin, str) else found.nearest(*begin)
    last = until if isinstance(until, str) else found.node(f"{until[0]}, {until[1]}", *until)
    (_, lat, lon, _), (_, to_lat, to_lon, _) = found.nodes[first], found.nodes[last]
    count = max(3, round(math.hypot(to_lat - lat, to_lon - lon) / 0.002))
    sway, turns = chance.uniform(0.002, 0.006), chance.randint(2, 5)
    between = []
    for number in range(1, count):
        share = number / count
        off = sway * math.sin(math.pi * turns * share)
        name = f"way {len(found.ways)}/{number}"
        between.append(
            found.node(name, lat + (to_lat - lat) * share + off, lon + (to_lon - lon) * share - off)
        )
    found.way(first, *between, last, **tags)
    return last
