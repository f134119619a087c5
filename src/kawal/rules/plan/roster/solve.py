"""The cheapest roster, and a proof of how far it can be from the best.

A province is solved regency by regency; only the officers whom the Polda lends are shared. What one of them
is worth (`price`) comes from the linear relaxation of the whole province. With that price in place of the
limit every regency's problem stands alone, and the sum of the regencies' lower bounds, less the price of
all that the Polda has, is a lower bound of the whole (Lagrange): the gap that is told is against that.

Only *when* duties begin is hard to decide: with the starts fixed the numbers of officers are integers
nearly by themselves. So the solver (HiGHS) first settles the starts with officers in fractions, which also
proves the bound, and then the officers. It ends by gap and number of nodes, never by the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, vstack

from kawal.rules.plan.roster import naming, sharing
from kawal.rules.plan.roster.cost import cost_of
from kawal.rules.plan.roster.facts import Posting, Problem, Roster, Short
from kawal.rules.plan.roster.model import Floats, Model, Rows, fewer, model_of, regencies

EVEN: Final = 1e-6  # what a solver calls whole
OFFICERS_GAP: Final = 0.0002  # of the second step, where numbers come out whole nearly by themselves
OFFICERS_NODES: Final = 200
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """When a regency is good enough. With `seconds` the same input need not give the same roster."""

    gap: float = 0.004
    nodes: int = 8
    seconds: float | None = None

    def options(self) -> dict[str, Any]:
        limits: dict[str, Any] = {"mip_rel_gap": self.gap, "node_limit": self.nodes}
        return limits if self.seconds is None else {**limits, "time_limit": self.seconds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One regency, to be solved in this process or another."""

    problem: Problem  # of this regency alone
    model: Model
    price: float
    quota: int
    effort: Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    regency: str
    postings: tuple[Posting, ...]
    shorts: tuple[Short, ...]
    cost_rp: int
    bound_rp: float  # with the price of what the Polda lends


Each = Callable[[Callable[[Task], Part], list[Task]], Iterable[Part]]


def roster(problem: Problem, each: Each = map, effort: Effort = Effort()) -> Roster:
    """`each` maps tasks to parts, in any order: `map`, or over several processes."""
    models = [model_of(problem, regency, duties) for regency, duties in regencies(problem).items()]
    prices, quotas = _shared_polda(models)
    tasks = [
        Task(
            problem=_alone(problem, model),
            model=model,
            price=prices.get(model.polda, 0.0),
            quota=quotas.get(model.regency, 0),
            effort=effort,
        )
        for model in models
    ]
    parts = sorted(each(solve, tasks), key=lambda part: part.regency)
    lends = {model.polda: model.lends for model in models if model.polda}
    bound = sum(part.bound_rp for part in parts) - sum(prices[polda] * lends[polda] for polda in lends)
    cost = sum(part.cost_rp for part in parts)
    return Roster(
        postings=tuple(posting for part in parts for posting in part.postings),
        shorts=tuple(short for part in parts for short in part.shorts),
        cost_rp=cost,
        bound_rp=min(cost, max(0, int(np.ceil(bound - 1)))),  # a rupiah for the arithmetic
    )


def solve(task: Task) -> Part:
    """One regency: first when duties begin, then who goes."""
    model = task.model
    cost = model.cost.copy()
    whole = model.begun.astype(np.int64)
    if model.quota >= 0:
        cost[model.quota] = task.price
        whole[model.quota] = 1
    found = _milp(model, cost, model.upper, np.zeros_like(cost), whole, task.effort.options())
    x = found.x if found.x is not None else _relaxed(model, cost)
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else float(cost @ _relaxed(model, cost))
    postings, shorts = _numbered(task, _begun(model, x))
    return Part(
        regency=model.regency,
        postings=tuple(postings),
        shorts=tuple(shorts),
        cost_rp=cost_of(task.problem, postings, shorts),
        bound_rp=bound,
    )


def _numbered(task: Task, begun: NDArray[np.int64]) -> tuple[list[Posting], list[Short]]:
    """Who goes, so that all can be numbered: a post whose weeks come out uneven is asked for fewer."""
    model, found = task.model, []
    for _ in range(ROUNDS):
        postings, shorts = sharing.told(sharing.teams_of(model, _officers(task, model, begun)))
        counted = Roster(
            postings=tuple(postings),
            shorts=tuple(shorts),
            cost_rp=cost_of(task.problem, postings, shorts),
            bound_rp=0,
        )
        numbered, _named = naming.name(task.problem, counted)
        found.append((numbered.cost_rp, postings, shorts))
        if numbered.cost_rp == counted.cost_rp:
            break
        asked, named = _by_post(postings), _by_post(numbered.postings)
        model = fewer(model, {post: named[post] for post in asked if named[post] < asked[post]})
    _, postings, shorts = min(found, key=lambda one: one[0])
    return postings, shorts


def _by_post(postings: Iterable[Posting]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for posting in postings:
        counts[posting.post] += posting.officers_count
    return counts


def _officers(task: Task, model: Model, begun: NDArray[np.int64]) -> Floats:
    """How many officers of which post, when it is settled when duties begin."""
    columns = np.flatnonzero(model.begun)
    lower, upper = np.zeros_like(model.upper), model.upper.copy()
    lower[columns] = upper[columns] = begun
    if model.quota >= 0:
        upper[model.quota] = task.quota
    options = {"mip_rel_gap": OFFICERS_GAP, "node_limit": OFFICERS_NODES}
    answer = _milp(model, model.cost, upper, lower, np.ones(len(upper), np.int64), options)
    if answer.x is not None:
        found: Floats = answer.x
        return found
    # Nothing whole was found: whoever the relaxation sends in part stays at home, and no limit is broken.
    answer = _milp(model, model.cost, upper, lower, np.zeros(len(upper), np.int64), {})
    whole: Floats = np.floor(answer.x + EVEN)
    return whole


def _begun(model: Model, x: Floats) -> NDArray[np.int64]:
    """When duties begin, in whole numbers: those of the solution, or the nearest to its fractions."""
    begun: dict[int, int] = {}
    for group in model.groups:
        shares = np.array([x[slot.begun] for slot in group.slots])
        counts = np.floor(shares + EVEN).astype(np.int64)
        for place in np.argsort(counts - shares, kind="stable")[: len(group.duties) - int(counts.sum())]:
            counts[place] += 1
        begun |= {slot.begun: int(count) for slot, count in zip(group.slots, counts, strict=True)}
    return np.array([begun[int(column)] for column in np.flatnonzero(model.begun)])


def _milp(
    model: Model,
    cost: Floats,
    upper: Floats,
    lower: Floats,
    whole: NDArray[np.int64],
    options: dict[str, Any],
) -> Any:
    limits = LinearConstraint(model.matrix, model.least, model.most)
    return milp(cost, constraints=limits, bounds=Bounds(lower, upper), integrality=whole, options=options)


def _shared_polda(models: Sequence[Model]) -> tuple[dict[str, float], dict[str, int]]:
    """What an officer of each Polda is worth, and how many it lends to whom: from the relaxation of all."""
    poldas = sorted({model.polda for model in models if model.polda})
    if not poldas:
        return {}, {}
    first = np.cumsum([0, *(len(model.cost) for model in models)])
    cost = np.concatenate([model.cost for model in models])
    matrix = block_diag([model.matrix for model in models], format="csr")
    least = np.concatenate([model.least for model in models])
    most = np.concatenate([model.most for model in models])
    lent = Rows()
    for polda in poldas:
        ours = [number for number, model in enumerate(models) if model.polda == polda]
        columns = [int(first[number]) + models[number].quota for number in ours]
        cost[columns] = 1  # rupiah: lend no more than is of use
        lent.add([(column, 1) for column in columns], most=models[ours[0]].lends)
    same = least == most
    upper_rows = vstack([lent.matrix(len(cost)), matrix[~same], -matrix[~same & np.isfinite(least)]])
    found = linprog(
        cost,
        A_ub=upper_rows,
        b_ub=np.concatenate([lent.most, most[~same], -least[~same & np.isfinite(least)]]),
        A_eq=matrix[same],
        b_eq=most[same],
        bounds=np.column_stack([np.zeros(len(cost)), np.concatenate([model.upper for model in models])]),
        method="highs",
    )
    prices = {polda: max(0.0, -float(found.ineqlin.marginals[row])) for row, polda in enumerate(poldas)}
    wanted = {
        model.regency: float(found.x[start + model.quota]) if model.polda else 0.0
        for model, start in zip(models, first[:-1].tolist(), strict=True)
    }
    quotas: dict[str, int] = {}
    for polda in poldas:
        ours_models = [model for model in models if model.polda == polda]
        quotas |= _quotas(
            {model.regency: wanted[model.regency] for model in ours_models}, ours_models[0].lends
        )
    return prices, quotas


def _quotas(wanted: Mapping[str, float], lends: int) -> dict[str, int]:
    """Whole officers near what each regency wants, no more together than there are."""
    quotas = {regency: int(share + EVEN) for regency, share in wanted.items()}
    left = lends - sum(quotas.values())
    for regency in sorted(wanted, key=lambda regency: (quotas[regency] - wanted[regency], regency)):
        if left > 0 and wanted[regency] > quotas[regency] + EVEN:
            quotas[regency] += 1
            left -= 1
    return quotas


def _relaxed(model: Model, cost: Floats) -> Floats:
    """With everything in fractions: what stands when the solver found nothing whole."""
    whole = np.zeros(len(cost), np.int64)
    found = _milp(model, cost, model.upper, np.zeros_like(cost), whole, {})
    solution: Floats = found.x
    return solution


def _alone(problem: Problem, model: Model) -> Problem:
    duties = tuple(duty for group in model.groups for duty in group.duties)
    helps = {duty.code: problem.helps[duty.code] for duty in duties}
    return replace(problem, duties=duties, helps=helps)
