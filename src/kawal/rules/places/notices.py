"""Notices: what is wrong or worth knowing about a file, by number. Their words are the desk's.

The idea is the GTFS validator's: bad reference data is answered with numbered notices that name
file, row and field, never with an exception. An import with an error among them changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KEPT_MAX: Final = 100  # rows kept of each code; the count goes on
_VALUE_CHARS_MAX: Final = 80


class Severity(StrEnum):
    ERROR = "error"  # nothing of the import is saved
    WARNING = "warning"  # saved; somebody should look
    INFO = "info"


class Code(StrEnum):
    FILE_UNREADABLE = "P01"
    NOT_GZIP = "P02"
    ENCODING = "P03"
    EMPTY = "P04"
    COLUMN_MISSING = "P05"
    KIND_UNKNOWN = "P06"
    COLUMN_TWICE = "P07"
    COLUMN_UNUSED = "P08"
    FIELDS_COUNT = "P09"
    ROW_BROKEN = "P10"
    NUL = "P11"
    TOO_LARGE = "P12"
    CODE_BAD = "P13"
    CODE_TWICE = "P14"
    ORPHAN = "P15"
    LEVEL_DISAGREES = "P16"
    PARENT_DISAGREES = "P17"
    NAME_MISSING = "P18"
    NAME_LONG = "P19"
    NUMBER_BAD = "P20"
    VOTERS_WITHOUT_STATIONS = "P21"
    STATIONS_BEYOND_999 = "P22"
    VOTERS_MANY = "P23"
    VILLAGE_WITHOUT_STATIONS = "P24"
    TOLD_TWO_WAYS = "P25"
    VOTERS_SPREAD = "P26"
    COORDINATE_BAD = "P27"
    COORDINATE_OUTSIDE_WORLD = "P28"
    COORDINATES_SWAPPED = "P29"
    POINT_FAR = "P30"
    POINT_OUTSIDE = "P31"
    CENTROID_OUTSIDE = "P32"
    COORDINATES_MISSING = "P33"
    GEOJSON_BROKEN = "P34"
    GEOMETRY_BAD = "P35"
    FEATURE_WITHOUT_CODE = "P36"
    BORDER_UNKNOWN = "P37"
    POLYGON_REPAIRED = "P38"
    SITE_KIND_BAD = "P39"
    AREA_NOT_FOUND = "P40"
    STATIONS_REMOVED = "P41"
    SITES_GENERATED = "P42"
    NOTHING_CHANGED = "P43"


_WARNINGS: Final = frozenset(
    {
        Code.VOTERS_MANY,
        Code.POINT_OUTSIDE,
        Code.CENTROID_OUTSIDE,
        Code.COORDINATES_MISSING,
        Code.BORDER_UNKNOWN,
        Code.POLYGON_REPAIRED,
        Code.STATIONS_REMOVED,
    }
)
_INFOS: Final = frozenset(
    {
        Code.COLUMN_UNUSED,
        Code.VILLAGE_WITHOUT_STATIONS,
        Code.VOTERS_SPREAD,
        Code.SITES_GENERATED,
        Code.NOTHING_CHANGED,
    }
)


def severity_of(code: Code) -> Severity:
    if code in _WARNINGS:
        return Severity.WARNING
    return Severity.INFO if code in _INFOS else Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    code: Code
    file: str = ""  # its name, without folders
    row: int | None = None  # line of the file, from 1; in GeoJSON the feature, from 1
    field: str = ""  # column
    value: str = ""  # what stands there
    expected: str = ""  # what would be right, or the limit that was passed

    @property
    def severity(self) -> Severity:
        return severity_of(self.code)


class Notices:
    """Collects notices: the first `KEPT_MAX` of each code, and how many there were of each."""

    def __init__(self) -> None:
        self.kept: list[Notice] = []
        self.counts: Counter[Code] = Counter()

    def add(
        self,
        code: Code,
        *,
        file: str = "",
        row: int | None = None,
        field: str = "",
        value: object = "",
        expected: object = "",
    ) -> None:
        self.counts[code] += 1
        if self.counts[code] <= KEPT_MAX:
            shown = str(value)[:_VALUE_CHARS_MAX]
            self.kept.append(
                Notice(code=code, file=file, row=row, field=field, value=shown, expected=str(expected))
            )

    @property
    def errors_count(self) -> int:
        return sum(count for code, count in self.counts.items() if severity_of(code) is Severity.ERROR)

    def in_order(self) -> list[Notice]:
        """Errors first; then by code, in the order in which they were found."""
        rank = list(Severity)
        return sorted(self.kept, key=lambda notice: (rank.index(notice.severity), notice.code))
