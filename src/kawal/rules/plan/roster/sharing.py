"""Which duty gets which officers: counts of alike duties shared out, by few posts each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.roster.facts import Duty, Posting, Short
from kawal.rules.plan.roster.model import Group, Model, Slot


@dataclass(slots=True)
class Team:
    """Officers of a duty: of its home post, and of those that help."""

    duty: Duty
    start: int
    home: int = 0
    helping: dict[str, int] = field(default_factory=dict)  # post -> officers

    @property
    def missing(self) -> int:
        return self.duty.need - self.home - sum(self.helping.values())


def teams_of(model: Model, x: NDArray[np.float64]) -> list[Team]:
    """The counts of a solution shared out among the duties of each group, in the order of their codes."""
    teams: list[Team] = []
    for group in model.groups:
        waiting = list(group.duties)
        for slot in group.slots:
            begun = round(x[slot.begun])
            teams += _shared(group, slot, [waiting.pop(0) for _ in range(begun)], x)
    return teams


def _shared(group: Group, slot: Slot, duties: Sequence[Duty], x: NDArray[np.float64]) -> list[Team]:
    """One of the home post for each, then the rest of home, then one helper after the other.

    Where home has nobody left for a team, whoever is missing is missing there: as the model counts it, help
    is alone only where it fills all seats.
    """
    teams = [Team(duty, slot.start) for duty in duties]
    left = round(x[slot.home])
    for team in teams[:left]:
        team.home, left = 1, left - 1
    for team in teams:
        more = min(left, team.missing)
        team.home, left = team.home + more, left - more
    helping = {post: round(x[column]) for post, column in slot.helpers.items()}
    for seat_of_home in (1, 0):
        for team in teams:
            for help_ in sorted(group.helps[1:], key=lambda help_: -helping[help_.post]):
                seats = team.missing - (0 if team.home else seat_of_home)
                if (more := min(helping[help_.post], seats)) > 0:
                    helping[help_.post] -= more
                    team.helping[help_.post] = team.helping.get(help_.post, 0) + more
    return teams


def told(teams: Iterable[Team]) -> tuple[list[Posting], list[Short]]:
    postings, shorts = [], []
    for team in teams:
        rows = [(team.duty.post, team.home), *team.helping.items()]
        postings += [
            Posting(duty=team.duty.code, start=team.start, post=post, officers_count=count)
            for post, count in rows
            if count
        ]
        if team.missing:
            shorts.append(Short(duty=team.duty.code, start=team.start, officers_count=team.missing))
    return postings, shorts
