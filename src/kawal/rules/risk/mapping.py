"""Which column of somebody's table says what: the mapping of a file onto the measures of an index, as TOML.

index = "tps-rawan-2024"            # rules.risk.indices
publisher = "Bawaslu Banyuasin"
date = 2024-02-11                   # of the data
header_row = 3                      # of the file, from 1
decimal = "comma"                   # or "point"
[area]
district = "Kecamatan"              # names, resolved inside `within`; or code = "Kode"
village = "Desa"
within = "16.07"
[[value]]
column = "Internet"
measure = "no_internet"
unit = "stations"                   # a count of stations: becomes a share of the area's stations
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.places.codes import is_area
from kawal.rules.risk.indices import Index, Indices

LEVELS: Final = ("province", "regency", "district", "village")
HEADER_ROW_MAX: Final = 100
TEXT_CHARS_MAX: Final = 200


class Unit(StrEnum):
    AS_IS = "as_is"  # in the measure's own unit
    PERCENT = "percent"  # of 100: becomes a share
    STATIONS = "stations"  # so many stations of the area: becomes a share of them
    YES_NO = "yes_no"  # ya, tidak: 1 or 0
    WORDS = "words"  # each word has its value


class Empty(StrEnum):
    MISSING = "missing"  # nobody knows
    ZERO = "zero"  # what is not listed is not affected


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    column: str  # as its head stands in the file
    measure: str
    unit: Unit
    scale: float  # the number in the file times this
    empty: Empty
    words: Mapping[str, float]  # lower case


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """A checked mapping. Either `code_column` or `name_columns` says which area a row is about."""

    index: Index
    publisher: str
    dated: date
    denominator: str  # empty: the catalogue's own
    licence: str
    sheet: str  # of an XLSX; empty: the first
    header_row: int
    decimal: str  # the sign: "." or ","
    code_column: str
    name_columns: Mapping[str, str]  # level -> head, the highest level first
    within: str  # area inside which names are looked for
    values: tuple[Column, ...]

    def heads(self) -> list[str]:
        """Every column that must be there."""
        area = [self.code_column] if self.code_column else list(self.name_columns.values())
        return [*area, *(value.column for value in self.values)]


def mapping_of(data: Mapping[str, Any], indices: Indices) -> Columns:
    """Checks a mapping file. Refuses `wrong_rules` with key and mend, `unknown_index`, `unknown_measure`."""
    table = Table(data)
    index = indices.index(table.text("index"))
    with table.table("area") as area:
        code_column = _optional(area, "code")
        names = {level: area.text(level) for level in LEVELS if area.has(level)}
        within = _optional(area, "within")
        if bool(code_column) == bool(names):
            raise wrong(area.where, "must_be_code_or_names")
        if not is_area(within):
            raise wrong(area.key("within"), "must_be_area")
    values = table.rows("value", _column)
    for place, value in enumerate(values, start=1):
        indices.measure(index.code, value.measure)
        if any(value.measure == other.measure for other in values[: place - 1]):
            raise wrong(f"value[{place}].measure", "must_be_unique", value=value.measure)
    mapping = Columns(
        index=index,
        publisher=_text(table, "publisher"),
        dated=table.day("date"),
        denominator=_optional(table, "denominator"),
        licence=_optional(table, "licence"),
        sheet=_optional(table, "sheet"),
        header_row=_header_row(table),
        decimal="," if _choice(table, "decimal", ("point", "comma")) == "comma" else ".",
        code_column=code_column,
        name_columns=names,
        within=within,
        values=values,
    )
    table.done()
    return mapping


def _column(table: Table) -> Column:
    unit = Unit(_choice(table, "unit", [*Unit]))
    words: dict[str, float] = {}
    if unit is Unit.WORDS:
        with table.table("words") as told:
            words = {word.strip().lower(): float(told.number(word)) for word in told.names_left()}
        if not words:
            raise wrong(table.key("words"), "is_missing")
    scale = float(table.number("scale")) if table.has("scale") else 1.0
    if scale == 0:
        raise wrong(table.key("scale"), "must_not_be_zero")
    return Column(
        column=table.text("column").strip(),
        measure=table.text("measure"),
        unit=unit,
        scale=scale,
        empty=Empty(_choice(table, "empty", [*Empty])),
        words=words,
    )


def _header_row(table: Table) -> int:
    row = table.whole("header_row", 1) if table.has("header_row") else 1
    if row > HEADER_ROW_MAX:
        raise wrong(table.key("header_row"), "must_be_at_most", most=HEADER_ROW_MAX)
    return row


def _text(table: Table, key: str) -> str:
    text = table.text(key).strip()
    if len(text) > TEXT_CHARS_MAX:
        raise wrong(table.key(key), "must_be_short", most=TEXT_CHARS_MAX)
    return text


def _optional(table: Table, key: str) -> str:
    return _text(table, key) if table.has(key) else ""


def _choice(table: Table, key: str, allowed: list[Any] | tuple[str, ...]) -> str:
    """The first of them where nothing is said."""
    return table.choice(key, list(allowed)) if table.has(key) else str(allowed[0])
