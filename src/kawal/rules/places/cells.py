"""From the text of one cell to a value, strictly: None means it is not one."""

from __future__ import annotations

import math
import re
from typing import Final

from kawal.rules.places.codes import is_area

_COUNT: Final = re.compile(r"[0-9]{1,9}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(?:[.,]([0-9]{1,20}))?")
_DIGITS: Final = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10}")
_DEGREE_M: Final = 111_320  # length of a degree of latitude
_BEST_M: Final = 10  # what a phone's receiver gives outdoors


def area_code(text: str) -> str | None:
    """`16.07.03.2001`, or its digits alone as the commission writes them (`1607032001`)."""
    if _DIGITS.fullmatch(text):
        text = ".".join(part for part in (text[:2], text[2:4], text[4:6], text[6:]) if part)
    return text if text and is_area(text) else None


def count(text: str) -> int | None:
    """A whole number from 0 to 999,999,999, without signs or separators."""
    return int(text) if _COUNT.fullmatch(text) else None


def number(text: str) -> float | None:
    """A plain decimal number; the comma of Indonesian spreadsheets is taken as the point."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def precision_m(lat: str, lon: str) -> int:
    """How far off a coordinate may be by the decimals it was written with (half of the last one)."""
    decimals = max(len(found[1] or "") for text in (lat, lon) if (found := _NUMBER.fullmatch(text)))
    return max(_BEST_M, math.ceil(_DEGREE_M / 2 / 10.0**decimals))
