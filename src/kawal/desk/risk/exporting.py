"""The villages of an area with class, score and reasons, for a spreadsheet; safe to open in one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from kawal.desk.places import reads as places
from kawal.desk.places.spreadsheets import Cell, spreadsheet
from kawal.desk.risk import page_words, pages, words
from kawal.rules.places.codes import level_of, lineage


def villages(area: str, form: str, *, now: datetime) -> bytes:
    """`form`: csv or xlsx. The first line says that the list is restricted, and of when."""
    return spreadsheet(_rows(area, now), form)


def _rows(area: str, now: datetime) -> Iterator[list[Cell]]:
    yield [
        gettext("Restricted: KPU, Polri, Bawaslu. As of %(at)s.") % {"at": now.isoformat(timespec="minutes")}
    ]
    yield [
        gettext("Code"),
        gettext("Village"),
        gettext("District"),
        gettext("Class that counts"),
        gettext("Class computed"),
        gettext("Score"),
        gettext("Another class in checks"),
        gettext("Largest reasons"),
    ]
    found = pages.below(area, now=now, villages=True) if level_of(area) != "village" else []
    above = {code for row in found for code in lineage(row.area_code)[1:2]}
    names = {code: one.name for code, one in places.areas(above).items()}
    for row in found:
        yield [
            row.area_code,
            row.name,
            names.get(lineage(row.area_code)[1], ""),
            str(words.CLASSES[row.klass]),
            str(words.CLASSES[row.computed]),
            round(row.score, 2),
            "" if row.another is None else round(row.another, 3),
            "; ".join(page_words.indicator(code) for code, points in row.reasons if points >= 1),
        ]
