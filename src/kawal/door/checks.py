"""What may enter the log: an event is refused for what it is, never for what it says.

In this order: the format of the envelope, a device that is enrolled, its signature, the format of
the event. So only who holds an enrolled key can make the hub look into a payload.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from kawal.door.desk import Key
from kawal.door.signatures import Claim
from kawal.rules.custody import event
from kawal.rules.custody.told import Verified
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose
from kawal.rules.signing.hashes import leaf_hash

EVENTS_MAX = 500
BODY_BYTES_MAX = 4 * 1024 * 1024


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
    holding: Callable[[Sequence[Claim]], Sequence[bool]],
) -> list[Verified | Refused]:
    """Each event verified, or why not, in order. `holding` says which claimed signatures hold."""
    envelopes = [_opened(signed) for signed in events]
    known = device_keys({one.kid for one in envelopes if isinstance(one, cose.Envelope)})
    claims = [
        (one.signature, one.to_be_signed, known[one.kid].public_key)
        for one in envelopes
        if isinstance(one, cose.Envelope) and one.kid in known
    ]
    held = iter(holding(claims))
    return [
        envelope
        if isinstance(envelope, Refused)
        else _verified(signed, envelope, known.get(envelope.kid), held)
        for signed, envelope in zip(events, envelopes, strict=True)
    ]


def _opened(signed: bytes) -> cose.Envelope | Refused:
    try:
        return cose.opened(signed)
    except Refused as refused:
        return refused


def _verified(
    signed: bytes, envelope: cose.Envelope, key: Key | None, held: Iterator[bool]
) -> Verified | Refused:
    kid = envelope.kid
    if key is None:
        return Refused("unknown_device", kid=kid.hex())
    if not next(held):
        return Refused("bad_signature", kid=kid.hex())
    if key.revoked_at is not None:
        return Refused("revoked_device", kid=kid.hex(), revoked_at=key.revoked_at.isoformat())
    try:
        return Verified(leaf_hash(signed), kid, event.of(envelope.payload), signed)
    except Refused as refused:
        return refused
