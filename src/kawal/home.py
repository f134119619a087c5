"""KAWAL_HOME: the one folder that holds all state (default `var/` in the current folder)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    folder = Path(os.environ.get("KAWAL_HOME") or "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret(name: str, length: int = 32) -> bytes:
    """A secret of this installation, made at first use and readable by its owner only."""
    folder = home() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        # Written beside and linked: two processes that start together end with the same secret.
        draft = folder / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(length))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def flush_folder(folder: Path) -> None:
    """The names in it are on the disk when it returns: a renamed file stays renamed when the power fails."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
