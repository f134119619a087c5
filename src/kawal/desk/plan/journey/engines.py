"""Ways from a Valhalla or an OSRM server.

Tables are asked in chunks within the servers' own limits; where a server refuses a chunk because one place
has no road near, the chunk is halved until the place is alone. The piece between a place and its road is
added at the pace of the vehicle off the road, as on our own roads. What was told is kept with the plan.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from kawal.desk.plan.asking import Server
from kawal.desk.plan.journey.speech import Cell, Fix, NoRoadNear, Speech
from kawal.desk.plan.journey.travelling import Answers, Ends, Step
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.told import Asked
from kawal.rules.plan.journey.travel import UNREACHABLE_M, UNREACHABLE_S, Factors, Matrix, Way
from kawal.rules.refusals import Refused

AT_ONCE: Final = 50  # Valhalla's default limit is 2,500 pairs, OSRM's 100 places
TRACE_MAX: Final = 100  # places of a trace: OSRM's default limit


class ByEngine:
    """A `travelling.Teller`."""

    factors: Factors = ()
    knows_roads = True

    def __init__(self, speech: Speech, url: str, name: str = "") -> None:
        """`name` says where the ways come from where the address does not. Refuses `engine_address`."""
        self._speech = speech
        self._server = Server(url)
        self.name = name or f"{speech.name} {self._server.url}"

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
        fixes = _thinned(fixes)
        if mode not in self._speech.costing or len(fixes) < 2:
            return None
        return self._speech.trace_m(self._server, mode, fixes)

    def close(self) -> None:
        self._server.close()

    def _table(self, question: Asked) -> tuple[Matrix, Matrix]:
        places = [(point.lat, point.lon) for point in question.points]
        metres = np.full((len(places),) * 2, np.inf)
        seconds = np.full_like(metres, np.inf)
        near = [row for row, _, _ in self._asked(question, _chunks(range(len(places))), [[0]])]
        chunks = _chunks(near)
        detour = question.kind.detour
        pace = [3.6 * detour / question.kind.speed_kmh[point.terrain] for point in question.points]
        for row, column, cell in self._asked(question, chunks, chunks):
            begin_m, end_m = cell.off_m
            metres[row, column] = cell.metres + (begin_m + end_m) * detour
            seconds[row, column] = cell.seconds + begin_m * pace[row] + end_m * pace[column]
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


def _chunks(rows: Sequence[int]) -> list[list[int]]:
    return [list(rows[at : at + AT_ONCE]) for at in range(0, len(rows), AT_ONCE)]


def _whole(metres: Any, seconds: Any) -> tuple[Matrix, Matrix]:
    """Where the server found no way between two places that both go to the depot and back: by the depot."""
    around_s, around_m = (table[:, :1] + table[:1, :] for table in (seconds, metres))
    missing = ~np.isfinite(seconds)
    seconds = np.where(missing, around_s, seconds)
    metres = np.where(missing, around_m, metres)
    home = np.isfinite(seconds[:, 0]) & np.isfinite(seconds[0, :])
    there = (metres < UNREACHABLE_M) & (seconds < UNREACHABLE_S) & home[:, None] & home[None, :]
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


def _thinned(fixes: Sequence[Fix]) -> list[Fix]:
    """At most `TRACE_MAX`, each later than the one before: OSRM refuses two of one second."""
    rising: list[Fix] = []
    for fix in fixes:
        if not rising or fix[0] > rising[-1][0]:
            rising.append(fix)
    if len(rising) <= TRACE_MAX:
        return rising
    step = math.ceil((len(rising) - 1) / (TRACE_MAX - 1))
    return [*rising[:-1:step], rising[-1]]
