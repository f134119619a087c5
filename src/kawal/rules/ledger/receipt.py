"""A receipt: the tlog-proof of one entry that brings the entry along, so that a stranger can read it.

`extra` of the proof is deterministic CBOR:

    {0: the entry, exactly as it stands in the log, 1: the public key of the device that signed it}
    {2: the leaf hash}                               where the entry itself is not told

Nobody vouches for `extra`, and nobody need: the entry is hashed and proven to stand in the log, and the
key must be the one whose id the entry names and whose signature it carries.
"""

from __future__ import annotations

from dataclasses import dataclass

from kawal.rules.ledger import proof
from kawal.rules.ledger.policy import Policy
from kawal.rules.ledger.proof import Proof, Proven
from kawal.rules.ledger.tree import HASH_BYTES
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.hashes import leaf_hash

_ENTRY, _KEY, _LEAF = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Told:
    """What a receipt brings along: the entry, or only its leaf hash."""

    leaf_hash: bytes
    entry: bytes | None = None
    public_key: bytes | None = None  # of who signed the entry, where it is an event of a device


def packed(told: Told) -> bytes:
    if told.entry is None:
        return codec.encode({_LEAF: told.leaf_hash})
    key = {} if told.public_key is None else {_KEY: told.public_key}
    return codec.encode({_ENTRY: told.entry, **key})


def told_in(found: Proof) -> Told:
    """Refuses `bad_receipt`. Not to be believed before `checked`."""
    try:
        fields = codec.decode(found.extra or b"")
    except Refused:
        raise Refused("bad_receipt", detail="extra") from None
    if not isinstance(fields, dict) or not all(isinstance(value, bytes) for value in fields.values()):
        raise Refused("bad_receipt", detail="extra")
    entry, key = fields.get(_ENTRY), fields.get(_KEY)
    if fields.keys() == {_LEAF} and len(fields[_LEAF]) == HASH_BYTES:
        return Told(fields[_LEAF])
    if entry is None or not fields.keys() <= {_ENTRY, _KEY} or len(key or bytes(keys.KEY_BYTES)) != 32:
        raise Refused("bad_receipt", detail="extra")
    return Told(leaf_hash(entry), entry, key)


def checked(text: str, policy: Policy, *, now_s: int | None = None) -> tuple[Told, Proven]:
    """What a receipt proves to those who trust `policy`.

    Refuses `bad_tlog_proof`, `bad_receipt`, what `proof.checked` refuses, and of the entry, where it is a
    signed event with a key: `bad_key`, `wrong_key` (not the one that the entry names) and `bad_signature`.
    """
    found = proof.proof_in(text)
    told = told_in(found)
    proven = proof.checked(found, told.leaf_hash, policy, now_s=now_s)
    if told.entry is not None and told.public_key is not None:
        envelope = cose.opened(told.entry)
        keys.check_public_key(told.public_key)
        if keys.kid_of(told.public_key) != envelope.kid:
            raise Refused("wrong_key", kid=envelope.kid.hex())
        cose.check(envelope, told.public_key)
    return told, proven
