"""A regency's problem told what no people can do, before it is searched.

Officers are counted by shift and by week, and not all such counts can be done by people: where somebody has
had four days, a walk of two is too much, whatever the sums say. Whatever a solution breaks of this is told to
the problem, so that its bound is higher and what is found can be numbered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from kawal.rules.plan.roster.model import Model, with_cut
from kawal.rules.plan.roster.rows import Floats
from kawal.rules.plan.roster.turns import Cut, Network, Turn, easy

_EVEN: Final = 1e-6


@lru_cache(maxsize=256)
def _network(turns: tuple[Turn, ...]) -> Network:
    return Network(turns)


def broken(model: Model, x: Floats) -> dict[str, Cut]:
    """Post -> what its people cannot do of a solution."""
    found = {}
    for post, turns in model.uses.items():
        counts = {turn: float(x[list(columns)].sum()) for turn, columns in turns.items()}
        wanted = {turn: count for turn, count in counts.items() if count > _EVEN}
        officers = float(x[model.quota]) if post == model.polda else model.officers[post]
        if easy(wanted, officers):
            continue
        if cut := _network(tuple(turns)).cut(wanted, officers):
            found[post] = cut
    return found


def with_cuts(model: Model, found: Mapping[str, Cut]) -> Model:
    for post, cut in found.items():
        model = with_cut(model, post, cut)
    return model
