"""kawal restore: a backup becomes the state of an empty home, or nothing changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from django.db import connection, connections

from kawal.desk.ledger import pen, policies
from kawal.desk.site import tables
from kawal.home import flush_folder, home
from kawal.rules.refusals import Refused
from kawal.rules.signing import sealing
from kawal.safekeeping import copying, file, proving
from kawal.serve import running

_KEYS_OF_A_LOG = ("keys/log.key", "keys/log.vkey", "keys/log.signed")


def restore(backup: Path, *, passphrase: str | None) -> dict[str, Any]:
    """The manifest of what this home holds now; the caller makes sure that no hub runs (`running.alone`).

    Refuses `home_not_empty`, `keys_missing` (a passphrase for a backup without keys), `wrong_passphrase`
    and what `proving.proven` refuses. A restore that was killed is begun anew by the next one; until then
    no hub starts in this home.
    """
    mark = running.unfinished_restore()
    _check_empty(begun=mark.exists())
    keys = _keys(backup, passphrase)
    work = home() / ".restore.part"
    shutil.rmtree(work, ignore_errors=True)
    try:
        manifest = proving.proven(backup, work)
        mark.touch()
        flush_folder(home())
        _place(backup, work, keys)
        mark.unlink()
        flush_folder(home())
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _check_empty(*, begun: bool) -> None:
    """Of a restore that was killed nothing is kept: it began in an empty home."""
    files = [home() / name for name in _KEYS_OF_A_LOG]
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        files += [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]
        connections.close_all()
    else:
        tables.migrate()
        if not copying.is_empty():
            raise Refused("home_not_empty", what=str(connection.settings_dict["NAME"]))
    there = [path for path in files if path.exists()]
    if there and not begun:
        raise Refused("home_not_empty", what=str(there[0]))
    for path in there:
        path.unlink()


def _keys(backup: Path, passphrase: str | None) -> dict[str, bytes]:
    file.manifest_of(backup)
    if passphrase is None:
        return {}
    if file.KEYS not in file.names(backup):
        raise Refused("keys_missing", file=str(backup))
    told = json.loads(sealing.opened(file.read(backup, file.KEYS), passphrase))
    return {name: bytes.fromhex(data) for name, data in told.items() if Path(name).name == name}


def _place(backup: Path, work: Path, keys: dict[str, bytes]) -> None:
    """The database last: with it the home is whole."""
    folder = home() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, data in keys.items():
        if name == "log.signed":  # as old as the backup: it would only say what the database says
            continue
        (folder / name).unlink(missing_ok=True)
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(data)
    if "log.key" not in keys:
        shutil.copy(work / "keys" / "log.vkey", folder / "log.vkey")
    if file.POLICY in file.names(backup) and not policies.path().exists():
        policies.path().write_bytes(file.read(backup, file.POLICY))
    fresh = work / "fresh.sqlite3"
    file.unpack_database(backup, fresh)  # the proof worked in its own copy
    if connection.vendor == "sqlite":
        fresh.replace(Path(connection.settings_dict["NAME"]))
        connections.close_all()
        tables.migrate()
    else:
        copying.load(fresh)
    pen.nobodys()
