"""Constraints of a linear problem as they are gathered, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import scipy  # its parts load when used
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Rows:
    """Constraints as they are gathered."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def add(self, terms: Iterable[tuple[int, float]], *, most: float, least: float = -np.inf) -> None:
        number = len(self.most)
        for column, value in terms:
            self.row.append(number)
            self.column.append(column)
            self.value.append(value)
        self.least.append(least)
        self.most.append(most)

    def matrix(self, columns: int) -> scipy.sparse.csr_array:
        shape = len(self.most), columns
        return scipy.sparse.csr_array((self.value, (self.row, self.column)), shape=shape)
