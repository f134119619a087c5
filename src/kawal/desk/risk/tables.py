"""The tables of what a class means: which is in force where, and its versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from kawal.desk.risk import specfiles
from kawal.desk.risk.models import PatternTable
from kawal.rules.needs.strict import tables_of
from kawal.rules.places.codes import NATION, lineage
from kawal.rules.refusals import Refused
from kawal.rules.risk.patterns import Patterns, patterns_of

FILE_BYTES_MAX: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """A table as somebody made it; the shipped one is version 0 of the nation, by nobody."""

    area_code: str
    version: int
    patterns: Patterns
    text: str
    sha256: str
    at: datetime | None
    by: str
    post: str
    reason: str


def in_force(area: str) -> TableFacts:
    """The last version made for the area, else for the nearest area above it, else the shipped table."""
    rows = PatternTable.objects.filter(area_code__in=lineage(area)).order_by("version")
    newest = {row.area_code: row for row in rows}
    return next((_facts(newest[code]) for code in lineage(area) if code in newest), _shipped())


def in_force_of(areas: list[str]) -> dict[str, Patterns]:
    """Area -> table, for many areas in one query."""
    newest: dict[str, PatternTable] = {}
    for row in PatternTable.objects.order_by("version"):
        newest[row.area_code] = row
    return {
        area: next(
            (read(newest[code].text) for code in lineage(area) if code in newest), specfiles.patterns()
        )
        for area in areas
    }


def versions(area: str) -> list[TableFacts]:
    """Every version made for exactly this area, newest first; the nation's ends with the shipped one."""
    found = [_facts(row) for row in PatternTable.objects.filter(area_code=area).order_by("-version")]
    return [*found, _shipped()] if area == NATION else found


def text_of_file(path: Path) -> str:
    """The text of a table that somebody wrote. Refuses `file_too_large` and `wrong_rules`."""
    if path.stat().st_size > FILE_BYTES_MAX:
        raise Refused("file_too_large", file=path.name, bytes=FILE_BYTES_MAX)
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("wrong_rules", key=path.name, problem="not_utf8") from error


@lru_cache(maxsize=64)
def read(text: str) -> Patterns:
    """Refuses `wrong_rules` with key and mend."""
    return patterns_of(tables_of(text))


def _facts(row: PatternTable) -> TableFacts:
    return TableFacts(
        area_code=row.area_code,
        version=row.version,
        patterns=read(row.text),
        text=row.text,
        sha256=row.sha256,
        at=row.at,
        by=row.by,
        post=row.post,
        reason=row.reason,
    )


def _shipped() -> TableFacts:
    text, sha256 = specfiles.patterns_text()
    return TableFacts(
        area_code=NATION,
        version=0,
        patterns=specfiles.patterns(),
        text=text,
        sha256=sha256,
        at=None,
        by="",
        post="",
        reason="",
    )
