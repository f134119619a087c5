"""Importing places: everything is read and checked first; then all of it is saved, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from kawal.desk.places import files, models, reads, storing
from kawal.desk.places.examining import known_of
from kawal.rules.places.checks import check_unit
from kawal.rules.places.codes import LEVELS, NATION, is_area
from kawal.rules.places.facts import Source
from kawal.rules.places.gathered import Gathered
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code, Notice, Notices
from kawal.rules.places.reading import read_file, tell_spread
from kawal.rules.places.rows import Sheet
from kawal.rules.places.settling import settle
from kawal.rules.refusals import Refused

Progress = Callable[[str, int, int], None]  # step (read, check, save), done, of how many


@dataclass(frozen=True, slots=True)
class ImportResult:
    counts: dict[str, int]  # what the files told: areas, borders, sites, stations, voters
    written: dict[str, int]  # rows that changed, by table; empty where nothing was saved
    notices: list[Notice]  # errors first, at most 100 of each code
    notice_counts: dict[str, int]  # all of them, by code
    saved: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """The files, taken in and checked."""

    files: list[dict[str, Any]]  # [{name, sha256, rows}]
    gathered: Gathered
    notices: Notices

    def result(self, written: dict[str, int], *, saved: bool) -> ImportResult:
        notices = self.notices
        by_code = {str(code): number for code, number in sorted(notices.counts.items())}
        return ImportResult(self.gathered.counts(), written, notices.in_order(), by_code, saved)


def import_files(
    paths: Sequence[Path],
    *,
    area: str | None,
    by: str,
    now: datetime,
    progress: Progress | None = None,
    voter_list: str | None = None,
) -> ImportResult:
    """Imports files and folders in one transaction; with an error in them nothing is changed.

    With `area` only its subtree and the areas above it are taken in. `voter_list` names the version
    of the voters; by default it is the file's name and fingerprint. Refuses `bad_area` and
    `bad_voter_list`.
    """
    read = _read(paths, area, voter_list, progress)
    if read.notices.errors_count:
        return read.result({}, saved=False)
    with transaction.atomic():
        written = _settle(read, progress, save=True)
        storing.write_upper_totals()
        result = read.result(written, saved=True)
        models.ImportRun.objects.create(
            at=now,
            by=by,
            files=read.files,
            counts={"told": result.counts, "written": result.written, "notices": result.notice_counts},
            notices=[{**asdict(notice), "severity": notice.severity} for notice in result.notices],
        )
    return result


def try_files(
    paths: Sequence[Path],
    *,
    area: str | None,
    progress: Progress | None = None,
    voter_list: str | None = None,
) -> ImportResult:
    """The same import without saving: what it would say and write. Takes no lock."""
    read = _read(paths, area, voter_list, progress)
    if read.notices.errors_count:
        return read.result({}, saved=False)
    return read.result(_settle(read, progress, save=False), saved=False)


def _read(
    paths: Sequence[Path], area: str | None, voter_list: str | None, progress: Progress | None
) -> _Read:
    if area is not None and not is_area(area):
        raise Refused("bad_area", area=area)
    if voter_list is not None and not 0 < len(voter_list.strip()) <= files.VOTER_LIST_CHARS_MAX:
        raise Refused("bad_voter_list", longest=files.VOTER_LIST_CHARS_MAX)
    notices, gathered, limits = Notices(), Gathered(scope=area or None), Limits()
    found = files.found(paths, notices)
    total = sum(file.size_bytes for file in found)
    done = 0

    def passed(size_bytes: int) -> None:
        nonlocal done
        done += size_bytes
        if progress:
            progress("read", done, total)

    told = []
    for file in found:
        sheet = Sheet(file.name, voter_list or file.voter_list(), gathered, limits)
        rows = 0
        try:
            rows = read_file(files.chunks(file.path, passed), sheet, notices)
        except OSError as wrong:
            notices.add(Code.FILE_UNREADABLE, file=file.name, value=wrong.strerror or wrong)
        told.append({"name": file.name, "sha256": file.sha256, "rows": rows})
    read = _Read(told, gathered, notices)
    tell_spread(gathered, notices)
    _check(read, limits)
    return read


def _check(read: _Read, limits: Limits) -> None:
    gathered, notices = read.gathered, read.notices
    if not notices.errors_count and not gathered.tells_of_scope():
        notices.add(Code.AREA_NOT_FOUND, value=gathered.scope)
    provinces = {area.code for area in reads.areas_under(NATION, LEVELS[1])}
    provinces.update(gathered.unit(NATION).areas)
    for code, unit in gathered.in_order():
        check_unit(code, unit, known_of(code, above=provinces), notices=notices, limits=limits)


def _settle(read: _Read, progress: Progress | None, *, save: bool) -> dict[str, int]:
    """Works out, and with `save` writes, what each regency looks like afterwards; rows by table."""
    written: Counter[str] = Counter()
    generated: Counter[str] = Counter()
    units = list(read.gathered.in_order())
    for done, (code, unit) in enumerate(units, start=1):
        before = storing.stored(code)
        after = settle(before, unit, read.notices)
        changes = storing.changes(before, after, unit.borders)
        if save:
            storing.write(changes)
        written.update(changes.counts())
        generated["sites"] += sum(site.source is Source.GENERATED for site in after.sites.values())
        generated["stations"] += sum(found.source is Source.GENERATED for found in after.stations.values())
        if progress:
            progress("save" if save else "check", done, len(units))
    if generated.total():
        read.notices.add(Code.SITES_GENERATED, value=generated["sites"], expected=generated["stations"])
    if not written.total():
        read.notices.add(Code.NOTHING_CHANGED)
    return dict(written)
