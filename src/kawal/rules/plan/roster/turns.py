"""What the officers of one post can do one after the other: ways through the shifts and weeks of a roster.

An officer is somewhere in time, with so many days of duty in every week that is not over. A turn (away, home,
rested) takes him on, and waiting does. So all that people can do are ways through one network, and all
that so many people can do together is a flow in it: which gives people their turns without trying who is
who, and tells exactly which counts no people can do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import scipy  # its parts load when used

from kawal.rules.plan.highs import Linear, solved
from kawal.rules.plan.roster.facts import WEEK_DAYS, WEEK_DAYS_MAX, Duty, away, worked
from kawal.rules.plan.roster.rows import Floats, Rows

NODES: Final = 50
ARCS_MOST: Final = 20_000  # beyond, as with Mabes over many weeks, counts by shift and week must do
_EVEN: Final = 1e-6
_TOO_MANY: Final = 1e-3  # officers that counts must lie above what is possible to be worth a cut


class Turn(NamedTuple):
    """From leaving the post until rested again, and the days of it that count in a week."""

    leaves: int  # shift
    back: int  # shift
    days: tuple[int, ...]


def turn_of(duty: Duty, start: int, far: bool) -> Turn:
    stretch = away(duty, start, far)
    return Turn(stretch.start, stretch.stop, tuple(worked(duty, start)))


def easy(wanted: Mapping[Turn, float], officers: float) -> bool:
    """Whether officers who share the days of every week evenly have enough left for any turn."""
    days: defaultdict[int, float] = defaultdict(float)
    for turn, count in wanted.items():
        for day in turn.days:
            days[day] += count
    least = officers * (WEEK_DAYS_MAX - max((len(turn.days) for turn in wanted), default=0))
    return all(sum(days.get(day, 0) for day in range(first, first + WEEK_DAYS)) <= least for first in days)


@dataclass(frozen=True, slots=True)
class Cut:
    """No people do more than `each` times as many as they are, each turn counted by its weight."""

    weights: Mapping[Turn, float]
    each: float


_Week = tuple[int, ...]  # days of duty in each week that is not over; none in others


class Network:
    """Of turns. Arcs are in the order of the time at which they begin."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = sorted(set(turns))
        days = {day for turn in self.turns for day in turn.days}
        # Weeks that begin with a day of duty are enough; what the end cuts short lies in the last whole one.
        whole = max(days, default=0) + 1 - WEEK_DAYS
        self._weeks = sorted({day for day in days if day < whole} | {max(whole, min(days, default=0))})
        self._arcs()

    def _arcs(self) -> None:
        at: defaultdict[int, list[int]] = defaultdict(list)
        for number, turn in enumerate(self.turns):
            at[turn.leaves].append(number)
        times = sorted(at)
        nodes: dict[tuple[int, _Week], int] = {}
        self.tails: list[int] = []
        self.heads: list[int] = []
        self.taken: list[int] = []  # turn of an arc; -1: waits
        if not times:
            return
        nodes[times[0], (0,) * len(self._weeks)] = 0
        reached: defaultdict[int, list[_Week]] = defaultdict(list)
        reached[times[0]].append((0,) * len(self._weeks))
        for place, time in enumerate(times):
            if len(self.tails) > ARCS_MOST:
                self.tails, self.heads, self.taken = [], [], []
                return
            later = times[place + 1] if place + 1 < len(times) else None
            for week in reached[time]:
                tail = nodes[time, week]
                moves: list[tuple[int, int | None, _Week | None]] = [(-1, later, week)]
                for number in at[time]:
                    turn = self.turns[number]
                    back = next((one for one in times[place + 1 :] if one >= turn.back), None)
                    moves.append((number, back, self._after(week, turn)))
                for number, when, weeks in moves:
                    if weeks is None or (when is None and number < 0):
                        continue
                    key = (times[-1] + 1, ()) if when is None else (when, self._open(weeks, when))
                    if key not in nodes:
                        nodes[key] = len(nodes)
                        reached[key[0]].append(key[1])
                    self.tails.append(tail)
                    self.heads.append(nodes[key])
                    self.taken.append(number)

    def _after(self, week: _Week, turn: Turn) -> _Week | None:
        found = tuple(
            count + sum(first <= day < first + WEEK_DAYS for day in turn.days)
            for first, count in zip(self._weeks, week, strict=True)
        )
        return None if max(found, default=0) > WEEK_DAYS_MAX else found

    def _open(self, week: _Week, shift: int) -> _Week:
        """Weeks that are over count no more."""
        return tuple(
            count if (first + WEEK_DAYS) * 3 > shift else 0
            for first, count in zip(self._weeks, week, strict=True)
        )

    def _rows(self, wanted: Mapping[Turn, float], officers: float) -> Rows:
        """First what each turn asks for, then that nobody leaves a node who did not come."""
        rows = Rows()
        by_turn: list[list[tuple[int, float]]] = [[] for _ in self.turns]
        by_node: list[list[tuple[int, float]]] = [[] for _ in range(max([0, *self.tails, *self.heads]) + 1)]
        for arc, (tail, head, turn) in enumerate(zip(self.tails, self.heads, self.taken, strict=True)):
            by_node[tail].append((arc, 1))
            by_node[head].append((arc, -1))
            if turn >= 0:
                by_turn[turn].append((arc, 1))
        for asked, terms in zip(self.turns, by_turn, strict=True):
            rows.add(terms, most=wanted.get(asked, 0))
        for node, terms in enumerate(by_node):
            rows.add(terms, most=officers if node == 0 else 0)
        return rows

    def _worth(self) -> Floats:
        return -(np.array(self.taken) >= 0).astype(float)

    def cut(self, wanted: Mapping[Turn, float], officers: float) -> Cut | None:
        """What these counts break, where so many officers cannot do all of them."""
        if not self.taken:
            return None
        rows = self._rows(wanted, officers)
        found = scipy.optimize.linprog(
            self._worth(),
            A_ub=rows.matrix(len(self.taken)),
            b_ub=np.array(rows.most),
            method="highs",
        )
        if sum(wanted.values()) + found.fun <= _TOO_MANY:
            return None
        prices = found.ineqlin.marginals[: len(self.turns)]
        weights = {
            turn: weight
            for turn, price in zip(self.turns, prices.tolist(), strict=True)
            if (weight := min(1.0, 1.0 + price)) > _EVEN
        }
        each = self._most(weights)
        over = sum(weight * wanted.get(turn, 0) for turn, weight in weights.items()) - each * officers
        return Cut(weights, each) if over > _TOO_MANY else None

    def _most(self, weights: Mapping[Turn, float]) -> float:
        """What one officer can do at most: the longest way."""
        worth = [weights.get(turn, 0.0) for turn in self.turns]
        best = [-np.inf] * (max([0, *self.tails, *self.heads]) + 1)
        best[0] = 0.0
        for tail, head, turn in zip(self.tails, self.heads, self.taken, strict=True):
            best[head] = max(best[head], best[tail] + (worth[turn] if turn >= 0 else 0.0))
        return max(best)

    def crew(self, wanted: Mapping[Turn, int], officers: int) -> list[list[Turn]]:
        """For each officer his turns in the order of time, so that as many as can be are taken."""
        people: list[list[Turn]] = [[] for _ in range(officers)]
        if not self.taken or not officers:
            return people
        rows = self._rows(wanted, officers)
        count = len(self.taken)
        asked = Linear(
            cost=self._worth(),
            matrix=rows.matrix(count),
            least=np.array(rows.least),
            most=np.array(rows.most),
            lower=np.zeros(count),
            upper=np.full(count, np.inf),
        )
        ways = solved(asked, np.ones(count, np.bool_), options={"mip_max_nodes": NODES}).x
        if ways is None:
            return people
        here: defaultdict[int, list[list[Turn]]] = defaultdict(list)
        here[0] = list(people)
        for arc, (tail, head, turn) in enumerate(zip(self.tails, self.heads, self.taken, strict=True)):
            for _ in range(round(ways[arc])):
                person = here[tail].pop()
                if turn >= 0:
                    person.append(self.turns[turn])
                here[head].append(person)
        return people
