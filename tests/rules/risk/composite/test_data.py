"""Tables as people write them: decimal signs, thousands, gaps; what is wrong is told with row and field."""

import pytest

from kawal.rules.risk.composite.data import read_table
from kawal.rules.risk.composite.framework import Index
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.numbers import Unsure, habit_of, number

from .small import index, two


def read(*rows: list[object], spec: Index | None = None) -> list[list[float]]:
    told = Notices("small.csv")
    return read_table(enumerate(rows, start=1), spec or index(), told).values.tolist()  # type: ignore[arg-type]


def wrong(*rows: list[object], spec: Index | None = None) -> list[tuple[Code, int | None, str, str]]:
    with pytest.raises(Wrong) as refused:
        read(*rows, spec=spec)
    return [(one.code, one.row, one.field, one.value) for one in refused.value.notices.kept]


@pytest.mark.parametrize(
    ("text", "habit", "value"),
    [
        ("12.5", "", 12.5), ("12,5", "", 12.5), ("1,234.5", "", 1234.5), ("1.234,5", "", 1234.5),
        ("1,234", ".", 1234), ("1,234", ",", 1.234), ("1.234", ",", 1234), ("1.234", "", 1.234),
        ("1,234,567", "", 1234567), ("1.234.567", ",", 1234567), ("64 660", "", 64660), ("-3", "", -3),
        ("−3,5", "", -3.5), ("1e3", "", 1000), ("0.05", ",", 0.05), ("12'345", "", 12345), ("+7", "", 7),
    ],
)  # fmt: skip
def test_a_number_is_read_by_the_habit_of_its_file(text: str, habit: str, value: float) -> None:
    assert number(text, habit) == value


@pytest.mark.parametrize(
    "text", ["abc", "1,2,3", "12.5.1", "1.2,3.4", "--1", "1,23,456", "5 %", "0x10", "nan1"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text, "") is None


def test_what_could_mean_two_numbers_is_not_guessed() -> None:
    with pytest.raises(Unsure):
        number("1,234", "")
    told = wrong(["id", "a", "b"], ["x", "1,234", "2"])
    assert told == [(Code.NUMBER_UNSURE, 2, "a", "1,234")]
    spec = index(indicators=two(), data={"decimal": ","})
    assert read(["id", "a", "b"], ["x", "1,234", "2"], spec=spec) == [[1.234, 2]]


def test_the_habit_shows_in_any_cell_of_the_file() -> None:
    assert habit_of(["1,234", "7.5"]) == "."
    assert habit_of(["1.234", "7,25"]) == ","
    assert habit_of(["7,5", "7.5"]) == ""
    assert read(["id", "a", "b"], ["x", "1.234", "7,25"], ["y", "2", "1"]) == [[1234, 7.25], [2, 1]]


def test_gaps_are_gaps_however_they_are_written() -> None:
    rows = [
        ["id", "a", "b"],
        *([f"u{at}", gap, "1"] for at, gap in enumerate(["", "..", "n/a", "NA", "-", "–"])),
    ]
    assert all(row[0] != row[0] for row in read(*rows))  # type: ignore[arg-type]


def test_columns_are_found_by_name_in_any_order_and_spelling() -> None:
    spec = index(
        indicators=[{"code": "gni", "column": "GNI per capita"}], data={"id": "Code", "name": "Country"}
    )
    found = read_table(
        iter([(1, ["country", "gni_per_capita", "CODE", "more"]), (3, ["Chad", "5", "TCD", ""])]),
        spec,
        Notices(),
    )
    assert (found.ids, found.names, found.lines.tolist()) == (("TCD",), ("Chad",), [3])


def test_what_is_wrong_with_a_table_is_told_with_row_field_and_value() -> None:
    assert wrong(["id", "a"], ["x", "1"]) == [(Code.COLUMN_MISSING, 1, "b", "")]
    assert wrong(["id", "a", "a", "b"], ["x", "1", "1", "1"])[0] == (Code.COLUMN_TWICE, 1, "a", "")
    told = wrong(["id", "a", "b"], ["x", "1", "2", "3"], ["", "1", "2"], ["y", "?", "1"], ["y", "1", "inf"])
    assert told == [
        (Code.FIELDS_COUNT, 2, "", "4"),
        (Code.ID_MISSING, 3, "id", ""),
        (Code.ID_TWICE, 4, "id", "y"),
        (Code.ID_TWICE, 5, "id", "y"),
        (Code.NUMBER_BAD, 4, "a", "?"),
        (Code.NUMBER_BAD, 5, "b", "inf"),
    ]
    assert wrong(["id", "a", "b"]) == [(Code.EMPTY, None, "", "")]
    assert wrong() == [(Code.EMPTY, None, "", "")]


def test_a_value_that_cannot_be_is_refused() -> None:
    spec = index(indicators=two(valid=[0, 100]))
    assert wrong(["id", "a", "b"], ["x", 101.0, 3.0], spec=spec) == [(Code.OUT_OF_RANGE, 2, "a", "101.0")]
