"""HiGHS kept alive between questions, and begun from an answer that is known.

SciPy's own functions hand a problem over and forget it. Near questions differ by a few bounds, and a solver
that remembers its basis answers them many times as fast; told an answer, its search need not look for a
first one. SciPy carries HiGHS inside but shows neither, so this file, and no other, goes by its inner door.
The same class is public in `highspy`, which is where to go should SciPy shut that door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize._highspy import _core

from kawal.rules.plan.roster.model import Model
from kawal.rules.plan.roster.rows import Floats


class Kept:
    """A regency's linear problem in the solver; its bounds are changed and it is asked again."""

    def __init__(self, model: Model, cost: Floats) -> None:
        self._highs = _passed(model, cost, None, {})

    def bound(self, columns: NDArray[np.int32], lower: Floats, upper: Floats) -> None:
        self._highs.changeColsBounds(len(columns), columns, lower, upper)

    def solve(self, below: float = np.inf) -> float:
        """The least cost; infinite where it is not below what is told."""
        self._highs.setOptionValue("objective_bound", below)
        self._highs.run()
        if self._highs.getModelStatus() != _core.HighsModelStatus.kOptimal:
            return np.inf
        value = float(self._highs.getInfo().objective_function_value)
        return value if value < below else np.inf

    @property
    def x(self) -> Floats:
        return np.array(self._highs.getSolution().col_value)

    @property
    def basis(self) -> Any:
        return self._highs.getBasis()

    @basis.setter
    def basis(self, basis: Any) -> None:
        self._highs.setBasis(basis)


@dataclass(frozen=True, slots=True)
class Searched:
    x: Floats
    value: float
    bound: float  # nothing is cheaper


def searched(
    model: Model, cost: Floats, whole: NDArray[np.bool_], known: Floats, options: Mapping[str, Any]
) -> Searched:
    """The best that a search finds which begins with a known answer; that one where it finds no better."""
    highs = _passed(model, cost, whole, options)
    start = _core.HighsSolution()
    start.col_value = known.tolist()
    highs.setSolution(start)
    highs.run()
    info = highs.getInfo()
    value, x = float(cost @ known), known
    if info.primal_solution_status == _core.SolutionStatus.kSolutionStatusFeasible:
        found = np.array(highs.getSolution().col_value)
        if cost @ found < value:
            value, x = float(cost @ found), found
    return Searched(x=x, value=value, bound=min(value, float(info.mip_dual_bound)))


def _passed(model: Model, cost: Floats, whole: NDArray[np.bool_] | None, options: Mapping[str, Any]) -> Any:
    lp = _core.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(model.most)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros_like(cost), model.upper
    lp.row_lower_, lp.row_upper_ = model.least, model.most
    matrix = model.matrix.tocsc()
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = len(cost), len(model.most)
    lp.a_matrix_.format_ = _core.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole is not None:
        kinds = _core.HighsVarType.kContinuous, _core.HighsVarType.kInteger
        lp.integrality_ = [kinds[bool(one)] for one in whole]
    highs = _core._Highs()
    for name, value in {"output_flag": False, **options}.items():
        if highs.setOptionValue(name, value) != _core.HighsStatus.kOk:
            raise RuntimeError(f"HiGHS does not know {name}={value}")
    highs.passModel(lp)
    return highs
