"""Who this log is: the key that signs its checkpoints and the name it signs under."""

from __future__ import annotations

import hashlib
import os

from kawal.home import flush_folder, home, secret
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note

KEY_FILE = "log.key"
NEXT_FILE = "log.key.next"  # of a successor, until its log is in the database


PUBLIC_FILE = "log.vkey"  # what a restored home has until the key itself is put back


def log_key() -> keys.SigningKey:
    """Made at first use. Refuses `log_key_missing` in a home that was restored without it."""
    if _public_alone():
        raise Refused("log_key_missing", path=str(home() / "keys" / KEY_FILE))
    return keys.key_from_seed(secret(KEY_FILE))


def verifier_key() -> note.VerifierKey:
    """Name and public key of the log; its text form (`vkey`) is what a verifier is given.

    The name is KAWAL_LOG_ORIGIN, as C2SP has it the address of the log without scheme; without one
    it is made of the key, so that no two logs share a name.
    """
    if _public_alone():
        return note.verifier_key((home() / "keys" / PUBLIC_FILE).read_text().strip())
    public_key = keys.public_bytes(log_key())
    origin = os.environ.get("KAWAL_LOG_ORIGIN") or _made_of(public_key)
    return note.VerifierKey(origin, public_key)


def next_key() -> keys.SigningKey:
    """Of the log that will take this one's place; made at first use."""
    return keys.key_from_seed(secret(NEXT_FILE))


def next_verifier_key(origin: str | None) -> note.VerifierKey:
    """Without an origin the name is made of the key, as the first log's was."""
    public_key = keys.public_bytes(next_key())
    return note.VerifierKey(origin or _made_of(public_key), public_key)


def settle(vkey: str) -> None:
    """Once the database holds the successor (`vkey`), its key takes the former one's place; that is kept.

    Whoever was killed in between is helped here by the next who takes the pen.
    """
    folder = home() / "keys"
    if not vkey or not (folder / NEXT_FILE).exists():
        return
    if keys.public_bytes(next_key()) != note.verifier_key(vkey).public_key:
        return
    former = folder / KEY_FILE
    if former.exists():
        public_key = keys.public_bytes(keys.key_from_seed(former.read_bytes()))
        kept = folder / f"log-former-{_short(public_key)}.key"
        if not kept.exists():
            os.link(former, kept)
    (folder / NEXT_FILE).replace(former)
    (folder / PUBLIC_FILE).unlink(missing_ok=True)
    flush_folder(folder)


def _made_of(public_key: bytes) -> str:
    return f"kawal.local/log/{_short(public_key)}"


def _short(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()[:8]


def _public_alone() -> bool:
    folder = home() / "keys"
    return not (folder / KEY_FILE).exists() and (folder / PUBLIC_FILE).exists()
