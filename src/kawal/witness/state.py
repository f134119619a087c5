"""What a witness must never forget: one SQLite file beside its key.

A witness that lost its memory would cosign a second history of a log, which is all that a forger needs.
So key and memory belong together: a key whose memory is gone, or is that of another witness, is not
used any more (`open_state` refuses), and a witness is never put back from a backup.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note

KEY_FILE: Final = "witness.key"
STATE_FILE: Final = "witness.sqlite3"
EVIDENCE_MAX: Final = 1_000  # per log: whoever holds a log's key could fill the disk
_WAITS_S: Final = 20.0

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS me (
  one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, public_key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS log (
  vkey TEXT PRIMARY KEY, origin TEXT NOT NULL, url TEXT, added_s INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS head (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
  time_s INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS evidence (
  origin TEXT NOT NULL, digest BLOB NOT NULL, code TEXT NOT NULL, told BLOB NOT NULL, time_s INTEGER NOT NULL,
  PRIMARY KEY (origin, code, digest));
CREATE TABLE IF NOT EXISTS alarm (
  origin TEXT NOT NULL, code TEXT NOT NULL, facts TEXT NOT NULL, first_s INTEGER NOT NULL,
  last_s INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (origin, code, facts));
CREATE TABLE IF NOT EXISTS mirror (
  origin TEXT PRIMARY KEY, pulled INTEGER NOT NULL, checked INTEGER NOT NULL, note TEXT NOT NULL,
  private INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tile (
  origin TEXT NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
  PRIMARY KEY (origin, level, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bundle (
  origin TEXT NOT NULL, number INTEGER NOT NULL, entries BLOB NOT NULL, PRIMARY KEY (origin, number));
"""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What was cosigned last of a log; `note` holds the log's lines and ours."""

    head: Head
    note: str
    time_s: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A checkpoint that the log signed and that does not follow from what we cosigned, as it was told.

    `root_differs` proves two histories of one log. `bad_proof` alone does not: whoever has a checkpoint can
    send it with a wrong proof.
    """

    origin: str
    code: str
    told: bytes
    time_s: int


class State:
    """One connection: for one thread at a time. Any number of processes may have the file open."""

    def __init__(self, connection: sqlite3.Connection, name: str, key: keys.SigningKey) -> None:
        self._connection = connection
        self.name, self.key = name, key

    @property
    def verifier_key(self) -> note.VerifierKey:
        return note.VerifierKey(self.name, keys.public_bytes(self.key), note.COSIGNATURE)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Nobody else writes meanwhile; at the end it is on the disk (synchronous=FULL)."""
        self.ask("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.ask("ROLLBACK")
            raise
        self.ask("COMMIT")

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def trust(self, vkey: str, url: str | None, *, now_s: int) -> note.VerifierKey:
        """From now on this log is witnessed. Refuses `bad_vkey`, `bad_key` and `not_a_log_key`."""
        key = note.verifier_key(vkey)
        if key.algorithm != note.ED25519:
            raise Refused("not_a_log_key", name=key.name)
        self.ask(
            "INSERT INTO log VALUES (?, ?, ?, ?)"
            " ON CONFLICT (vkey) DO UPDATE SET url = COALESCE(excluded.url, url)",
            str(key), key.name, url, now_s,
        )  # fmt: skip
        return key

    def distrust(self, vkey: str) -> bool:
        """The key no longer counts; what was cosigned is remembered. Whether it was trusted before."""
        return bool(self.ask("DELETE FROM log WHERE vkey = ? RETURNING vkey", vkey))

    def logs(self) -> dict[str, list[note.VerifierKey]]:
        """Who may sign for which origin."""
        found: dict[str, list[note.VerifierKey]] = {}
        for origin, vkey in self.ask("SELECT origin, vkey FROM log ORDER BY origin, added_s, vkey"):
            found.setdefault(origin, []).append(note.verifier_key(vkey))
        return found

    def last(self, origin: str) -> Cosigned | None:
        for size, root, signed_note, time_s in self.ask(
            "SELECT size, root, note, time_s FROM head WHERE origin = ?", origin
        ):
            return Cosigned(Head(origin, size, root), signed_note, time_s)
        return None

    def keep(self, cosigned: Cosigned) -> None:
        head = cosigned.head
        self.ask(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?)",
            head.origin, head.size, head.root, cosigned.note, cosigned.time_s,
        )  # fmt: skip

    def keep_evidence(self, found: Evidence, text: str) -> None:
        """Once for each kind and checkpoint (`text`), so many per log and kind."""
        with self.transaction():
            [(held,)] = self.ask(
                "SELECT COUNT(*) FROM evidence WHERE origin = ? AND code = ?", found.origin, found.code
            )
            if held < EVIDENCE_MAX:
                self.ask(
                    "INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?, ?)",
                    found.origin, sha256(text.encode()).digest(), found.code, found.told, found.time_s,
                )  # fmt: skip

    def keep_alarm(self, origin: str, code: str, facts: dict[str, object], *, now_s: int) -> None:
        """The same alarm again counts up; what it is about is told as it was first."""
        told = json.dumps(facts, default=str, sort_keys=True)
        self.ask(
            "INSERT INTO alarm VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (origin, code, facts)"
            " DO UPDATE SET last_s = excluded.last_s, times = times + 1",
            origin, code, told, now_s, now_s,
        )  # fmt: skip

    def alarms(self) -> list[dict[str, Any]]:
        rows = self.ask(
            "SELECT origin, code, facts, first_s, last_s, times FROM alarm ORDER BY first_s, code"
        )
        names = ("origin", "code", "facts", "first_s", "last_s", "times")
        return [{**dict(zip(names, row, strict=True)), "facts": json.loads(row[2])} for row in rows]

    def evidence(self) -> list[Evidence]:
        rows = self.ask("SELECT origin, code, told, time_s FROM evidence ORDER BY time_s, digest")
        return [Evidence(*row) for row in rows]


def open_state(home: Path, name: str | None = None, *, must_exist: bool = False) -> State:
    """The witness of this folder, made at first use; `name` then names it.

    Refuses `witness_unknown` (nothing here, and nothing to be made), `state_lost`, `key_lost`,
    `key_of_another`, `name_differs` and `bad_name`.
    """
    key_path, state_path = home / KEY_FILE, home / STATE_FILE
    if key_path.exists() and not state_path.exists():
        raise Refused("state_lost", key=str(key_path), state=str(state_path))
    if must_exist and not key_path.exists():
        raise Refused("witness_unknown", home=str(home))
    home.mkdir(parents=True, exist_ok=True)
    connection = _connected(state_path)
    try:
        name, key = _identity(connection, key_path, name)
    except BaseException:
        connection.close()
        raise
    return State(connection, name, key)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAITS_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL may forget a cosignature with the power
    connection.executescript(_TABLES)
    return connection


def _identity(
    connection: sqlite3.Connection, key_path: Path, name: str | None
) -> tuple[str, keys.SigningKey]:
    connection.execute("BEGIN IMMEDIATE")  # two first uses at once make one witness
    try:
        known = connection.execute("SELECT name, public_key FROM me").fetchone()
        if not key_path.exists():
            if connection.execute("SELECT 1 FROM head").fetchone():
                raise Refused("key_lost", key=str(key_path))
            known = _made(connection, key_path, name)
        key = keys.key_from_seed(key_path.read_bytes())
        if known is None or known[1] != keys.public_bytes(key):
            raise Refused("key_of_another", key=str(key_path))
        if name not in (None, known[0]):
            raise Refused("name_differs", name=name, known=known[0])
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return str(known[0]), key


def _made(connection: sqlite3.Connection, key_path: Path, name: str | None) -> tuple[str, bytes]:
    seed = secrets.token_bytes(32)
    public_key = keys.public_bytes(keys.key_from_seed(seed))
    name = name or f"kawal.local/witness/{sha256(public_key).hexdigest()[:8]}"
    if not note.is_key_name(name):
        raise Refused("bad_name", name=name)
    connection.execute("INSERT OR REPLACE INTO me VALUES (1, ?, ?)", (name, public_key))
    draft = key_path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(seed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(key_path)
    return name, public_key
