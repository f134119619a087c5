"""What an officer of the Polda is worth, and how many it lends to which regency: by the relaxation of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy  # its parts load when used
from numpy.typing import NDArray

from kawal.rules.plan.roster.model import Model
from kawal.rules.plan.roster.rows import Floats, Rows

_EVEN = 1e-6  # what a solver calls whole


def relaxed(
    models: Sequence[Model], begun: Sequence[NDArray[np.int64]] | None = None
) -> tuple[dict[str, float], dict[str, float]]:
    """Polda -> worth of an officer in rupiah; regency -> officers wanted, in fractions.

    `begun`: for each model, how many duties begin when; without it that is in fractions as well.
    """
    poldas = sorted({model.polda for model in models if model.polda})
    if not poldas:
        return {}, {}
    first = np.cumsum([0, *(len(model.cost) for model in models)])
    cost = np.concatenate([model.cost for model in models])
    matrix = scipy.sparse.block_diag([model.matrix for model in models], format="csr")
    least = np.concatenate([model.least for model in models])
    most = np.concatenate([model.most for model in models])
    lent = Rows()
    for polda in poldas:
        ours = [number for number, model in enumerate(models) if model.polda == polda]
        columns = [int(first[number]) + models[number].quota for number in ours]
        cost[columns] = 1  # rupiah: lend no more than is of use
        lent.add([(column, 1) for column in columns], most=models[ours[0]].lends)
    same = least == most
    upper_rows = scipy.sparse.vstack(
        [lent.matrix(len(cost)), matrix[~same], -matrix[~same & np.isfinite(least)]]
    )
    found = scipy.optimize.linprog(
        cost,
        A_ub=upper_rows,
        b_ub=np.concatenate([lent.most, most[~same], -least[~same & np.isfinite(least)]]),
        A_eq=matrix[same],
        b_eq=most[same],
        bounds=_bounds(models, begun),
        method="highs",
    )
    prices = {polda: max(0.0, -float(found.ineqlin.marginals[row])) for row, polda in enumerate(poldas)}
    wanted = {
        model.regency: float(found.x[start + model.quota]) if model.polda else 0.0
        for model, start in zip(models, first[:-1].tolist(), strict=True)
    }
    return prices, wanted


def _bounds(models: Sequence[Model], begun: Sequence[NDArray[np.int64]] | None) -> Floats:
    upper = np.concatenate([model.upper for model in models])
    lower = np.zeros_like(upper)
    if begun is not None:
        columns = np.flatnonzero(np.concatenate([model.begun for model in models]))
        lower[columns] = upper[columns] = np.concatenate(begun)
    return np.column_stack([lower, upper])


def quotas(models: Sequence[Model], wanted: Mapping[str, float]) -> dict[str, int]:
    """Whole officers for each regency, near what it wants; what nobody wants is shared out as well."""
    found: dict[str, int] = {}
    for polda in sorted({model.polda for model in models if model.polda}):
        ours = [model for model in models if model.polda == polda]
        found |= shared_out({model.regency: wanted[model.regency] for model in ours}, ours[0].lends)
    return found


def shared_out(wanted: Mapping[str, float], lends: int) -> dict[str, int]:
    """All that are lent: what is wanted first, and to the largest fractions one more; then evenly."""
    counts = {regency: int(share + _EVEN) for regency, share in wanted.items()}
    left = lends - sum(counts.values())
    for regency in sorted(wanted, key=lambda regency: (counts[regency] - wanted[regency], regency)):
        if left > 0 and wanted[regency] > counts[regency] + _EVEN:
            counts[regency] += 1
            left -= 1
    order = sorted(wanted, key=lambda regency: (-wanted[regency], regency))
    for place, regency in enumerate(order):
        counts[regency] += left // len(order) + (place < left % len(order))
    return counts
