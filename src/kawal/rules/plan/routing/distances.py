"""Distances as TSPLIB defines them (Reinelt, TSPLIB 95, section 2), in every form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

EARTH_KM: Final = 6378.388  # as TSPLIB has it
PI: Final = 3.141592  # so too: a better one would give other distances


def matrix(numbers: Matrix, form: str, size: int) -> Matrix:
    """The full matrix that a stream of numbers tells. Raises ValueError where their count does not fit."""
    strict, whole = size * (size - 1) // 2, size * (size + 1) // 2
    if not form:
        form = "FULL_MATRIX" if len(numbers) == size * size else ""
    count = {"FULL_MATRIX": size * size, "": -1}.get(form, whole if "DIAG" in form else strict)
    if len(numbers) != count:
        raise ValueError(f"EDGE_WEIGHT_SECTION: {len(numbers)} numbers")
    if not np.all(np.isfinite(numbers)):
        raise ValueError("EDGE_WEIGHT_SECTION: not finite")
    if form == "FULL_MATRIX":
        return numbers.reshape(size, size)
    if form not in _TRIANGLES:
        raise ValueError(f"EDGE_WEIGHT_FORMAT : {form}")
    lower, diagonal = _TRIANGLES[form]
    found = np.zeros((size, size))
    found[np.tril_indices(size, diagonal) if lower else np.triu_indices(size, -diagonal)] = numbers
    return np.asarray(found + np.triu(found, 1).T if not lower else found + np.tril(found, -1).T)


# Whether the stream runs along the rows below the diagonal (columns above it are the same), and from where.
_TRIANGLES: Final = {
    "LOWER_ROW": (True, -1),
    "UPPER_COL": (True, -1),
    "LOWER_DIAG_ROW": (True, 0),
    "UPPER_DIAG_COL": (True, 0),
    "UPPER_ROW": (False, -1),
    "LOWER_COL": (False, -1),
    "UPPER_DIAG_ROW": (False, 0),
    "LOWER_DIAG_COL": (False, 0),
}


def euclidean(points: Matrix) -> Matrix:
    squares = np.zeros((len(points), len(points)))
    for along in points.T:  # one by one: all at once would take three times the memory
        squares += (along[:, None] - along[None, :]) ** 2
    return np.asarray(np.sqrt(squares))


def manhattan(points: Matrix) -> Matrix:
    return np.asarray(np.rint(np.abs(points[:, None, :] - points[None, :, :]).sum(axis=2)))


def greatest(points: Matrix) -> Matrix:
    return np.asarray(np.rint(np.abs(points[:, None, :] - points[None, :, :])).max(axis=2))


def pseudo(points: Matrix) -> Matrix:
    """ATT: the root of a tenth, rounded up."""
    return np.asarray(np.ceil(euclidean(points) / math.sqrt(10)))


def geographical(points: Matrix) -> Matrix:
    """GEO: degrees and minutes as DDD.MM, whole kilometres."""
    degrees = np.trunc(points)
    radians = PI * (degrees + 5 * (points - degrees) / 3) / 180
    lat, lon = radians[:, 0], radians[:, 1]
    q1 = np.cos(lon[:, None] - lon[None, :])
    q2, q3 = np.cos(lat[:, None] - lat[None, :]), np.cos(lat[:, None] + lat[None, :])
    found = np.trunc(EARTH_KM * np.arccos(np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1)) + 1)
    np.fill_diagonal(found, 0)
    return np.asarray(found)


BY_TYPE: Final[dict[str, Callable[[Any], Matrix]]] = {
    "EUC_2D": euclidean,
    "EUC_3D": euclidean,
    "CEIL_2D": lambda points: np.asarray(np.ceil(euclidean(points))),
    "FLOOR_2D": lambda points: np.asarray(np.floor(euclidean(points))),
    "EXACT_2D": lambda points: np.asarray(np.rint(1_000 * euclidean(points))),
    "CEIL_3D": lambda points: np.asarray(np.ceil(euclidean(points))),
    "FLOOR_3D": lambda points: np.asarray(np.floor(euclidean(points))),
    "EXACT_3D": lambda points: np.asarray(np.rint(1_000 * euclidean(points))),
    "MAN_2D": manhattan,
    "MAN_3D": manhattan,
    "MAX_2D": greatest,
    "MAX_3D": greatest,
    "ATT": pseudo,
    "GEO": geographical,
}
