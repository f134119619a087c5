"""Every sentence that a reader may meet exists in Indonesian, in the catalogue of its own room."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import kawal.desk
from kawal.desk.site import languages

DESK = Path(kawal.desk.__file__).parent
ROOMS = sorted(path.parent.name for path in DESK.glob("*/apps.py"))
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2),
    "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACE = re.compile(r"%\((\w+)\)[sd]")


def _code_of(path: Path) -> str:
    text = path.read_text()
    if path.suffix == ".py":
        return text
    # What is not to be translated becomes X and spaces: without the indents it is something like Python.
    return "\n".join(line.strip() for line in templatize(text).splitlines())


def sentences(room: str) -> Iterator[tuple[str, str]]:
    """Message and file of everything translatable in a room."""
    files = [*(DESK / room).rglob("*.py"), *(DESK / room).rglob("*.html")]
    for path in sorted(path for path in files if "migrations" not in path.parts):
        for _line, message, _comments, _context in extract(
            "python", io.BytesIO(_code_of(path).encode()), keywords=KEYWORDS
        ):
            yield (message if isinstance(message, str) else message[0]), path.name


def translated(room: str) -> dict[str, tuple[str, ...]]:
    path = DESK / room / "locale" / "id" / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return {}
    with path.open("rb") as lines:
        catalogue = read_po(lines, locale="id", abort_invalid=True)
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in catalogue
        if message.id and not message.fuzzy
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_of_the_room_has_its_indonesian(room: str) -> None:
    told = translated(room)
    missing = {message: file for message, file in sentences(room) if not all(told.get(message, ("",)))}
    assert not missing


@pytest.mark.parametrize("room", ROOMS)
def test_a_translation_names_the_same_facts_as_its_sentence(room: str) -> None:
    different = {
        message: text
        for message, texts in translated(room).items()
        for text in texts
        if set(PLACE.findall(message)) != set(PLACE.findall(text))
    }
    assert not different


def test_one_sentence_has_one_translation_in_all_rooms() -> None:
    """All catalogues become one: a word of two meanings needs a context in its room (pgettext)."""
    seen: dict[tuple[str, str | None], dict[str, str]] = {}
    for room in ROOMS:
        path = DESK / room / "locale" / "id" / "LC_MESSAGES" / "django.po"
        for message in read_po(path.read_text().splitlines(), locale="id") if path.exists() else ():
            if message.id:
                seen.setdefault((str(message.id), message.context), {})[str(message.string)] = room
    assert not {key: texts for key, texts in seen.items() if len(texts) > 1}


def test_sentences_of_code_and_of_templates_are_found() -> None:
    found = dict(sentences("site"))
    assert found["Unknown"] == "words.py"
    assert found["Needs you now"] == "rail.html"
    assert found["waits for %(posts)s"] == "alert.html"


def test_a_catalogue_is_compiled_once_and_again_when_it_is_newer(tmp_path: Path) -> None:
    po = tmp_path / "room" / "locale" / "id" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Box"\nmsgstr "Kotak"\n'
    )
    assert languages.compile_all(tmp_path) == 1
    assert languages.compile_all(tmp_path) == 0
    assert b"Kotak" in po.with_suffix(".mo").read_bytes()


@pytest.mark.parametrize("text", ['msgid "Box"\nmsgstr "Kotak\n', 'msgid "Box"\nmsgstr Kotak\n', "Box\n"])
def test_a_broken_catalogue_is_named_and_not_compiled(tmp_path: Path, text: str) -> None:
    po = tmp_path / "room" / "locale" / "id" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(text)
    with pytest.raises(languages.BrokenTranslation, match=r"django\.po"):
        languages.compile_all(tmp_path)
    assert not po.with_suffix(".mo").exists()
