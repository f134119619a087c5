"""Which officer of a post goes on which duties, by an exact solver: as many seats filled as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from kawal.rules.plan.roster.facts import WEEK_DAYS, WEEK_DAYS_MAX
from kawal.rules.plan.roster.model import Rows

NODES: Final = 50
_WHOLE: Final = 0.5


def crews(
    jobs: Sequence[tuple[range, Mapping[int, int]]], wanted: Sequence[int], officers: int
) -> list[set[int]]:
    """For each officer the places of his jobs. A job: shifts away, and day -> what it counts in a week."""
    if not jobs or not officers:
        return [set() for _ in range(officers)]
    rows = Rows()
    shifts: defaultdict[int, list[int]] = defaultdict(list)
    days: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, (stretch, work) in enumerate(jobs):
        rows.add([(place * officers + number, 1) for number in range(officers)], most=wanted[place])
        for shift in stretch:
            shifts[shift].append(place)
        for day, counted in work.items():
            days[day].append((place, counted))
    for number in range(officers):
        for places in shifts.values():
            rows.add([(place * officers + number, 1) for place in places], most=1)
        for first in days:
            week = [term for day in range(first, first + WEEK_DAYS) for term in days.get(day, ())]
            rows.add([(place * officers + number, n) for place, n in week], most=WEEK_DAYS_MAX)
    columns = len(jobs) * officers
    found = milp(
        -np.ones(columns),
        constraints=LinearConstraint(rows.matrix(columns), rows.least, rows.most),
        bounds=Bounds(0, 1),
        integrality=np.ones(columns, np.int64),
        options={"node_limit": NODES},
    )
    if found.x is None:
        return [set() for _ in range(officers)]
    taken = found.x.reshape(len(jobs), officers) > _WHOLE
    return [set(np.flatnonzero(taken[:, number]).tolist()) for number in range(officers)]
