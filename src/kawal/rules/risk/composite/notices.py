"""What is wrong with, or worth knowing about, a spec or its data: by number. The words stand at the edge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kawal.rules.places.notices import Severity

KEPT_MAX: Final = 100  # of each code; the count goes on
_VALUE_CHARS_MAX: Final = 80


class Code(StrEnum):
    # The spec
    NOT_TOML = "S01"
    KEY_MISSING = "S02"
    KEY_UNKNOWN = "S03"
    KIND_WRONG = "S04"
    WORD_UNKNOWN = "S05"
    NUMBER_OUT = "S06"
    CONTRADICTION = "S07"
    CODE_TWICE = "S08"
    PARENT_UNKNOWN = "S09"
    JUDGEMENTS_WRONG = "S10"
    MEAN_IMPOSSIBLE = "S11"
    CIRCLE = "S12"
    NOTHING_BELOW = "S13"
    # The data
    UNREADABLE = "D01"
    EMPTY = "D02"
    COLUMN_MISSING = "D03"
    COLUMN_TWICE = "D04"
    COLUMN_UNUSED = "D05"
    FIELDS_COUNT = "D06"
    ID_MISSING = "D07"
    ID_TWICE = "D08"
    NUMBER_BAD = "D09"
    OUT_OF_RANGE = "D10"
    VALUE_MISSING = "D11"
    NO_LOGARITHM = "D12"
    NEGATIVE_IN_MEAN = "D13"
    TOO_LARGE = "D14"
    REFERENCE_MISSING = "D15"
    NUMBER_UNSURE = "D16"
    # The result
    INCONSISTENT = "W01"
    IMPUTED = "W02"
    TREATED = "W03"
    HELD = "W04"
    NOT_SCORED = "W05"
    NO_SPREAD = "W06"
    WEIGHT_UNDEFINED = "W07"
    ENCODING_GUESSED = "W08"


_MILD: Final = {Code.COLUMN_UNUSED: Severity.INFO, Code.HELD: Severity.INFO, Code.TREATED: Severity.INFO}


def severity_of(code: Code) -> Severity:
    return _MILD.get(code, Severity.WARNING if code.startswith("W") else Severity.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    code: Code
    file: str = ""
    row: int | None = None  # line of the data file, from 1
    field: str = ""  # column, or place in the spec such as `indicator[3].goalposts`
    value: str = ""  # what stands there
    expected: str = ""  # what would be right

    @property
    def severity(self) -> Severity:
        return severity_of(self.code)


@dataclass(slots=True)
class Notices:
    """Collects; keeps the first `KEPT_MAX` of each code and counts the rest."""

    file: str = ""
    kept: list[Notice] = field(default_factory=list)
    counts: Counter[Code] = field(default_factory=Counter)

    def add(
        self,
        code: Code,
        field: str = "",
        *,
        row: int | None = None,
        value: object = "",
        expected: object = "",
    ) -> None:
        self.counts[code] += 1
        if self.counts[code] <= KEPT_MAX:
            shown = str(value)[:_VALUE_CHARS_MAX]
            self.kept.append(
                Notice(code=code, file=self.file, row=row, field=field, value=shown, expected=str(expected))
            )

    @property
    def errors_count(self) -> int:
        return sum(n for code, n in self.counts.items() if severity_of(code) is Severity.ERROR)


class Wrong(Exception):
    """The spec or the data may not be used; nothing was computed. `notices` say where and why."""

    def __init__(self, notices: Notices) -> None:
        self.notices = notices
        super().__init__("; ".join(f"{one.code} {one.field}" for one in notices.kept[:5]))
