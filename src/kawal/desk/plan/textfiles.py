"""Files of text that a command was given."""

from __future__ import annotations

from pathlib import Path

from kawal.rules.plan.access import access_of
from kawal.rules.refusals import Refused


def text_in(path: Path) -> str:
    """Refuses `not_utf8`."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", file=path.name) from error


def access_in(path: Path | None) -> str:
    """Of a file of access; empty where none was given. Refuses `not_utf8` and `wrong_access`."""
    if path is None:
        return ""
    text = text_in(path)
    access_of(text)  # also of an empty file, which is a wrong one and not none
    return text
