"""Asks a road network or an engine for all ways that a plan will need, and keeps what it told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, Protocol

from kawal.rules.plan.facts import Access, Mode, Trip
from kawal.rules.plan.fleet import Fleet, Kind
from kawal.rules.plan.journey.roads import Roads
from kawal.rules.plan.journey.told import Asked, Place, Told, asked, told_of
from kawal.rules.plan.journey.travel import ESTIMATE, Factors, Matrix, Point, Way
from kawal.rules.plan.journey.ways import Ways
from kawal.rules.plan.problem import Problem
from kawal.rules.refusals import Refused

SNAP_M: Final = (
    3_000.0  # a place farther from any road has none (assumed: points of villages are often their middle)
)
PROFILE: Final[Mapping[Mode, str]] = {
    Mode.TRUCK: "truck",
    Mode.PICKUP: "pickup",
    Mode.MOTORBIKE: "motorbike",
    Mode.FOOT: "foot",
    Mode.HORSE: "foot",  # led
}
_SPARE_S: Final = 1_800  # looked at beyond three times the estimate, before looking everywhere

Answers = dict[int, tuple[Matrix, Matrix]]
Ends = tuple[Mode, Place, Place]
Step = Callable[[int, int], None]  # questions answered, of how many


class Teller(Protocol):
    name: str
    factors: Factors  # by which all times are longer or shorter, estimated ones as well
    knows_roads: bool

    def fresh(self) -> Teller:
        """One that can be asked about another regency while this one still knows its own."""
        ...

    def tables(self, questions: Sequence[Asked], step: Step | None) -> Answers:
        """Metres and seconds for the questions it knows about, by their number."""
        ...

    def lines(self, ends: Sequence[Ends]) -> dict[Ends, Way]:
        """What to draw, where it knows."""
        ...

    def assumed(self) -> dict[str, int]:
        """What has to be told with the plan (words of `words.ASSUMPTIONS`), and how often."""
        ...


class ByRoads:
    """A network built by `kawal plan roads`."""

    factors: Factors = ()
    knows_roads = True

    def __init__(self, roads: Roads, snap_m: float = SNAP_M, name: str = "") -> None:
        self.roads = roads
        self.snap_m = snap_m
        self.name = name or f"roads {roads.name}, {roads.sha256()[:16]}, {snap_m:.0f} m"
        self._ways: dict[Mode, tuple[Ways, dict[Place, int]]] = {}

    def fresh(self) -> ByRoads:
        return ByRoads(self.roads, self.snap_m, self.name)

    def tables(self, questions: Sequence[Asked], step: Step | None = None) -> Answers:
        """Refuses `roads_elsewhere` where no place of the plan has a road near."""
        known = [(number, one) for number, one in enumerate(questions) if one.kind.mode in PROFILE]
        for kind in {one.kind.mode: one.kind for _, one in known}.values():
            self._join(kind, [point for _, one in known if one.kind is kind for point in one.points])
        if known and not any((ways.part >= 0).any() for ways, _ in self._ways.values()):
            first = known[0][1].points[0]
            raise Refused("roads_elsewhere", file=self.roads.name, lat=first.lat, lon=first.lon)
        answers: Answers = {}
        for done, (number, one) in enumerate(known, start=1):
            ways, index = self._ways[one.kind.mode]
            _, seconds = ESTIMATE.matrices(one.points, one.kind)
            limit_s = 3.0 * int(seconds.max()) + _SPARE_S
            answers[number] = ways.table([index[_place(point)] for point in one.points], limit_s)
            if step:
                step(done, len(known))
        return answers

    def lines(self, ends: Sequence[Ends]) -> dict[Ends, Way]:
        goals: defaultdict[tuple[Mode, Place], list[Place]] = defaultdict(list)
        for mode, here, there in ends:
            if mode in self._ways:
                goals[mode, here].append(there)
        found: dict[Ends, Way] = {}
        for (mode, here), theres in goals.items():
            ways, index = self._ways[mode]
            known = [there for there in theres if there in index]
            if here in index and known:
                drawn = ways.lines(index[here], [index[there] for there in known])
                found.update(
                    {
                        (mode, here, there): line
                        for there, line in zip(known, drawn, strict=True)
                        if len(line) > 2
                    }
                )
        return found

    def assumed(self) -> dict[str, int]:
        far = {
            place
            for mode, (ways, index) in self._ways.items()
            if PROFILE[mode] != "foot"
            for place, row in index.items()
            if ways.part[row] < 0
        }
        found = {"places_off_road": len(far), **self.roads.told}
        return {code: count for code, count in found.items() if count}

    def _join(self, kind: Kind, points: Iterable[Point]) -> None:
        index: dict[Place, int] = {}
        own: list[Point] = []
        for point in points:
            if _place(point) not in index:
                index[_place(point)] = len(own)
                own.append(point)
        self._ways[kind.mode] = Ways(self.roads, PROFILE[kind.mode], own, kind, self.snap_m), index


class Corrected:
    """The ways of another, or estimated ones, times as measured (rules.plan.journey.measured)."""

    def __init__(self, factors: Factors, inner: Teller | None) -> None:
        self.factors = factors
        self._inner = inner
        self.name = inner.name if inner else "estimate"
        self.knows_roads = inner is not None

    def fresh(self) -> Corrected:
        return Corrected(self.factors, self._inner.fresh() if self._inner else None)

    def tables(self, questions: Sequence[Asked], step: Step | None = None) -> Answers:
        return self._inner.tables(questions, step) if self._inner else {}

    def lines(self, ends: Sequence[Ends]) -> dict[Ends, Way]:
        return self._inner.lines(ends) if self._inner else {}

    def assumed(self) -> dict[str, int]:
        told = self._inner.assumed() if self._inner else {}
        return {**told, "travel_measured": len(self.factors)}


def ask(teller: Teller, problem: Problem, fleet: Fleet, step: Step | None = None) -> Told:
    """All ways the plan will need of modes that go by land. Refuses what the teller refuses."""
    questions = asked(problem, fleet)
    return told_of(teller.name, teller.tables(questions, step), questions, teller.factors)


def with_lines(told: Told, teller: Teller, trips: Iterable[Trip]) -> Told:
    """The same, with the lines of the ways that the trips take."""
    ends = dict.fromkeys(
        (trip.mode, (here.lat, here.lon), (there.lat, there.lon))
        for trip in trips
        for here, there in pairwise(trip.stops)
        if (here.lat, here.lon) != (there.lat, there.lon)
    )
    return replace(told, lines=teller.lines(list(ends)))


def assumptions(teller: Teller, problem: Problem) -> dict[str, int]:
    """How many villages lie on ways that were told, and how many on such as are still estimated."""
    by_land = sum(village.access is Access.ROAD for village in problem.villages() if village.loads)
    others = sum(village.access is not Access.ROAD for village in problem.villages() if village.loads)
    told = {"travel_told": by_land} if teller.knows_roads else {}
    return {**told, "travel_estimated": others + by_land * (not teller.knows_roads), **teller.assumed()}


def _place(point: Point) -> Place:
    return point.lat, point.lon
