"""Whether a payload is an event at all: what the door asks of thousands a second.

`event.of` builds an event and names the field that is wrong. The door only needs to know *that* a payload
is well formed, and canonical CBOR has one spelling for each value, so what phones send day by day is
recognised by regular expressions over its bytes, at a fraction of the cost. All else is left to
`event.of`. Recognising is never laxer than reading; it is stricter where that keeps it short (exceptions,
attestations, incidents, the poles).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import lt
from typing import Final

from kawal.rules.custody import event
from kawal.rules.custody.event import Act


def check(payload: bytes) -> None:
    """Refuses what `event.of` refuses."""
    if not recognised(payload):
        event.of(payload)


def recognised(payload: bytes) -> bool:
    """True: `event.of` would read it. False says nothing."""
    before = _BEFORE.match(payload)
    if before is None:
        return False
    length, end = before["manifest"], before.end()
    if length is not None:
        end = _manifest_end(
            payload, end, length[0] - 0x80 if len(length) == 1 else int.from_bytes(length[1:], "big")
        )
    after = _AFTER.fullmatch(payload, end) if end else None
    if after is None:
        return False
    told = (*before.groups(), *after.groups())
    return (
        len(told) - told.count(None) == payload[0] - 0xA0
        and (before["seq"] == b"\x00") == (before["prev"] == _NULL)
        and None not in [told[at] for at in _NEEDED[payload[2]]]
    )


def _manifest_end(payload: bytes, start: int, count: int) -> int:
    """Where `count` lines, sorted by parcel, end; 0: there are none such."""
    found = _LINE.findall(payload, start)[:count]
    if len(found) != count or not 1 <= count <= event.MANIFEST_MAX:
        return 0
    lines, parcels = zip(*found, strict=True)
    whole = b"".join(lines)
    # The search would have passed over what is no line. Canonical numbers sort as their bytes do.
    if not payload.startswith(whole, start) or not all(map(lt, parcels, parcels[1:])):
        return 0
    return start + len(whole)


def _any_of(spellings: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(spellings) + b")"


def _array(item: bytes, least: int, most: int) -> bytes:
    """Its length stands in the head's own byte: 23 items at most."""
    # Written out, not counted: a third faster.
    return _any_of(re.escape(bytes([0x80 + length])) + item * length for length in range(least, most + 1))


def _text(length_max: int) -> bytes:
    heads = ((length, bytes([0x60 + length] if length < 24 else [0x78, length]))
             for length in range(1, length_max + 1))  # fmt: skip
    return _any_of(re.escape(head) + rb"[\x00-\x7f]{%d}" % length for length, head in heads)


def _coordinate(first_byte: int) -> bytes:
    """A number of either sign; one of 32 bits begins with that byte at most."""
    large = rb"[\x1a\x3a](?!\x00\x00)[\x00-\x%02x]..." % first_byte
    return _any_of([large, rb"[\x00-\x17\x20-\x37]", rb"[\x18\x38][\x18-\xff]", rb"[\x19\x39](?!\x00).."])


def _field(key: int, name: str, value: bytes) -> bytes:
    return rb"(?:\x%02x(?P<%b>%b))" % (key, name.encode(), value)


_NULL: Final = b"\xf6"
_SMALL: Final = rb"[\x00-\x17]|\x18[\x18-\xff]|\x19(?!\x00).."  # 0 to 65,535
_SEQ: Final = _any_of([_SMALL, rb"\x1a(?!\x00\x00)...."])  # to 2^32 - 1
_NUMBER: Final = _any_of([rb"\x1b\x00(?!\x00\x00\x00)[\x00-\x1f].{6}", _SEQ])  # to 2^53 - 1
_MOMENT: Final = rb"\x1b\x00\x00[\x01-\x07].{5}"  # from 2004 on
_HASH: Final = rb"\x58\x20.{32}"
_KID: Final = rb"\x48.{8}"
_ACTS: Final = b"".join(rb"\x%02x" % act for act in Act if act not in (Act.ATTEST, Act.INCIDENT))
_LENGTH: Final = rb"[\x81-\x97]|\x98[\x18-\xff]|\x99[\x01-\xff]."  # of the manifest

_LINE: Final = re.compile(
    rb"(\x83(%b)%b%b)" % (_NUMBER, _array(_NUMBER, 0, event.SEALS_MAX), _any_of([_NUMBER, _NULL])), re.DOTALL
)
_BEFORE: Final = re.compile(
    rb"[\xa0-\xb2]" + b"".join([
        _field(0, "act", rb"[%b]" % _ACTS),
        _field(1, "seq", _SEQ),
        _field(2, "prev", _any_of([_HASH, _NULL])),
        _field(3, "refs", _array(_HASH, 1, 16)) + b"?",
        _field(4, "happened_ms", _MOMENT),
        _field(5, "recorded_ms", _MOMENT),
        _field(6, "site", _text(20)) + b"?",
        _field(7, "manifest", _LENGTH) + b"?",  # its lines follow
    ]),
    re.DOTALL,
)  # fmt: skip
_AFTER: Final = re.compile(
    b"".join([
        _field(8, "to", _KID) + b"?",
        _field(9, "offer", _HASH) + b"?",
        _field(11, "trip", _text(40)) + b"?",
        _field(12, "second", _KID) + b"?",
        # To 88.9 and 179.5 degrees; accuracy to 65 km.
        _field(13, "position", rb"\x83%b%b(?:%b)" % (_coordinate(0x34), _coordinate(0x6A), _SMALL)) + b"?",
        _field(14, "kind", _text(30)) + b"?",
        _field(15, "officers", rb"[\x00-\x17]|\x18[\x18-\xff]") + b"?",
        _field(16, "nonce", _KID) + b"?",
        _field(17, "photo", _HASH) + b"?",
    ]),
    re.DOTALL,
)  # fmt: skip
_PLACES: Final = {name: at for at, name in enumerate([*_BEFORE.groupindex, *_AFTER.groupindex])}
_NEEDED: Final = {int(act): [_PLACES[name] for name in names] for act, names in event.NEEDS.items()}
