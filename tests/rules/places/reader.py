"""Reads bytes as one file of an import, for the tests of the rules."""

from __future__ import annotations

from kawal.rules.places.gathered import Gathered
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code, Notices
from kawal.rules.places.reading import read_file
from kawal.rules.places.rows import Sheet


def read(
    data: bytes | str, file: str = "a.csv", *, scope: str | None = None, limits: Limits | None = None
) -> tuple[Gathered, Notices]:
    raw = data.encode() if isinstance(data, str) else data
    gathered, notices = Gathered(scope=scope), Notices()
    sheet = Sheet(file, "list-1", gathered, limits or Limits())
    pieces = (raw[start : start + 7_000] for start in range(0, len(raw), 7_000))
    read_file(pieces, sheet, notices)
    return gathered, notices


def codes(notices: Notices) -> set[Code]:
    return set(notices.counts)
