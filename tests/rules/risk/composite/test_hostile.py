"""Whatever stands in a spec or a table, it is read, or refused with notices: never a crash."""

from __future__ import annotations

import copy
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.risk.composite.compute import compute
from kawal.rules.risk.composite.data import read_table
from kawal.rules.risk.composite.notices import Notices, Wrong
from kawal.rules.risk.composite.reading import read_index

from .small import index, two

SHIPPED = [
    tomllib.loads(path.read_text("utf-8"))
    for path in (files("kawal.composite") / "examples").iterdir()
    if path.name.endswith(".toml")
]
odd = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(), st.text(max_size=6),
        st.sampled_from(["geometric", "down", "log", "pca", "entropy", "kemeny", "refuse", "1/0", "5 %"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


@settings(max_examples=300)
@given(st.sampled_from(SHIPPED), st.data())
def test_a_spec_with_anything_anywhere_is_read_or_refused(
    spec: dict[str, Any], chance: st.DataObject
) -> None:
    changed = copy.deepcopy(spec)
    path = chance.draw(st.sampled_from(places(changed)[1:]))
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = chance.draw(odd)
    if isinstance(inner, dict) and chance.draw(st.booleans()):
        inner[
            chance.draw(st.sampled_from(["weights", "goalposts", "missing", "noise", "range", "class"]))
        ] = chance.draw(odd)
    try:
        found = read_index(changed)
    except Wrong as wrong:
        assert wrong.notices.errors_count
        return
    cells = [["id", *(item.column for item in found.indicators)]]
    cells += [[f"u{at}", *(str(at + 1) for _ in found.indicators)] for at in range(4)]
    try:
        compute(found, read_table(enumerate(cells, start=1), found, Notices()))  # type: ignore[arg-type]
    except Wrong as wrong:
        assert wrong.notices.errors_count


cell = st.one_of(
    st.none(), st.floats(), st.text(max_size=8), st.sampled_from(["1,5", "1.000", "..", "-", "1e999"])
)


@given(st.lists(st.lists(cell, max_size=4), max_size=5), st.sampled_from(["reweight", "neighbour", "median"]))
def test_a_table_with_anything_in_it_is_computed_or_refused(rows: list[list[Any]], missing: str) -> None:
    spec = index(indicators=two(missing=missing), aggregation="geometric")
    lines = [(1, ["id", "a", "b"]), *((at, row) for at, row in enumerate(rows, start=2))]
    try:
        compute(spec, read_table(iter(lines), spec, Notices()))
    except Wrong as wrong:
        assert wrong.notices.errors_count


@pytest.mark.parametrize("text", ["[[indicator]]\ncode = 'a'\n" * 40, "x = 1\n" * 1, "name = 1e400"])
def test_a_strange_file_is_refused(text: str) -> None:
    try:
        read_index(tomllib.loads(text))
    except Wrong as wrong:
        assert wrong.notices.kept
