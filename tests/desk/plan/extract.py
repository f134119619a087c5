"""A made-up OpenStreetMap extract, written by pyosmium."""

from __future__ import annotations

from pathlib import Path

import osmium

STEP = 0.02


class Extract:
    """Nodes by name, ways between them; `write` makes the file."""

    def __init__(self) -> None:
        self.nodes: dict[str, tuple[int, float, float, dict[str, str]]] = {}
        self.ways: list[tuple[list[str], dict[str, str]]] = []

    def node(self, name: str, lat: float, lon: float, **tags: str) -> str:
        self.nodes[name] = (len(self.nodes) + 1, lat, lon, tags)
        return name

    def way(self, *names: str, **tags: str) -> None:
        self.ways.append((list(names), tags))

    def write(self, path: Path) -> Path:
        with osmium.SimpleWriter(str(path), overwrite=True) as out:
            for number, lat, lon, tags in self.nodes.values():
                out.add_node(osmium.osm.mutable.Node(id=number, location=(lon, lat), tags=tags))
            for number, (names, tags) in enumerate(self.ways, start=1):
                refs = [self.nodes[name][0] for name in names]
                out.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
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
