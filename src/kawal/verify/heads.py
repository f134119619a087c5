"""Signed heads of a log, judged by a policy: who signed, who cosigned and when, is the quorum there."""

from __future__ import annotations

from dataclasses import dataclass

from kawal.rules.ledger import checkpoint
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.policy import Policy
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.note import VerifierKey
from kawal.verify.broken import Broken


@dataclass(frozen=True, slots=True)
class SignedHead:
    head: Head
    note: str  # as it was read
    key: VerifierKey  # of the log, as the policy names it
    times_s: dict[str, int]  # when each of the policy's witnesses cosigned it (POSIX), by name
    quorum: bool


def judged(signed_note: str, policy: Policy, *, now_s: int) -> SignedHead:
    """Raises Broken `checkpoint_unreadable` and `checkpoint_unsigned`. Whether the quorum is there is told.

    A cosignature from the future counts nothing: a witness's clock, or ours, is wrong.
    """
    try:
        parsed = note.parsed(signed_note)
        head = checkpoint.head_in(parsed.text)
    except Refused as refused:
        raise Broken("checkpoint_unreadable", 0, refused=refused.code, **refused.facts) from None
    log_keys = policy.keys_of(head.origin)
    if not log_keys:
        raise Broken("checkpoint_unsigned", head.size, refused="log_unknown", origin=head.origin)
    names = {witness.key: witness.name for witness in policy.witnesses}
    try:
        signers = note.signers(parsed, [*log_keys, *names])
    except Refused as refused:
        raise Broken("checkpoint_unsigned", head.size, refused=refused.code, **refused.facts) from None
    by_log = [signer.key for signer in signers if signer.key in log_keys]
    if not by_log:
        raise Broken("checkpoint_unsigned", head.size, refused="unsigned", origin=head.origin)
    times_s = {
        names[signer.key]: signer.time_s
        for signer in signers
        if signer.key in names and signer.time_s is not None and signer.time_s <= now_s
    }
    return SignedHead(head, signed_note, by_log[0], times_s, policy.satisfied_by(times_s))
