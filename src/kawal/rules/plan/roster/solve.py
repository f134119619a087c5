"""The cheapest roster, and a proof of how far it can be from the best.

A province is solved regency by regency; only the officers whom the Polda lends are shared. What one of them
is worth (`price`) comes from the linear relaxation of the whole province. With that price in place of the
limit every regency's problem stands alone, and the sum of the regencies' lower bounds, less the price of
all that the Polda has, is a lower bound of the whole (Lagrange): the gap that is told is against that.

Only *when* duties begin is hard to decide: with the starts fixed the numbers of officers are integers
nearly by themselves. So the solver (HiGHS) first settles the starts with officers in fractions, which also
proves the bound. Then all that the Polda has is lent for these starts, and then the officers are settled. It
ends by gap and number of nodes, never by the clock; where the regencies together are too far from their
bound, those that are farthest are searched once more, for longer.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from kawal.rules.plan.roster import lending, naming, sharing
from kawal.rules.plan.roster.cost import cost_of
from kawal.rules.plan.roster.facts import Posting, Problem, Roster, Short
from kawal.rules.plan.roster.model import Floats, Model, fewer, model_of, regencies

EVEN: Final = 1e-6  # what a solver calls whole
OFFICERS_GAP: Final = 0.0002  # of the second step, where numbers come out whole nearly by themselves
OFFICERS_NODES: Final = 200
ROUNDS: Final = 3
WHOLE_GAP: Final = 0.004  # of all regencies together; what is left of half a per cent is for whole officers
AGAIN_GAP: Final = 0.002  # of a regency that is searched once more
AGAIN_NODES: Final = 12  # times as many
# Of the solver's own searches for good answers only the one that finds them (RINS) is kept; the others took
# more than half of its time (`python -m bench.rostering`). Its names since SciPy 1.17.
QUICK: Final = {"mip_heuristic_run_rens": False, "mip_heuristic_run_root_reduced_cost": False}
# Without presolving the search does not begin anew each time that some columns are settled.
THOROUGH: Final = {"presolve": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """When a regency is good enough. With `seconds` the same input need not give the same roster."""

    gap: float = 0.004
    nodes: int = 8
    seconds: float | None = None
    thorough: bool = False  # with every search that the solver has

    def options(self) -> dict[str, Any]:
        limits: dict[str, Any] = {"mip_rel_gap": self.gap, "node_limit": self.nodes}
        limits |= THOROUGH if self.thorough else QUICK
        return limits if self.seconds is None else {**limits, "time_limit": self.seconds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One regency, to be solved in this process or another."""

    problem: Problem  # of this regency alone
    model: Model
    price: float  # of an officer whom the Polda lends
    effort: Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """When duties begin, and what that comes to with officers in fractions and the Polda's at their price."""

    regency: str
    begun: tuple[NDArray[np.int64], ...]  # the best answer first
    value_rp: float  # infinite where nothing whole was found
    bound_rp: float  # nothing is cheaper


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


class Each(Protocol):
    """Maps tasks to answers in their order: `map`, or over several processes."""

    def __call__(self, work: Callable[[Any], Any], tasks: list[Any], /) -> Iterable[Any]: ...


def roster(problem: Problem, each: Each = map, effort: Effort = Effort()) -> Roster:
    models = [model_of(problem, regency, duties) for regency, duties in regencies(problem).items()]
    prices, _ = lending.relaxed(models)
    tasks = [
        Task(problem=_alone(problem, model), model=model, price=prices.get(model.polda, 0.0), effort=effort)
        for model in models
    ]
    settled = _settled(tasks, each)
    _, wanted = lending.relaxed(models, [one.begun[0] for one in settled])
    quotas = lending.quotas(models, wanted)
    sendings = [
        Sending(task=task, begun=one.begun, quota=quotas.get(one.regency, 0))
        for task, one in zip(tasks, settled, strict=True)
    ]
    parts: list[Part] = list(each(send, sendings))
    lends = {model.polda: model.lends for model in models if model.polda}
    bound = sum(one.bound_rp for one in settled) - sum(prices[polda] * lends[polda] for polda in lends)
    cost = sum(part.cost_rp for part in parts)
    return Roster(
        postings=tuple(posting for part in parts for posting in part.postings),
        shorts=tuple(short for part in parts for short in part.shorts),
        cost_rp=cost,
        bound_rp=min(cost, max(0, int(np.ceil(bound - 1)))),  # a rupiah for the arithmetic
    )


def _settled(tasks: Sequence[Task], each: Each) -> list[Settled]:
    """All regencies, and once more for longer those that keep the whole too far from its bound."""
    found: list[Settled] = list(each(settle, list(tasks)))
    left = sum(one.value_rp - one.bound_rp for one in found)
    allowed = WHOLE_GAP * sum(one.bound_rp for one in found)
    far = set()
    for one in sorted(found, key=lambda one: one.bound_rp - one.value_rp):
        more = one.value_rp - one.bound_rp - AGAIN_GAP * one.bound_rp
        if left <= allowed or more <= 0:
            break
        far.add(one.regency)
        left -= more
    if not far:
        return found
    longer = [
        replace(
            task,
            effort=replace(task.effort, gap=AGAIN_GAP, nodes=AGAIN_NODES * task.effort.nodes, thorough=True),
        )
        for task in tasks
        if task.model.regency in far
    ]
    again: dict[str, Settled] = {one.regency: one for one in each(settle, longer)}
    return [_better(one, again.get(one.regency, one)) for one in found]


def _better(one: Settled, two: Settled) -> Settled:
    """The cheaper of two answers before the other, with the higher of their bounds: both are proven."""
    if one is two:
        return one
    first, second = sorted((one, two), key=lambda found: found.value_rp)
    return replace(first, begun=first.begun + second.begun, bound_rp=max(one.bound_rp, two.bound_rp))


def settle(task: Task) -> Settled:
    """When the duties of one regency begin."""
    model = task.model
    cost = model.cost.copy()
    whole = model.begun.astype(np.int64)
    if model.quota >= 0:
        cost[model.quota] = task.price
        whole[model.quota] = 1
    found = _milp(model, cost, model.upper, np.zeros_like(cost), whole, task.effort.options())
    x = found.x if found.x is not None else _relaxed(model, cost)
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else float(cost @ _relaxed(model, cost))
    return Settled(
        regency=model.regency,
        begun=(_begun(model, x),),
        value_rp=np.inf if found.x is None else float(cost @ x),
        bound_rp=bound,
    )


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
    )


def _numbered(sending: Sending, begun: NDArray[np.int64]) -> tuple[int, list[Posting], list[Short]]:
    """Who goes, so that all can be numbered: a post whose weeks come out uneven is asked for fewer."""
    problem, model = sending.task.problem, sending.task.model
    found = []
    for _ in range(ROUNDS):
        postings, shorts = sharing.told(sharing.teams_of(model, _officers(sending, model, begun)))
        counted = Roster(
            postings=tuple(postings),
            shorts=tuple(shorts),
            cost_rp=cost_of(problem, postings, shorts),
            bound_rp=0,
        )
        numbered, _named = naming.name(problem, counted)
        found.append((numbered.cost_rp, postings, shorts))
        if numbered.cost_rp == counted.cost_rp:
            break
        asked, named = _by_post(postings), _by_post(numbered.postings)
        model = fewer(model, {post: named[post] for post in asked if named[post] < asked[post]})
    return min(found, key=lambda one: one[0])


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
    with warnings.catch_warnings():
        # SciPy warns of every option that it only hands on.
        warnings.filterwarnings("ignore", "Unrecognized options", RuntimeWarning)
        return milp(cost, constraints=limits, bounds=Bounds(lower, upper), integrality=whole, options=options)


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
