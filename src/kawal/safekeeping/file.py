"""A backup file: a ZIP archive whose last 64 bytes are the SHA-256, in hex, of all before them.

    manifest.json    what was saved, when, and what must be found in it again
    kawal.sqlite3    the database as one SQLite file, whatever database it comes from
    policy           which witnesses the log has, where there is a policy
    keys.sealed      the home's keys under a passphrase, where they were asked for (rules.signing.sealing)

The hash stands in the archive's comment, so that every tool that reads ZIP reads it, and no byte of the
file can change unseen.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kawal.rules.refusals import Refused

FORMAT: Final = "kawal-backup/1"
MANIFEST, DATABASE, POLICY, KEYS = "manifest.json", "kawal.sqlite3", "policy", "keys.sealed"
_HASH_CHARS: Final = 64
_PIECE: Final = 1 << 20


def write(path: Path, manifest: Mapping[str, Any], database: Path, more: Mapping[str, bytes]) -> None:
    """On the disk when it returns."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.comment = b"0" * _HASH_CHARS
        file.writestr(MANIFEST, json.dumps(manifest, indent=1))
        file.write(database, DATABASE)
        for name, data in more.items():
            file.writestr(name, data)
    digest = _digest(path)
    with path.open("r+b") as opened:
        opened.seek(-_HASH_CHARS, os.SEEK_END)
        opened.write(digest.encode())
        opened.flush()
        os.fsync(opened.fileno())


def manifest_of(path: Path) -> dict[str, Any]:
    """Refuses `backup_unreadable`, `backup_changed` (some byte is another) and `backup_newer`."""
    try:
        with path.open("rb") as opened:
            opened.seek(-_HASH_CHARS, os.SEEK_END)
            told = opened.read().decode("ascii")
        if told != _digest(path):
            raise Refused("backup_changed", file=str(path))
        with zipfile.ZipFile(path) as file:
            found: dict[str, Any] = json.loads(file.read(MANIFEST))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Refused("backup_unreadable", file=str(path), detail=str(error)[:200]) from None
    if found.get("format") != FORMAT:
        raise Refused("backup_newer", file=str(path), format=str(found.get("format"))[:40])
    return found


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as file:
        return set(file.namelist())


def read(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as file:
        return file.read(name)


def unpack_database(path: Path, target: Path) -> None:
    """On the disk when it returns."""
    with zipfile.ZipFile(path) as file, file.open(DATABASE) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out, _PIECE)
        out.flush()
        os.fsync(out.fileno())


def _digest(path: Path) -> str:
    left = path.stat().st_size - _HASH_CHARS
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while left > 0 and (piece := opened.read(min(_PIECE, left))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()
