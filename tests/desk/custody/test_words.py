"""Every code of custody has its words, in English and in Indonesian."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kawal.desk.custody
from kawal.desk.custody import words
from kawal.rules.custody.event import ATTEST_PHASES, INCIDENT_KINDS, Act, Mismatch
from kawal.rules.custody.findings import KINDS
from kawal.rules.custody.stages import Stage
from kawal.rules.refusals import Refused

ROOM = Path(kawal.desk.custody.__file__).parent
WORDS = ROOM / "locale" / "id" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.ACTS, Act),
        (words.STAGES, Stage),
        (words.FINDINGS, KINDS),
        (words.RULES, [f"C{number}" for number in range(1, 13)]),
        (words.MISMATCHES, Mismatch),
        (words.INCIDENTS, INCIDENT_KINDS),
        (words.PHASES, ATTEST_PHASES),
    ],
)
def test_every_code_has_words(table: dict[object, str], codes: list[object]) -> None:
    assert list(table) == list(codes)
    assert all(str(said) for said in table.values())


def test_every_text_is_translated() -> None:
    said = {
        text
        for path in ROOM.glob("*.py")
        for text in re.findall(r'\b_\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    translated = dict(re.findall(r'msgid "(.+)"\nmsgstr "(.+)"', WORDS.read_text(encoding="utf-8")))
    assert said == set(translated)


def test_a_refusal_is_told_in_words_and_an_unknown_one_by_its_code() -> None:
    assert "17" in words.refusal(Refused("unknown_parcel", parcel=17))
    assert words.refusal(Refused("new_code")) == "new_code"
