"""Sizes and indexes of logs as C2SP writes them: decimal, one spelling, below 2^63."""

from __future__ import annotations

import re

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def decimal(text: str) -> int | None:
    """None where the text is no such number."""
    if _DECIMAL.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number < 2**63 else None


def after(word: str, line: str) -> int | None:
    """The number on a line that begins with `word`; None where the line says something else."""
    return decimal(line.removeprefix(word)) if line.startswith(word) else None
