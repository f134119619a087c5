"""Deterministic CBOR (RFC 8949, section 4.2.1): one value, one encoding.

The reader decodes, encodes again and refuses bytes that differ, so nothing can be told in two
ways: no indefinite lengths, no longer integers than needed, no repeated or unsorted keys. Tags are
refused before they are looked into: the decoder would follow shared references, compile regular
expressions and raise numbers to powers on behalf of whoever sent the bytes.
"""

from __future__ import annotations

from typing import Any

import cbor2

from kawal.rules.refusals import Refused

ENTRY_BYTES_MAX = 65_535  # C2SP tlog-tiles: an entry's length is a uint16
DEPTH_MAX = 16  # an event needs 4

_ARRAY, _BYTES = 4, 2  # major types


class _NoTags(dict[int, Any]):
    """Answers for every tag there is, also those that the decoder knows by itself."""

    def __missing__(self, tag: int) -> Any:
        raise Refused("not_canonical", tag=tag)


_NO_TAGS = _NoTags()


def encode(value: Any) -> bytes:
    return bytes(cbor2.dumps(value, canonical=True))


def decode(data: bytes) -> Any:
    """Value of one canonical CBOR item. Refuses `not_cbor`, `trailing_bytes`, `not_canonical`."""
    try:
        value = cbor2.loads(data, semantic_decoders=_NO_TAGS, max_depth=DEPTH_MAX)
    except Exception as error:  # the decoder answers hostile bytes with many kinds of error
        if isinstance(error.__cause__, Refused):
            raise error.__cause__ from None
        raise Refused("not_cbor", detail=type(error).__name__) from None
    try:
        again = encode(value)
    except Exception as error:
        raise Refused("not_canonical", detail=type(error).__name__) from None
    if again != data:
        raise Refused("trailing_bytes" if data.startswith(again) else "not_canonical")
    return value


def byte_strings(data: bytes, *, count_max: int) -> list[bytes]:
    """The items of a canonical CBOR array of byte strings, read without building anything else.

    Refuses `not_cbor`, `not_canonical`, `trailing_bytes`, `too_many` (more items than `count_max`).
    """
    count, at = head(data, 0, _ARRAY)
    if count > count_max:
        raise Refused("too_many", count=count, count_max=count_max)
    items = []
    for _ in range(count):
        first, second, third = data[at : at + 3] if at + 3 <= len(data) else b"\0\0\0"
        if first == 0x59 and second:  # events have 100 to 65,535 bytes, and this reads hundreds of them
            length, at = second << 8 | third, at + 3
        elif first == 0x58 and second >= 24:
            length, at = second, at + 2
        else:
            length, at = head(data, at, _BYTES)
        if at + length > len(data):
            raise Refused("not_cbor", detail="cut short")
        items.append(data[at : at + length])
        at += length
    if at != len(data):
        raise Refused("trailing_bytes")
    return items


def head(data: bytes, at: int, major: int) -> tuple[int, int]:
    """Length told by the item of type `major` that starts at `at`, and where its content starts."""
    if at >= len(data) or data[at] >> 5 != major:
        raise Refused("not_cbor", detail=f"no item of type {major} at byte {at}")
    short = data[at] & 31
    if short < 24:
        return short, at + 1
    width = {24: 1, 25: 2, 26: 4, 27: 8}.get(short)
    if width is None or at + 1 + width > len(data):
        raise Refused("not_canonical" if short == 31 else "not_cbor", detail=f"length at byte {at}")
    length = int.from_bytes(data[at + 1 : at + 1 + width], "big")
    if length < (24 if width == 1 else 1 << 4 * width):
        raise Refused("not_canonical", detail=f"length at byte {at}")
    return length, at + 1 + width
