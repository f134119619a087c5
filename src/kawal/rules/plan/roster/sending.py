"""Who goes, when it is settled when the duties of a regency begin: as many as numbered people can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.highs import solved
from kawal.rules.plan.roster import cuts, naming, sharing
from kawal.rules.plan.roster.cost import cost_of
from kawal.rules.plan.roster.diving import EVEN
from kawal.rules.plan.roster.facts import Posting, Problem, Roster, Short
from kawal.rules.plan.roster.model import Model, fewer
from kawal.rules.plan.roster.rows import Floats
from kawal.rules.plan.roster.settling import Task

OFFICERS_GAP: Final = 0.0002  # numbers come out whole nearly by themselves
OFFICERS_NODES: Final = 200
ROUNDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A regency whose duties begin at settled times, with the officers whom the Polda lends to it."""

    task: Task
    begun: tuple[NDArray[np.int64], ...]
    quota: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    regency: str
    postings: tuple[Posting, ...]
    shorts: tuple[Short, ...]
    cost_rp: int
    quota: int  # officers whom the Polda lends
    answers: int  # how many settled starts were tried


def send(sending: Sending) -> Part:
    """Who goes, when it is settled when the duties of one regency begin.

    Of several answers the one that is cheapest once everybody is numbered.
    """
    found = [_numbered(sending, begun) for begun in sending.begun]
    _, postings, shorts = min(found, key=lambda one: one[0])
    return Part(
        regency=sending.task.model.regency,
        postings=tuple(postings),
        shorts=tuple(shorts),
        cost_rp=cost_of(sending.task.problem, postings, shorts),
        quota=sending.quota,
        answers=len(sending.begun),
    )


def _numbered(sending: Sending, begun: NDArray[np.int64]) -> tuple[int, list[Posting], list[Short]]:
    """Who goes, so that all can be numbered: a post whose weeks come out uneven is asked for fewer."""
    model = sending.task.model
    problem = _lent(sending)
    found = []
    for _ in range(ROUNDS):
        x = _officers(sending, model, begun)
        postings, shorts = sharing.told(sharing.teams_of(model, x))
        counted = Roster(
            postings=tuple(postings),
            shorts=tuple(shorts),
            cost_rp=cost_of(problem, postings, shorts),
            bound_rp=0,
        )
        numbered, _named = naming.name(problem, counted)
        found.append((numbered.cost_rp, list(numbered.postings), list(numbered.shorts)))
        if numbered.cost_rp <= counted.cost_rp:
            break
        uneven = cuts.broken(model, x)
        asked, named = _by_post(postings), _by_post(numbered.postings)
        model = cuts.with_cuts(model, uneven)
        model = fewer(
            model, {post: named[post] for post in asked if named[post] < asked[post] and post not in uneven}
        )
    return min(found, key=lambda one: one[0])


def _lent(sending: Sending) -> Problem:
    """The regency with what the Polda lends to it."""
    model, problem = sending.task.model, sending.task.problem
    posts = tuple(
        replace(post, officers_count=sending.quota) if post.code == model.polda else post
        for post in problem.posts
    )
    return replace(problem, posts=posts)


def _by_post(postings: Iterable[Posting]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for posting in postings:
        counts[posting.post] += posting.officers_count
    return counts


def _officers(sending: Sending, model: Model, begun: NDArray[np.int64]) -> Floats:
    """How many officers of which post, when it is settled when duties begin."""
    columns = np.flatnonzero(model.begun)
    lower, upper = np.zeros_like(model.upper), model.upper.copy()
    lower[columns] = upper[columns] = begun
    if model.quota >= 0:
        upper[model.quota] = sending.quota
    options = {"mip_rel_gap": OFFICERS_GAP, "mip_max_nodes": OFFICERS_NODES}
    asked = model.linear(model.cost, lower, upper)
    answer = solved(asked, np.ones(len(upper), np.bool_), options=options).x
    if answer is not None:
        return answer
    # Nothing whole was found: whoever the relaxation sends in part stays at home, and no limit is broken.
    answer = solved(asked).x
    assert answer is not None
    whole: Floats = np.floor(answer + EVEN)
    return whole
