"""A log that takes the place of another begins with saying so.

A log that lost entries that it had signed for can never be continued: every head that it could sign would
contradict one that somebody keeps. So it is closed, and a successor begins, with a key and a name of its
own, whose entry 0 commits to what the former log signed last. What is still held of the former log stands
behind it, the same bytes in the same order. Nobody can say later that there was no former log, or that it
ended elsewhere.

    typed envelope (signing.cose, SUCCESSION) signed by the key of the successor, over the map

    key  name           value
    0    act            30
    1    at_s           when it was said, Unix seconds
    2    log            origin of the successor: what was made for another log says nothing here
    3    former         origin of the former log
    4    size           of its newest head that is known to be signed
    5    root           of that head, 32 bytes
    6    note           SHA-256 of that head's signed text (the checkpoint without its signatures)
    7    reason         Reason
    8    held           entries of the former log that follow here, from its entry 0 on
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Any, Final

from kawal.rules.ledger import checkpoint, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.cose import Typ

ACT: Final = 30
ORIGIN_CHARS_MAX: Final = 200
_TIME_LIMIT: Final = 2**40
_SIZE_LIMIT: Final = 2**63


class Reason(IntEnum):
    ENTRIES_LOST = 1  # nobody has them any more
    FORKED = 2  # two heads were signed that contradict each other
    KEY_COMPROMISED = 3  # somebody else may sign for the former log
    ENDED = 4  # in good order: the next election begins a log of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    at_s: int
    log: str
    former: Head
    note_hash: bytes
    reason: Reason
    held: int


def is_succession(signed: bytes) -> bool:
    """Whether this entry of a log claims to be one."""
    return cose.typ_of(signed) is Typ.SUCCESSION


def note_hash_of(head: Head) -> bytes:
    return sha256(checkpoint.text(head).encode()).digest()


def sign(said: Succession, key: keys.SigningKey) -> bytes:
    """Entry 0 of the successor. What `opened` would refuse is a bug: ValueError."""
    data = payload(said)
    try:
        _of(data)
    except Refused as refused:
        raise ValueError(f"not a succession: {refused}") from refused
    return cose.sign(data, key, Typ.SUCCESSION)


def payload(said: Succession) -> bytes:
    values = (
        said.at_s, said.log, said.former.origin, said.former.size, said.former.root, said.note_hash,
        int(said.reason), said.held,
    )  # fmt: skip
    return codec.encode({0: ACT, **dict(enumerate(values, 1))})


def opened(signed: bytes, log: str, log_keys: Sequence[bytes]) -> Succession:
    """Checked against the keys (32 bytes each) that may sign for the log of this origin.

    Refuses `bad_succession` with the field, `other_log`, `bad_signature`, and what `cose.opened` refuses.
    """
    envelope = cose.opened(signed, Typ.SUCCESSION)
    said = _of(envelope.payload)
    if said.log != log:
        raise Refused("other_log", log=said.log)
    if not any(cose.holds(envelope.signature, envelope.to_be_signed, key) for key in log_keys):
        raise Refused("bad_signature", kid=envelope.kid.hex())
    return said


def kept(said: Succession, old: Head, root_of_held: bytes | None) -> None:
    """Whether the successor stands by a head that somebody kept of the former log.

    `root_of_held` is the root over the first `old.size` of the entries that follow, None where fewer follow.
    Refuses `other_former` (the head is of another log), `former_contradicted` (the successor commits to
    another history) and `former_missing` (entries that the head vouches for do not follow: which ones can
    only be told by who has them).
    """
    if old.origin != said.former.origin:
        raise Refused("other_former", origin=old.origin, former=said.former.origin)
    if old.size == said.former.size and old.root != said.former.root:
        raise Refused("former_contradicted", size=old.size)
    if old.size > said.former.size:
        raise Refused("former_contradicted", size=old.size, committed=said.former.size)
    if root_of_held is None or said.held < old.size:
        raise Refused("former_missing", held=said.held, size=old.size)
    if root_of_held != old.root:
        raise Refused("former_contradicted", size=old.size)


def _of(data: bytes) -> Succession:
    """Reads a payload strictly."""
    told = codec.decode(data)
    if not isinstance(told, dict) or set(told) != set(range(9)) or not all(type(key) is int for key in told):
        raise Refused("bad_succession", field="keys")
    if type(told[0]) is not int or told[0] != ACT:
        raise Refused("bad_succession", field="act")
    former = Head(
        origin=_text(told[3], "former"),
        size=_uint(told[4], "size", _SIZE_LIMIT),
        root=_hash(told[5], "root"),
    )
    said = Succession(
        at_s=_uint(told[1], "at_s", _TIME_LIMIT),
        log=_text(told[2], "log"),
        former=former,
        note_hash=_hash(told[6], "note"),
        reason=_reason(told[7]),
        held=_uint(told[8], "held", _SIZE_LIMIT),
    )
    if said.log == former.origin:
        raise Refused("bad_succession", field="former")
    if said.note_hash != note_hash_of(former):
        raise Refused("bad_succession", field="note")
    return said


def _uint(value: Any, field: str, limit: int) -> int:
    if type(value) is not int or not 0 <= value < limit:
        raise Refused("bad_succession", field=field)
    return value


def _hash(value: Any, field: str) -> bytes:
    if not isinstance(value, bytes) or len(value) != tree.HASH_BYTES:
        raise Refused("bad_succession", field=field)
    return value


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise Refused("bad_succession", field=field)
    if not 1 <= len(value) <= ORIGIN_CHARS_MAX or " " in value or "+" in value:
        raise Refused("bad_succession", field=field)
    return value


def _reason(value: Any) -> Reason:
    try:
        return Reason(_uint(value, "reason", 256))
    except ValueError:
        raise Refused("bad_succession", field="reason") from None
