"""A roster as a chief reads it: per post and shift who is on duty, on the way or resting, and free."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from kawal.rules.plan.roster.facts import Posting, Problem, Roster, away, on_duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    post: str
    shift: int
    duties: tuple[str, ...]
    on_duty: int
    resting: int  # or on the way
    free: int
    missing: int  # of duties that are this post's own


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpSum:
    """What one post sends to others."""

    post: str
    to: str  # home post
    officers_count: int  # summed over duties
    cost_rp: int


def table(problem: Problem, roster: Roster) -> dict[str, list[Cell]]:
    """Per post, in the order of shifts; only shifts in which somebody is on duty or missing."""
    duties = {duty.code: duty for duty in problem.duties}
    far = {(code, help_.post): help_.far for code, row in problem.helps.items() for help_ in row}
    busy: defaultdict[str, Counter[int]] = defaultdict(Counter)
    out: defaultdict[str, Counter[int]] = defaultdict(Counter)
    names: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    missing: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for row in roster.postings:
        duty = duties[row.duty]
        for shift in on_duty(duty, row.start):
            busy[row.post][shift] += row.officers_count
            names[row.post, shift].append(row.duty)
        for shift in away(duty, row.start, far[row.duty, row.post]):
            out[row.post][shift] += row.officers_count
    for short in roster.shorts:
        for shift in on_duty(duties[short.duty], short.start):
            missing[duties[short.duty].post][shift] += short.officers_count
    return {
        post.code: [
            Cell(
                post=post.code,
                shift=shift,
                duties=tuple(names[post.code, shift]),
                on_duty=busy[post.code][shift],
                resting=out[post.code][shift] - busy[post.code][shift],
                free=post.officers_count - out[post.code][shift],
                missing=missing[post.code][shift],
            )
            for shift in sorted({*busy[post.code], *missing[post.code]})
        ]
        for post in problem.posts
    }


def helped(problem: Problem, roster: Roster) -> list[HelpSum]:
    """Who helps whom and what that costs, the most first."""
    homes = {duty.code: duty.post for duty in problem.duties}
    each = {(code, help_.post): help_.officer_rp for code, row in problem.helps.items() for help_ in row}
    counts: Counter[tuple[str, str]] = Counter()
    costs: Counter[tuple[str, str]] = Counter()
    for row in roster.postings:
        if row.post != homes[row.duty]:
            counts[row.post, homes[row.duty]] += row.officers_count
            costs[row.post, homes[row.duty]] += row.officers_count * each[row.duty, row.post]
    return [
        HelpSum(post=post, to=to, officers_count=count, cost_rp=costs[post, to])
        for (post, to), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def outside_rp(problem: Problem, roster: Roster) -> int:
    """What the missing officers would cost if they came from where help is dearest: the Polda, or beyond."""
    dearest = {code: max(help_.officer_rp for help_ in row) for code, row in problem.helps.items()}
    return sum(short.officers_count * dearest[short.duty] for short in roster.shorts)


def postings_by_trip(problem: Problem, roster: Roster) -> dict[str, list[Posting]]:
    """Trip -> who guards it."""
    found: defaultdict[str, list[Posting]] = defaultdict(list)
    trips = {duty.code: duty.trips for duty in problem.duties}
    for row in roster.postings:
        for trip in trips[row.duty]:
            found[trip].append(row)
    return dict(found)
