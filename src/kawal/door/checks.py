"""What may enter the log: an event is refused for what it is, never for what it says.

In this order: the format of the envelope, a device that is enrolled, its signature, the format of
the event. So only who holds an enrolled key can make the hub look into a payload.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, TypeGuard

from kawal.door.desk import Key
from kawal.rules.custody import event
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
) -> list[Sound | Refused]:
    """Each event, or why it is none, in order. `judge` does for many what `judged` does for one."""
    kids = [cose.claimed_kid(signed) for signed in events]
    known = device_keys({kid for kid in kids if kid is not None})
    found = [(signed, known.get(kid or b"")) for signed, kid in zip(events, kids, strict=True)]
    claims = [Claim(signed, key.public_key) for signed, key in found if _counts(key)]
    answers = iter(judge(claims))
    return [
        _answered(signed, next(answers)) if _counts(key) else _refused(signed, key) for signed, key in found
    ]


def judged(claim: Claim) -> bytes | Refused:
    """The event's id, or why it is none."""
    try:
        envelope = cose.opened(claim.signed)
        cose.check(envelope, claim.public_key)
        event.of(envelope.payload)
    except Refused as refused:
        return refused
    return leaf_hash(claim.signed)


def _counts(key: Key | None) -> TypeGuard[Key]:
    return key is not None and key.revoked_at is None


def _answered(signed: bytes, answer: bytes | Refused) -> Sound | Refused:
    return answer if isinstance(answer, Refused) else Sound(answer, signed)


def _refused(signed: bytes, key: Key | None) -> Refused:
    """Why these bytes are no event of a device that counts."""
    try:
        envelope = cose.opened(signed)
        if key is None or key.revoked_at is None:
            return Refused("unknown_device", kid=envelope.kid.hex())
        cose.check(envelope, key.public_key)
    except Refused as refused:
        return refused
    return Refused("revoked_device", kid=envelope.kid.hex(), revoked_at=key.revoked_at.isoformat())
