"""The roster of one regency as a linear problem.

Identical duties are one group; officers are counted, never named. For each group and start shift: how many
of its duties begin then, how many officers of the home post and of each helper go, how many are missing.
A post has no more officers away at once than it has: with the rest behind every duty this is also enough
for names (`naming`), since stretches of time can always be shared out among as many as overlap at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy  # its parts load when used
from numpy.typing import NDArray

from kawal.rules.places.codes import level_of
from kawal.rules.plan.highs import Linear
from kawal.rules.plan.roster.cost import moved_rp, short_rp
from kawal.rules.plan.roster.facts import WEEK_DAYS_MAX, Duty, Help, Problem, weeks
from kawal.rules.plan.roster.helps import area_of
from kawal.rules.plan.roster.rows import Floats, Rows
from kawal.rules.plan.roster.turns import Cut, Turn, turn_of


@dataclass(frozen=True, slots=True)
class Slot:
    """A group of duties at one of its starts, with its columns."""

    start: int
    begun: int  # how many duties begin then
    home: int  # officers of the home post
    short: int
    alone: int  # duties with help and nobody of the home post
    helpers: Mapping[str, int]  # post -> officers


@dataclass(frozen=True, slots=True)
class Group:
    duties: tuple[Duty, ...]  # alike in all but name
    helps: tuple[Help, ...]
    slots: tuple[Slot, ...]

    @property
    def need(self) -> int:
        return self.duties[0].need


@dataclass(frozen=True, slots=True)
class Model:
    """min cost x, least <= matrix x <= most, 0 <= x <= upper."""

    regency: str
    groups: tuple[Group, ...]
    cost: Floats
    upper: Floats
    matrix: scipy.sparse.csr_array
    least: Floats
    most: Floats
    begun: NDArray[np.bool_]  # columns that say when duties begin
    quota: int  # column: officers that the Polda lends to this regency; -1 where there is none
    polda: str
    lends: int  # officers that the Polda has for all its regencies
    officers: Mapping[str, int]  # of all posts
    uses: Mapping[str, Mapping[Turn, tuple[int, ...]]]  # post -> turn -> columns that count officers on it

    def linear(self, cost: Floats, lower: Floats | None = None, upper: Floats | None = None) -> Linear:
        """As the solver takes it; with other bounds where they are told."""
        return Linear(
            cost=cost,
            matrix=self.matrix,
            least=self.least,
            most=self.most,
            lower=np.zeros_like(cost) if lower is None else lower,
            upper=self.upper if upper is None else upper,
        )


class _Columns:
    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.begun: list[bool] = []

    def add(self, cost: float, upper: float, *, begun: bool = False) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.begun.append(begun)
        return len(self.cost) - 1


def regencies(problem: Problem) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = {}
    for duty in sorted(problem.duties, key=lambda duty: (duty.regency, duty.code)):
        found.setdefault(duty.regency, []).append(duty)
    return found


def model_of(problem: Problem, regency: str, duties: Sequence[Duty]) -> Model:
    columns, rows = _Columns(), Rows()
    officers = {post.code: post.officers_count for post in problem.posts}
    polda = next(
        (code for code in sorted(officers) if _lends(code) and _helps_any(code, duties, problem)), None
    )
    quota = columns.add(0, officers[polda]) if polda else -1
    out: defaultdict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    work: defaultdict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    uses: defaultdict[str, dict[Turn, list[int]]] = defaultdict(dict)
    groups = []
    for alike in _alike(duties, problem):
        helps = problem.helps[alike[0].code]
        slots = tuple(_slot(alike, start, helps, problem, columns, rows) for start in alike[0].starts)
        group = Group(tuple(alike), helps, slots)
        rows.add([(slot.begun, 1) for slot in slots], least=len(alike), most=len(alike))
        _promised(group, problem, columns, rows)
        for slot in slots:
            for help_ in helps:
                column = slot.home if help_.post == alike[0].post else slot.helpers[help_.post]
                turn = turn_of(alike[0], slot.start, help_.far)
                uses[help_.post].setdefault(turn, []).append(column)
                for shift in range(turn.leaves, turn.back):
                    out[help_.post, shift].append((column, 1))
                for day in turn.days:
                    work[help_.post, day].append((column, 1))
        groups.append(group)
    for (post, _), terms in sorted(out.items()):
        _within(rows, terms, post == polda, quota, officers[post], 1)
    for post in sorted({post for post, _ in work}):
        for days in weeks(problem.days_count):
            terms = [term for day in days for term in work.get((post, day), ())]
            if terms:
                _within(rows, terms, post == polda, quota, officers[post], WEEK_DAYS_MAX)
    return Model(
        regency=regency,
        groups=tuple(groups),
        cost=np.array(columns.cost, float),
        upper=np.array(columns.upper, float),
        matrix=rows.matrix(len(columns.cost)),
        least=np.array(rows.least, float),
        most=np.array(rows.most, float),
        begun=np.array(columns.begun, bool),
        quota=quota,
        polda=polda or "",
        lends=officers[polda] if polda else 0,
        officers=officers,
        uses={
            post: {turn: tuple(found) for turn, found in sorted(turns.items())}
            for post, turns in sorted(uses.items())
        },
    )


def _promised(group: Group, problem: Problem, columns: _Columns, rows: Rows) -> None:
    """Whoever was promised and does not come has a price; on a trip that has left nobody is added."""
    duty = group.duties[0]
    promise = problem.promises.get(duty.code)
    if promise is None:
        return
    for slot in group.slots:
        for post, column in {duty.post: slot.home, **slot.helpers}.items():
            count = promise.officers.get(post, 0)
            if promise.departed:
                columns.upper[column] = min(columns.upper[column], count)
            if count and slot.start == promise.start:
                moved = columns.add(moved_rp(promise, problem), count)
                rows.add([(column, -1), (moved, -1)], most=-count)


def _within(
    rows: Rows, terms: list[tuple[int, float]], lent: bool, quota: int, officers: int, times: int
) -> None:
    """No more than the post has, or than the Polda lends."""
    if lent:
        rows.add([*terms, (quota, -times)], most=0)
    else:
        rows.add(terms, most=officers * times)


def _slot(
    alike: Sequence[Duty],
    start: int,
    helps: Sequence[Help],
    problem: Problem,
    columns: _Columns,
    rows: Rows,
) -> Slot:
    count, need, home = len(alike), alike[0].need, helps[0]
    slot = Slot(
        start=start,
        begun=columns.add(0, count, begun=True),
        home=columns.add(home.officer_rp, need * count),
        short=columns.add(short_rp(alike[0], problem), need * count),
        alone=columns.add(problem.alone_rp, count),
        helpers={help_.post: columns.add(help_.officer_rp, need * count) for help_ in helps[1:]},
    )
    helping = [(column, 1.0) for column in slot.helpers.values()]
    rows.add([(slot.home, 1), (slot.short, 1), *helping, (slot.begun, -need)], least=0, most=0)
    if helping:
        rows.add([*helping, (slot.begun, -(need - 1)), (slot.alone, -1)], most=0)
    return slot


def fewer(model: Model, officers: Mapping[str, int]) -> Model:
    """The model with no more officers of these posts on all duties together than told."""
    rows = Rows()
    for post, most in sorted(officers.items()):
        rows.add([(column, 1) for columns in model.uses[post].values() for column in columns], most=most)
    return with_rows(model, rows)


def with_cut(model: Model, post: str, cut: Cut) -> Model:
    """The model in which a post sends nobody to what its people cannot do one after the other."""
    rows = Rows()
    terms = [(column, weight) for turn, weight in cut.weights.items() for column in model.uses[post][turn]]
    if post == model.polda:
        rows.add([*terms, (model.quota, -cut.each)], most=0)
    else:
        rows.add(terms, most=cut.each * model.officers[post])
    return with_rows(model, rows)


def with_rows(model: Model, rows: Rows) -> Model:
    return replace(
        model,
        matrix=scipy.sparse.csr_array(scipy.sparse.vstack([model.matrix, rows.matrix(len(model.cost))])),
        least=np.append(model.least, rows.least),
        most=np.append(model.most, rows.most),
    )


def _alike(duties: Sequence[Duty], problem: Problem) -> list[list[Duty]]:
    groups: dict[object, list[Duty]] = {}
    for duty in duties:
        own = duty.code if duty.code in problem.promises else ""
        key = duty.post, duty.need, duty.span, duty.starts, duty.risk, problem.helps[duty.code], own
        groups.setdefault(key, []).append(duty)
    return list(groups.values())


def _lends(post: str) -> bool:
    return level_of(area_of(post)) == "province"


def _helps_any(post: str, duties: Sequence[Duty], problem: Problem) -> bool:
    return any(help_.post == post for duty in duties for help_ in problem.helps[duty.code])
