"""Signs that forbid or command a turn, as OpenStreetMap tells them (wiki: Relation:restriction).

`no_*` and `only_*`, over a node or over ways, for the vehicles that the relation means (`restriction:hgv`,
`except`). What holds at some hours only is passed over and counted, and so is what cannot be placed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.roads import Floats, Ints
from kawal.rules.plan.journey.turns import Ban

_KIND: Final = re.compile(r"(no|only)_(?:left_turn|right_turn|straight_on|u_turn|entry|exit)")
# From the general to the particular, as in `passage`; people on foot are meant only where it says so.
_VEHICLES: Final[Mapping[str, tuple[str, ...]]] = {
    "truck": ("vehicle", "motor_vehicle", "goods", "hgv"),
    "pickup": ("vehicle", "motor_vehicle", "motorcar", "goods"),
    "motorbike": ("vehicle", "motor_vehicle", "motorcycle"),
    "foot": (),
}
_HOURS: Final = ("restriction:conditional", "day_on", "hour_on", "day_off", "hour_off")
KEYS: Final = (
    "restriction",
    *sorted({f"restriction:{vehicle}" for row in _VEHICLES.values() for vehicle in row} | {_HOURS[0]}),
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Ids of ways and of a node as in the map. `whom` has bit p for profile p."""

    only: int  # bits of whom it commands the turn; for the others it forbids it
    whom: int
    begin: tuple[int, ...]
    via: tuple[int, ...]  # ways, or one node
    until: tuple[int, ...]
    over_ways: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """An edge of a way, from node to node as the way is drawn."""

    edge: int
    first: int
    last: int


Members = Sequence[tuple[str, int, str]]  # n, w or r; id; role


def sign(tags: Mapping[str, str], members: Members) -> Sign | None:
    """None for what cannot be read, or holds at some hours only."""
    if any(key in tags for key in _HOURS):
        return None
    whom, only = _whom(tags)
    by_role: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, number, role in members:
        by_role[role, kind].append(number)
    nodes, ways = by_role["via", "n"], by_role["via", "w"]
    begin, until = by_role["from", "w"], by_role["to", "w"]
    if not whom or not begin or not until or bool(nodes) == bool(ways) or len(nodes) > 1:
        return None
    return Sign(only, whom, tuple(begin), tuple(nodes or ways), tuple(until), bool(ways))


def _whom(tags: Mapping[str, str]) -> tuple[int, int]:
    """Bits of the profiles it is for, and of those among them whom it commands."""
    spared = {word.strip() for word in tags.get("except", "").split(";")}
    whom = only = 0
    for place, profile in enumerate(PROFILES):
        vehicles = _VEHICLES[profile]
        keys = [f"restriction:{vehicle}" for vehicle in reversed(vehicles)]
        keys += ["restriction"] if vehicles else []
        found = next((match for key in keys if (match := _KIND.fullmatch(tags.get(key, "")))), None)
        if found and not spared & set(vehicles):
            whom |= 1 << place
            only |= (found[1] == "only") << place
    return whom, only


class Signpost:
    """Places signs in a network."""

    def __init__(self, pieces: Mapping[int, Sequence[Piece]], start: Ints, end: Ints, open_: Ints) -> None:
        """Pieces by the id of their way; `open_` has, by directed edge, the bits of who may drive it."""
        self._pieces = pieces
        self._by_edge = {piece.edge: piece for some in pieces.values() for piece in some}
        self._start, self._end, self._open = start, end, open_

    def bans(self, sign: Sign) -> list[tuple[Ban, int]] | None:
        """Forbidden sequences and whom they are for; None where the map does not say clearly which."""
        found: list[tuple[Ban, int]] = []
        for begin in sign.begin:
            for until in sign.until:
                driven = self._driven(sign, begin, until)
                if driven is None:
                    return None
                if driven:
                    found += self._of(driven, sign)
        return found

    def _of(self, driven: Ban, sign: Sign) -> Iterator[tuple[Ban, int]]:
        if forbids := sign.whom & ~sign.only:
            yield driven, forbids
        if sign.only:
            at = self._head(driven[-2])
            others = [*2 * np.flatnonzero(self._start == at), *2 * np.flatnonzero(self._end == at) + 1]
            for other in others:
                if other != driven[-1]:
                    yield (*driven[:-1], int(other)), sign.only

    def _driven(self, sign: Sign, begin: int, until: int) -> Ban | None:
        """Directed edges from way to way; empty where nobody may drive them anyway or they were not read."""
        if any(way not in self._pieces for way in (begin, until, *(sign.via if sign.over_ways else ()))):
            return ()  # closed to all, or outside what was read
        for node, middle in self._middles(sign, begin):
            far = self._last(middle, node)
            ins = [one for one in self._ending(begin, node) if self._open[one] & sign.whom]
            outs = [one ^ 1 for one in self._ending(until, far) if self._open[one ^ 1] & sign.whom]
            if len(ins) > 1 or len(outs) > 1:
                return None
            if ins and outs:
                return (*ins, *middle, *outs)
            if self._ending(begin, node) and self._ending(until, far):
                return ()
        return None

    def _middles(self, sign: Sign, begin: int) -> Iterator[tuple[int, Ban]]:
        """Where the first way may be left, and the edges of the ways between."""
        if not sign.over_ways:
            yield sign.via[0], ()
            return
        for node in {node for piece in self._pieces[begin] for node in (piece.first, piece.last)}:
            at, driven = node, list[int]()
            for way in sign.via:
                along = self._along(way, at)
                if along is None:
                    break
                driven += along
                at = self._last(along, at)
            else:
                yield node, tuple(driven)

    def _along(self, way: int, node: int) -> list[int] | None:
        """The whole way from an end of it; None where the node is no end of it."""
        pieces = self._pieces[way]
        if pieces[0].first == node:
            return [2 * piece.edge for piece in pieces]
        if pieces[-1].last == node:
            return [2 * piece.edge + 1 for piece in reversed(pieces)]
        return None

    def _ending(self, way: int, node: int) -> list[int]:
        """Directed edges of a way that come to a node."""
        pieces = self._pieces[way]
        ahead = [2 * piece.edge for piece in pieces if piece.last == node]
        return ahead + [2 * piece.edge + 1 for piece in pieces if piece.first == node]

    def _last(self, driven: Sequence[int], node: int) -> int:
        """The node of the map that a sequence of edges comes to."""
        if not driven:
            return node
        piece = self._by_edge[driven[-1] // 2]
        return piece.first if driven[-1] & 1 else piece.last

    def _head(self, directed: int) -> int:
        edge = directed // 2
        return int(self._start[edge] if directed & 1 else self._end[edge])


def open_to(forward_s: Floats, backward_s: Floats) -> Ints:
    """By directed edge the bits of the profiles that may drive it."""
    bits = (1 << np.arange(len(PROFILES)))[:, None]
    both = np.stack([(np.isfinite(some) * bits).sum(axis=0) for some in (forward_s, backward_s)], axis=1)
    found: Ints = both.ravel().astype(np.int64)
    return found
