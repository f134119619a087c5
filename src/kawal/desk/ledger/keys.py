"""Who this log is: the key that signs its checkpoints and the name it signs under."""

from __future__ import annotations

import hashlib
import os

from kawal.home import home, secret
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note

KEY_FILE = "log.key"


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
    short_hash = hashlib.sha256(public_key).hexdigest()[:8]
    origin = os.environ.get("KAWAL_LOG_ORIGIN") or f"kawal.local/log/{short_hash}"
    return note.VerifierKey(origin, public_key)


def _public_alone() -> bool:
    folder = home() / "keys"
    return not (folder / KEY_FILE).exists() and (folder / PUBLIC_FILE).exists()
