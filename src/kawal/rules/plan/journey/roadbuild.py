"""From ways as they are drawn on the map to a network: cut where ways meet and where something bars them."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kawal.rules.plan.journey.passage import PROFILES, Passage
from kawal.rules.plan.journey.roads import Floats, Ints, Roads, pieces_m
from kawal.rules.plan.journey.signs import Piece, Sign, Signpost, open_to
from kawal.rules.plan.journey.turns import Ban
from kawal.rules.refusals import Refused


class Drawing:
    """Ways one after the other, each as the ids and places of its nodes."""

    def __init__(self) -> None:
        self._nodes = array("q")
        self._places = array("d")  # latitude, longitude
        self._until = array("q")  # per way: where its nodes end
        self._ids = array("q")  # per way
        self._known: set[int] = set()
        self._passages: list[Passage] = []
        self._barred: dict[int, frozenset[str]] = {}
        self._signs: list[Sign] = []
        self.told: Counter[str] = Counter()  # words of what has to be told with a plan

    def __len__(self) -> int:
        return len(self._passages)

    @property
    def places_count(self) -> int:
        return len(self._nodes)

    def bar(self, node: int, profiles: frozenset[str]) -> None:
        self._barred[node] = profiles

    def knows(self, ways: Iterable[int]) -> bool:
        """Whether any of these ids is of a way that was drawn."""
        return not self._known.isdisjoint(ways)

    def forbid(self, sign: Sign) -> None:
        self._signs.append(sign)

    def add(
        self, nodes: Sequence[int], places: Sequence[tuple[float, float]], passage: Passage, number: int = 0
    ) -> None:
        """A way of two nodes or more; `places` are their latitudes and longitudes, `number` its own id."""
        self._ids.append(number)
        self._known.add(number)
        self._nodes.extend(nodes)
        for place in places:
            self._places.extend(place)
        self._until.append(len(self._nodes))
        self._passages.append(passage)

    def roads(self, name: str, box: tuple[float, float, float, float]) -> Roads:
        """Refuses `roads_empty` where nothing was drawn."""
        if not self._passages:
            raise Refused("roads_empty", name=name)
        nodes = np.frombuffer(self._nodes, np.int64)
        places = np.frombuffer(self._places, np.float64).reshape(-1, 2)
        ends = _Ends()
        shapes: list[Floats] = []
        rows: list[tuple[int, int, int]] = []  # from, to, way; way -1: past a barrier
        bars: list[frozenset[str]] = []
        barred = {node: self._barred[node] for node in set(self._barred) & set(nodes.tolist())}
        signed = {way for sign in self._signs for way in (*sign.begin, *sign.via, *sign.until)}
        pieces: defaultdict[int, list[Piece]] = defaultdict(list)
        for way, begin, until in self._pieces(nodes, barred):
            first, last = int(nodes[begin]), int(nodes[until])
            pair = []
            for node, at in ((first, begin), (last, until)):
                place = ends.of(node)
                if node in barred:  # an end of its own, with a short way on for whom the bar lets pass
                    place, middle = ends.new(), place
                    rows.append((place, middle, -1 - len(bars)))
                    bars.append(barred[node])
                    shapes.append(places[[at, at]])
                pair.append(place)
            if self._ids[way] in signed:
                pieces[self._ids[way]].append(Piece(len(rows), first, last))
            rows.append((pair[0], pair[1], way))
            shapes.append(places[begin : until + 1])
        return self._signed(self._network(name, box, ends.count, rows, shapes, bars), pieces, barred)

    def _signed(
        self, roads: Roads, pieces: Mapping[int, Sequence[Piece]], barred: Mapping[int, frozenset[str]]
    ) -> Roads:
        """With what its signs forbid."""
        post = Signpost(pieces, roads.start, roads.end, open_to(roads.forward_s, roads.backward_s))
        bans: dict[Ban, int] = {}
        unread = 0
        for sign in self._signs:
            found = None if set(sign.via) & set(barred) else post.bans(sign)
            unread += found is None
            for ban, whom in found or ():
                bans[ban] = bans.get(ban, 0) | whom
        told = Counter(roads.told)
        told["signs_unread"] += unread
        return replace(
            roads,
            turn=np.array([edge for ban in bans for edge in ban], np.int64),
            turn_at=np.cumsum([0, *(len(ban) for ban in bans)]),
            turn_whom=np.array(list(bans.values()), np.int64),
            told=dict(+told),
        )

    def _pieces(self, nodes: Ints, barred: Mapping[int, frozenset[str]]) -> Iterator[tuple[int, int, int]]:
        """Way, and first and last place in `nodes` of each of its pieces."""
        known, index, count = np.unique(nodes, return_inverse=True, return_counts=True)
        cut = count[index] > 1
        if barred:
            cut |= np.isin(known, list(barred))[index]
        begin = 0
        for way, until in enumerate(self._until):
            at = begin
            for place in [*(np.flatnonzero(cut[begin + 1 : until - 1]) + begin + 1).tolist(), until - 1]:
                yield way, at, place
                at = place
            begin = until

    def _network(
        self,
        name: str,
        box: tuple[float, float, float, float],
        junctions: int,
        rows: Sequence[tuple[int, int, int]],
        shapes: Sequence[Floats],
        bars: Sequence[frozenset[str]],
    ) -> Roads:
        shape = np.concatenate(shapes)
        shape_at = np.cumsum([0, *(len(one) for one in shapes)])
        table = np.array(rows, np.int64)
        step = np.concatenate([pieces_m(shape), [0.0]])
        step[shape_at[1:] - 1] = 0
        metres = np.add.reduceat(step, shape_at[:-1])
        return Roads(
            name=name, box=box, junctions=junctions, start=table[:, 0], end=table[:, 1], metres=metres,
            forward_s=self._seconds(table[:, 2], metres, bars, forward=True),
            backward_s=self._seconds(table[:, 2], metres, bars, forward=False),
            shape_at=shape_at, shape=shape, told=dict(+self.told),
        )  # fmt: skip

    def _seconds(self, way: Ints, metres: Floats, bars: Sequence[frozenset[str]], *, forward: bool) -> Floats:
        kmh = np.array([one.forward if forward else one.backward for one in self._passages])
        sails = np.array([np.nan if one.ferry_s is None else one.ferry_s for one in self._passages])
        out = np.zeros((len(PROFILES), len(way)))
        road = way >= 0
        whole = np.bincount(way[road], metres[road], minlength=len(kmh))  # of each way
        with np.errstate(divide="ignore", invalid="ignore"):
            pace = np.where(kmh > 0, 3.6 / kmh, np.inf)
            sailing = np.where(kmh > 0, (sails / np.maximum(whole, 1e-9))[:, None], np.inf)
        pace = np.where(np.isnan(sails)[:, None], pace, sailing)
        with np.errstate(invalid="ignore"):
            out[:, road] = np.where(np.isfinite(pace[way[road]]), pace[way[road]], np.inf).T * np.maximum(
                metres[road], 1e-6
            )
        for column in np.flatnonzero(~road):
            stopped = bars[-1 - int(way[column])]
            out[:, column] = [np.inf if profile in stopped else 0.0 for profile in PROFILES]
        return out


class _Ends:
    """Numbers for junctions, in the order in which they are met."""

    def __init__(self) -> None:
        self.count = 0
        self._known: dict[int, int] = {}

    def of(self, node: int) -> int:
        if node not in self._known:
            self._known[node] = self.new()
        return self._known[node]

    def new(self) -> int:
        self.count += 1
        return self.count - 1
