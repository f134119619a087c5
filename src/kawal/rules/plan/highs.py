"""Linear problems, in fractions and in whole numbers, by HiGHS. This file alone knows `highspy`.

SciPy has the same solver, but its functions hand a problem over and forget it, and cannot be told an answer
to begin with. Here a problem can be kept, for questions that differ by a few bounds (a solver that remembers
its basis answers them many times as fast), and a search can begin with an answer that is known. One thread,
so that the same problem gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_QUIETLY: Final[Mapping[str, Any]] = {"output_flag": False, "threads": 1, "parallel": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """min cost x, least <= matrix x <= most, lower <= x <= upper; `matrix` is sparse, of SciPy."""

    cost: Floats
    matrix: Any
    least: Floats
    most: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    x: Floats | None  # None: none was found within the limits
    value: float  # infinite where there is none
    bound: float  # nothing is cheaper
    proven: bool  # it is the best within the gap, or there is none


class Kept:
    """A problem in fractions that stays in the solver; its bounds are changed and it is asked again."""

    def __init__(self, problem: Linear) -> None:
        self._highs = _passed(problem, None, {})

    def bound(self, columns: NDArray[np.int32], lower: Floats, upper: Floats) -> None:
        self._highs.changeColsBounds(len(columns), columns, lower, upper)

    def solve(self, below: float = np.inf) -> float:
        """The least cost; infinite where it is not below what is told."""
        self._highs.setOptionValue("objective_bound", below)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
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


def solved(
    problem: Linear,
    whole: NDArray[np.bool_] | None = None,
    known: Floats | None = None,
    options: Mapping[str, Any] | None = None,
) -> Answer:
    """The least cost, with whole numbers where `whole` says so; `known` where no better one is found.

    `options` by their names in HiGHS; one that it does not know is a bug.
    """
    highs = _passed(problem, whole, options or {})
    if known is not None:
        start = highspy.HighsSolution()
        start.col_value = known.tolist()
        highs.setSolution(start)
    highs.run()
    info = highs.getInfo()
    value, x = (np.inf, None) if known is None else (float(problem.cost @ known), known)
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = np.array(highs.getSolution().col_value)
        if problem.cost @ found < value:
            value, x = float(problem.cost @ found), found
    proven = highs.getModelStatus() in (
        highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible
    )  # fmt: skip
    least = value if whole is None else float(info.mip_dual_bound)
    return Answer(x=x, value=value, bound=min(value, least), proven=proven)


def _passed(problem: Linear, whole: NDArray[np.bool_] | None, options: Mapping[str, Any]) -> Any:
    lp = highspy.HighsLp()
    columns, rows = len(problem.cost), len(problem.most)
    lp.num_col_, lp.num_row_ = columns, rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = problem.cost, problem.lower, problem.upper
    lp.row_lower_, lp.row_upper_ = problem.least, problem.most
    matrix = problem.matrix.tocsc()
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = columns, rows
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole is not None:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        lp.integrality_ = [kinds[bool(one)] for one in whole]
    highs = _Highs()  # what `highspy.Highs` adds callbacks to; that one greets on standard output
    for name, value in {**_QUIETLY, **options}.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise RuntimeError(f"HiGHS does not know {name}={value}")
    highs.passModel(lp)
    return highs
