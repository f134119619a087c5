"""Reads the roads of an area from an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz) that the user gives.

One pass by pyosmium. Places of nodes are kept in a file beside, so that memory grows with the roads of the
area and not with the extract.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import osmium

from kawal.rules.plan.journey.passage import KEYS, PROFILES, Passage, only_when_dry, passage, stopped_by
from kawal.rules.plan.journey.roadbuild import Drawing
from kawal.rules.plan.journey.roads import Roads
from kawal.rules.plan.journey.signs import KEYS as SIGN_KEYS
from kawal.rules.plan.journey.signs import sign
from kawal.rules.refusals import Refused

Box = tuple[float, float, float, float]  # south, west, north, east
FILE_BYTES_MAX: Final = 4 * 2**30  # all of Indonesia has some 1.7 GB (.osm.pbf, 2025)
PLACES_MAX: Final = 20_000_000  # of the roads in the box; a regency has fewer than a million (assumed)
_UNREADABLE = (RuntimeError, ValueError, OSError, OverflowError, osmium.InvalidLocationError)
_TOLD_EVERY = 50_000
_KEYS = ("highway", "route", "barrier", "man_made", *SIGN_KEYS)
_CARS = PROFILES.index("pickup")


def read(file: Path, box: Box, progress: Callable[[int], None] | None = None) -> Roads:
    """The roads of which any part lies in the box.

    Refuses `roads_unreadable` (broken, cut off, no such format), `roads_empty` (no roads at all),
    `roads_unplaced` (ways without their nodes), `roads_elsewhere` (roads, but none in the box) and
    `roads_too_large` (the file, or its roads in the box).
    """
    if file.stat().st_size > FILE_BYTES_MAX:
        raise Refused("roads_too_large", file=file.name)
    drawing = Drawing()
    counts = _Counts(file.name)
    with tempfile.TemporaryDirectory(prefix="kawal-roads-") as folder:
        try:
            found = (
                osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION)
                .with_locations(f"sparse_file_array,{folder}/places")
                .with_filter(osmium.filter.KeyFilter(*_KEYS))
            )
            for number, one in enumerate(found):
                if progress and number % _TOLD_EVERY == 0:
                    progress(number)
                if isinstance(one, osmium.osm.Way):
                    _draw(one, box, drawing, counts)
                elif isinstance(one, osmium.osm.Relation):
                    _sign(one, drawing)
                elif stopped := stopped_by(dict(one.tags)):
                    drawing.bar(one.id, stopped)
        except _UNREADABLE as error:  # pyosmium's words name the fault of the file
            raise Refused("roads_unreadable", file=file.name, problem=str(error)[:200]) from error
    if not counts.roads:
        raise Refused("roads_empty", name=file.name)
    if not counts.placed:
        raise Refused("roads_unplaced", file=file.name)
    if not len(drawing):
        raise Refused("roads_elsewhere", file=file.name, lat=counts.seen[0], lon=counts.seen[1])
    return drawing.roads(file.name, box)


class _Counts:
    roads = placed = 0
    seen = (0.0, 0.0)  # somewhere in the file

    def __init__(self, name: str) -> None:
        self.name = name


@lru_cache(maxsize=65_536)
def _passage(tags: frozenset[tuple[str, str]]) -> Passage | None:
    """Streets are tagged alike by the thousand."""
    return passage(dict(tags))


def _draw(way: osmium.osm.Way, box: Box, drawing: Drawing, counts: _Counts) -> None:
    tags = {tag.k: tag.v for tag in way.tags if tag.k in KEYS}
    allowed = _passage(frozenset(tags.items()))
    if allowed is None:
        return
    counts.roads += 1
    south, west, north, east = box
    runs: list[list[tuple[int, float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append((node.ref, node.lat, node.lon))
        elif runs[-1]:  # its other part is not in the extract
            runs.append([])
    for run in runs:
        if len(run) < 2:
            continue
        counts.placed += 1
        counts.seen = run[0][1:]
        if any(south <= lat <= north and west <= lon <= east for _, lat, lon in run):
            if drawing.places_count + len(run) > PLACES_MAX:
                raise Refused("roads_too_large", file=counts.name)
            drawing.add([ref for ref, _, _ in run], [(lat, lon) for _, lat, lon in run], allowed, way.id)
            if tags.get("route") == "ferry" and not (allowed.forward[_CARS] or allowed.backward[_CARS]):
                drawing.told["ferries_without_cars"] += 1
            drawing.told["roads_when_dry"] += only_when_dry(tags)
            drawing.told["fords"] += tags.get("ford", "no") != "no"


def _sign(relation: osmium.osm.Relation, drawing: Drawing) -> None:
    tags = dict(relation.tags)
    if not tags.get("type", "").startswith("restriction"):
        return
    found = sign(tags, [(member.type, member.ref, member.role) for member in relation.members])
    if found:
        drawing.forbid(found)
    elif drawing.knows(member.ref for member in relation.members if member.type == "w"):
        drawing.told["signs_unread"] += 1
