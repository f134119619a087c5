"""Officers by number: "officer 3 of Polsek Betung", so that a Kapolsek can put names to them.

In the order in which duties begin, each takes officers who are rested and have shifts left in every seven
days, those who worked least first. At every moment no more are away than the post has, so where all duties
are alike nobody is ever lacking; with long and short ones mixed a week can come out uneven, and whoever then
cannot be named is told as missing: what stands in a roster can be done by people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kawal.rules.plan.roster.cost import cost_of
from kawal.rules.plan.roster.facts import (
    WEEK_DAYS,
    WEEK_SHIFTS_MAX,
    Duty,
    Posting,
    Problem,
    Roster,
    Short,
    away,
    worked,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Duties of each officer, by post and number from 1, in the order of time."""

    officers: Mapping[tuple[str, int], tuple[str, ...]]


class _Person:
    def __init__(self, number: int) -> None:
        self.number = number
        self.stretches: list[range] = []
        self.days: Counter[int] = Counter()
        self.duties: list[tuple[int, str]] = []

    def can(self, stretch: range, work: Mapping[int, int]) -> bool:
        if any(stretch.start < taken.stop and taken.start < stretch.stop for taken in self.stretches):
            return False
        return all(
            sum(self.days[day] + work.get(day, 0) for day in range(first, first + WEEK_DAYS))
            <= WEEK_SHIFTS_MAX
            for first in range(min(work) - WEEK_DAYS + 1, max(work) + 1)
        )

    def take(self, duty: Duty, start: int, stretch: range) -> None:
        self.stretches.append(stretch)
        self.days.update(worked(duty, start))
        self.duties.append((start, duty.code))

    def drop(self, duty: Duty, start: int, stretch: range) -> None:
        self.stretches.remove(stretch)
        self.days.subtract(worked(duty, start))
        self.duties.remove((start, duty.code))


class _People:
    """All posts' officers; those whom a Polda lends to a regency are a block of its numbers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.duties = {duty.code: duty for duty in problem.duties}
        self.far = {(duty, help_.post): help_.far for duty, row in problem.helps.items() for help_ in row}
        self.found: dict[str, list[_Person]] = {
            post.code: [_Person(number) for number in range(1, post.officers_count + 1)]
            for post in problem.posts
        }
        self.aboard: defaultdict[tuple[str, str], list[_Person]] = defaultdict(list)
        self.lent: dict[tuple[str, str], list[_Person]] = {}

    def stretch(self, posting: Posting) -> range:
        return away(self.duties[posting.duty], posting.start, self.far[posting.duty, posting.post])

    def pool(self, posting: Posting) -> list[_Person]:
        return self.lent.get((posting.post, self.duties[posting.duty].regency), self.found[posting.post])

    def name(self, posting: Posting) -> int:
        """Takes as many as it can; answers how many."""
        duty, stretch = self.duties[posting.duty], self.stretch(posting)
        work = worked(duty, posting.start)
        free = [person for person in self.pool(posting) if person.can(stretch, work)]
        free.sort(key=lambda person: (person.days.total(), person.number))
        for person in free[: posting.officers_count]:
            person.take(duty, posting.start, stretch)
            self.aboard[posting.duty, posting.post].append(person)
        return min(len(free), posting.officers_count)

    def release(self, posting: Posting) -> None:
        person = self.aboard[posting.duty, posting.post].pop()
        person.drop(self.duties[posting.duty], posting.start, self.stretch(posting))

    def lend(self, postings: Iterable[Posting]) -> None:
        """Blocks of the Polda's numbers for each regency, as large as it ever has away at once."""
        away_at: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for posting in postings:
            if "." not in posting.post:
                key = posting.post, self.duties[posting.duty].regency
                for shift in self.stretch(posting):
                    away_at[key][shift] += posting.officers_count
        first: Counter[str] = Counter()
        for (post, regency), shifts in sorted(away_at.items()):
            size = max(shifts.values())
            self.lent[post, regency] = self.found[post][first[post] : first[post] + size]
            first[post] += size


def name(problem: Problem, roster: Roster) -> tuple[Roster, Named]:
    """The roster with everybody named, and fewer officers where somebody could not be."""
    people = _People(problem)
    people.lend(roster.postings)
    missing: Counter[str] = Counter({short.duty: short.officers_count for short in roster.shorts})
    starts = {row.duty: row.start for row in roster.shorts} | {row.duty: row.start for row in roster.postings}
    order = sorted(
        roster.postings,
        key=lambda row: (people.stretch(row).start, -len(people.stretch(row)), row.duty, row.post),
    )
    sent: dict[tuple[str, str], Posting] = {}
    for posting in order:
        count = people.name(posting)
        missing[posting.duty] += posting.officers_count - count
        if count:
            sent[posting.duty, posting.post] = replace(posting, officers_count=count)
    _home_first(problem, people, sent, missing)
    postings = tuple(sorted(sent.values(), key=lambda row: (row.duty, row.post)))
    shorts = tuple(
        Short(duty=code, start=starts[code], officers_count=count)
        for code, count in sorted(missing.items())
        if count
    )
    cost = cost_of(problem, postings, shorts)
    told = replace(
        roster, postings=postings, shorts=shorts, cost_rp=cost, bound_rp=min(roster.bound_rp, cost)
    )
    return told, Named(
        officers={
            (post, person.number): tuple(code for _, code in sorted(person.duties))
            for post, persons in sorted(people.found.items())
            for person in persons
            if person.duties
        }
    )


def _home_first(
    problem: Problem, people: _People, sent: dict[tuple[str, str], Posting], missing: Counter[str]
) -> None:
    """One of the home post in place of a missing one or of a helper, wherever one turns out to be free."""
    for (code, post), posting in sorted(sent.items()):
        home = people.duties[code].post
        if post == home or (code, home) in sent:
            continue
        wanted = Posting(duty=code, start=posting.start, post=home, officers_count=1)
        if not people.name(wanted):
            continue
        sent[code, home] = wanted
        if missing[code]:
            missing[code] -= 1
            continue
        people.release(posting)
        left = posting.officers_count - 1
        if left:
            sent[code, post] = replace(posting, officers_count=left)
        else:
            del sent[code, post]
