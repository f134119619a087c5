"""COSE_Sign1 (RFC 9052) in the restricted profile KWE-1.

    tag 18 [ protected {1: -8 (EdDSA), 4: kid (8 bytes)}, {}, payload, signature (64 bytes) ]

The payload is deterministic CBOR. `external_aad` is `kawal/v1`, so a signature made for Kawal is
good for nothing else. The signed bytes are the log entry: stored as received, never encoded again.

    sign(payload, key)   -> the bytes
    opened(signed)       -> kid and payload, structure checked, signature NOT checked
    check(envelope, key) -> refuses `bad_signature`

The profile leaves so little open that an envelope is read by comparing bytes at their places:

    d2 84  4d a2 01 27 04 48 <kid: 8>  a0  <head of payload> <payload>  58 40 <signature: 64>

What is no event says so in its protected header by its type (label 16, RFC 9596), an integer of the
range for experiments (RFC 7252, section 12.3). The header is signed, so nothing signed as one kind can
be shown as another, and whoever opens an envelope says which kind it must be:

    d2 84  51 a3 01 27 04 48 <kid: 8> 10 19 <type: 2>  a0  <head of payload> <payload>  58 40 ...
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, keys

AAD: Final = b"kawal/v1"
TAG_BYTE: Final = 0xD2  # tag 18: how an event starts


class Typ(IntEnum):
    """What an envelope is; an event carries no type."""

    EVENT = 0
    STATEMENT = 65_000  # of an issuer: certificates, revocations (rules.trust.statements)
    REQUEST = 65_001  # of a device to its issuer (rules.trust.requests)
    SUCCESSION = 65_002  # of a log that takes the place of another (rules.ledger.succession)


_START: Final = bytes.fromhex("d2844da201270448")
_TYPED_START: Final = bytes.fromhex("d28451a301270448")
_KID: Final = slice(len(_START), len(_START) + keys.KID_BYTES)
_SIGNATURE_HEAD: Final = b"\x58\x40"
_SIGNATURE_BYTES: Final = 64
_TAIL: Final = len(_SIGNATURE_HEAD) + _SIGNATURE_BYTES
_BYTE_STRING: Final = 2  # major type
_SIGNED_START: Final = b"\x84" + codec.encode("Signature1")  # of the Sig_structure, RFC 9052 section 4.4
_SIGNED_AAD: Final = codec.encode(AAD)
_EMPTY: Final = b"\xa0"  # the unprotected header
# Before the kid, and behind it up to the payload.
_HEADERS: Final = {Typ.EVENT: (_START, _EMPTY)} | {
    typ: (_TYPED_START, b"\x10" + codec.encode(int(typ)) + _EMPTY) for typ in Typ if typ
}


class Envelope(NamedTuple):
    kid: bytes
    payload: bytes
    signature: bytes
    to_be_signed: bytes  # the Sig_structure: what the signature is over


def sign(payload: bytes, key: SigningKey, typ: Typ = Typ.EVENT) -> bytes:
    start, end = _HEADERS[typ]
    kid = keys.kid_of(bytes(key.verify_key))
    payload_item = codec.encode(payload)
    header = b"".join((start[2:], kid, end[:-1]))
    signature = key.sign(_to_be_signed(header, payload_item)).signature
    return b"".join((start, kid, end, payload_item, _SIGNATURE_HEAD, signature))


def typ_of(signed: bytes) -> Typ | None:
    """What these bytes claim to be, by their header; None: no envelope of Kawal's."""
    for typ, (start, end) in _HEADERS.items():
        if signed.startswith(start) and signed.startswith(end, _KID.stop):
            return typ
    return None


def opened(signed: bytes, typ: Typ = Typ.EVENT) -> Envelope:
    """Refuses `oversized`, `not_cbor`, `trailing_bytes`, `not_canonical`, `not_cose`, `unsigned`."""
    if len(signed) > codec.ENTRY_BYTES_MAX:
        raise Refused("oversized", bytes=len(signed), bytes_max=codec.ENTRY_BYTES_MAX)
    start, end = _HEADERS[typ]
    payload_at, payload_end = _KID.stop + len(end), len(signed) - _TAIL
    if (
        not signed.startswith(start)
        or not signed.startswith(end, _KID.stop)
        or signed[payload_end : payload_end + 2] != _SIGNATURE_HEAD
        or payload_end <= payload_at
    ):
        raise _why_not(signed)
    payload_item = signed[payload_at:payload_end]
    try:
        length, start_of = codec.head(payload_item, 0, _BYTE_STRING)
    except Refused:
        raise _why_not(signed) from None
    if start_of + length != len(payload_item):
        raise _why_not(signed)
    header = signed[2 : payload_at - 1]
    return Envelope(
        signed[_KID], payload_item[start_of:], signed[-_SIGNATURE_BYTES:], _to_be_signed(header, payload_item)
    )


def claimed_kid(signed: bytes) -> bytes | None:
    """Whose these bytes say they are; None where they do not begin as an event does. Proves nothing."""
    return signed[_KID] if signed.startswith(_START) else None


def check(envelope: Envelope, public_key: bytes) -> None:
    """Refuses `bad_signature`."""
    if not holds(envelope.signature, envelope.to_be_signed, public_key):
        raise Refused("bad_signature", kid=envelope.kid.hex())


def holds(signature: bytes, to_be_signed: bytes, public_key: bytes) -> bool:
    """Whether these 64 bytes are the signature of this key of 32."""
    # libsodium is handed no lengths: it would read on behind a short key, and take a long signature's rest
    # for the beginning of the message.
    if len(signature) != _SIGNATURE_BYTES or len(public_key) != keys.KEY_BYTES:
        return False
    try:
        crypto_sign_open(signature + to_be_signed, public_key)
    except CryptoError:
        return False
    return True


def _to_be_signed(header: bytes, payload_item: bytes) -> bytes:
    """`header` is the protected header as an item: a byte string with its length in front."""
    return b"".join((_SIGNED_START, header, _SIGNED_AAD, payload_item))


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
