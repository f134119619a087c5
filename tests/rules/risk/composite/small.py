"""Small specs and tables by hand."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np

from kawal.rules.risk.composite.compute import Result, compute
from kawal.rules.risk.composite.data import Table, table_of
from kawal.rules.risk.composite.framework import Index
from kawal.rules.risk.composite.notices import Code, Notice, Wrong
from kawal.rules.risk.composite.reading import read_index


def index(text: str = "", **head: Any) -> Index:
    """An index of the TOML text; without any, of two indicators a and b between 0 and 10."""
    data = tomllib.loads(text) if text else {"indicators": two()}
    return read_index({"name": "small", **data, **head})


def two(**more: Any) -> list[dict[str, Any]]:
    return [{"code": code, "goalposts": [0, 10], **more} for code in ("a", "b")]


def refused(text: str) -> list[Notice]:
    """What is said about a wrong spec; it must be wrong."""
    try:
        read_index(tomllib.loads(text), "small.toml")
    except Wrong as wrong:
        return wrong.notices.kept
    raise AssertionError("the spec was taken")


def codes(text: str) -> list[tuple[Code, str]]:
    return [(notice.code, notice.field) for notice in refused(text)]


def table(*rows: list[float | None], groups: list[str] | None = None) -> Table:
    values = np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)
    return table_of(values, [f"u{at}" for at in range(len(rows))], groups or [])


def scores(spec: Index, *rows: list[float | None], groups: list[str] | None = None) -> list[float]:
    return compute(spec, table(*rows, groups=groups)).score.tolist()


def result(spec: Index, *rows: list[float | None], groups: list[str] | None = None) -> Result:
    return compute(spec, table(*rows, groups=groups))
