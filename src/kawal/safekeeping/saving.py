"""kawal backup: a file that was proven good before it got its name."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from kawal import __version__
from kawal.desk.clock import reads as clock
from kawal.desk.ledger import keys, policies
from kawal.home import flush_folder, home
from kawal.rules.ledger import tiles
from kawal.rules.refusals import Refused
from kawal.rules.signing import sealing
from kawal.safekeeping import copying, file, proving


def backup(target: Path, *, passphrase: str | None) -> dict[str, Any]:
    """Save all of this hub to `target`, which must not be there; with the keys, where a passphrase is given.

    Refuses `file_exists`, `file_unwritable` and `backup_not_good`. Whatever ends it early leaves no file of
    that name.
    """
    if target.exists():
        raise Refused("file_exists", file=str(target))
    work = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(work, ignore_errors=True)  # of one that was killed
        work.mkdir(mode=0o700)
        try:
            manifest = _made(work, work / "backup", passphrase)
            os.link(work / "backup", target)  # never over a file that came meanwhile
            flush_folder(target.parent)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except FileExistsError:
        raise Refused("file_exists", file=str(target)) from None
    except OSError as error:
        raise Refused("file_unwritable", file=str(target), detail=str(error)) from None
    return manifest


def _made(work: Path, draft: Path, passphrase: str | None) -> dict[str, Any]:
    copy = work / file.DATABASE
    counts = copying.save(copy)
    manifest = {
        "format": file.FORMAT,
        "kawal": __version__,
        "made_at": clock.real_now().isoformat(),
        "log": str(keys.verifier_key()),
        **_head_of(copy),
        "counts": counts,
    }
    file.write(draft, manifest, copy, _more(passphrase))
    copy.unlink()
    return proving.proven(draft, work / "home")


def _head_of(copy: Path) -> dict[str, Any]:
    """Size and root as the copy tells them; the proof computes them anew from the entries."""
    with closing(sqlite3.connect(copy)) as opened:
        size = opened.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]
        signed = opened.execute("SELECT count(*), max(size) FROM ledger_checkpoint").fetchone()

        def tile(level: int, number: int) -> bytes:
            query = "SELECT hashes FROM ledger_tile WHERE level = ? AND number = ?"
            row = opened.execute(query, (level, number)).fetchone()
            return bytes(row[0]) if row else b""

        try:
            root = tiles.root_of(size, tile).hex()
        except ValueError as error:
            raise Refused("backup_not_good", detail=str(error)) from None
    return {"size": size, "root": root, "checkpoints": signed[0], "signed_size": signed[1]}


def _more(passphrase: str | None) -> dict[str, bytes]:
    more = {}
    if policies.path().exists():
        more[file.POLICY] = policies.path().read_bytes()
    if passphrase is not None:
        told = {
            path.name: path.read_bytes().hex()
            for path in sorted((home() / "keys").iterdir())
            if path.is_file() and not path.name.startswith(".")
        }
        salt, nonce = secrets.token_bytes(sealing.SALT_BYTES), secrets.token_bytes(sealing.NONCE_BYTES)
        more[file.KEYS] = sealing.sealed(json.dumps(told).encode(), passphrase, salt=salt, nonce=nonce)
    return more
