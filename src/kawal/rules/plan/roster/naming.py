"""Officers by number: "officer 3 of Polsek Betung", so that a Kapolsek can put names to them.

In the order in which duties begin, each takes officers who are rested and have days left in every seven,
those who worked least first. At every moment no more are away than the post has, so a rested one is always
there; one whose week is full trades all later duties with one whose week is not. Whoever still cannot be
named is sought at other posts, and else told as missing: what stands in a roster can be done by people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kawal.rules.plan.roster.cost import cost_of
from kawal.rules.plan.roster.facts import (
    WEEK_DAYS,
    WEEK_DAYS_MAX,
    Posting,
    Problem,
    Roster,
    Short,
    weeks,
)
from kawal.rules.plan.roster.turns import Network, Turn, easy, turn_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Duties of each officer, by post and number from 1, in the order of time."""

    officers: Mapping[tuple[str, int], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Job:
    """A duty of one officer: when he is away for it, and what it counts against his weeks."""

    duty: str
    post: str
    start: int
    turn: Turn

    @property
    def stretch(self) -> range:
        return range(self.turn.leaves, self.turn.back)


class _Person:
    def __init__(self, number: int) -> None:
        self.number = number
        self.jobs: list[_Job] = []  # in the order of time
        self.days = 0

    def rested(self, job: _Job) -> bool:
        return not any(
            job.turn.leaves < taken.turn.back and taken.turn.leaves < job.turn.back for taken in self.jobs
        )

    def can(self, job: _Job) -> bool:
        return self.rested(job) and _bearable([*self.jobs, job])

    def set(self, jobs: Iterable[_Job]) -> None:
        self.jobs = sorted(jobs, key=lambda job: job.turn.leaves)
        self.days = sum(len(job.turn.days) for job in self.jobs)

    def split(self, cut: int) -> tuple[list[_Job], list[_Job]] | None:
        """What lies before a shift and what after; None where the officer is away just then."""
        before = [job for job in self.jobs if job.turn.back <= cut]
        after = [job for job in self.jobs if job.turn.leaves >= cut]
        return (before, after) if len(before) + len(after) == len(self.jobs) else None


def _bearable(jobs: Sequence[_Job]) -> bool:
    """No more than five days of duty in any seven."""
    days = [day for job in jobs for day in job.turn.days]
    if len(days) <= WEEK_DAYS_MAX:
        return True
    # A week that is too full begins with a day of work.
    return all(sum(first <= day < first + WEEK_DAYS for day in days) <= WEEK_DAYS_MAX for first in set(days))


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
        self.lent: dict[tuple[str, str], list[_Person]] = {}

    def block(self, posting: Posting) -> tuple[str, str]:
        """Whose numbers: those of a post, or of what a Polda lends to a regency."""
        return posting.post, "" if "." in posting.post else self.duties[posting.duty].regency

    def pool(self, posting: Posting) -> list[_Person]:
        post, regency = self.block(posting)
        return self.lent.get((post, regency), []) if regency else self.found[post]

    def name(self, posting: Posting, numbers: Collection[int] | None = None) -> int:
        """Takes as many as it can, of these numbers alone where they are told; answers how many."""
        job = self.job(posting)
        among = [one for one in self.pool(posting) if numbers is None or one.number in numbers]
        free = [person for person in among if person.can(job)]
        free.sort(key=lambda person: (person.days, person.number))
        for person in free[: posting.officers_count]:
            person.set([*person.jobs, job])
        count = min(len(free), posting.officers_count)
        while numbers is None and count < posting.officers_count and self._trade(job, among):
            count += 1
        return count

    def job(self, posting: Posting) -> _Job:
        turn = turn_of(self.duties[posting.duty], posting.start, self.far[posting.duty, posting.post])
        return _Job(posting.duty, posting.post, posting.start, turn)

    def _trade(self, job: _Job, people: Sequence[_Person]) -> bool:
        """Somebody who is rested has worked too much: he trades all later duties with one who has not."""
        for rested in people:
            if not rested.rested(job):
                continue
            for other in people:
                if other is rested or other.days >= rested.days:
                    continue
                for cut in sorted({one.turn.leaves for one in (*rested.jobs, *other.jobs)}):
                    one, two = rested.split(cut), other.split(cut)
                    if one is None or two is None:
                        continue
                    mine, others = [*two[0], *one[1], job], [*one[0], *two[1]]
                    if cut <= job.turn.leaves and _bearable(mine) and _bearable(others):
                        other.set(mine)
                        rested.set(others)
                        return True
        return False

    def release(self, posting: Posting) -> None:
        """One officer fewer on a duty."""
        for person in reversed(self.pool(posting)):
            for job in person.jobs:
                if (job.duty, job.post) == (posting.duty, posting.post):
                    person.set([one for one in person.jobs if one is not job])
                    return

    def lend(self, postings: Iterable[Posting]) -> None:
        """Blocks of the Polda's numbers for each regency, as large as its turns ask."""
        turns: defaultdict[tuple[str, str], Counter[Turn]] = defaultdict(Counter)
        for posting in postings:
            if "." not in posting.post:
                turns[self.block(posting)][self.job(posting).turn] += posting.officers_count
        first: Counter[str] = Counter()
        for (post, regency), wanted in sorted(turns.items()):
            size = _least(wanted, self.problem.days_count)
            self.lent[post, regency] = self.found[post][first[post] : first[post] + size]
            first[post] += size


def _least(wanted: Mapping[Turn, int], days_count: int) -> int:
    """So many are away at once, or have a full week; more where weeks are uneven."""
    away_at, work = Counter[int](), Counter[int]()
    for turn, count in wanted.items():
        away_at.update(dict.fromkeys(range(turn.leaves, turn.back), count))
        work.update(dict.fromkeys(turn.days, count))
    busiest = max(sum(work[day] for day in days) for days in weeks(days_count))
    size = max(*away_at.values(), -(-busiest // WEEK_DAYS_MAX))
    if easy(wanted, size):
        return size
    network = Network(tuple(wanted))
    while network.cut(wanted, size):
        size += 1
    return size


def name(problem: Problem, roster: Roster, before: Named | None = None) -> tuple[Roster, Named]:
    """The roster with everybody named, and fewer officers where somebody could not be.

    Those who were named for a duty before stay on it, unless more would be missing for that; on trips that
    have left they stay in any case.
    """
    if before is None:
        return _name(problem, roster, {})
    numbers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for (post, number), codes in sorted(before.officers.items()):
        for code in codes:
            if code in problem.promises:
                numbers[code, post].append(number)
    departed = {key: found for key, found in numbers.items() if problem.promises[key[0]].departed}
    tries = [_name(problem, roster, numbers), _name(problem, roster, departed)]
    return min(tries, key=lambda one: one[0].cost_rp)


def _name(
    problem: Problem, roster: Roster, before: Mapping[tuple[str, str], Sequence[int]]
) -> tuple[Roster, Named]:
    people = _People(problem)
    people.lend(roster.postings)
    missing: Counter[str] = Counter({short.duty: short.officers_count for short in roster.shorts})
    starts = {row.duty: row.start for row in roster.shorts} | {row.duty: row.start for row in roster.postings}
    order = sorted(
        roster.postings,
        key=lambda row: (people.job(row).turn.leaves, -people.job(row).turn.back, row.duty, row.post),
    )
    sent: dict[tuple[str, str], Posting] = {}
    again = {row: people.name(row, before.get((row.duty, row.post), ())) for row in order}
    for posting in order:
        left = posting.officers_count - again[posting]
        count = again[posting] + (people.name(replace(posting, officers_count=left)) if left else 0)
        missing[posting.duty] += posting.officers_count - count
        if count:
            sent[posting.duty, posting.post] = replace(posting, officers_count=count)
    if not before:
        for pool in sorted({people.block(row) for row in order if sent.get((row.duty, row.post)) != row}):
            _exactly(people, [row for row in order if people.block(row) == pool], sent, missing)
    _sought(problem, people, sent, missing, starts)
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
            (post, person.number): tuple(
                code for _, code in sorted((job.start, job.duty) for job in person.jobs)
            )
            for post, persons in sorted(people.found.items())
            for person in persons
            if person.jobs
        }
    )


def _exactly(
    people: _People,
    rows: Sequence[Posting],
    sent: dict[tuple[str, str], Posting],
    missing: Counter[str],
) -> None:
    """All postings of a post numbered at once by an exact solver; taken where it names more than before."""
    persons = people.pool(rows[0])
    by_turn: defaultdict[Turn, list[Posting]] = defaultdict(list)
    for row in rows:
        by_turn[people.job(row).turn].append(row)
    wanted = {turn: sum(row.officers_count for row in found) for turn, found in by_turn.items()}
    crew = Network(tuple(by_turn)).crew(wanted, len(persons))
    taken = Counter(turn for turns in crew for turn in turns)
    had = sum(sent[row.duty, row.post].officers_count for row in rows if (row.duty, row.post) in sent)
    if taken.total() <= had:
        return
    seats: dict[Turn, list[Posting]] = {}
    for turn, found in by_turn.items():
        seats[turn] = [row for row in found for _ in range(row.officers_count)][: taken[turn]]
    for row in rows:
        count = seats[people.job(row).turn].count(row)
        before = sent.pop((row.duty, row.post), None)
        missing[row.duty] += (before.officers_count if before else 0) - count
        if count:
            sent[row.duty, row.post] = replace(row, officers_count=count)
    for person, turns in zip(persons, crew, strict=True):
        person.set(people.job(seats[turn].pop()) for turn in turns)


def _sought(
    problem: Problem,
    people: _People,
    sent: dict[tuple[str, str], Posting],
    missing: Counter[str],
    starts: Mapping[str, int],
) -> None:
    """Whoever is missing is sought once more among all who may help, the cheapest first."""
    for code in sorted(missing):
        if code in problem.promises and problem.promises[code].departed:
            continue
        for help_ in sorted(problem.helps[code], key=lambda one: (one.officer_rp, one.post)):
            if not missing[code]:
                break
            there = sent.get((code, help_.post))
            wanted = Posting(duty=code, start=starts[code], post=help_.post, officers_count=missing[code])
            if count := people.name(wanted):
                missing[code] -= count
                had = there.officers_count if there else 0
                sent[code, help_.post] = replace(wanted, officers_count=had + count)


def _home_first(
    problem: Problem, people: _People, sent: dict[tuple[str, str], Posting], missing: Counter[str]
) -> None:
    """One of the home post in place of a missing one or of a helper, wherever one turns out to be free."""
    for (code, post), posting in sorted(sent.items()):
        home = people.duties[code].post
        if post == home or (code, home) in sent:
            continue
        if code in problem.promises and problem.promises[code].departed:
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
