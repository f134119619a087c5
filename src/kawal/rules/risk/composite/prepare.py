"""Steps 2 to 5 for a whole table: caps, missing data, outliers, normalisation; what was done is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.data import Table
from kawal.rules.risk.composite.framework import Index, Indicator, Method, Missing, Outliers, Transform
from kawal.rules.risk.composite.missing import filled
from kawal.rules.risk.composite.normalise import Ends, normalised
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.outliers import treated


class Mark(IntFlag):
    """What was done to one value."""

    NONE = 0
    MISSING = 1
    IMPUTED = 2
    PULLED_IN = 4  # an outlier
    CAPPED = 8  # by the spec's own floor or cap
    HELD = 16  # lies beyond a goalpost


MARK_WORDS: Final = {
    Mark.MISSING: "missing",
    Mark.IMPUTED: "imputed",
    Mark.PULLED_IN: "winsorised",
    Mark.CAPPED: "capped",
    Mark.HELD: "held",
}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Values ready to be normalised, in their own units."""

    index: Index
    table: Table
    values: Values  # (n, k)
    known: NDArray[np.bool_]  # (n, k) told by the data itself
    transforms: tuple[Transform, ...]
    marks: NDArray[np.uint8]  # (n, k), Mark


def prepared(index: Index, table: Table, missing: Missing | None = None) -> Prepared:
    """`missing` puts another rule in place of `reweight`'s and the imputing ones (robustness)."""
    indicators = [_with_rule(item, missing) for item in index.indicators]
    values = np.array(table.values, order="F")  # column after column, as they are worked on
    marks = np.zeros(values.shape, dtype=np.uint8, order="F")
    known = ~np.isnan(values)
    for j, item in enumerate(indicators):
        if (item.floor, item.cap) == (None, None):
            continue
        capped = np.clip(values[:, j], item.floor, item.cap)
        marks[known[:, j] & (capped != values[:, j]), j] |= np.uint8(Mark.CAPPED)
        values[:, j] = capped
    values, put_in = filled(values, indicators, table.group_numbers())
    marks[put_in] |= np.uint8(Mark.IMPUTED)
    marks[np.isnan(values)] |= np.uint8(Mark.MISSING)
    transforms = []
    for j, item in enumerate(indicators):
        column, otherwise = treated(values[:, j], item.treatment)
        if item.treatment.method is not Outliers.NONE:
            marks[~np.isnan(column) & (column != values[:, j]), j] |= np.uint8(Mark.PULLED_IN)
            values[:, j] = column
        transforms.append(item.transform if otherwise is Transform.NONE else otherwise)
        norm = item.normalisation
        if norm.method is Method.GOALPOSTS and norm.low is not None and norm.high is not None:
            beyond = (norm.hold_low & (column < norm.low)) | (norm.hold_high & (column > norm.high))
            marks[beyond, j] |= np.uint8(Mark.HELD)
    return Prepared(index, table, values, known, tuple(transforms), marks)


def norms_of(ready: Prepared, method: Method | None = None, values: Values | None = None) -> Values:
    """(n, k) on the index's range; by `method` instead of the indicators' own where it is told."""
    index = ready.index
    ends = Ends(index.low, index.high)
    source = ready.values if values is None else values
    columns = [
        rounded(
            normalised(
                _on_scale(source[:, j], item), _by(item, method), ends, ready.transforms[j], ready.table.ids
            ),
            index.digits.indicators,
        )
        for j, item in enumerate(index.indicators)
    ]
    return np.array(columns).T  # column after column


def _on_scale(column: Values, item: Indicator) -> Values:
    """Zero has no logarithm, but under another method, too, it counts as at a goalpost that holds it."""
    norm = item.normalisation
    if item.transform is Transform.NONE or norm.low is None or not norm.hold_low:
        return column
    return np.maximum(column, norm.low)


def rounded(values: Values, digits: int | None) -> Values:
    """Half goes away from zero, in decimals: 0.9255 is 0.926 though its binary is a little less."""
    if digits is None:
        return values
    scale = 10.0**digits
    with np.errstate(invalid="ignore"):
        found: Values = np.sign(values) * np.floor(np.abs(values) * scale + 0.5 + 1e-9) / scale
    return found


def checked(index: Index, table: Table, notices: Notices) -> None:
    """Raises `Wrong` where a value may not be missing, has no logarithm, or a reference is not there."""
    for j, item in enumerate(index.indicators):
        column = table.values[:, j]
        if item.missing is Missing.REFUSE:
            for row in np.flatnonzero(np.isnan(column)):
                notices.add(Code.VALUE_MISSING, item.column, row=int(table.lines[row]), value=table.ids[row])
        norm = item.normalisation
        if norm.method is Method.REFERENCE and not _has_reference(norm.reference, table):
            expected = "best, worst, mean, median, or an id"
            notices.add(Code.REFERENCE_MISSING, item.code, value=norm.reference, expected=expected)
        if item.transform in (Transform.LOG, Transform.BOX_COX, Transform.SQUARE_ROOT):
            _has_logarithm(item, column, table, notices)
    if notices.errors_count:
        raise Wrong(notices)


def _has_reference(reference: float | str, table: Table) -> bool:
    usual = ("best", "worst", "mean", "median")
    return isinstance(reference, float) or reference in usual or reference in table.ids


def _has_logarithm(item: Indicator, column: Values, table: Table, notices: Notices) -> None:
    norm = item.normalisation
    if item.floor is not None and item.floor > 0:
        return
    if norm.method is Method.GOALPOSTS and norm.hold_low and norm.low is not None and norm.low > 0:
        return
    bad = column < 0 if item.transform is Transform.SQUARE_ROOT else column <= 0
    for row in np.flatnonzero(bad):
        notices.add(
            Code.NO_LOGARITHM,
            item.column,
            row=int(table.lines[row]),
            value=f"{column[row]:g}",
            expected="> 0",
        )


def _by(item: Indicator, method: Method | None) -> Indicator:
    if method is None or method is item.normalisation.method:
        return item
    if method is Method.GOALPOSTS and item.normalisation.low is None:
        return item
    return replace(item, normalisation=replace(item.normalisation, method=method))


def _with_rule(item: Indicator, missing: Missing | None) -> Indicator:
    if missing is None or item.missing in (Missing.REFUSE, Missing.LISTED):
        return item
    return replace(item, filling=replace(item.filling, method=missing))


def marks_of(ready: Prepared, row: int, names: Sequence[str]) -> dict[str, list[str]]:
    """Indicator -> words of what was done to its value, where something was."""
    return {
        name: [word for mark, word in MARK_WORDS.items() if int(ready.marks[row, j]) & mark]
        for j, name in enumerate(names)
        if ready.marks[row, j]
    }
