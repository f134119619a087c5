"""Which duty gets which officers: counts of alike duties shared out, what is free, and small mends.

A Polda lends officers to a regency for the whole time (bawah kendali operasi), so they count there as a post
of their own. Everything here only ever makes a roster cheaper, or leaves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.roster.facts import (
    WEEK_SHIFTS_MAX,
    Duty,
    Help,
    Posting,
    Problem,
    Short,
    away,
    weeks,
    worked,
)
from kawal.rules.plan.roster.model import Group, Model, Slot


@dataclass(slots=True)
class Team:
    """Officers of a duty: of its home post, and of at most one other."""

    duty: Duty
    start: int
    home: int = 0
    help_: Help | None = None
    helping: int = 0

    @property
    def missing(self) -> int:
        return self.duty.need - self.home - self.helping


class Free:
    """Who is away when, of the posts of one regency (and of the officers that the Polda lends it)."""

    def __init__(self, problem: Problem, lent: Mapping[str, int]) -> None:
        self._officers = {post.code: post.officers_count for post in problem.posts} | dict(lent)
        self._weeks = weeks(problem.days_count)
        self._out: defaultdict[str, NDArray[np.int64]] = defaultdict(
            lambda: np.zeros(problem.shifts_count + 2 * WEEK_SHIFTS_MAX, np.int64)
        )
        self._work: defaultdict[str, NDArray[np.int64]] = defaultdict(
            lambda: np.zeros(problem.days_count + WEEK_SHIFTS_MAX, np.int64)
        )

    def take(self, post: str, duty: Duty, start: int, far: bool, officers: int) -> None:
        stretch = away(duty, start, far)
        self._out[post][stretch.start : stretch.stop] += officers
        for day, shifts in worked(duty, start).items():
            self._work[post][day] += shifts * officers

    def there(self, post: str, duty: Duty, start: int, far: bool) -> int:
        """How many more officers of the post can go."""
        has = self._officers.get(post, 0)
        stretch = away(duty, start, far)
        left = has - int(self._out[post][stretch.start : stretch.stop].max())
        counted = worked(duty, start)
        for days in self._weeks:
            each = sum(shifts for day, shifts in counted.items() if day in days)
            if each:
                done = int(self._work[post][days.start : days.stop].sum())
                left = min(left, (WEEK_SHIFTS_MAX * has - done) // each)
        return max(0, left)


def teams_of(model: Model, x: NDArray[np.float64]) -> list[Team]:
    """The counts of a solution shared out among the duties of each group, in the order of their codes."""
    teams: list[Team] = []
    for group in model.groups:
        waiting = list(group.duties)
        for slot in group.slots:
            begun = round(x[slot.begun])
            teams += _shared(group, slot, [waiting.pop(0) for _ in range(begun)], x)
    return teams


def crowded(group: Group, slot: Slot, x: NDArray[np.float64]) -> bool:
    """Whether more posts help than there are duties for, one for each."""
    teams = sum(-(-round(x[column]) // group.need) for column in slot.helpers.values())
    return bool(teams > round(x[slot.begun]))


def _shared(group: Group, slot: Slot, duties: Sequence[Duty], x: NDArray[np.float64]) -> list[Team]:
    teams = [Team(duty, slot.start) for duty in duties]
    free = iter(teams)
    counts = {post: round(x[column]) for post, column in slot.helpers.items()}
    # With room for one of the home post in each team, where there are teams enough.
    seats = max(1, group.need - 1)
    if sum(-(-count // seats) for count in counts.values()) > len(teams):
        seats = group.need
    for help_ in group.helps[1:]:
        left = counts[help_.post]
        while left and (team := next(free, None)):
            team.help_, team.helping = help_, min(left, seats)
            left -= team.helping
    left = round(x[slot.home])
    for team in sorted(teams, key=lambda team: team.helping == 0):  # first one for each team with help
        if team.missing and left and team.helping:
            team.home, left = 1, left - 1
    for team in teams:
        more = min(left, team.missing)
        team.home, left = team.home + more, left - more
    return teams


def mend(teams: Sequence[Team], free: Free) -> None:
    """Help that home can spare goes home; who is missing is sought among all that may help."""
    for team in teams:
        home = team.duty.post
        spare = min(team.helping, free.there(home, team.duty, team.start, False))
        if spare and team.help_ is not None:
            free.take(home, team.duty, team.start, False, spare)
            free.take(team.help_.post, team.duty, team.start, team.help_.far, -spare)
            team.home, team.helping = team.home + spare, team.helping - spare
        if not team.helping:
            team.help_ = None


def fill(teams: Sequence[Team], free: Free, helps: Mapping[str, Sequence[Help]]) -> None:
    """Who is missing is sought at home, then with the post that helps already, or with any that may."""
    for team in sorted(teams, key=lambda team: (-team.duty.risk, team.duty.code)):
        if not team.missing:
            continue
        more = min(team.missing, free.there(team.duty.post, team.duty, team.start, False))
        free.take(team.duty.post, team.duty, team.start, False, more)
        team.home += more
        _ask(team, free, helps[team.duty.code][1:])


def _ask(team: Team, free: Free, helps: Sequence[Help]) -> None:
    """Whoever can send most takes the place of who helps now, if that is more; the cheapest of those."""
    if not team.missing:
        return
    if team.help_:
        free.take(team.help_.post, team.duty, team.start, team.help_.far, -team.helping)
    wanted = team.missing + team.helping

    def sent(help_: Help) -> int:
        return min(wanted, free.there(help_.post, team.duty, team.start, help_.far))

    best = min(helps, key=lambda help_: (-sent(help_), help_.officer_rp, help_.post), default=None)
    if best is not None and sent(best) > team.helping:
        team.help_, team.helping = best, sent(best)
    if team.help_:
        free.take(team.help_.post, team.duty, team.start, team.help_.far, team.helping)


def taken(teams: Iterable[Team], free: Free) -> None:
    for team in teams:
        free.take(team.duty.post, team.duty, team.start, False, team.home)
        if team.help_:
            free.take(team.help_.post, team.duty, team.start, team.help_.far, team.helping)


def told(teams: Iterable[Team]) -> tuple[list[Posting], list[Short]]:
    postings, shorts = [], []
    for team in teams:
        rows = [(team.duty.post, team.home)]
        rows += [(team.help_.post, team.helping)] if team.help_ else []
        postings += [
            Posting(duty=team.duty.code, start=team.start, post=post, officers_count=count)
            for post, count in rows
            if count
        ]
        if team.missing:
            shorts.append(Short(duty=team.duty.code, start=team.start, officers_count=team.missing))
    return postings, shorts
