"""Tables of ways on a made-up network: a grid of streets, places off the road, metres beside seconds."""

from __future__ import annotations

import random
from time import process_time

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench import Row
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.journey.passage import PROFILES, passage
from kawal.rules.plan.journey.roadbuild import Drawing
from kawal.rules.plan.journey.roads import Roads
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.journey.ways import Ways

SIDE, PLACES, STEP = 150, 200, 0.003  # 22,500 junctions some 330 m apart
BOX = (-4.0, 104.0, -2.0, 106.0)


def measure() -> list[Row]:
    roads = _grid()
    chance = random.Random(1)
    side = SIDE * STEP
    points = [
        Point(lat=-3 + chance.random() * side, lon=105 + chance.random() * side, terrain=Terrain.RURAL)
        for _ in range(PLACES)
    ]
    begin = process_time()
    ways = Ways(roads, "truck", points, fleet_of(default_fleet()).kinds[Mode.TRUCK], 3_000.0)
    ways.table(range(PLACES))
    ours_s = process_time() - begin
    bare_s = _bare(roads)
    pairs = PLACES**2
    return [
        Row(
            name="ways on roads",
            value=pairs / ours_s,
            unit="pairs/s",
            compared_with="Dijkstra by SciPy alone, from junctions, seconds only",
            ratio=bare_s / ours_s,
            how=f"{PLACES} places on a grid of {SIDE} x {SIDE} junctions; joining, searching, metres",
        )
    ]


def _bare(roads: Roads) -> float:
    seconds = roads.forward_s[PROFILES.index("truck")]
    rows, columns = np.concatenate([roads.start, roads.end]), np.concatenate([roads.end, roads.start])
    links = csr_array((np.concatenate([seconds, seconds]), (rows, columns)), shape=(roads.junctions,) * 2)
    begin = process_time()
    dijkstra(links, indices=np.linspace(0, roads.junctions - 1, PLACES).astype(int))
    return process_time() - begin


def _grid() -> Roads:
    drawing = Drawing()
    street = passage({"highway": "tertiary"})
    assert street is not None
    for line in range(SIDE):
        for cells in ([(line, at) for at in range(SIDE)], [(at, line) for at in range(SIDE)]):
            nodes = [row * SIDE + column for row, column in cells]
            drawing.add(nodes, [(-3 + row * STEP, 105 + column * STEP) for row, column in cells], street)
    return drawing.roads("grid", BOX)
