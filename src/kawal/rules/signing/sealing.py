"""Keys under a passphrase: Argon2id makes the key, XSalsa20-Poly1305 seals (libsodium's secretbox).

    "kawal-sealed/1" | salt (16) | nonce (24) | sealed bytes

Salt and nonce are given: nothing here makes anything up. The cost is libsodium's "moderate" (256 MiB):
a passphrase that people can remember must be slow to guess.
"""

from __future__ import annotations

from typing import Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from kawal.rules.refusals import Refused

MAGIC: Final = b"kawal-sealed/1"
SALT_BYTES: Final = argon2id.SALTBYTES
NONCE_BYTES: Final = SecretBox.NONCE_SIZE
_HEAD: Final = len(MAGIC) + SALT_BYTES + NONCE_BYTES


def sealed(data: bytes, passphrase: str, *, salt: bytes, nonce: bytes) -> bytes:
    box = SecretBox(_key(passphrase, salt))
    return MAGIC + salt + nonce + box.encrypt(data, nonce).ciphertext


def opened(told: bytes, passphrase: str) -> bytes:
    """Refuses `not_sealed` and `wrong_passphrase` (or changed bytes: nobody can tell them apart)."""
    if not told.startswith(MAGIC) or len(told) < _HEAD:
        raise Refused("not_sealed")
    salt = told[len(MAGIC) : len(MAGIC) + SALT_BYTES]
    nonce = told[len(MAGIC) + SALT_BYTES : _HEAD]
    try:
        return SecretBox(_key(passphrase, salt)).decrypt(told[_HEAD:], nonce)
    except CryptoError:
        raise Refused("wrong_passphrase") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return argon2id.kdf(
        SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=argon2id.OPSLIMIT_MODERATE,
        memlimit=argon2id.MEMLIMIT_MODERATE,
    )
