"""How an alert climbed its ladder: when each step was reached, how long it waited, who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kawal.desk.watch.reads import ActRow
from kawal.rules.watch.climb import Act
from kawal.rules.watch.ladder import Step

_BEGINS = (Act.OPENED, Act.REOPENED)
_ANSWERS = (Act.ACKNOWLEDGED, Act.SEEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    post: str
    told: tuple[str, ...]
    wait_s: int  # so long it has to answer
    reached_at: datetime | None  # None: not yet
    left_at: datetime | None  # when it went on, or was closed here
    is_here: bool  # the alert is open and stands here
    answers: tuple[ActRow, ...]  # acknowledged or seen while it stood here

    @property
    def acknowledged_at(self) -> datetime | None:
        return next((act.at for act in self.answers if act.act == Act.ACKNOWLEDGED), None)

    def waited(self, now: datetime) -> timedelta | None:
        """Until somebody acknowledged, or it went on, or now."""
        if self.reached_at is None:
            return None
        return (self.acknowledged_at or self.left_at or now) - self.reached_at


def rungs(ladder: Sequence[Step], acts: Sequence[ActRow], *, closed_at: datetime | None) -> list[Rung]:
    """Lowest first. `acts`: of one alert, oldest first; one that was opened again began anew then."""
    begun = max(place for place, act in enumerate(acts) if act.act in _BEGINS)
    reached = [acts[begun].at]
    answers: list[list[ActRow]] = [[]]
    for act in acts[begun + 1 :]:
        if act.act == Act.CLIMBED:
            reached.append(act.at)
            answers.append([])
        elif act.act in _ANSWERS:
            answers[-1].append(act)
    standing = len(reached) - 1
    return [
        Rung(
            post=step.post,
            told=step.told,
            wait_s=step.wait_s,
            reached_at=reached[place] if place <= standing else None,
            left_at=reached[place + 1] if place < standing else closed_at if place == standing else None,
            is_here=place == standing and closed_at is None,
            answers=tuple(answers[place]) if place <= standing else (),
        )
        for place, step in enumerate(ladder)
    ]
