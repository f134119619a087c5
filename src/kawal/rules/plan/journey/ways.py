"""Shortest ways between places on a road network, for one kind of vehicle.

Every place becomes a node of its own, joined to the two ends of its edge; two places on one edge are joined
to each other. Going on through a place costs its piece off the road twice, so no way gains by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.roads import Floats, Ints, Roads, along, flat, parts
from kawal.rules.plan.journey.travel import UNREACHABLE_M, UNREACHABLE_S, Matrix, Point, Way

PIECE_M: Final = 100.0  # shapes are cut this fine to find the nearest: it is missed by half of it at most
_NEAR: Final = 16  # pieces looked at exactly
_CELLS_AT_ONCE: Final = 4_000_000  # of Dijkstra's table: 12 bytes each
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
        self._arcs(_Arcs(roads, place, self))

    def table(self, places: Sequence[int], limit_s: float = np.inf) -> tuple[Matrix, Matrix]:
        """Metres and seconds between the places; looks no farther than `limit_s` where that is enough."""
        chosen = np.asarray(places, np.int64)
        part = self.part[chosen]
        there = (part[:, None] == part[None, :]) & (part[:, None] >= 0)
        seconds, metres = self._rows(chosen, chosen, limit_s)
        short = (there & ~np.isfinite(seconds)).any(axis=1)
        if short.any():
            seconds[short], metres[short] = self._rows(chosen[short], chosen, np.inf)
        there &= seconds < UNREACHABLE_S
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
        _, before = self._search(np.array([source]), np.inf)
        first = self.roads.junctions + source
        found: list[Way] = []
        for goal, end in zip(goals, ends[1:], strict=True):
            node, nodes = self.roads.junctions + goal, []
            while node != first and before[0, node] >= 0:
                nodes.append((int(before[0, node]), node))
                node = int(before[0, node])
            line: list[tuple[float, float]] = [ends[0]]
            if node == first:
                for begin, until in reversed(nodes):
                    line += self._piece(begin, until)
            line.append(end)
            found.append(tuple(line))
        return found

    def _arcs(self, arcs: _Arcs) -> None:
        nodes = self.roads.junctions + len(self.points)
        order = np.lexsort((arcs.seconds, arcs.begin * nodes + arcs.until))
        key = (arcs.begin * nodes + arcs.until)[order]
        first = np.ones(len(key), bool)
        first[1:] = key[1:] != key[:-1]  # of several between two nodes the quickest
        chosen = order[first]
        self.key, self.arc_m = key[first], arcs.metres[chosen]
        self.arc_edge, self.arc_from, self.arc_to = arcs.edge[chosen], arcs.from_m[chosen], arcs.to_m[chosen]
        seconds = np.maximum(arcs.seconds[chosen], _AT_LEAST_S)
        self.links = csr_array((seconds, (arcs.begin[chosen], arcs.until[chosen])), shape=(nodes, nodes))
        self.nodes = nodes

    def _search(self, sources: Ints, limit_s: float) -> tuple[Floats, NDArray[np.int32]]:
        found: tuple[Floats, NDArray[np.int32]] = dijkstra(
            self.links, indices=self.roads.junctions + sources, return_predecessors=True, limit=limit_s
        )
        return found

    def _rows(self, sources: Ints, goals: Ints, limit_s: float) -> tuple[Floats, Floats]:
        seconds, metres = [np.zeros((0, len(goals)))], [np.zeros((0, len(goals)))]
        step = max(1, _CELLS_AT_ONCE // self.nodes)
        for begin in range(0, len(sources), step):
            some = sources[begin : begin + step]
            took, before = self._search(some, limit_s)
            seconds.append(took[:, self.roads.junctions + goals])
            metres.append(self._lengths(before, goals))
        return np.concatenate(seconds), np.concatenate(metres)

    def _lengths(self, before: NDArray[np.int32], goals: Ints) -> Floats:
        """Metres of the quickest ways, walked back from all goals at once."""
        node = np.repeat((self.roads.junctions + goals)[None, :], len(before), axis=0)
        total = np.zeros(node.shape)
        rows = np.arange(len(before))[:, None]
        while True:
            previous = before[rows, node].astype(np.int64)
            going = previous >= 0
            if not going.any():
                return total
            total[going] += self.arc_m[np.searchsorted(self.key, previous[going] * self.nodes + node[going])]
            node = np.where(going, previous, node)

    def _piece(self, begin: int, until: int) -> list[tuple[float, float]]:
        """The part of an edge's shape between two nodes, in the direction of travel."""
        arc = int(np.searchsorted(self.key, begin * self.nodes + until))
        edge, from_m, to_m = int(self.arc_edge[arc]), self.arc_from[arc], self.arc_to[arc]
        shape = self.roads.shape[self.roads.shape_at[edge] : self.roads.shape_at[edge + 1]]
        at = self.shape_m[self.roads.shape_at[edge] : self.roads.shape_at[edge + 1]]
        low, high = min(from_m, to_m), max(from_m, to_m)
        inner = shape[(at > low) & (at < high)]
        ends = np.column_stack([np.interp([low, high], at, shape[:, axis]) for axis in (0, 1)])
        line = np.concatenate([ends[:1], inner, ends[1:]])
        return [(float(lat), float(lon)) for lat, lon in (line if from_m <= to_m else line[::-1])]


class _Arcs:
    """All arcs of one profile: of the network, and from and to each place."""

    def __init__(self, roads: Roads, place: int, ways: Ways) -> None:
        ahead, back = roads.forward_s[place], roads.backward_s[place]
        self._parts: list[tuple[NDArray[np.generic], ...]] = []
        zero = np.zeros(len(roads.metres))
        edges = np.arange(len(roads.metres))
        self._add(roads.start, roads.end, ahead, roads.metres, edges, zero, roads.metres)
        self._add(roads.end, roads.start, back, roads.metres, edges, roads.metres, zero)
        at = np.flatnonzero(ways.edge >= 0)
        edge, along, node = ways.edge[at], ways.along_m[at], roads.junctions + at
        long_m = np.maximum(roads.metres[edge], 1e-9)
        left = long_m - along
        off_s, off_m = ways.off_s[at], ways.off_m[at]
        share, rest = along / long_m, left / long_m
        none = np.zeros(len(at))
        for begin, until, seconds, metres, from_m, to_m in (
            (node, roads.end[edge], _share(ahead[edge], rest), left, along, long_m),
            (node, roads.start[edge], _share(back[edge], share), along, along, none),
            (roads.start[edge], node, _share(ahead[edge], share), along, none, along),
            (roads.end[edge], node, _share(back[edge], rest), left, long_m, along),
        ):
            self._add(begin, until, seconds + off_s, metres + off_m, edge, from_m, to_m)
        self._neighbours(ways, at, ahead, back, long_m)
        columns = zip(*self._parts, strict=True)
        stacked = [np.concatenate(column) for column in columns]
        self.begin, self.until, self.edge = (stacked[i].astype(np.int64) for i in (0, 1, 4))
        self.seconds, self.metres, self.from_m, self.to_m = (stacked[i].astype(float) for i in (2, 3, 5, 6))

    def _neighbours(self, ways: Ways, at: Ints, ahead: Floats, back: Floats, long_m: Floats) -> None:
        """Places on one edge, in the order along it, each joined to the next."""
        order = np.lexsort((at, ways.along_m[at], ways.edge[at]))
        here, there = at[order][:-1], at[order][1:]
        same = ways.edge[here] == ways.edge[there]
        here, there = here[same], there[same]
        edge = ways.edge[here]
        between = ways.along_m[there] - ways.along_m[here]
        share = between / long_m[order][:-1][same]
        first, second = ways.roads.junctions + here, ways.roads.junctions + there
        off_s, off_m = ways.off_s[here] + ways.off_s[there], ways.off_m[here] + ways.off_m[there]
        for begin, until, pace, from_m, to_m in (
            (first, second, ahead, ways.along_m[here], ways.along_m[there]),
            (second, first, back, ways.along_m[there], ways.along_m[here]),
        ):
            self._add(begin, until, _share(pace[edge], share) + off_s, between + off_m, edge, from_m, to_m)

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
    _, near = KDTree(middles).query(flat(told, middle), k=min(_NEAR, len(middles)))
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
