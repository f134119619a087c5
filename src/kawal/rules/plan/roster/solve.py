"""The cheapest roster, and a proof of how far it can be from the best.

A province is solved regency by regency; only the officers whom the Polda lends are shared. What one of them
is worth (`price`) comes from the linear relaxation of the whole province. With that price in place of the
limit every regency's problem stands alone, and the sum of the regencies' lower bounds, less the price of
all that the Polda has, is a lower bound of the whole (Lagrange): the gap that is told is against that.

First it is settled when duties begin (`settling`), then all that the Polda has is lent for these starts, then
the officers are sent and numbered (`sending`). Where all together are too far from the bound then, the
regencies that are farthest are searched once more, for longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

import numpy as np

from kawal.rules.plan.roster import lending
from kawal.rules.plan.roster.facts import Problem, Roster
from kawal.rules.plan.roster.model import Model, model_of, regencies
from kawal.rules.plan.roster.sending import Part, Sending, send
from kawal.rules.plan.roster.settling import Effort, Settled, Task, better, settle, tighten

WHOLE_GAP: Final = 0.0048  # of all regencies together, numbered; above it they are searched again
AGAIN_GAP: Final = 0.002  # of a regency that is searched once more
AGAIN_NODES: Final = 12  # times as many
USUAL: Final = Effort()


class Each(Protocol):
    """Maps tasks to answers in their order: `map`, or over several processes."""

    def __call__(self, work: Callable[[Any], Any], tasks: list[Any], /) -> Iterable[Any]: ...


def roster(problem: Problem, each: Each = map, effort: Effort = USUAL) -> Roster:
    tasks = _tasks(problem, each, effort)
    settled: list[Settled] = _largest_first(each, settle, tasks)
    parts = _sent(tasks, settled, each, {})
    far = _far(tasks, settled, parts)
    if far:
        longer = [_longer(task) for task in tasks if task.model.regency in far]
        again: dict[str, Settled] = {one.regency: one for one in _largest_first(each, settle, longer)}
        settled = [better(one, again[one.regency]) if one.regency in again else one for one in settled]
        parts = min(parts, _sent(tasks, settled, each, parts), key=_cost)
    cost = _cost(parts)
    return Roster(
        postings=tuple(posting for part in parts.values() for posting in part.postings),
        shorts=tuple(short for part in parts.values() for short in part.shorts),
        cost_rp=cost,
        # A rupiah for the arithmetic.
        bound_rp=min(cost, max(0, int(np.ceil(_bound(tasks, settled) - 1)))),
    )


def _tasks(problem: Problem, each: Each, effort: Effort) -> list[Task]:
    models = [model_of(problem, regency, duties) for regency, duties in regencies(problem).items()]
    prices, _ = lending.relaxed(models)
    tasks = [
        Task(problem=_alone(problem, model), model=model, price=prices.get(model.polda, 0.0), effort=effort)
        for model in models
    ]
    return list(
        each(tighten, tasks)
    )  # the price stays: any price proves a bound, and to ask again hardly moves it


def _largest_first(each: Each, work: Callable[[Task], Any], tasks: Sequence[Task]) -> list[Any]:
    """Answers in the order of the tasks; the largest are begun first, so that no process works on alone."""
    order = sorted(range(len(tasks)), key=lambda number: -len(tasks[number].model.cost))
    answers = dict(zip(order, each(work, [tasks[number] for number in order]), strict=True))
    return [answers[number] for number in range(len(tasks))]


def _sent(
    tasks: Sequence[Task], settled: Sequence[Settled], each: Each, before: Mapping[str, Part]
) -> dict[str, Part]:
    """All regencies; whose starts and lent officers are as before is not asked again."""
    models = [task.model for task in tasks]
    _, wanted = lending.relaxed(models, [one.begun[0] for one in settled])
    quotas = lending.quotas(models, wanted)
    sendings = {
        one.regency: Sending(task=task, begun=one.begun, quota=quotas.get(one.regency, 0))
        for task, one in zip(tasks, settled, strict=True)
    }
    asked = [
        one
        for regency, one in sendings.items()
        if regency not in before
        or (before[regency].answers, before[regency].quota) != (len(one.begun), one.quota)
    ]
    found: dict[str, Part] = {part.regency: part for part in each(send, asked)}
    return {regency: found.get(regency) or before[regency] for regency in sendings}


def _cost(parts: Mapping[str, Part]) -> int:
    return sum(part.cost_rp for part in parts.values())


def _bound(tasks: Sequence[Task], settled: Sequence[Settled]) -> float:
    has = {task.model.polda: task.price * task.model.lends for task in tasks}
    return sum(one.bound_rp for one in settled) - sum(has.values())


def _far(tasks: Sequence[Task], settled: Sequence[Settled], parts: Mapping[str, Part]) -> set[str]:
    """The regencies farthest from their bounds, as many as keep the whole too far from its own."""
    left = _cost(parts) - _bound(tasks, settled) - WHOLE_GAP * _cost(parts)
    more = {
        one.regency: parts[one.regency].cost_rp
        + task.price * parts[one.regency].quota
        - (1 + AGAIN_GAP) * one.bound_rp
        for task, one in zip(tasks, settled, strict=True)
    }
    far = set()
    for regency in sorted(more, key=lambda regency: (-more[regency], regency)):
        if left <= 0 or more[regency] <= 0:
            break
        far.add(regency)
        left -= more[regency]
    return far


def _longer(task: Task) -> Task:
    effort = replace(task.effort, gap=AGAIN_GAP, nodes=AGAIN_NODES * task.effort.nodes, thorough=True)
    return replace(task, effort=effort)


def _alone(problem: Problem, model: Model) -> Problem:
    duties = tuple(duty for group in model.groups for duty in group.duties)
    helps = {duty.code: problem.helps[duty.code] for duty in duties}
    return replace(problem, duties=duties, helps=helps)
