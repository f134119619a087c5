"""When the duties of a regency begin: what is hard to decide about its roster, and the proof of its bound.

Only *when* duties begin is hard: with the starts fixed the numbers of officers are integers nearly by
themselves. So the solver (HiGHS) settles the starts with officers in fractions, which also proves the bound.
It ends by gap and number of nodes, never by the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.highs import solved
from kawal.rules.plan.roster import cuts
from kawal.rules.plan.roster.diving import EVEN, FAR, dived, rounded
from kawal.rules.plan.roster.facts import Problem
from kawal.rules.plan.roster.model import Model
from kawal.rules.plan.roster.rows import Floats

CUT_ROUNDS: Final = 8
# Of the solver's own searches for good answers only the one that finds them (RINS) is kept; the others took
# more than half of its time (`python -m bench.rostering`).
QUICK: Final = {
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
}
# Where a good answer is told, only the bound is wanted.
PROVING: Final = QUICK | {"mip_heuristic_effort": 0.0, "mip_heuristic_run_rins": False}
# Without presolving the search does not begin anew each time that some columns are settled.
THOROUGH: Final = {"presolve": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """When a regency is good enough. With `seconds` the same input need not give the same roster."""

    gap: float = 0.004
    nodes: int = 8
    seconds: float | None = None
    thorough: bool = False  # with every search that the solver has

    def options(self) -> dict[str, Any]:
        limits: dict[str, Any] = {"mip_rel_gap": self.gap, "mip_max_nodes": self.nodes}
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


def tighten(task: Task) -> Task:
    """The regency told what no people can do, as far as its relaxation does such things."""
    model, cost = task.model, _priced(task)
    for _ in range(CUT_ROUNDS):
        found = cuts.broken(model, relaxed(model, cost))
        if not found:
            break
        model = cuts.with_cuts(model, found)
    return replace(task, model=model)


def _priced(task: Task) -> Floats:
    """The cost, with what an officer of the Polda is worth."""
    cost = task.model.cost.copy()
    if task.model.quota >= 0:
        cost[task.model.quota] = task.price
    return cost


def settle(task: Task) -> Settled:
    """When the duties of one regency begin: by dives where the relaxation proves them, else by a search."""
    if task.effort.thorough:
        return _searched(task)
    model, cost, gap = task.model, _priced(task), task.effort.gap
    found = dived(model, cost, gap)
    if found.value > (1 + FAR * gap) * found.bound:
        return _searched(task)
    x, value, bound = found.x, found.value, found.bound
    if value > (1 + gap) * bound:
        if model.quota >= 0:
            x[model.quota] = np.ceil(x[model.quota] - EVEN)
        options = {"mip_rel_gap": gap, "mip_max_nodes": 1} | PROVING
        proven = solved(model.linear(cost), _whole(model), x, options)
        value, bound = proven.value, max(bound, proven.bound)
        x = x if proven.x is None else proven.x
    return Settled(regency=model.regency, begun=(_begun(model, x),), value_rp=value, bound_rp=bound)


def _searched(task: Task) -> Settled:
    model, cost = task.model, _priced(task)
    found = solved(model.linear(cost), _whole(model), options=task.effort.options())
    x = found.x if found.x is not None else relaxed(model, cost)
    bound = found.bound if np.isfinite(found.bound) else float(cost @ relaxed(model, cost))
    return Settled(regency=model.regency, begun=(_begun(model, x),), value_rp=found.value, bound_rp=bound)


def _whole(model: Model) -> NDArray[np.bool_]:
    """When duties begin, and officers of the Polda."""
    whole = model.begun.copy()
    if model.quota >= 0:
        whole[model.quota] = True
    return whole


def better(one: Settled, two: Settled) -> Settled:
    """The cheaper of two answers before the other, with the higher of their bounds: both are proven."""
    first, second = sorted((one, two), key=lambda found: found.value_rp)
    return replace(first, begun=first.begun + second.begun, bound_rp=max(one.bound_rp, two.bound_rp))


def _begun(model: Model, x: Floats) -> NDArray[np.int64]:
    """When duties begin, in whole numbers: those of the solution, or the nearest to its fractions."""
    begun: dict[int, int] = {}
    for group in model.groups:
        columns = [slot.begun for slot in group.slots]
        begun |= dict(zip(columns, rounded(x[columns], len(group.duties)).tolist(), strict=True))
    return np.array([begun[int(column)] for column in np.flatnonzero(model.begun)])


def relaxed(model: Model, cost: Floats) -> Floats:
    """With everything in fractions: what stands when the solver found nothing whole."""
    found = solved(model.linear(cost)).x
    assert found is not None  # everything may be told as missing
    return found
