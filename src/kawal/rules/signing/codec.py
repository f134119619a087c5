"""Deterministic CBOR (RFC 8949, section 4.2.1): one value, one encoding.

The reader decodes, encodes again and refuses bytes that differ, so nothing can be told in two
ways: no indefinite lengths, no longer integers than needed, no repeated or unsorted keys.
"""

from __future__ import annotations

import io
from typing import Any

import cbor2

from kawal.rules.refusals import Refused

ENTRY_BYTES_MAX = 65_535  # C2SP tlog-tiles: an entry's length is a uint16


def encode(value: Any) -> bytes:
    return bytes(cbor2.dumps(value, canonical=True))


def decode(data: bytes) -> Any:
    """Value of one canonical CBOR item. Refuses `not_cbor`, `trailing_bytes`, `not_canonical`."""
    stream = io.BytesIO(data)
    try:
        value = cbor2.load(stream)
    except Exception as error:  # the decoder answers hostile bytes with many kinds of error
        raise Refused("not_cbor", detail=type(error).__name__) from None
    if stream.read(1):
        raise Refused("trailing_bytes")
    try:
        again = encode(value)
    except Exception as error:
        raise Refused("not_canonical", detail=type(error).__name__) from None
    if again != data:
        raise Refused("not_canonical")
    return value
