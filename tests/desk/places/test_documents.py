"""Every notice stands in the document and has its words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

from kawal.desk.places import words
from kawal.rules.places.columns import NAMES
from kawal.rules.places.notices import Code, severity_of

ROOT = Path(__file__).resolve().parents[3]
PLACES = ROOT / "src" / "kawal" / "desk" / "places"
DOCUMENT = (ROOT / "docs" / "places.md").read_text(encoding="utf-8")


def _translated() -> dict[str, str]:
    with (PLACES / "locale/id/LC_MESSAGES/django.po").open("rb") as stream:
        return {message.id: message.string for message in read_po(stream) if message.id and message.string}


@pytest.mark.parametrize("code", list(Code))
def test_a_code_stands_in_the_document_with_its_severity_and_has_words(code: Code) -> None:
    assert re.search(rf"^\| {code} \| {severity_of(code)} \|", DOCUMENT, re.MULTILINE)
    with translation.override("en"):
        english = str(words.SAID[code]), str(words.MEND[code])
    translated = _translated()
    for text in english:
        indonesian = translated[text]
        placeholders = re.findall(r"%\(\w+\)s", text)
        assert sorted(placeholders) == sorted(re.findall(r"%\(\w+\)s", indonesian))


def test_every_text_of_this_room_is_translated() -> None:
    source = " ".join((PLACES / name).read_text(encoding="utf-8") for name in ("words.py", "commands.py"))
    calls = re.findall(r"\b(?:_|gettext)\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*|'[^']*'\s*)+)", source)
    texts = {"".join(a or b for a, b in re.findall(r"\"([^\"]*)\"|'([^']*)'", call)) for call in calls}
    assert len(texts) > 90
    assert texts <= set(_translated())


@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names])
def test_every_column_name_that_is_known_stands_in_the_document(name: str) -> None:
    assert f"`{name}`" in DOCUMENT
