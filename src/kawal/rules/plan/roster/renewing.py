"""A roster after a new version of the plan: what was promised before holds wherever it can."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kawal.rules.plan.roster.facts import Duty, Posting, Problem, Promise, Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Duties by code: what a roster of an older version does not know, knows otherwise, or knows too much."""

    new: tuple[str, ...]
    otherwise: tuple[str, ...]  # begins in another shift, takes longer, needs others or guards other trips
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.otherwise or self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How much of the promises of before a roster keeps, in officers over all duties."""

    stay: int
    moved: int


def changed(before: Sequence[Duty], now: Sequence[Duty]) -> Changed:
    old, new = {duty.code: duty for duty in before}, {duty.code: duty for duty in now}
    return Changed(
        new=tuple(sorted(new.keys() - old.keys())),
        otherwise=tuple(
            sorted(code for code in new.keys() & old.keys() if _asks(new[code]) != _asks(old[code]))
        ),
        gone=tuple(sorted(old.keys() - new.keys())),
    )


def _asks(duty: Duty) -> tuple[object, ...]:
    return duty.post, duty.need, duty.trips, duty.begins_at, duty.ends_at


def with_promises(problem: Problem, before: Problem, roster: Roster, moment: datetime) -> Problem:
    """The problem, with what an older roster promised to duties that still are in the same shifts."""
    days = (before.first_day - problem.first_day).days * 3
    officers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    starts = {row.duty: row.start + days for row in roster.shorts}
    for row in roster.postings:
        officers[row.duty][row.post] += row.officers_count
        starts[row.duty] = row.start + days
    spans = {duty.code: duty.span for duty in before.duties}
    promises = dict(problem.promises)
    duties = []
    for duty in problem.duties:
        start = starts.get(duty.code)
        if start is not None and start in duty.starts and spans[duty.code] == duty.span:
            known = {help_.post for help_ in problem.helps[duty.code]}
            promised = {post: count for post, count in officers[duty.code].items() if post in known}
            departed = duty.begins_at <= moment
            if promised or departed:
                promises[duty.code] = Promise(start=start, officers=promised, departed=departed)
            duty = replace(duty, starts=(start,)) if departed else duty
        duties.append(duty)
    return replace(problem, duties=tuple(duties), promises=promises)


def held(problem: Problem, postings: Iterable[Posting]) -> Held:
    sent = {(row.duty, row.start, row.post): row.officers_count for row in postings}
    stay = moved = 0
    for code, promise in problem.promises.items():
        for post, count in promise.officers.items():
            there = min(count, sent.get((code, promise.start, post), 0))
            stay, moved = stay + there, moved + count - there
    return Held(stay=stay, moved=moved)
