"""A made-up network: a grid of streets, with what a test adds to it."""

from __future__ import annotations

from collections.abc import Mapping

from kawal.rules.plan.facts import Terrain
from kawal.rules.plan.journey.passage import passage, stopped_by
from kawal.rules.plan.journey.roadbuild import Drawing
from kawal.rules.plan.journey.roads import Roads
from kawal.rules.plan.journey.travel import Point

STEP = 0.01  # degrees: some 1.1 km
BOX = (-4.0, 104.0, -2.0, 106.0)


def place(row: int, column: int) -> tuple[float, float]:
    return -3 + row * STEP, 105 + column * STEP


def point(row: float, column: float, terrain: Terrain = Terrain.RURAL) -> Point:
    return Point(lat=-3 + row * STEP, lon=105 + column * STEP, terrain=terrain)


class Grid:
    """`size` x `size` junctions, joined by two-way streets of one tagging."""

    def __init__(self, size: int, **tags: str) -> None:
        self.size = size
        self.drawing = Drawing()
        tags = tags or {"highway": "tertiary"}
        for line in range(size):
            self.way([(line, column) for column in range(size)], **tags)
            self.way([(row, line) for row in range(size)], **tags)

    def node(self, row: int, column: int) -> int:
        return 1 + row * 1_000 + column

    def way(self, cells: list[tuple[int, int]], number: int = 0, **tags: str) -> None:
        tags = {key.replace("_", ":") if key.startswith("maxspeed") else key: tags[key] for key in tags}
        allowed = passage(tags)
        assert allowed is not None
        nodes, places = [self.node(*cell) for cell in cells], [place(*cell) for cell in cells]
        self.drawing.add(nodes, places, allowed, number)

    def bar(self, row: int, column: int, tags: Mapping[str, str]) -> None:
        self.drawing.bar(self.node(row, column), stopped_by(tags))

    def roads(self) -> Roads:
        return self.drawing.roads("grid", BOX)
