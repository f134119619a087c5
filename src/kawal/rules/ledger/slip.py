"""A receipt on paper: its text in at most two QR codes of at most version 25 with error correction M.

    KAWAL1:<which>/<of how many>:<short hash>:<part>

All parts together are the text, compressed (RFC 1950) and in base45 (RFC 9285), cut at any place. `short
hash`: the first 8 hexadecimal digits, in capitals, of SHA-256 of all parts together; it keeps the parts of
two slips from being joined. Every character fits a QR code's alphanumeric mode, which cameras give back as
they read it; bytes they do not. Version 25 is what cheap cameras still read from paper.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from typing import Final

from kawal.rules.ledger.proof import PROOF_BYTES_MAX
from kawal.rules.refusals import Refused

CODES_MAX: Final = 2
CHARACTERS_MAX: Final = 1451  # of version 25-M in alphanumeric mode (ISO/IEC 18004, table 7)

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PART = re.compile(r"KAWAL1:([1-9])/([1-9]):([0-9A-F]{8}):([0-9A-Z $%*+\-./:]+)")
_ROOM = CHARACTERS_MAX - len("KAWAL1:1/2:01234567:")


def parts(text: str) -> list[str]:
    """What stands in each code. Refuses `too_long_for_slip`."""
    packed = to_base45(zlib.compress(text.encode(), 9))
    count = -(-len(packed) // _ROOM)
    if count > CODES_MAX:
        raise Refused("too_long_for_slip", characters=len(packed), characters_max=CODES_MAX * _ROOM)
    size = -(-len(packed) // count)
    return [
        f"KAWAL1:{at + 1}/{count}:{_short_hash(packed)}:{packed[at * size : (at + 1) * size]}"
        for at in range(count)
    ]


def joined(told: Iterable[str]) -> str:
    """The text, from the parts in any order and as often as they were scanned.

    Refuses `bad_slip` and, where parts are still to come, `slip_incomplete`.
    """
    found: dict[int, str] = {}
    whole: set[tuple[int, str]] = set()
    for part in told:
        match = _PART.fullmatch(part)
        if match is None:
            raise Refused("bad_slip", detail="part")
        which, of = int(match[1]), int(match[2])
        whole.add((of, match[3]))
        if which > of or found.setdefault(which, match[4]) != match[4] or len(whole) > 1:
            raise Refused("bad_slip", detail="parts of several slips")
    if not whole:
        raise Refused("slip_incomplete", missing=1)
    ((count, short_hash),) = whole
    if len(found) < count:
        raise Refused("slip_incomplete", missing=count - len(found))
    packed = "".join(found[which] for which in sorted(found))
    if _short_hash(packed) != short_hash:
        raise Refused("bad_slip", detail="hash")
    return _unpacked(packed)


def to_base45(data: bytes) -> str:
    digits = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            digits.append(_ALPHABET[digit])
    return "".join(digits)


def from_base45(text: str) -> bytes:
    """Refuses `bad_base45`."""
    data = bytearray()
    for at in range(0, len(text), 3):
        digits = [_ALPHABET.find(char) for char in text[at : at + 3]]
        number = sum(digit * 45**place for place, digit in enumerate(digits))
        if -1 in digits or len(digits) == 1 or number >= 256 ** (len(digits) - 1):
            raise Refused("bad_base45")
        data += number.to_bytes(len(digits) - 1, "big")
    return bytes(data)


def _short_hash(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()[:8].upper()


def _unpacked(packed: str) -> str:
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(from_base45(packed), PROOF_BYTES_MAX + 1)
        if len(data) > PROOF_BYTES_MAX or not unpacking.eof or unpacking.unused_data:
            raise Refused("bad_slip", detail="packing")
        return data.decode()
    except (Refused, zlib.error, UnicodeDecodeError):
        raise Refused("bad_slip", detail="packing") from None
