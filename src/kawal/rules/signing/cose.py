"""COSE_Sign1 (RFC 9052) in the restricted profile KWE-1.

    tag 18 [ protected {1: -8 (EdDSA), 4: kid (8 bytes)}, {}, payload, signature (64 bytes) ]

The payload is deterministic CBOR. `external_aad` is `kawal/v1`, so a signature made for Kawal is
good for nothing else. The signed bytes are the log entry: stored as received, never encoded again.

    sign(payload, key)   -> the bytes
    opened(signed)       -> kid and payload, structure checked, signature NOT checked
    check(envelope, key) -> refuses `bad_signature`

The profile leaves so little open that an envelope is read by comparing bytes at their places:

    d2 84  4d a2 01 27 04 48 <kid: 8>  a0  <head of payload> <payload>  58 40 <signature: 64>
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, keys

AAD: Final = b"kawal/v1"
TAG_BYTE: Final = 0xD2  # tag 18: how an event starts

_START: Final = bytes.fromhex("d2844da201270448")
_KID_END: Final = len(_START) + keys.KID_BYTES
_SIGNATURE_HEAD: Final = b"\x58\x40"
_SIGNATURE_BYTES: Final = 64
_TAIL: Final = len(_SIGNATURE_HEAD) + _SIGNATURE_BYTES
_BYTE_STRING: Final = 2  # major type
_SIGNED_START: Final = b"\x84" + codec.encode("Signature1")  # of the Sig_structure, RFC 9052 section 4.4
_SIGNED_AAD: Final = codec.encode(AAD)


@dataclass(frozen=True, slots=True)
class Envelope:
    kid: bytes
    payload: bytes
    signature: bytes
    to_be_signed: bytes  # the Sig_structure: what the signature is over


def sign(payload: bytes, key: SigningKey) -> bytes:
    kid = keys.kid_of(bytes(key.verify_key))
    payload_item = codec.encode(payload)
    signature = key.sign(_to_be_signed(kid, payload_item)).signature
    return b"".join((_START, kid, b"\xa0", payload_item, _SIGNATURE_HEAD, signature))


def opened(signed: bytes) -> Envelope:
    """Refuses `oversized`, `not_cbor`, `trailing_bytes`, `not_canonical`, `not_cose`, `unsigned`."""
    if len(signed) > codec.ENTRY_BYTES_MAX:
        raise Refused("oversized", bytes=len(signed), bytes_max=codec.ENTRY_BYTES_MAX)
    payload_end = len(signed) - _TAIL
    if (
        not signed.startswith(_START)
        or signed[_KID_END : _KID_END + 1] != b"\xa0"
        or signed[payload_end : payload_end + 2] != _SIGNATURE_HEAD
        or payload_end <= _KID_END + 1
    ):
        raise _why_not(signed)
    payload_item = signed[_KID_END + 1 : payload_end]
    try:
        length, start = codec.head(payload_item, 0, _BYTE_STRING)
    except Refused:
        raise _why_not(signed) from None
    if start + length != len(payload_item):
        raise _why_not(signed)
    kid = signed[len(_START) : _KID_END]
    return Envelope(kid, payload_item[start:], signed[-_SIGNATURE_BYTES:], _to_be_signed(kid, payload_item))


def check(envelope: Envelope, public_key: bytes) -> None:
    """Refuses `bad_signature`."""
    if not holds(envelope.signature, envelope.to_be_signed, public_key):
        raise Refused("bad_signature", kid=envelope.kid.hex())


def holds(signature: bytes, to_be_signed: bytes, public_key: bytes) -> bool:
    """Whether these 64 bytes are the key's signature."""
    try:
        crypto_sign_open(signature + to_be_signed, public_key)
    except (CryptoError, ValueError):  # ValueError: not the length of a key
        return False
    return True


def _to_be_signed(kid: bytes, payload_item: bytes) -> bytes:
    return b"".join((_SIGNED_START, _START[2:], kid, _SIGNED_AAD, payload_item))


def _why_not(signed: bytes) -> Refused:
    """The reason why these bytes are no envelope: told from the outside in."""
    try:
        parts = codec.decode(signed[1:] if signed[:1] == bytes([TAG_BYTE]) else signed)
    except Refused as reason:
        return reason
    if signed[0] != TAG_BYTE or not isinstance(parts, list) or len(parts) != 4:
        return Refused("not_cose")
    protected, unprotected, payload, signature = parts
    if unprotected != {} or not isinstance(payload, bytes) or not isinstance(protected, bytes):
        return Refused("not_cose")
    if not isinstance(signature, bytes) or len(signature) != _SIGNATURE_BYTES:
        return Refused("unsigned")
    return Refused("not_cose", detail="protected header")
