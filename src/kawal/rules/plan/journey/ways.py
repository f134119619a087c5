"""Shortest ways between places on a road network, for one kind of vehicle.

Every place becomes two nodes, one to leave and one to arrive at, each joined to the two ends of its edge: no
way leads through a place. Between two places on one edge the way along it counts as well. What signs forbid
is kept by `turns.Guarded`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import scipy  # its parts load when used
from numpy.typing import NDArray

from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.roads import Floats, Ints, Roads, along, flat, parts
from kawal.rules.plan.journey.travel import UNREACHABLE_M, UNREACHABLE_S, Matrix, Point, Way
from kawal.rules.plan.journey.turns import Ban, Guarded

PIECE_M: Final = 100.0  # shapes are cut this fine to find the nearest: it is missed by half of it at most
_NEAR: Final = 16  # pieces looked at exactly
_CELLS_AT_ONCE: Final = 4_000_000  # of Dijkstra's table: 12 bytes each
_SHORT_M: Final = 1e-9
_AT_AN_END: Final = 1e-9  # share of an edge
_AT_LEAST_S: Final = 1e-6  # a way of no time is none to SciPy


class Ways:
    """Places joined to a network, for one kind of vehicle that travels as `profile`."""

    def __init__(
        self, roads: Roads, profile: str, points: Sequence[Point], kind: Kind, most_m: float
    ) -> None:
        """`most_m`: a place farther from any road (straight) is not joined: no way leads to it."""
        self.roads = roads
        self.points = points
        place = PROFILES.index(profile)
        part = parts(roads, profile)
        self.shape_m = along(roads)
        self.edge, self.along_m, straight_m = _joined(roads, self.shape_m, part >= 0, points, most_m)
        self.part = np.where(self.edge >= 0, part[self.edge], -1)  # per place: -1 where no road is near
        pace = np.array([3.6 * kind.detour / kind.speed_kmh[point.terrain] for point in points])
        self.off_m, self.off_s = straight_m * kind.detour, straight_m * pace
        self._ahead, self._back = roads.forward_s[place], roads.backward_s[place]
        self._arrive = roads.junctions + len(points)  # the first of the nodes at which ways end
        self._link(_Arcs(self), roads.bans(profile))

    def table(self, places: Sequence[int], limit_s: float = np.inf) -> tuple[Matrix, Matrix]:
        """Metres and seconds between the places; looks no farther than `limit_s` where that is enough."""
        chosen = np.asarray(places, np.int64)
        part = self.part[chosen]
        there = (part[:, None] == part[None, :]) & (part[:, None] >= 0)
        seconds, metres = self._rows(chosen, chosen, limit_s)
        short = (there & ~np.isfinite(seconds)).any(axis=1)
        if short.any():
            seconds[short], metres[short] = self._rows(chosen[short], chosen, np.inf)
        there &= (seconds < UNREACHABLE_S) & (metres < UNREACHABLE_M)
        there &= there.T  # a sign may let in and not out again
        out_m = np.where(there, np.ceil(metres), UNREACHABLE_M).astype(np.int64)
        out_s = np.where(there, np.ceil(seconds), UNREACHABLE_S).astype(np.int64)
        np.fill_diagonal(out_m, 0)
        np.fill_diagonal(out_s, 0)
        return out_m, out_s

    def lines(self, source: int, goals: Sequence[int]) -> list[Way]:
        """What to draw from one place to others: straight where there is no way."""
        ends = [
            ((here := self.points[source]).lat, here.lon),
            *((p.lat, p.lon) for p in map(self.points.__getitem__, goals)),
        ]
        took, before = self._search(np.array([source]), np.inf)
        first = self.roads.junctions + source
        direct_s, _ = self._direct(np.array([source]), np.asarray(goals, np.int64))
        found: list[Way] = []
        for goal, end, along_s in zip(goals, ends[1:], direct_s[0], strict=True):
            node = self._arrive + goal
            line: list[tuple[float, float]] = [ends[0]]
            if along_s <= took[0, node] and np.isfinite(along_s):
                line += self._piece(self.edge[goal], self.along_m[source], self.along_m[goal])
            elif np.isfinite(took[0, node]):
                for arc in reversed(list(self._arcs_to(node, first, before[0]))):
                    line += self._piece(self.arc_edge[arc], self.arc_from[arc], self.arc_to[arc])
            line.append(end)
            found.append(tuple(line))
        return found

    def _link(self, arcs: _Arcs, bans: Sequence[Ban]) -> None:
        guarded = Guarded(arcs.begin, arcs.until, arcs.directed, self.roads.junctions, arcs.nodes, bans)
        nodes, seconds = guarded.nodes, arcs.seconds[guarded.chosen]
        key = guarded.begin * nodes + guarded.until
        order = np.lexsort((seconds, key))
        first = np.ones(len(key), bool)
        first[1:] = key[order][1:] != key[order][:-1]  # of several between two nodes the quickest
        order = order[first]
        chosen = guarded.chosen[order]
        self.key, self.arc_m = key[order], arcs.metres[chosen]
        self.arc_edge, self.arc_from, self.arc_to = arcs.edge[chosen], arcs.from_m[chosen], arcs.to_m[chosen]
        seconds = np.maximum(arcs.seconds[chosen], _AT_LEAST_S)
        ends = guarded.begin[order], guarded.until[order]
        self.links = scipy.sparse.csr_array((seconds, ends), shape=(nodes, nodes))
        self.nodes = nodes

    def _search(self, sources: Ints, limit_s: float) -> tuple[Floats, NDArray[np.int32]]:
        found: tuple[Floats, NDArray[np.int32]] = scipy.sparse.csgraph.dijkstra(
            self.links, indices=self.roads.junctions + sources, return_predecessors=True, limit=limit_s
        )
        return found

    def _rows(self, sources: Ints, goals: Ints, limit_s: float) -> tuple[Floats, Floats]:
        seconds, metres = [np.zeros((0, len(goals)))], [np.zeros((0, len(goals)))]
        step = max(1, _CELLS_AT_ONCE // self.nodes)
        for begin in range(0, len(sources), step):
            some = sources[begin : begin + step]
            took, before = self._search(some, limit_s)
            there_s, there_m = took[:, self._arrive + goals], self._lengths(before, goals)
            direct_s, direct_m = self._direct(some, goals)
            seconds.append(np.minimum(there_s, direct_s))
            metres.append(np.where(direct_s <= there_s, direct_m, there_m))
        return np.concatenate(seconds), np.concatenate(metres)

    def _direct(self, sources: Ints, goals: Ints) -> tuple[Floats, Floats]:
        """Seconds and metres along the edge that two places have in common; infinite where they have none."""
        seconds = np.full((len(sources), len(goals)), np.inf)
        metres = np.full_like(seconds, np.inf)
        edge = self.edge[sources]
        row, column = np.nonzero((edge[:, None] == self.edge[goals][None, :]) & (edge >= 0)[:, None])
        here, there = sources[row], goals[column]
        edge, gone = self.edge[here], self.along_m[there] - self.along_m[here]
        pace = np.where(gone >= 0, self._ahead[edge], self._back[edge])
        share = np.abs(gone) / np.maximum(self.roads.metres[edge], _SHORT_M)
        seconds[row, column] = _share(pace, share) + self.off_s[here] + self.off_s[there]
        metres[row, column] = np.abs(gone) + self.off_m[here] + self.off_m[there]
        return seconds, metres

    def _lengths(self, before: NDArray[np.int32], goals: Ints) -> Floats:
        """Metres of the quickest ways, walked back from all goals at once."""
        node = np.repeat((self._arrive + goals)[None, :], len(before), axis=0)
        total = np.zeros(node.shape)
        rows = np.arange(len(before))[:, None]
        while True:
            previous = before[rows, node].astype(np.int64)
            going = previous >= 0
            if not going.any():
                return total
            total[going] += self.arc_m[np.searchsorted(self.key, previous[going] * self.nodes + node[going])]
            node = np.where(going, previous, node)

    def _arcs_to(self, node: int, first: int, before: NDArray[np.int32]) -> Iterator[int]:
        """The arcs of a way, the last one first."""
        while node != first:
            previous = int(before[node])
            yield int(np.searchsorted(self.key, previous * self.nodes + node))
            node = previous

    def _piece(self, edge: int, from_m: float, to_m: float) -> list[tuple[float, float]]:
        """The part of an edge's shape between two points of it, in the direction of travel."""
        shape = self.roads.shape[self.roads.shape_at[edge] : self.roads.shape_at[edge + 1]]
        at = self.shape_m[self.roads.shape_at[edge] : self.roads.shape_at[edge + 1]]
        low, high = min(from_m, to_m), max(from_m, to_m)
        inner = shape[(at > low) & (at < high)]
        ends = np.column_stack([np.interp([low, high], at, shape[:, axis]) for axis in (0, 1)])
        line = np.concatenate([ends[:1], inner, ends[1:]])
        return [(float(lat), float(lon)) for lat, lon in (line if from_m <= to_m else line[::-1])]


class _Arcs:
    """All arcs of one profile: of the network, and from and to each place."""

    def __init__(self, ways: Ways) -> None:
        roads, ahead, back = ways.roads, ways._ahead, ways._back
        self._parts: list[tuple[NDArray[np.generic], ...]] = []
        zero = np.zeros(len(roads.metres))
        edges = np.arange(len(roads.metres))
        self._add(roads.start, roads.end, ahead, roads.metres, 2 * edges, zero, roads.metres)
        self._add(roads.end, roads.start, back, roads.metres, 2 * edges + 1, roads.metres, zero)
        at = np.flatnonzero(ways.edge >= 0)
        edge, along = ways.edge[at], ways.along_m[at]
        leave, arrive = roads.junctions + at, ways._arrive + at
        long_m = np.maximum(roads.metres[edge], _SHORT_M)
        left = long_m - along
        off_s, off_m = ways.off_s[at], ways.off_m[at]
        share, rest = along / long_m, left / long_m
        none = np.zeros(len(at))
        for begin, until, seconds, metres, directed, from_m, to_m in (
            (leave, roads.end[edge], _share(ahead[edge], rest), left, 2 * edge, along, long_m),
            (leave, roads.start[edge], _share(back[edge], share), along, 2 * edge + 1, along, none),
            (roads.start[edge], arrive, _share(ahead[edge], share), along, 2 * edge, none, along),
            (roads.end[edge], arrive, _share(back[edge], rest), left, 2 * edge + 1, long_m, along),
        ):
            self._add(begin, until, seconds + off_s, metres + off_m, directed, from_m, to_m)
        stacked = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        self.begin, self.until, self.directed = (stacked[i].astype(np.int64) for i in (0, 1, 4))
        self.seconds, self.metres, self.from_m, self.to_m = (stacked[i].astype(float) for i in (2, 3, 5, 6))
        self.edge = self.directed // 2
        self.nodes = ways._arrive + len(ways.points)

    def _add(self, begin: Ints, until: Ints, seconds: Floats, *others: NDArray[np.generic]) -> None:
        open_ = np.isfinite(seconds)
        self._parts.append(tuple(column[open_] for column in (begin, until, seconds, *others)))


def _share(seconds: Floats, share: Floats) -> Floats:
    """Part of an edge's time; none at its very end, even of an edge that is closed."""
    at_end = share < _AT_AN_END
    found: Floats = np.where(at_end, 0.0, seconds * np.where(at_end, 1.0, share))
    return found


def _joined(
    roads: Roads, shape_m: Floats, useful: NDArray[np.bool_], points: Sequence[Point], most_m: float
) -> tuple[Ints, Floats, Floats]:
    """For each place the nearest useful edge (-1: none within reach), metres along it, metres to it."""
    edge = np.full(len(points), -1, np.int64)
    at, off = np.zeros(len(points)), np.zeros(len(points))
    told = np.array([(point.lat, point.lon) for point in points]).reshape(-1, 2)
    middle = float(told[:, 0].mean()) if len(told) else 0.0
    whose = np.repeat(np.arange(len(roads.metres)), np.diff(roads.shape_at))
    inner = (whose[1:] == whose[:-1]) & useful[whose[:-1]]
    if not inner.any():
        return edge, at, off
    plane = flat(roads.shape, middle)
    begin, until, owner = plane[:-1][inner], plane[1:][inner], whose[:-1][inner]
    begin_at = shape_m[:-1][inner]
    long = np.hypot(*(until - begin).T)
    cuts = np.maximum(1, np.ceil(long / PIECE_M).astype(np.int64))
    which = np.repeat(np.arange(len(cuts)), cuts)
    number = np.arange(len(which)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    middles = begin[which] + (until - begin)[which] * ((number + 0.5) / cuts[which])[:, None]
    _, near = scipy.spatial.KDTree(middles).query(flat(told, middle), k=min(_NEAR, len(middles)))
    for row, (place, found) in enumerate(
        zip(flat(told, middle), np.atleast_2d(near.reshape(len(points), -1)), strict=True)
    ):
        line = np.unique(which[found])
        step = until[line] - begin[line]
        share = np.clip(
            ((place - begin[line]) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12), 0, 1
        )
        away = np.hypot(*(begin[line] + step * share[:, None] - place).T)
        best = int(away.argmin())
        if away[best] <= most_m:
            edge[row], off[row] = owner[line[best]], away[best]
            scale = roads.metres[owner[line[best]]]
            at[row] = min(begin_at[line[best]] + share[best] * long[line[best]], scale)
    return edge, at, off
