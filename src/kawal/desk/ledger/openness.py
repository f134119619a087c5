"""Who may read entries while a distribution runs: everybody, or those who show a token (decision 0006).

Checkpoints and hash tiles are always open: they tell nothing but that the log is whole.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kawal.rules.refusals import Refused

BYTES_MIN = 16  # a token that could be guessed would be worse than none


def token() -> str:
    """KAWAL_ENTRIES_TOKEN, or what the file KAWAL_ENTRIES_TOKEN_FILE holds; empty: entries are open.

    Refuses `bad_entries_token`: a setting that cannot be used must not open what it was to close.
    """
    told = os.environ.get("KAWAL_ENTRIES_TOKEN", "")
    if file := os.environ.get("KAWAL_ENTRIES_TOKEN_FILE"):
        try:
            told = Path(file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Refused("bad_entries_token", detail=str(error)) from None
    elif not told:
        return ""
    if len(told) < BYTES_MIN or not told.isascii() or any(char.isspace() for char in told):
        raise Refused("bad_entries_token", detail=f"at least {BYTES_MIN} letters without spaces")
    return told


def open_to_all() -> bool:
    return not token()


def may_read(shown: str) -> bool:
    """Whether the Authorization header of a request opens the entries."""
    wanted = token()
    return not wanted or secrets.compare_digest(shown.encode(), f"Bearer {wanted}".encode())
