"""A good answer about when duties begin, from linear problems alone.

In the relaxation five duties of six begin at one time already. Those that are nearly whole are rounded and
the rest is asked again, until all are whole: a dive. Then the duties of a post and of its neighbours are set
free once more and dived for anew, post after post: with all others kept, that is a small question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.highs import Kept
from kawal.rules.plan.roster.model import Model
from kawal.rules.plan.roster.rows import Floats

EVEN: Final = 1e-6  # what a solver calls whole
FIRST_PART: Final = 6  # of what is open one in so many is rounded at a time, and of few posts
NEAR_PART: Final = 3
NEIGHBOURS: Final = (1, 2, 3)  # of a post, in rounds
FAR: Final = 2  # times the gap: so far off after a round, dives will not do
HOPELESS: Final = 8  # the same after the first dive
_LESS: Final = 1.0  # rupiah: what counts as better


@dataclass(frozen=True, slots=True)
class Dived:
    x: Floats
    value: float
    bound: float  # of the relaxation: nothing is cheaper


def dived(model: Model, cost: Floats, gap: float) -> Dived:
    """Ends where the relaxation shows the answer to be good enough by half, or gives up far from it."""
    search = _Search(model, cost)
    bound = search.kept.solve()
    value, x = search.dive(range(len(search.groups)), np.inf, FIRST_PART)
    for count in NEIGHBOURS if value <= (1 + HOPELESS * gap) * bound else ():
        for among in search.neighbours(count):
            if value <= (1 + gap / 2) * bound:
                break
            found, better = search.again(among, value - _LESS)
            if found < value:
                value, x = found, better
        if value > (1 + FAR * gap) * bound:
            break
    return Dived(x=x, value=value, bound=bound)


class _Search:
    def __init__(self, model: Model, cost: Floats) -> None:
        self.model = model
        self.kept = Kept(model.linear(cost))
        self.groups = [np.array([slot.begun for slot in one.slots], np.int32) for one in model.groups]
        self.lower, self.upper = np.zeros_like(cost), model.upper.copy()

    def neighbours(self, count: int) -> Iterable[list[int]]:
        """For every post its groups of duties and those of so many that help it."""
        homes: dict[str, list[int]] = {}
        for number, group in enumerate(self.model.groups):
            homes.setdefault(group.duties[0].post, []).append(number)
        for post, own in sorted(homes.items()):
            helps = [help_.post for help_ in self.model.groups[own[0]].helps]
            near = [other for other in helps if other in homes and other != post]
            yield sorted(number for other in (post, *near[:count]) for number in homes[other])

    def again(self, among: list[int], below: float) -> tuple[float, Floats]:
        """Dives for these groups with all others kept; all is as before where nothing better is found."""
        basis = self.kept.basis
        columns = np.concatenate([self.groups[number] for number in among])
        before = self.lower[columns]
        self.lower[columns], self.upper[columns] = 0, self.model.upper[columns]
        self._tell(columns)
        value, x = self.dive(among, below, NEAR_PART)
        if value >= below:
            self.lower[columns] = self.upper[columns] = before
            self._tell(columns)
            self.kept.basis = basis
        return value, x

    def dive(self, among: Iterable[int], below: float, part: int) -> tuple[float, Floats]:
        left = sorted(among)
        while (value := self.kept.solve(below)) < below:
            x = self.kept.x
            split = sorted((-self._near(x, number), number) for number in left if self._open(x, number))
            self._round(x, [number for _, number in split[: max(1, len(split) // part)]] or left)
            if not split:
                return value, x
            left = [number for number in left if self._free(number)]
        return np.inf, np.empty(0)

    def _open(self, x: Floats, number: int) -> bool:
        shares = x[self.groups[number]]
        return bool((np.abs(shares - np.round(shares)) > EVEN).any())

    def _near(self, x: Floats, number: int) -> float:
        """How near its largest share is to one more duty."""
        shares = x[self.groups[number]]
        return float((shares - np.floor(shares)).max())

    def _free(self, number: int) -> bool:
        columns = self.groups[number]
        return bool((self.lower[columns] < self.upper[columns]).any())

    def _round(self, x: Floats, numbers: list[int]) -> None:
        for number in numbers:
            columns = self.groups[number]
            counts = rounded(x[columns], len(self.model.groups[number].duties))
            self.lower[columns] = self.upper[columns] = counts
            self._tell(columns)

    def _tell(self, columns: NDArray[np.int32]) -> None:
        self.kept.bound(columns, self.lower[columns], self.upper[columns])


def rounded(shares: Floats, total: int) -> NDArray[np.int64]:
    """Whole numbers of this sum: what is whole in the shares, and one more to the largest fractions."""
    counts = np.floor(shares + EVEN).astype(np.int64)
    counts[np.argsort(counts - shares, kind="stable")[: total - int(counts.sum())]] += 1
    return counts
