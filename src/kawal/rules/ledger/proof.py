"""A file that proves one entry without asking anybody (C2SP tlog-proof).

    c2sp.org/tlog-proof@v1
    extra <base64>                    left out where there is none; vouched for by nobody
    index <of the entry, from 0>
    <base64 of a hash> ...            the way to the root, leaf's sibling first
    <empty line>
    <checkpoint with the signatures of log and witnesses>

Source: https://c2sp.org/tlog-proof. What it proves: this leaf stands in the log at this index, and
those witnesses saw a log that holds it at the times they tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kawal.rules.ledger import checkpoint, numbers, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.policy import Policy
from kawal.rules.refusals import Refused
from kawal.rules.signing import note

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
HASHES_MAX: Final = 63  # a log of 2^63 entries
PROOF_BYTES_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str  # the signed note, exactly
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """The head of a log that holds the leaf, and who of the policy's witnesses cosigned it, when (POSIX)."""

    head: Head
    times_s: dict[str, int]  # by the witness's name in the policy


def text(proof: Proof) -> str:
    lines = [FIRST_LINE]
    if proof.extra is not None:
        lines.append(f"extra {note.to_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [note.to_base64(part) for part in proof.hashes]
    return "".join(f"{line}\n" for line in lines) + "\n" + proof.checkpoint


def proof_in(told: str) -> Proof:
    """Refuses `bad_tlog_proof`. Nothing in it is to be believed before `checked`."""
    if len(told) > PROOF_BYTES_MAX:
        raise _wrong("too long")
    above, gap, signed_note = told.partition("\n\n")
    first, *lines = above.split("\n")
    if not gap or first != FIRST_LINE:
        raise _wrong("first line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _from_base64(lines.pop(0).removeprefix("extra "), "extra")
    index = numbers.after("index ", lines.pop(0) if lines else "")
    if index is None:
        raise _wrong("index")
    if len(lines) > HASHES_MAX:
        raise _wrong("hashes")
    hashes = tuple(_from_base64(line, "hash") for line in lines)
    if any(len(part) != tree.HASH_BYTES for part in hashes):
        raise _wrong("hash")
    return Proof(index, hashes, signed_note, extra)


def checked(proof: Proof, leaf_hash: bytes, policy: Policy, *, now_s: int | None = None) -> Proven:
    """What the proof proves of this leaf to those who trust `policy`.

    Refuses, in this order: `bad_note` and `bad_checkpoint`, `log_unknown` (no log of the policy has this
    origin), `bad_signature` (of this log or of a witness of the policy), `unsigned` (by this log),
    `quorum_missing` (tells who cosigned), `bad_proof`. With `now_s` a cosignature from later counts nothing.
    """
    signed = note.parsed(proof.checkpoint)
    head = checkpoint.head_in(signed.text)
    log_keys = policy.keys_of(head.origin)
    if not log_keys:
        raise Refused("log_unknown", origin=head.origin)
    by_key = {witness.key: witness.name for witness in policy.witnesses}
    signers = note.signers(signed, [*log_keys, *by_key])
    if not any(signer.key in log_keys for signer in signers):
        raise Refused("unsigned", origin=head.origin)
    times_s = {
        by_key[signer.key]: signer.time_s
        for signer in signers
        if signer.key in by_key and signer.time_s is not None and (now_s is None or signer.time_s <= now_s)
    }
    if not policy.satisfied_by(times_s):
        raise Refused("quorum_missing", quorum=policy.quorum, cosigned=sorted(times_s))
    tree.check_inclusion(leaf_hash, proof.index, head.size, proof.hashes, head.root)
    return Proven(head, times_s)


def _from_base64(line: str, detail: str) -> bytes:
    try:
        return note.from_base64(line)
    except Refused:
        raise _wrong(detail) from None


def _wrong(detail: str) -> Refused:
    return Refused("bad_tlog_proof", detail=detail)
