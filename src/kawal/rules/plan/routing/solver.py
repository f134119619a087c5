"""The one adapter to PyVRP: a flat problem in its words, its answers in ours.

PyVRP (github.com/PyVRP/PyVRP, MIT) 0.14. Version 1.0 changes its model: only this file will have to follow.
Money is counted in units of Rp 10: with Rp 1 its penalties are too small for its costs, and it takes seconds
to the first feasible plan.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from pyvrp import (
    Activity,
    ActivityType,
    Client,
    Depot,
    Location,
    ProblemData,
    Route,
    Solution,
    SolveParams,
    VehicleType,
)
from pyvrp import solve as _solve
from pyvrp.constants import MAX_SIZE
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import PerturbationParams
from pyvrp.stop import MaxIterations as Iterations

from kawal.rules.plan.routing.flat import DEPOT, NEVER_S, Day, Flat

RP_PER_UNIT: Final = 10
_FAR_UNITS: Final = 10_000_000  # a way that no vehicle of the profile can go
_FAR_S: Final = 1_000_000
AS_SHIPPED: Final = SolveParams()
# Half as large jumps: twice as many iterations in the same time, and cheaper answers for it at short budgets.
SMALL_JUMPS: Final = SolveParams(perturbation=PerturbationParams(max_perturbations=12))
_FOREVER_S: Final = int(np.iinfo(np.int64).max)

__all__ = ["AS_SHIPPED", "SMALL_JUMPS", "Asked", "Found", "Iterations", "Stop"]


class Stop(Protocol):
    """Hears the best cost so far, answers whether to stop."""

    def __call__(self, best_cost: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Found:
    days: tuple[Day, ...]
    feasible: bool  # by the solver's word
    units: int  # what it costs, in the solver's own units


class Asked:
    """A flat problem as PyVRP has it. `zero_s` keeps its numbers small."""

    def __init__(self, flat: Flat, runs_most: int | None = None) -> None:
        self.flat = flat
        # PyVRP knows loading at the start of a run only. A collecting vehicle unloads at the end: the
        # same day, told as beginning and ending that much earlier.
        lead_s = flat.load_s if flat.collect else 0
        self.zero_s = min(rank.opens_s for rank in flat.ranks) - flat.load_s
        self.ranks = [place for place, rank in enumerate(flat.ranks) if rank.count]
        size = len(flat.money[0])
        self.data = ProblemData(
            [Location(0, 0) for _ in range(size)],
            [_client(flat, number, self.zero_s) for number in range(len(flat.calls))],
            [Depot(DEPOT, service_duration=flat.load_s)],
            [
                VehicleType(
                    num_available=rank.count,
                    capacity=list(rank.capacity),
                    fixed_cost=rank.rp_per_day // RP_PER_UNIT,
                    tw_early=rank.opens_s - self.zero_s - lead_s,
                    tw_late=rank.closes_s - self.zero_s - lead_s,
                    profile=rank.profile,
                    reload_depots=[] if runs_most == 1 else [0],
                    max_reloads=MAX_SIZE if runs_most is None else runs_most - 1,
                )
                for rank in (flat.ranks[place] for place in self.ranks)
            ],
            [_far(flat, profile, _units(rp), _FAR_UNITS) for profile, rp in enumerate(flat.money)],
            [_far(flat, profile, seconds, _FAR_S) for profile, seconds in enumerate(flat.seconds)],
        )

    def improve(
        self, stop: Stop, seed: int, start: Sequence[Day] | None = None, params: SolveParams = AS_SHIPPED
    ) -> Found:
        """The best days found until `stop`; never worse than a feasible start."""
        first = None if start is None else Solution(self.data, self._routes(start))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            best = _solve(
                self.data, stop, seed=seed, collect_stats=False, params=params, initial_solution=first
            ).best
        units = best.distance_cost() + best.fixed_vehicle_cost()
        return Found(self._days(best), best.is_feasible(), units)

    def _routes(self, days: Sequence[Day]) -> list[Route]:
        told = []
        for day in days:
            way: list[Activity] = []
            for run in day.runs:
                if way:
                    way.append(Activity(ActivityType.DEPOT, 0))
                way += [Activity(ActivityType.CLIENT, call) for call in run]
            told.append(Route(self.data, way, self.ranks.index(day.rank)))
        return told

    def _days(self, best: Solution) -> tuple[Day, ...]:
        days = []
        for way in best.routes():
            runs: dict[int, list[int]] = {}
            for activity in way.schedule():
                if activity.is_client():
                    runs.setdefault(activity.trip, []).append(activity.idx)
            days.append(
                Day(self.ranks[way.vehicle_type()], tuple(tuple(runs[number]) for number in sorted(runs)))
            )
        return tuple(days)


def _client(flat: Flat, number: int, zero_s: int) -> Client:
    call = flat.calls[number]
    amounts = list(call.amounts)
    ready_s = max(0, call.ready_s - zero_s)
    opens_s = max(0, call.opens_s - zero_s)
    return Client(
        call.node,
        delivery=[] if flat.collect else amounts,
        pickup=amounts if flat.collect else [],
        service_duration=call.service_s,
        tw_early=max(opens_s, ready_s) if flat.collect else opens_s,
        release_time=0 if flat.collect else ready_s,
        tw_late=_FOREVER_S if call.closes_s >= NEVER_S else call.closes_s - zero_s,
    )


def _units(rp: Any) -> Any:
    return np.rint(np.asarray(rp) / RP_PER_UNIT).astype(np.int64)


def _far(flat: Flat, profile: int, table: Any, far: int) -> Any:
    """The table, with the ways to what the profile does not reach put out of reach."""
    barred = [call.node for number, call in enumerate(flat.calls) if not flat.reaches(profile, number)]
    told = np.array(table, dtype=np.int64)
    if barred:
        told[:, barred] = far
        told[barred, :] = far
        np.fill_diagonal(told, 0)
    return told
