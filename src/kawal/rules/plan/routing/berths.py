"""Berths that are taken: when a place still has room for one more vehicle to be handled.

First come, first served, in the order in which runs are made: the worst class and farthest first. A run
begins as late as its berths make it; nobody waits on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kawal.rules.plan.docks import Dock, Docks, Handling
from kawal.rules.plan.windows import NEVER_S, Interval, Need

_Place = tuple[str, Dock]
_ALWAYS: Final = [(0, NEVER_S)]


class Berths:
    """What is handled at the docks, and when one more can be."""

    def __init__(self, docks: Docks, taken: Iterable[Handling] = ()) -> None:
        self.docks = docks
        self._taken: dict[_Place, list[Interval]] = {}
        self._free: dict[_Place, list[Interval]] = {}
        self.take(taken)

    def copy(self) -> Berths:
        other = Berths(self.docks)
        other._taken = {place: list(taken) for place, taken in self._taken.items()}
        other._free = dict(self._free)
        return other

    def take(self, handled: Iterable[Handling]) -> None:
        for place, stretch in self._placed(handled):
            self._taken.setdefault(place, []).append(stretch)
            self._free.pop(place, None)

    def give_back(self, handled: Iterable[Handling]) -> None:
        """What was taken before is not done at that time after all."""
        for place, stretch in self._placed(handled):
            self._taken[place].remove(stretch)
            self._free.pop(place, None)

    def needs(self, handled: Sequence[Handling]) -> list[Need]:
        """What must have room when, counted from the first handling's begin; empty: nobody waits."""
        if not handled or not self._taken:
            return []
        start_s = handled[0].begin_s
        return [
            (begin_s - start_s, end_s - begin_s, self._open(place))
            for place, (begin_s, end_s) in self._placed(handled)
            if place in self._taken
        ]

    def have_room(self, handled: Sequence[Handling]) -> bool:
        """Whether all of these can be handled as they are."""
        start_s = handled[0].begin_s if handled else 0
        return all(
            any(opens <= start_s + after_s and start_s + after_s + for_s <= closes for opens, closes in room)
            for after_s, for_s, room in self.needs(handled)
        )

    def _placed(self, handled: Iterable[Handling]) -> list[tuple[_Place, Interval]]:
        found = []
        for one in handled:
            dock = self.docks.at(one.site, one.mode) if self.docks else None
            if dock is not None and one.end_s > one.begin_s:
                found.append(((one.site, dock), (one.begin_s, one.end_s)))
        return found

    def _open(self, place: _Place) -> list[Interval]:
        if place not in self._free:
            self._free[place] = _with_room(self._taken.get(place, ()), place[1].at_once)
        return self._free[place]


def _with_room(taken: Sequence[Interval], at_once: int) -> list[Interval]:
    """When fewer than so many are there. Who leaves as another comes does not stand beside it."""
    if len(taken) < at_once:
        return _ALWAYS
    changes = sorted(change for begin, end in taken for change in ((begin, 1), (end, -1)))
    found: list[Interval] = []
    count, free_from = 0, 0
    for at, by in changes:
        before, count = count, count + by
        if before == at_once - 1 and by > 0:
            if at > free_from:
                found.append((free_from, at))
        elif before == at_once and by < 0:
            free_from = at
    return [*found, (free_from, NEVER_S)]
