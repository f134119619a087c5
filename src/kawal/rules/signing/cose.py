"""COSE_Sign1 (RFC 9052) in the restricted profile KWE-1.

    tag 18 [ protected {1: -8 (EdDSA), 4: kid (8 bytes)}, {}, payload, signature (64 bytes) ]

The payload is deterministic CBOR. `external_aad` is `kawal/v1`, so a signature made for Kawal is
good for nothing else. The signed bytes are the log entry: stored as received, never encoded again.

    sign(payload, key)   -> the bytes
    opened(signed)       -> kid and payload, structure checked, signature NOT checked
    check(envelope, key) -> refuses `bad_signature`
"""

from __future__ import annotations

from dataclasses import dataclass

import cbor2
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, keys

AAD = b"kawal/v1"
_ALG, _KID, _EDDSA = 1, 4, -8
_TAG = 18


@dataclass(frozen=True, slots=True)
class Envelope:
    kid: bytes
    protected: bytes
    payload: bytes
    signature: bytes


def sign(payload: bytes, key: SigningKey) -> bytes:
    protected = codec.encode({_ALG: _EDDSA, _KID: keys.kid_of(bytes(key.verify_key))})
    signature = key.sign(_to_be_signed(protected, payload)).signature
    return codec.encode(cbor2.CBORTag(_TAG, [protected, {}, payload, signature]))


def opened(signed: bytes) -> Envelope:
    """Refuses `oversized`, `not_cbor`, `trailing_bytes`, `not_canonical`, `not_cose`, `unsigned`."""
    if len(signed) > codec.ENTRY_BYTES_MAX:
        raise Refused("oversized", bytes=len(signed), bytes_max=codec.ENTRY_BYTES_MAX)
    message = codec.decode(signed)
    if not isinstance(message, cbor2.CBORTag) or message.tag != _TAG:
        raise Refused("not_cose")
    parts = message.value
    if not (isinstance(parts, list | tuple) and len(parts) == 4):
        raise Refused("not_cose")
    protected, unprotected, payload, signature = parts
    if unprotected != {} or not isinstance(protected, bytes) or not isinstance(payload, bytes):
        raise Refused("not_cose")
    if not isinstance(signature, bytes) or len(signature) != 64:
        raise Refused("unsigned")
    return Envelope(_kid_in(protected), protected, payload, signature)


def check(envelope: Envelope, public_key: bytes) -> None:
    """Refuses `bad_signature`."""
    try:
        VerifyKey(public_key).verify(_to_be_signed(envelope.protected, envelope.payload), envelope.signature)
    except BadSignatureError:
        raise Refused("bad_signature", kid=envelope.kid.hex()) from None


def _kid_in(protected: bytes) -> bytes:
    header = codec.decode(protected)
    if not isinstance(header, dict) or set(header) != {_ALG, _KID} or header[_ALG] != _EDDSA:
        raise Refused("not_cose")
    kid = header[_KID]
    if not isinstance(kid, bytes) or len(kid) != keys.KID_BYTES:
        raise Refused("not_cose")
    return kid


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return codec.encode(["Signature1", protected, AAD, payload])
