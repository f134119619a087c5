"""Who this log is: the key that signs its checkpoints and the name it signs under."""

from __future__ import annotations

import hashlib
import os

from kawal.home import secret
from kawal.rules.signing import keys, note

KEY_FILE = "log.key"


def log_key() -> keys.SigningKey:
    return keys.key_from_seed(secret(KEY_FILE))


def verifier_key() -> note.VerifierKey:
    """Name and public key of the log; its text form (`vkey`) is what a verifier is given.

    The name is KAWAL_LOG_ORIGIN, as C2SP has it the address of the log without scheme; without one
    it is made of the key, so that no two logs share a name.
    """
    public_key = keys.public_bytes(log_key())
    short_hash = hashlib.sha256(public_key).hexdigest()[:8]
    origin = os.environ.get("KAWAL_LOG_ORIGIN") or f"kawal.local/log/{short_hash}"
    return note.VerifierKey(origin, public_key)
