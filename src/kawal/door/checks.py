"""What may enter the log: an event is refused for what it is, never for what it says.

In this order: the format of the envelope, a device that is enrolled, its signature, the format of
the event. So only who holds an enrolled key can make the hub look into a payload. What a revoked device
signs is evidence: it is taken, and its receipt says what to expect of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from kawal.door.desk import Key
from kawal.rules.custody import form
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose
from kawal.rules.signing.hashes import leaf_hash

EVENTS_MAX = 500
BODY_BYTES_MAX = 4 * 1024 * 1024


class Claim(NamedTuple):
    """These bytes are said to be an event, signed by the holder of the key (32 bytes)."""

    signed: bytes
    public_key: bytes


class Sound(NamedTuple):
    """Signature and format hold."""

    id: bytes  # leaf hash of the signed bytes
    signed: bytes
    doubted: str = ""  # why it may not count: a code for the receipt


def split(body: bytes) -> list[bytes]:
    """The events of a body: one COSE_Sign1, or a CBOR array of them as byte strings.

    Refuses `nothing_sent`, `too_many` and what `codec.byte_strings` refuses.
    """
    events = [body] if body[:1] == bytes([cose.TAG_BYTE]) else []
    if body and not events:
        events = codec.byte_strings(body, count_max=EVENTS_MAX)
    if not events:
        raise Refused("nothing_sent")
    return events


def checked(
    events: Sequence[bytes],
    device_keys: Callable[[Collection[bytes]], Mapping[bytes, Key]],
    judge: Callable[[Sequence[Claim]], Sequence[bytes | Refused]],
    now: Callable[[], datetime],
) -> list[Sound | Refused]:
    """Each event, or why it is none, in order. `judge` does for many what `judged` does for one."""
    kids = [cose.claimed_kid(signed) for signed in events]
    known = device_keys({kid for kid in kids if kid is not None})
    at = now()
    doubts = {kid: _doubted(key, at) for kid, key in known.items()}
    found = [(signed, kid if kid in known else None) for signed, kid in zip(events, kids, strict=True)]
    answers = iter(judge([Claim(signed, known[kid].public_key) for signed, kid in found if kid is not None]))
    return [
        _refused(signed) if kid is None else _answered(signed, doubts[kid], next(answers))
        for signed, kid in found
    ]


def judged(claim: Claim) -> bytes | Refused:
    """The event's id, or why it is none."""
    try:
        envelope = cose.opened(claim.signed)
        cose.check(envelope, claim.public_key)
        form.check(envelope.payload)
    except Refused as refused:
        return refused
    return leaf_hash(claim.signed)


def _answered(signed: bytes, doubted: str, answer: bytes | Refused) -> Sound | Refused:
    return answer if isinstance(answer, Refused) else Sound(answer, signed, doubted)


def _doubted(key: Key, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked_device"
    return "certificate_ended" if key.valid_to is not None and key.valid_to <= now else ""


def _refused(signed: bytes) -> Refused:
    """Why these bytes are no event of a device that is known."""
    try:
        return Refused("unknown_device", kid=cose.opened(signed).kid.hex())
    except Refused as refused:
        return refused
