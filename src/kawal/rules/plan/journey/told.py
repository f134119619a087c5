"""Travel as a road network or an outside engine told it once, kept with the plan: it can be checked for ever.

What nobody told (boats, stations without a point, places that came later) is answered by the estimate.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from kawal.rules.plan.facts import Access, Mode, Terrain
from kawal.rules.plan.fleet import Fleet, Kind, vehicles
from kawal.rules.plan.journey.travel import ESTIMATE, UNREACHABLE_S, Estimate, Factors, Matrix, Point, Way
from kawal.rules.plan.problem import Problem
from kawal.rules.refusals import Refused

Place = tuple[float, float]
Lines = Mapping[tuple[Mode, Place, Place], Way]  # what to draw between two places, by mode
_BY_LAND: Final = (Access.ROAD, Access.FOOT)
_FORM: Final = 1  # of the bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Places between which a plan must know all ways of one kind of vehicle; a depot first."""

    kind: Kind
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Ways between the places of one `Asked`, N x N."""

    places: Mapping[Place, int]
    metres: Matrix
    seconds: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    name: str  # who told it
    blocks: Mapping[tuple[Mode, Place], Block]  # by the depot
    lines: Lines = field(default_factory=dict)
    factors: Factors = ()
    rest: Estimate = ESTIMATE

    def matrices(self, points: Sequence[Point], kind: Kind) -> tuple[Matrix, Matrix]:
        """The first of the points is the depot (see `Travel.matrices`)."""
        metres, seconds = self._as_told(points, kind)
        by_terrain = {terrain: factor for mode, terrain, factor in self.factors if mode is kind.mode}
        if by_terrain:
            own = np.array([by_terrain.get(point.terrain, 1.0) for point in points])
            longer = np.ceil(seconds * (own[:, None] + own[None, :]) / 2).astype(np.int64)
            seconds = np.where(seconds < UNREACHABLE_S, np.minimum(longer, UNREACHABLE_S - 1), seconds)
        return metres, seconds

    def _as_told(self, points: Sequence[Point], kind: Kind) -> tuple[Matrix, Matrix]:
        metres, seconds = self.rest.matrices(points, kind)
        block = self.blocks.get((kind.mode, _place(points[0]))) if points else None
        if block is None:
            return metres, seconds
        row = np.array([-1 if point.spread_m else block.places.get(_place(point), -1) for point in points])
        known = np.flatnonzero(row >= 0)
        here, there = np.ix_(known, known), np.ix_(row[known], row[known])
        told_s = block.seconds[there]
        if kind.quicker != 1.0:
            own_s = np.ceil(told_s / kind.quicker).astype(np.int64)
            told_s = np.where(told_s < UNREACHABLE_S, np.minimum(own_s, UNREACHABLE_S - 1), told_s)
        # A team on foot goes where no path is drawn; a vehicle does not.
        use = (told_s < UNREACHABLE_S) | (kind.access is not Access.FOOT)
        metres[here] = np.where(use, block.metres[there], metres[here])
        seconds[here] = np.where(use, told_s, seconds[here])
        return metres, seconds

    def way(self, here: Point, there: Point, kind: Kind) -> Way:
        found = self.lines.get((kind.mode, _place(here), _place(there)))
        return found or self.rest.way(here, there, kind)

    def told(self) -> tuple[str, ...]:
        found = hashlib.sha256(repr((self.name, self.factors)).encode())
        for (mode, place), block in sorted(self.blocks.items()):
            found.update(repr((mode.value, place, sorted(block.places.items()))).encode())
            found.update(block.metres.tobytes() + block.seconds.tobytes())
        return (found.hexdigest(),)


def asked(problem: Problem, fleet: Fleet) -> list[Asked]:
    """All that a plan of the problem will ask of modes that go by land, each depot once for each mode."""
    found: dict[tuple[Mode, Place], tuple[Kind, dict[Place, Point]]] = {}
    networks = dict(_networks(problem))
    for level, area, stations in problem.stations_by_access():
        modes = dict.fromkeys(one.kind.mode for one in vehicles(fleet, level, area, stations))
        for kind in (fleet.kinds[mode] for mode in modes):  # vehicles of their own speed: see `Told`
            points = networks.get(area, [])  # a gateway sends on nothing by land
            if kind.access in _BY_LAND and len(points) > 1:
                _, known = found.setdefault((kind.mode, _place(points[0])), (kind, {}))
                known.update((_place(point), point) for point in points)
    return [
        Asked(kind=kind, points=tuple(known.values())) for kind, known in found.values() if len(known) > 1
    ]


def _networks(problem: Problem) -> Iterator[tuple[str, list[Point]]]:
    """Area, its depot and the places it serves that have a point of their own."""
    middle = Point(lat=problem.lat, lon=problem.lon, terrain=problem.terrain)
    yield (
        problem.regency,
        [
            middle,
            *(Point(lat=one.lat, lon=one.lon, terrain=one.terrain) for one in problem.gateways),
            *(Point(lat=one.lat, lon=one.lon, terrain=one.terrain) for one in problem.districts),
        ],
    )
    for district in problem.districts:
        ppk = Point(lat=district.lat, lon=district.lon, terrain=district.terrain)
        yield (
            district.code,
            [
                ppk,
                *(Point(lat=one.lat, lon=one.lon, terrain=one.terrain) for one in district.landings),
                *(Point(lat=one.lat, lon=one.lon, terrain=one.terrain) for one in district.villages),
            ],
        )
        for village in district.villages:
            pps = Point(lat=village.lat, lon=village.lon, terrain=village.terrain)
            own = [
                Point(lat=load.lat, lon=load.lon, terrain=village.terrain)
                for load in village.loads
                if load.lat is not None and load.lon is not None
            ]
            yield village.code, [pps, *own]


def told_of(
    name: str,
    answers: Mapping[int, tuple[Matrix, Matrix]],
    questions: Sequence[Asked],
    factors: Factors = (),
) -> Told:
    """From the answers (metres, seconds) to some of the questions, by their number."""
    return Told(
        name=name,
        factors=factors,
        blocks={
            (question.kind.mode, _place(question.points[0])): Block(
                places={_place(point): row for row, point in enumerate(question.points)},
                metres=answers[number][0],
                seconds=answers[number][1],
            )
            for number, question in enumerate(questions)
            if number in answers
        },
    )


def to_bytes(told: Told) -> bytes:
    """As it is kept with a plan: NumPy's npz, without pickles."""
    blocks = sorted(told.blocks.items())
    lines = sorted(told.lines.items())
    head = {
        "form": _FORM,
        "name": told.name,
        "factors": told.factors,
        "blocks": [[mode.value, len(block.places)] for (mode, _), block in blocks],
        "lines": [[mode.value, *here, *there, len(line)] for (mode, here, there), line in lines],
    }
    places = [place for _, block in blocks for place in sorted(block.places, key=block.places.__getitem__)]
    drawn = [place for _, line in lines for place in line]
    out = io.BytesIO()
    np.savez_compressed(
        out,
        head=np.frombuffer(json.dumps(head).encode(), np.uint8),
        places=np.array(places).reshape(-1, 2),
        metres=_joined([block.metres for _, block in blocks]),
        seconds=_joined([block.seconds for _, block in blocks]),
        drawn=np.array(drawn).reshape(-1, 2),
    )
    return out.getvalue()


def of_bytes(data: bytes) -> Told:
    """Refuses `wrong_travel` for what `to_bytes` did not write."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            if head["form"] != _FORM:
                raise ValueError(f"form {head['form']}")
            return _of(head, *(file[key] for key in ("places", "metres", "seconds", "drawn")))
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise Refused("wrong_travel", problem=str(error)) from error


def lines_of_bytes(data: bytes) -> dict[tuple[Mode, Place, Place], Way]:
    """The lines alone, without the tables. Refuses `wrong_travel`."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return _lines(json.loads(file["head"].tobytes()), file["drawn"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise Refused("wrong_travel", problem=str(error)) from error


def line_between(lines: Lines, mode: Mode, here: Place, there: Place) -> Way:
    """What was told of the way there, else of the way back; empty where neither is known."""
    return lines.get((mode, here, there)) or lines.get((mode, there, here), ())[::-1]


def _of(head: Mapping[str, Any], places: Any, metres: Any, seconds: Any, drawn: Any) -> Told:
    blocks: dict[tuple[Mode, Place], Block] = {}
    at = cell = 0
    for mode, count in head["blocks"]:
        own = [(float(lat), float(lon)) for lat, lon in places[at : at + count]]
        at += count
        square = slice(cell, cell + count * count)
        cell += count * count
        blocks[Mode(mode), own[0]] = Block(
            places={place: row for row, place in enumerate(own)},
            metres=metres[square].astype(np.int64).reshape(count, count),
            seconds=seconds[square].astype(np.int64).reshape(count, count),
        )
    lines = _lines(head, drawn)
    factors = tuple((Mode(mode), Terrain(terrain), factor) for mode, terrain, factor in head["factors"])
    return Told(name=head["name"], blocks=blocks, lines=lines, factors=factors)


def _lines(head: Mapping[str, Any], drawn: Any) -> dict[tuple[Mode, Place, Place], Way]:
    lines: dict[tuple[Mode, Place, Place], Way] = {}
    at = 0
    for mode, lat, lon, to_lat, to_lon, count in head["lines"]:
        lines[Mode(mode), (lat, lon), (to_lat, to_lon)] = tuple(
            (float(a), float(b)) for a, b in drawn[at : at + count]
        )
        at += count
    return lines


def _joined(tables: Sequence[Matrix]) -> Any:
    cells: list[Any] = [table.ravel() for table in tables]
    return np.concatenate([np.zeros(0), *cells]).astype(np.int32)


def _place(point: Point) -> Place:
    return point.lat, point.lon
