"""The arrays of an index: one row for each unit, NaN where a figure is missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
