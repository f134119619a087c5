"""A made-up OpenStreetMap extract, written by pyosmium."""

from __future__ import annotations

import math
from pathlib import Path

import osmium

STEP = 0.02


class Extract:
    """Nodes by name, ways between them; `write` makes the file."""

    def __init__(self) -> None:
        self.nodes: dict[str, tuple[int, float, float, dict[str, str]]] = {}
        self.ways: list[tuple[list[str], dict[str, str]]] = []
        self.relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = []

    def node(self, name: str, lat: float, lon: float, **tags: str) -> str:
        self.nodes[name] = (len(self.nodes) + 1, lat, lon, tags)
        return name

    def nearest(self, lat: float, lon: float) -> str:
        """The name of the node that lies nearest."""
        return min(self.nodes, key=lambda name: math.dist(self.nodes[name][1:3], (lat, lon)))

    def way(self, *names: str, **tags: str) -> int:
        self.ways.append((list(names), tags))
        return len(self.ways)

    def turn(self, kind: str, begin: int, via: str | int, until: int, **tags: str) -> None:
        """A restriction from a way, over a node (by name) or a way, to a way."""
        middle = ("n", self.nodes[via][0], "via") if isinstance(via, str) else ("w", via, "via")
        members = [("w", begin, "from"), middle, ("w", until, "to")]
        self.relations.append((members, {"type": "restriction", "restriction": kind, **tags}))

    def write(self, path: Path) -> Path:
        with osmium.SimpleWriter(str(path), overwrite=True) as out:
            for number, lat, lon, tags in self.nodes.values():
                out.add_node(osmium.osm.mutable.Node(id=number, location=(lon, lat), tags=tags))
            for number, (names, tags) in enumerate(self.ways, start=1):
                refs = [self.nodes[name][0] for name in names]
                out.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
            for number, (members, tags) in enumerate(self.relations, start=1):
                out.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=tags))
        return path


def grid(south: float, west: float, rows: int, columns: int, **tags: str) -> Extract:
    """Streets every `STEP` degrees, two-way, of one tagging."""
    found = Extract()
    tags = tags or {"highway": "secondary"}
    for row in range(rows):
        for column in range(columns):
            found.node(f"{row}/{column}", south + row * STEP, west + column * STEP)
    for row in range(rows):
        found.way(*(f"{row}/{column}" for column in range(columns)), **tags)
    for column in range(columns):
        found.way(*(f"{row}/{column}" for row in range(rows)), **tags)
    return found
