"""Numbers as people write them: 1,234.5 or 1.234,5 or 12,5; one file has one habit, found or told.

A cell that could mean two numbers (1,234) is read by the habit that the other cells of its file show;
where none shows it, it is refused rather than guessed. Without any comma a point is a decimal point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MISSING: Final = frozenset(
    {
        "",
        "-",
        "--",
        "–",
        "—",
        ".",
        "..",
        "...",
        "…",
        "na",
        "n/a",
        "n.a.",
        "#n/a",
        "nan",
        "null",
        "none",
        "missing",
        "x",
    }
)
_PLAIN: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_COMMA: Final = re.compile(r"[+-]?\d+,\d+")
_GROUPS: Final = {
    ",": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
    ".": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?"),
}
_SPACES: Final = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(\D|$))")


class Unsure(ValueError):
    """The text could mean two numbers."""


def is_missing(text: str) -> bool:
    return text.strip().lower() in MISSING


def habit_of(cells: Iterable[str]) -> str:
    """`,` or `.` for the decimal sign that unambiguous cells show; empty where none or both do."""
    shown: set[str] = set()
    for cell in cells:
        text = _bare(cell)
        comma, point = text.count(","), text.count(".")
        if comma and point:
            shown.add("," if text.rfind(",") > text.rfind(".") else ".")
        elif comma > 1 or (point == 1 and _PLAIN.fullmatch(text) and not _GROUPS["."].fullmatch(text)):
            shown.add(".")
        elif point > 1 or (comma == 1 and _COMMA.fullmatch(text) and not _GROUPS[","].fullmatch(text)):
            shown.add(",")
        if len(shown) == 2:
            return ""
    return shown.pop() if shown else ""


def number(cell: str, habit: str) -> float | None:
    """The number, or None where it is none. Raises `Unsure`."""
    text = _bare(cell)
    if "," not in text and "." not in text:
        return float(text) if _PLAIN.fullmatch(text) else None
    thousands = {",": ".", ".": ","}.get(habit)
    if thousands and _GROUPS[thousands].fullmatch(text):
        return float(text.replace(thousands, "").replace(",", "."))
    if "," not in text:
        if text.count(".") > 1:
            return float(text.replace(".", "")) if habit != "." and _GROUPS["."].fullmatch(text) else None
        return float(text) if _PLAIN.fullmatch(text) else None
    if "." in text or text.count(",") > 1:
        sign = "," if text.rfind(",") < text.rfind(".") or "." not in text else "."
        known = habit in ("", {",": ".", ".": ","}[sign]) and _GROUPS[sign].fullmatch(text)
        return float(text.replace(sign, "").replace(",", ".")) if known else None
    if not _COMMA.fullmatch(text) or habit == ".":
        return None
    if not habit and _GROUPS[","].fullmatch(text):
        raise Unsure(cell)
    return float(text.replace(",", "."))


def _bare(cell: str) -> str:
    text = cell.strip().replace("\u2212", "-")
    return _SPACES.sub("", text)
