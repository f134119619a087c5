"""Ed25519 keys (RFC 8032) by libsodium, which refuses small-order keys that others accept."""

from __future__ import annotations

import hashlib

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.signing import SigningKey as SigningKey  # for those who hold a key but touch no cryptography

from kawal.rules.refusals import Refused

KEY_BYTES = 32
KID_BYTES = 8


def key_from_seed(seed: bytes) -> SigningKey:
    return SigningKey(seed)


def public_bytes(key: SigningKey) -> bytes:
    return bytes(key.verify_key)


def kid_of(public_key: bytes) -> bytes:
    """Key id: the first 8 bytes of SHA-256 of the public key."""
    return hashlib.sha256(public_key).digest()[:KID_BYTES]


def check_public_key(public_key: bytes) -> None:
    """Refuses `bad_key`: a wrong length, or a point that is small-order, off the curve or not canonical."""
    if len(public_key) != KEY_BYTES or not crypto_core_ed25519_is_valid_point(public_key):
        raise Refused("bad_key")
