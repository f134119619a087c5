"""What this hub signed last, remembered outside of the database: `keys/log.signed` in the home.

A database can be put back to yesterday; this file then still tells today. It holds the newest signed
checkpoint, is written and flushed before that is committed, let alone published, and counts only for
the log whose key lies beside it.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from kawal.desk.ledger import keys
from kawal.home import flush_folder, home
from kawal.rules.ledger import checkpoint
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing.note import NOTE_BYTES_MAX

FILE = "keys/log.signed"

_checked = lru_cache(maxsize=4)(checkpoint.checked)  # asked at every append
_read: dict[Path, tuple[tuple[int, int, int], str]] = {}  # what stood in a file when it had this stamp


def path() -> Path:
    return home() / FILE


def note() -> str:
    """The newest checkpoint that was signed here; empty: none. Refuses `memory_unreadable`."""
    file = path()
    try:
        stat = file.stat()
        stamp = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if _read.get(file, ((), ""))[0] != stamp:
            with file.open("rb") as opened:
                _read[file] = (stamp, opened.read(NOTE_BYTES_MAX + 1).decode())
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("memory_unreadable", path=str(file), detail=str(error)[:200]) from None
    return _read[file][1]


def head() -> Head | None:
    """What that checkpoint says; None for another log's. Refuses `memory_unreadable`."""
    told = note()
    if not told:
        return None
    try:
        return _checked(told, keys.verifier_key())
    except Refused as refused:
        if refused.code in ("wrong_origin", "unsigned"):  # of a log before this one
            return None
        raise Refused("memory_unreadable", path=str(path()), detail=refused.code) from None


def remember(signed_note: str) -> None:
    """On the disk when it returns; whole or not at all, also when the power fails."""
    file = path()
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("w") as opened:
        opened.write(signed_note)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
    flush_folder(file.parent)


def forget() -> None:
    """Of a log that is closed or was replaced on purpose."""
    path().unlink(missing_ok=True)
