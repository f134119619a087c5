"""Turns that a sign forbids, kept by a network of which junctions are nodes.

Near a sign a junction is taken apart: one node for each way of coming there, and for each beginning of a
forbidden sequence of edges that was driven so far (the states of a finite automaton over edges). From a node
of its own only those ways lead on that its history allows. Everywhere else a junction stays one node: the
shortest way needs no memory there.

Near a sign nobody turns round on the road either, but where nothing else leads on: the shortest way past "no
left turn" were else to go straight on, turn round and turn right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.journey.roads import Ints

NEAR: Final = 3  # junctions from a sign within which nobody turns round (assumed)

Ban = tuple[int, ...]  # directed edges that may not be driven one after the other: 2 x edge, + 1 against it
_History = tuple[int, ...]
_State = tuple[int, _History]  # a junction, and how one came there


class Guarded:
    """Arcs between junctions, taken apart near signs.

    `begin` and `until` are nodes, `chosen` which of the given arcs each is; `nodes` is how many nodes there
    are now: those given keep their numbers.
    """

    def __init__(
        self, begin: Ints, until: Ints, directed: Ints, junctions: int, nodes: int, bans: Sequence[Ban]
    ) -> None:
        """Nodes from `junctions` on are places: they lead into the network or are led to, never through."""
        self._bans = frozenset(bans)
        self._beginnings = frozenset(ban[:cut] for ban in self._bans for cut in range(1, len(ban)))
        self._directed = directed
        self._until = until
        self._junctions = junctions
        watched = _watched(begin, until, directed, junctions, bans)
        self._watched = watched
        self._out = _by_node(begin, np.flatnonzero(watched[begin]))
        self._numbers: dict[_State, int] = {}
        self._waiting: list[_State] = []
        self._nodes = nodes
        arriving = np.flatnonzero(watched[until] & ~watched[begin])
        plain = np.flatnonzero(~watched[until] & ~watched[begin])
        entries = [self._number((int(until[arc]), (int(directed[arc]),))) for arc in arriving]
        rows = list(self._expanded())
        grown = np.array(rows, np.int64).reshape(-1, 3)
        self.begin = np.concatenate([begin[plain], begin[arriving], grown[:, 0]])
        self.until = np.concatenate([until[plain], np.array(entries, np.int64), grown[:, 1]])
        self.chosen: NDArray[np.int64] = np.concatenate([plain, arriving, grown[:, 2]])
        self.nodes = self._nodes

    def _expanded(self) -> Iterator[tuple[int, int, int]]:
        """From, to and arc of all that leads on from junctions taken apart."""
        while self._waiting:
            state = self._waiting.pop()
            junction, history = state
            back = history[-1] ^ 1
            allowed = [
                (arc, driven)
                for arc in self._out.get(junction, [])
                if self._bans.isdisjoint(_endings(driven := (*history, int(self._directed[arc]))))
            ]
            # Nothing else leads on: whoever comes here turns round, as engines have it.
            dead_end = all(
                driven[-1] == back for arc, driven in allowed if self._until[arc] < self._junctions
            )
            for arc, driven in allowed:
                if driven[-1] != back or dead_end:
                    yield self._numbers[state], self._after(int(self._until[arc]), driven), arc

    def _after(self, goal: int, driven: _History) -> int:
        if goal >= self._junctions:
            return goal
        known = next((part for part in _endings(driven) if part in self._beginnings), ())
        if not known and self._watched[goal]:
            known = driven[-1:]
        return self._number((goal, known)) if known and self._watched[goal] else goal

    def _number(self, state: _State) -> int:
        if state not in self._numbers:
            self._numbers[state] = self._nodes
            self._nodes += 1
            self._waiting.append(state)
        return self._numbers[state]


def _endings(driven: _History) -> Iterator[_History]:
    """The longest first."""
    return (driven[cut:] for cut in range(len(driven)))


def _watched(
    begin: Ints, until: Ints, directed: Ints, junctions: int, bans: Iterable[Ban]
) -> NDArray[np.bool_]:
    """Junctions on a forbidden sequence and `NEAR` round them, by node; no place is."""
    inner = np.array(sorted({edge for ban in bans for edge in ban[:-1]}), np.int64)
    found = np.zeros(max(int(begin.max(initial=0)), int(until.max(initial=0)), junctions) + 1, bool)
    roads = (begin < junctions) & (until < junctions)
    found[until[roads & np.isin(directed, inner)]] = True
    for _ in range(NEAR):
        near = found.copy()
        near[until[roads & found[begin]]] = True
        near[begin[roads & found[until]]] = True
        found = near
    found[junctions:] = False
    return found


def _by_node(node: Ints, arcs: Ints) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for arc in arcs.tolist():
        found[int(node[arc])].append(arc)
    return found
