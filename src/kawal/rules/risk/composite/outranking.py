"""Non-compensatory aggregation: units are compared in pairs; what one lacks another indicator cannot buy.

Munda and Nardo (2005), handbook 1.6.4: e_jk = sum of the weights of the indicators in which j is better
than k, a tie counting half. Kemeny takes the order with the greatest sum of e over all its pairs
(Condorcet-Kemeny-Young-Levenglick); Copeland counts how many units each one beats; Borda sums e.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy  # its stats load when used
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Mean
from kawal.rules.risk.composite.normalise import Ends

KEMENY_UNITS_MAX: Final = 2000  # compared in pairs all at once
KEMENY_CIRCLE_MAX: Final = 60  # units that beat each other in a circle; the search grows with their cube
_BLOCK_CELLS: Final = 4_000_000


class TooManyUnits(ValueError):
    """More units in one circle than an exact search can order; Copeland has no such limit."""


def outranked(children: Values, weights: Values, how: Mean, ends: Ends) -> Values:
    """(n,) on the range: the top for a unit that stands before all others. NaN where nothing is known."""
    known = weights.sum(axis=1) > 0
    found = np.full(len(children), np.nan)
    x, w = children[known], weights[known]
    n = len(x)
    if n < 2:
        found[known] = (ends.low + ends.high) / 2
        return found
    if how is Mean.BORDA:
        share = borda(x, w)
    elif how is Mean.COPELAND:
        share = (copeland(x, w) / (n - 1) + 1) / 2
    elif n > KEMENY_UNITS_MAX:
        raise TooManyUnits(n)
    else:
        share = 1 - kemeny(duels(x, w)) / (n - 1)
    found[known] = ends.stretched(share)
    return found


def duels(x: Values, w: Values) -> Values:
    """(n, n) e_jk: share of the weight known of both in which j is higher than k."""
    return _duels(x, w, slice(None))


def _duels(x: Values, w: Values, rows: slice) -> Values:
    won = np.zeros((len(x[rows]), len(x)))
    whole = np.zeros_like(won)
    for c in range(x.shape[1]):
        one, other = x[rows, c][:, None], x[:, c][None, :]
        both = np.sqrt(w[rows, c][:, None] * w[:, c][None, :])
        with np.errstate(invalid="ignore"):
            won += both * ((one > other) + 0.5 * (one == other))
        whole += both
    return np.divide(won, whole, out=np.full_like(won, 0.5), where=whole > 0)


def borda(x: Values, w: Values) -> Values:
    """(n,) 0..1: mean share of units that it is higher than, over its indicators by weight."""
    below = np.zeros_like(x)
    for c in range(x.shape[1]):
        known = ~np.isnan(x[:, c])
        others = max(int(known.sum()) - 1, 1)
        below[known, c] = (scipy.stats.rankdata(x[known, c]) - 1) / others
    found: Values = (below * w).sum(axis=1) / w.sum(axis=1)
    return found


def copeland(x: Values, w: Values) -> Values:
    """(n,) duels won minus duels lost, in blocks so that a nation fits into memory."""
    found = np.empty(len(x))
    step = max(_BLOCK_CELLS // len(x), 1)
    for at in range(0, len(x), step):
        rows = slice(at, at + step)
        e = _duels(x, w, rows) - 0.5
        found[rows] = (e > 1e-12).sum(axis=1) - (e < -1e-12).sum(axis=1)
    return found


def kemeny(e: Values) -> NDArray[np.float64]:
    """(n,) how many stand before each unit in the best order; those that tie throughout share a place.

    Units that beat each other in a circle are ordered exactly (integer program of the linear ordering
    problem); circles follow each other as their members beat each other, which the best order must obey.
    Raises `TooManyUnits`.
    """
    beats = e - e.T > -1e-12  # or ties
    count, label = scipy.sparse.csgraph.connected_components(
        scipy.sparse.csr_array(beats & ~np.eye(len(e), dtype=bool)), connection="strong"
    )
    circles = [np.flatnonzero(label == one) for one in range(count)]
    first = [rows[0] for rows in circles]
    before = np.array([sum(e[b, a] > e[a, b] + 1e-12 for b in first if b != a) for a in first])
    places = np.empty(len(e))
    at = 0
    for one in np.argsort(before, kind="stable"):
        rows = circles[one]
        places[rows] = at + _ordered(e[np.ix_(rows, rows)])
        at += len(rows)
    return places


def _ordered(e: Values) -> NDArray[np.float64]:
    n = len(e)
    margin = e - e.T
    if np.all(np.abs(margin) < 1e-12):
        return np.full(n, (n - 1) / 2)
    if n > KEMENY_CIRCLE_MAX:
        raise TooManyUnits(n)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    place = {pair: at for at, pair in enumerate(pairs)}
    cost = -np.array([margin[pair] for pair in pairs])
    rows, columns, signs = [], [], []
    triples = [(i, j, k) for i in range(n) for j in range(i + 1, n) for k in range(j + 1, n)]
    for at, (i, j, k) in enumerate(triples):  # 0 <= x_ij + x_jk - x_ik <= 1: no circle is left
        rows += [at] * 3
        columns += [place[i, j], place[j, k], place[i, k]]
        signs += [1.0, 1.0, -1.0]
    limits = scipy.optimize.LinearConstraint(
        scipy.sparse.csr_array((signs, (rows, columns)), shape=(len(triples), len(pairs))), 0, 1
    )
    solved = scipy.optimize.milp(
        cost,
        integrality=np.ones(len(pairs)),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=limits if triples else (),
    )
    chosen = np.round(solved.x)
    behind = np.zeros(n)
    for (i, j), first in zip(pairs, chosen, strict=True):
        behind[j if first else i] += 1
    return behind
