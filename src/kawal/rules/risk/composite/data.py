"""Step 2, the data: rows of cells -> units with a value for each indicator, or numbered notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.risk.composite.arrays import Values
from kawal.rules.risk.composite.framework import Index
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.numbers import Unsure, habit_of, is_missing, number
from kawal.rules.risk.composite.spelling import plain

Cell = str | float | None  # a number where the file itself holds numbers (a workbook)
ROWS_MAX: Final = 1_000_000
_ID_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Row i is unit i, column j the index's indicator j."""

    file: str
    ids: tuple[str, ...]
    names: tuple[str, ...]  # the id where no name is told
    groups: tuple[str, ...]  # empty text: none
    weights: Values  # (n,) of the units in roll-ups; 1 where none is told
    lines: NDArray[np.intp]  # (n,) line of the file
    values: Values  # (n, k), NaN where missing

    def group_numbers(self) -> NDArray[np.intp]:
        found: NDArray[np.intp] = np.unique(
            np.array(self.groups, dtype=object).astype(str), return_inverse=True
        )[1]
        return found.reshape(-1)


def table_of(
    values: Values, ids: Sequence[str], groups: Sequence[str] = (), weights: Sequence[float] = ()
) -> Table:
    """Of figures that are already at hand."""
    n = len(values)
    return Table(
        "",
        tuple(ids),
        tuple(ids),
        tuple(groups) or ("",) * n,
        np.array(weights, dtype=np.float64) if len(weights) else np.ones(n),
        np.arange(1, n + 1, dtype=np.intp),
        values,
    )


def read_table(rows: Iterable[tuple[int, Sequence[Cell]]], index: Index, notices: Notices) -> Table:
    """`rows` are (line, cells), the head first. All that is wrong is told, then `Wrong` raised."""
    lines = iter(rows)
    head = next(lines, None)
    if head is None:
        notices.add(Code.EMPTY)
        raise Wrong(notices)
    places = _places([_text(cell) for cell in head[1]], index, notices, head[0])
    if notices.errors_count:
        raise Wrong(notices)
    kept = _kept(lines, len(head[1]), notices)
    if not kept and not notices.errors_count:
        notices.add(Code.EMPTY)
    ids = [_text(cells[places["id"]]) for _, cells in kept]
    _ids_checked(ids, [line for line, _ in kept], index.columns.id or "id", notices)
    habit = index.columns.decimal or habit_of(
        cell
        for item in index.indicators
        for _, cells in kept
        if isinstance(cell := cells[places[f"={item.code}"]], str)
    )
    columns = [
        _column(kept, places[f"={item.code}"], item.column, habit, notices, (item.valid_low, item.valid_high))
        for item in index.indicators
    ]
    weights = np.ones(len(kept))
    if index.columns.weight:
        told = _column(kept, places["weight"], index.columns.weight, habit, notices, (0.0, None))
        weights = np.nan_to_num(told, nan=0.0)
    if notices.errors_count:
        raise Wrong(notices)
    return Table(
        file=notices.file,
        ids=tuple(ids),
        names=_told(kept, places.get("name"), ids),
        groups=_told(kept, places.get("group"), [""] * len(kept)),
        weights=weights,
        lines=np.array([line for line, _ in kept], dtype=np.intp),
        values=np.column_stack(columns) if columns else np.zeros((len(kept), 0)),
    )


def _places(head: Sequence[str], index: Index, notices: Notices, line: int) -> dict[str, int]:
    """What is asked for -> the column it stands in: by its exact name, else by its plain spelling."""
    names = [name.strip() for name in head]
    spelt = [plain(name) for name in names]
    wanted = {f"={item.code}": item.column for item in index.indicators}
    for what in ("id", "name", "group", "weight"):
        named = getattr(index.columns, what)
        if named:
            wanted[what] = named
        elif what in ("name", "group") and what in spelt and what not in map(plain, wanted.values()):
            wanted[what] = names[spelt.index(what)]
    found = {}
    for what, name in wanted.items():
        same = [at for at, text in enumerate(names) if text == name]
        same = same or [at for at, text in enumerate(spelt) if text == plain(name)]
        if not same:
            notices.add(Code.COLUMN_MISSING, name, row=line, expected=", ".join(filter(None, names))[:200])
        elif len(same) > 1:
            notices.add(Code.COLUMN_TWICE, name, row=line)
        else:
            found[what] = same[0]
    found.setdefault("id", 0)
    for at, name in enumerate(names):
        if name and at not in found.values():
            notices.add(Code.COLUMN_UNUSED, name, row=line)
    return found


def _kept(
    rows: Iterable[tuple[int, Sequence[Cell]]], width: int, notices: Notices
) -> list[tuple[int, Sequence[Cell]]]:
    kept: list[tuple[int, Sequence[Cell]]] = []
    for line, cells in rows:
        if not any(_text(cell) for cell in cells):
            continue
        if len(cells) != width:
            notices.add(Code.FIELDS_COUNT, row=line, value=len(cells), expected=width)
            continue
        if len(kept) == ROWS_MAX:
            notices.add(Code.TOO_LARGE, row=line, expected=ROWS_MAX)
            break
        kept.append((line, cells))
    return kept


def _ids_checked(ids: Sequence[str], lines: Sequence[int], column: str, notices: Notices) -> None:
    times: Counter[str] = Counter(ids)
    for name, line in zip(ids, lines, strict=True):
        if not name or len(name) > _ID_CHARS_MAX:
            notices.add(Code.ID_MISSING, column, row=line, value=name)
        elif times[name] > 1:
            notices.add(Code.ID_TWICE, column, row=line, value=name)


def _column(
    kept: Sequence[tuple[int, Sequence[Cell]]],
    at: int,
    name: str,
    habit: str,
    notices: Notices,
    valid: tuple[float | None, float | None],
) -> Values:
    low, high = (-np.inf if valid[0] is None else valid[0]), (np.inf if valid[1] is None else valid[1])
    found = np.full(len(kept), np.nan)
    for place, (line, cells) in enumerate(kept):
        cell = cells[at]
        if cell is None or (isinstance(cell, str) and is_missing(cell)):
            continue
        try:
            value = number(cell, habit) if isinstance(cell, str) else float(cell)
        except Unsure:
            notices.add(Code.NUMBER_UNSURE, name, row=line, value=cell, expected='[data] decimal = ","')
            continue
        if value is None or not np.isfinite(value):
            notices.add(Code.NUMBER_BAD, name, row=line, value=cell, expected="12.5")
        elif not low <= value <= high:
            notices.add(Code.OUT_OF_RANGE, name, row=line, value=cell, expected=f"{low:g} - {high:g}")
        else:
            found[place] = value
    return found


def _told(
    kept: Sequence[tuple[int, Sequence[Cell]]], at: int | None, default: Sequence[str]
) -> tuple[str, ...]:
    if at is None:
        return tuple(default)
    return tuple(_text(cells[at]) or usual for (_, cells), usual in zip(kept, default, strict=True))


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
