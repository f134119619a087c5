"""Given indicators: every wrong row is told with its number, and what is right is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places.notices import Severity
from kawal.rules.risk.indicators import Code, read_given

from .shipped import SPEC

KNOWN = {"16.07", "16.07.03", "16.07.03.2001", "16.07.03.2002"}


def test_values_are_taken_by_area_and_indicator() -> None:
    text = "area,indicator,value\n16.07.03.2001,signal,0.4\n1607032002,water,1\n16.07,electricity,0.9\n"
    given_ = read_given(text, "a.csv", SPEC, KNOWN)
    assert given_.values == {
        ("16.07.03.2001", "signal"): 0.4,
        ("16.07.03.2002", "water"): 1,
        ("16.07", "electricity"): 0.9,
    }
    assert given_.notices == []


def test_semicolons_and_decimal_commas_of_indonesian_spreadsheets_are_read() -> None:
    given_ = read_given("area;indicator;value\r\n16.07;signal;0,25\r\n", "a.csv", SPEC, KNOWN)
    assert given_.values == {("16.07", "signal"): 0.25}


@pytest.mark.parametrize(
    ("text", "code", "row", "field"),
    [
        ("", Code.EMPTY, None, ""),
        ("area,indicator,value\n", Code.EMPTY, None, ""),
        ("area,value\n16.07,1\n", Code.COLUMN_MISSING, 1, "indicator"),
        ("area,area,indicator,value\n", Code.COLUMN_TWICE, 1, "area"),
        ('area,indicator,value\n"16.07,signal,1\n', Code.UNREADABLE, None, ""),
        ("area,indicator,value\n16.07,signal\n", Code.FIELDS_COUNT, 2, ""),
        ("area,indicator,value\n16.7,signal,1\n", Code.AREA_BAD, 2, "area"),
        ("area,indicator,value\n,signal,1\n", Code.AREA_BAD, 2, "area"),
        ("area,indicator,value\n16.07,sinyal,1\n", Code.INDICATOR_UNKNOWN, 2, "indicator"),
        ("area,indicator,value\n16.07,signal,many\n", Code.NUMBER_BAD, 2, "value"),
        ("area,indicator,value\n16.07,signal,nan\n", Code.NUMBER_BAD, 2, "value"),
        ("area,indicator,value\n16.07,signal,1.1\n", Code.OUT_OF_RANGE, 2, "value"),
        ("area,indicator,value\n16.07,warehouse_km,-1\n", Code.OUT_OF_RANGE, 2, "value"),
        ("area,indicator,value\n16.07,signal,1\n16.07,signal,1\n", Code.TOLD_TWICE, 3, "indicator"),
    ],
)
def test_what_is_wrong_is_told_with_row_and_field(text: str, code: Code, row: int | None, field: str) -> None:
    found = read_given(text, "a.csv", SPEC, KNOWN)
    assert [(notice.code, notice.row, notice.field) for notice in found.notices] == [(code, row, field)]
    assert found.notices[0].severity is Severity.ERROR
    assert found.errors_count == 1


def test_an_area_that_was_never_imported_is_a_warning_and_the_rest_is_taken() -> None:
    found = read_given(
        "area,indicator,value,note\n16.08,signal,1,x\n16.07,signal,1,y\n", "a.csv", SPEC, KNOWN
    )
    assert {notice.code: notice.severity for notice in found.notices} == {
        Code.COLUMN_UNUSED: Severity.INFO,
        Code.AREA_UNKNOWN: Severity.WARNING,
    }
    assert found.errors_count == 0
    assert list(found.values) == [("16.07", "signal")]


def test_only_the_first_hundred_of_a_kind_are_kept_and_all_are_counted() -> None:
    text = "area,indicator,value\n" + "16.07,signal,x\n" * 250
    found = read_given(text, "a.csv", SPEC, KNOWN)
    assert (len(found.notices), found.errors_count) == (100, 250)


@given(st.sampled_from(["", "area,indicator,value\n"]), st.text())
def test_no_text_whatever_is_an_exception(head: str, text: str) -> None:
    found = read_given(head + text, "a.csv", SPEC, KNOWN)
    assert found.values or found.notices
