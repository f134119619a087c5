"""How many would be missing if: an answer at once, without a new roster.

When every duty begins is kept as it is; who goes is asked of a linear problem that allows fractions of
officers and any number of posts. So it tells the least that would be missing, whatever one does: a new
roster can be no better. Only the regencies that a change touches are asked: a tenth of a second each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kawal.rules.plan.highs import solved
from kawal.rules.plan.roster import cuts
from kawal.rules.plan.roster.facts import Problem
from kawal.rules.plan.roster.model import Model, model_of, regencies
from kawal.rules.plan.roster.rows import Floats

CUT_ROUNDS: Final = 2
_WHOLE: Final = 1e-6
_FIRST: Final = 100  # a missing officer counts before all else


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    officers_count: int  # missing at least, whatever one does
    by_post: Mapping[str, int]  # home post -> missing there in one such answer, rounded


def with_strength(problem: Problem, change: Mapping[str, int]) -> Problem:
    """The same with officers added to posts, or taken away (never below none)."""
    posts = tuple(
        replace(post, officers_count=max(0, post.officers_count + change.get(post.code, 0)))
        for post in problem.posts
    )
    return replace(problem, posts=posts)


def with_need(problem: Problem, change: Mapping[str, int]) -> Problem:
    """The same with other numbers of officers on duties, as where the class of a village rises."""
    duties = tuple(replace(duty, need=change.get(duty.code, duty.need)) for duty in problem.duties)
    return replace(problem, duties=duties)


def with_trips(problem: Problem, officers: Mapping[str, int]) -> Problem:
    """The same with trips (by code) that need so many officers; a team has what its worst trip needs."""
    change = {duty.code: max(officers.get(trip, duty.need) for trip in duty.trips) for duty in problem.duties}
    return with_need(problem, change)


def least_short(
    problem: Problem,
    starts: Mapping[str, int],
    quotas: Mapping[str, int],
    only: Collection[str] | None = None,
) -> Least:
    """`starts`: of duties, where others than the planned ones; `quotas`: regency -> lent by the Polda.

    `only`: the regencies that are asked; without it all.
    """
    fixed = replace(
        problem,
        duties=tuple(
            replace(duty, starts=(starts.get(duty.code, duty.starts[0]),)) for duty in problem.duties
        ),
    )
    missing: dict[str, float] = {}
    for regency, duties in regencies(fixed).items():
        if only is not None and regency not in only:
            continue
        model = model_of(fixed, regency, duties)
        cost, upper = model.cost.copy(), model.upper.copy()
        shorts = [(group.duties[0].post, slot.short) for group in model.groups for slot in group.slots]
        cost[[column for _, column in shorts]] = _FIRST * problem.short_rp
        if model.quota >= 0:
            upper[model.quota] = min(upper[model.quota], quotas.get(regency, 0))
        x = _cheapest(model, cost, upper)
        for _ in range(CUT_ROUNDS):
            if not (uneven := cuts.broken(model, x)):
                break
            model = cuts.with_cuts(model, uneven)
            x = _cheapest(model, cost, upper)
        for post, column in shorts:
            missing[post] = missing.get(post, 0.0) + float(x[column])
    by_post = {post: count for post, value in sorted(missing.items()) if (count := round(value))}
    return Least(officers_count=int(np.ceil(sum(missing.values()) - _WHOLE)), by_post=by_post)


def _cheapest(model: Model, cost: Floats, upper: Floats) -> Floats:
    found = solved(model.linear(cost, upper=upper)).x
    assert found is not None  # everything may be told as missing
    return found
