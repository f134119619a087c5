"""How many would be missing if: an answer at once, without a new roster.

When every duty begins is kept as it is; who goes is asked of a linear problem that allows fractions of
officers and any number of posts. So it tells the least that would be missing, whatever one does: a new
roster can be no better. A province takes well under a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from kawal.rules.plan.roster.facts import Problem
from kawal.rules.plan.roster.model import model_of, regencies

_WHOLE = 1e-6


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


def least_short(problem: Problem, starts: Mapping[str, int], quotas: Mapping[str, int]) -> dict[str, int]:
    """Home post -> officers missing at least. `starts`: of duties; `quotas`: regency -> lent by the Polda."""
    fixed = replace(
        problem,
        duties=tuple(
            replace(duty, starts=(starts.get(duty.code, duty.starts[0]),)) for duty in problem.duties
        ),
    )
    missing: dict[str, float] = {}
    for regency, duties in regencies(fixed).items():
        model = model_of(fixed, regency, duties)
        upper = model.upper.copy()
        if model.quota >= 0:
            upper[model.quota] = min(upper[model.quota], quotas.get(regency, 0))
        found = milp(
            model.cost,
            constraints=LinearConstraint(model.matrix, model.least, model.most),
            bounds=Bounds(np.zeros_like(upper), upper),
        )
        for group in model.groups:
            short = sum(float(found.x[slot.short]) for slot in group.slots)
            missing[group.duties[0].post] = missing.get(group.duties[0].post, 0.0) + short
    return {post: count for post, value in sorted(missing.items()) if (count := int(np.ceil(value - _WHOLE)))}
