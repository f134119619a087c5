"""What a roster costs in rupiah: officers out, help without home, missing officers, promises moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from kawal.rules.plan.roster.facts import Duty, Posting, Problem, Promise, Short
from kawal.rules.risk.classes import RiskClass

MOVED_RP: Final = 200_000  # assumed: worth an order that is written and told again, not an officer missing
WORSE: Final = 0.1  # a missing officer counts so much more for each class worse: they are served first


def short_rp(duty: Duty, problem: Problem) -> int:
    """What one missing officer of a duty counts."""
    return round(problem.short_rp * (1 + WORSE * (duty.risk - RiskClass.LOW)))


def moved_rp(promise: Promise, problem: Problem) -> int:
    """What an officer counts who was promised and does not come; of a trip that left, more than all else."""
    return 10 * problem.short_rp if promise.departed else MOVED_RP


def cost_of(problem: Problem, postings: Iterable[Posting], shorts: Iterable[Short]) -> int:
    each = {(duty, help_.post): help_.officer_rp for duty, row in problem.helps.items() for help_ in row}
    sent: defaultdict[str, dict[str, int]] = defaultdict(dict)
    starts: dict[str, int] = {}
    for posting in postings:
        sent[posting.duty][posting.post] = posting.officers_count
        starts[posting.duty] = posting.start
    missing = {short.duty: short.officers_count for short in shorts}
    cost = 0
    for duty in problem.duties:
        posts = sent[duty.code]
        cost += sum(each[duty.code, post] * count for post, count in posts.items())
        # Where somebody is missing, the missing one is the officer of the home post.
        if posts and duty.post not in posts and duty.code not in missing:
            cost += problem.alone_rp
        cost += missing.get(duty.code, 0) * short_rp(duty, problem)
        if (promise := problem.promises.get(duty.code)) is not None:
            there = posts if starts.get(duty.code) == promise.start else {}
            moved = sum(max(0, count - there.get(post, 0)) for post, count in promise.officers.items())
            cost += moved * moved_rp(promise, problem)
    return cost
