"""Every notice has words in both languages, and each names the same facts."""

import re

import pytest

from kawal.composite.words import NOTICES, line, said
from kawal.desk.site import languages
from kawal.rules.risk.composite.notices import Code, Notice

PLACE = re.compile(r"%\((\w+)\)s")
PLAIN = {"value": "%(value)s", "expected": "%(expected)s"}


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    languages.compile_all()


@pytest.mark.parametrize("code", list(Code))
def test_every_notice_is_said_in_english_and_indonesian(code: Code) -> None:
    notice = Notice(code=code, value="%(value)s", expected="%(expected)s")
    english, indonesian = said(notice), said(notice, "id")
    assert english != indonesian
    assert set(PLACE.findall(english)) == set(PLACE.findall(indonesian))
    assert set(NOTICES) == set(Code)


def test_a_line_names_file_row_field_and_mend() -> None:
    notice = Notice(code=Code.NUMBER_BAD, file="a.csv", row=3, field="gni", value="x1", expected="12.5")
    assert (
        line(notice) == "D09 error a.csv:3: gni: x1 is not a number. Write it like 12.5, or leave it empty."
    )
    assert line(notice, "id").endswith("gni: x1 bukan bilangan. Tulis seperti 12.5, atau kosongkan.")
