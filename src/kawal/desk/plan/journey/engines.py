"""Ways from a Valhalla or an OSRM server that the user runs.

Formats: Valhalla's `sources_to_targets`, `route` and `trace_route` (valhalla.github.io/valhalla/api); OSRM's
`table`, `route` and `match` (project-osrm.org/docs, v1). Tables are asked in chunks within the servers' own
limits; where a server refuses a chunk because one place has no road near, the chunk is halved until the
place is alone. What they told is kept with the plan.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np

from kawal.desk.plan.asking import Server
from kawal.desk.plan.journey.travelling import SNAP_M, Answers, Ends, Step
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.told import Asked, Place
from kawal.rules.plan.journey.travel import UNREACHABLE_M, UNREACHABLE_S, Factors, Matrix, Way
from kawal.rules.refusals import Refused

AT_ONCE: Final = 50  # Valhalla's default limit is 2,500 pairs, OSRM's 100 places
TRACE_MAX: Final = 100  # places of a trace: OSRM's default limit
POLYLINE_DIGITS: Final = 6

Cell = tuple[float, float]  # metres, seconds; infinite where there is no way
Fix = tuple[int, float, float]  # second since 1970, latitude, longitude


class Speech(Protocol):
    """How one engine is spoken to."""

    name: str
    costing: Mapping[Mode, str]

    def table(
        self, server: Server, mode: Mode, here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        """Raises `NoRoadNear` where the server will not answer because of one of the places."""
        ...

    def line(self, server: Server, mode: Mode, here: Place, there: Place) -> Way | None: ...

    def trace_m(self, server: Server, mode: Mode, fixes: Sequence[Fix]) -> float | None: ...


class NoRoadNear(Exception):
    """One of the places has no road near, or the question is too large: ask in smaller parts."""


class ByEngine:
    """A `travelling.Teller`."""

    factors: Factors = ()
    knows_roads = True

    def __init__(self, speech: Speech, url: str) -> None:
        """Refuses `engine_address`."""
        self._speech = speech
        self._server = Server(url)
        self.name = f"{speech.name} {self._server.url}"

    def fresh(self) -> ByEngine:
        return self  # it remembers nothing

    def tables(self, questions: Sequence[Asked], step: Step | None = None) -> Answers:
        """Refuses `engine_silent`, `engine_garbled`, `engine_refuses`, and `engine_elsewhere` where it finds
        no way at all."""
        known = [
            (number, one) for number, one in enumerate(questions) if one.kind.mode in self._speech.costing
        ]
        answers: Answers = {}
        for done, (number, one) in enumerate(known, start=1):
            answers[number] = self._table(one)
            if step:
                step(done, len(known))
        told = [seconds[~np.eye(len(seconds), dtype=bool)] for _, seconds in answers.values()]
        if told and all((one >= UNREACHABLE_S).all() for one in told):
            raise Refused("engine_elsewhere", url=self._server.url)
        return answers

    def lines(self, ends: Sequence[Ends]) -> dict[Ends, Way]:
        found: dict[Ends, Way] = {}
        for mode, here, there in ends:
            if mode in self._speech.costing:
                line = self._speech.line(self._server, mode, here, there)
                if line:
                    found[mode, here, there] = (here, *line, there)
        return found

    def assumed(self) -> dict[str, int]:
        return {"engine_speeds": 1}

    def trace_m(self, mode: Mode, fixes: Sequence[Fix]) -> float | None:
        """Metres of road that a recorded journey went over; None where it cannot be matched."""
        if mode not in self._speech.costing or len(fixes) < 2:
            return None
        return self._speech.trace_m(self._server, mode, _thinned(fixes))

    def close(self) -> None:
        self._server.close()

    def _table(self, question: Asked) -> tuple[Matrix, Matrix]:
        places = [(point.lat, point.lon) for point in question.points]
        metres = np.full((len(places),) * 2, np.inf)
        seconds = np.full_like(metres, np.inf)
        near = [row for row, _, _ in self._asked(question, _chunks(range(len(places))), [[0]])]
        chunks = _chunks(near)
        for row, column, cell in self._asked(question, chunks, chunks):
            metres[row, column], seconds[row, column] = cell
        return _whole(metres, seconds)

    def _asked(
        self, question: Asked, rows_: Sequence[list[int]], columns_: Sequence[list[int]]
    ) -> Iterator[tuple[int, int, Cell]]:
        """Row, column and cell of all that the server answers."""
        places = [(point.lat, point.lon) for point in question.points]
        waiting = list(itertools.product(rows_, columns_))
        while waiting:
            rows, columns = waiting.pop()
            here, there = [places[row] for row in rows], [places[column] for column in columns]
            try:
                cells = self._speech.table(self._server, question.kind.mode, here, there)
            except NoRoadNear:
                waiting += _halves(rows, columns)
                continue
            for (row, line), column in itertools.product(zip(rows, cells, strict=True), range(len(columns))):
                yield row, columns[column], line[column]


class Valhalla:
    name = "valhalla"
    costing: Mapping[Mode, str] = {
        Mode.TRUCK: "truck",
        Mode.PICKUP: "auto",
        Mode.MOTORBIKE: "motorcycle",
        Mode.FOOT: "pedestrian",
    }
    # 170: places in unconnected parts, 171: no road near, 154/157: too far or too many, 442: no path
    _SMALLER: Final = frozenset({150, 154, 157, 170, 171, 442})

    def table(
        self, server: Server, mode: Mode, here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        reply = server.post(
            "/sources_to_targets",
            {
                "sources": [_location(place) for place in here],
                "targets": [_location(place) for place in there],
                "costing": self.costing[mode],
                "units": "kilometers",
            },
        )
        if reply.status != 200:
            if reply.told.get("error_code") in self._SMALLER:
                raise NoRoadNear
            raise _refuses(server, reply.status, reply.told.get("error"))
        try:
            return self._cells(reply.told, len(here), len(there))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"sources_to_targets: {error}") from error

    def _cells(self, told: Mapping[str, Any], rows: int, columns: int) -> list[list[Cell]]:
        """Of both forms of the answer: rows of cells with time and distance, or (terse) two tables."""
        km = 1.609344 if told.get("units") in ("miles", "mi") else 1.0
        found = told["sources_to_targets"]
        if isinstance(found, Mapping):
            pairs = zip(found["distances"], found["durations"], strict=True)
            cells = [list(zip(far, long, strict=True)) for far, long in pairs]
        else:
            cells = [[(cell["distance"], cell["time"]) for cell in row] for row in found]
        return _checked([[_cell(far, long, 1_000 * km) for far, long in row] for row in cells], rows, columns)

    def line(self, server: Server, mode: Mode, here: Place, there: Place) -> Way | None:
        reply = server.post(
            "/route",
            {
                "locations": [_location(here), _location(there)],
                "costing": self.costing[mode],
                "directions_type": "none",
            },
        )
        if reply.status != 200:
            return None
        try:
            return tuple(place for leg in reply.told["trip"]["legs"] for place in decoded(leg["shape"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"route: {error}") from error

    def trace_m(self, server: Server, mode: Mode, fixes: Sequence[Fix]) -> float | None:
        shape = [{"lat": lat, "lon": lon, "time": at} for at, lat, lon in fixes]
        reply = server.post(
            "/trace_route",
            {
                "shape": shape,
                "costing": self.costing[mode],
                "shape_match": "map_snap",
                "directions_type": "none",
            },
        )
        if reply.status != 200:
            return None
        try:
            km = 1.609344 if reply.told["trip"].get("units") == "miles" else 1.0
            return sum(float(leg["summary"]["length"]) for leg in reply.told["trip"]["legs"]) * 1_000 * km
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"trace_route: {error}") from error


class Osrm:
    """Its server has one profile, most often a car's; it answers for all vehicles with wheels."""

    name = "osrm"
    costing: Mapping[Mode, str] = dict.fromkeys((Mode.TRUCK, Mode.PICKUP, Mode.MOTORBIKE), "driving")

    def table(
        self, server: Server, mode: Mode, here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        places = list(dict.fromkeys((*here, *there)))
        index = {place: number for number, place in enumerate(places)}
        sources, goals = (";".join(str(index[place]) for place in some) for some in (here, there))
        if len(places) == 1:
            return [[(0.0, 0.0)] * len(there)] * len(here)
        reply = server.get(
            f"/table/v1/{self.costing[mode]}/{_coordinates(places)}"
            f"?annotations=duration,distance&generate_hints=false&sources={sources}&destinations={goals}"
        )
        if reply.told.get("code") != "Ok":
            if reply.told.get("code") in ("NoSegment", "TooBig", "NoTable"):
                raise NoRoadNear
            raise _refuses(server, reply.status, reply.told.get("message") or reply.told.get("code"))
        try:
            pairs = zip(reply.told["distances"], reply.told["durations"], strict=True)
            cells = [[_cell(far, long, 1.0) for far, long in zip(*row, strict=True)] for row in pairs]
            far_from = [[_far(one) for one in reply.told.get(key, ())] for key in ("sources", "destinations")]
            for row, column in itertools.product(range(len(here)), range(len(there))):
                if any(far_from[0][row : row + 1]) or any(far_from[1][column : column + 1]):
                    cells[row][column] = (math.inf, math.inf)
            return _checked(cells, len(here), len(there))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"table: {error}") from error

    def line(self, server: Server, mode: Mode, here: Place, there: Place) -> Way | None:
        reply = server.get(
            f"/route/v1/{self.costing[mode]}/{_coordinates((here, there))}"
            "?overview=full&geometries=polyline6&generate_hints=false"
        )
        if reply.told.get("code") != "Ok":
            return None
        try:
            return tuple(decoded(reply.told["routes"][0]["geometry"]))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"route: {error}") from error

    def trace_m(self, server: Server, mode: Mode, fixes: Sequence[Fix]) -> float | None:
        times = ";".join(str(at) for at, _, _ in fixes)
        places = _coordinates([(lat, lon) for _, lat, lon in fixes])
        reply = server.get(
            f"/match/v1/{self.costing[mode]}/{places}?timestamps={times}&overview=false&generate_hints=false"
        )
        if reply.told.get("code") != "Ok":
            return None
        try:
            return math.fsum(float(one["distance"]) for one in reply.told["matchings"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"match: {error}") from error


def decoded(text: str) -> list[Place]:
    """Places of a polyline of six digits (Valhalla's; OSRM's polyline6). Raises ValueError."""
    values: list[int] = []
    bits = shift = 0
    for sign in text:
        part = ord(sign) - 63
        if not 0 <= part < 64 or shift > 60:
            raise ValueError("no polyline")
        bits |= (part & 31) << shift
        shift += 5
        if part < 32:
            values.append(~(bits >> 1) if bits & 1 else bits >> 1)
            bits = shift = 0
    if shift or len(values) % 2:
        raise ValueError("a polyline that was cut off")
    lats, lons = (itertools.accumulate(values[axis::2]) for axis in (0, 1))
    scale = 10**POLYLINE_DIGITS
    return [(lat / scale, lon / scale) for lat, lon in zip(lats, lons, strict=True)]


def _chunks(rows: Sequence[int]) -> list[list[int]]:
    return [list(rows[at : at + AT_ONCE]) for at in range(0, len(rows), AT_ONCE)]


def _whole(metres: Any, seconds: Any) -> tuple[Matrix, Matrix]:
    """Where the server found no way between two places that both go to the depot and back: by the depot."""
    around_s, around_m = (table[:, :1] + table[:1, :] for table in (seconds, metres))
    missing = ~np.isfinite(seconds)
    seconds = np.where(missing, around_s, seconds)
    metres = np.where(missing, around_m, metres)
    home = np.isfinite(seconds[:, 0]) & np.isfinite(seconds[0, :])
    there = (
        np.isfinite(seconds) & np.isfinite(metres) & (seconds < UNREACHABLE_S) & home[:, None] & home[None, :]
    )
    out_m = np.where(there, np.ceil(metres), UNREACHABLE_M).astype(np.int64)
    out_s = np.where(there, np.ceil(seconds), UNREACHABLE_S).astype(np.int64)
    np.fill_diagonal(out_m, 0)
    np.fill_diagonal(out_s, 0)
    return out_m, out_s


def _halves(rows: list[int], columns: list[int]) -> Iterable[tuple[list[int], list[int]]]:
    """A question in two: the longer side is cut. One place to one place is not asked again: no way."""
    if len(rows) >= len(columns) and len(rows) > 1:
        middle = len(rows) // 2
        return [(rows[:middle], columns), (rows[middle:], columns)]
    if len(columns) > 1:
        middle = len(columns) // 2
        return [(rows, columns[:middle]), (rows, columns[middle:])]
    return []


def _cell(far: Any, long: Any, unit_m: float) -> Cell:
    if far is None or long is None:
        return math.inf, math.inf
    cell = float(far) * unit_m, float(long)
    if not all(math.isfinite(value) and value >= 0 for value in cell):
        raise ValueError("a way below zero")
    return cell


def _checked(cells: list[list[Cell]], rows: int, columns: int) -> list[list[Cell]]:
    if len(cells) != rows or any(len(row) != columns for row in cells):
        raise ValueError("a table of another size than was asked for")
    return cells


def _far(waypoint: Any) -> bool:
    away = waypoint.get("distance") if isinstance(waypoint, dict) else None
    return away is not None and float(away) > SNAP_M


def _location(place: Place) -> dict[str, float]:
    return {"lat": place[0], "lon": place[1], "search_cutoff": SNAP_M}


def _coordinates(places: Sequence[Place]) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places)


def _thinned(fixes: Sequence[Fix]) -> list[Fix]:
    step = max(1, math.ceil((len(fixes) - 1) / (TRACE_MAX - 1)))
    return [*fixes[:-1:step], fixes[-1]]


def _refuses(server: Server, status: int, said: object) -> Refused:
    return Refused("engine_refuses", url=server.url, status=status, said=str(said)[:200])
