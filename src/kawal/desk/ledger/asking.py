"""Asks one witness to cosign the newest signed head (C2SP tlog-witness, the log's side)."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from kawal.desk.ledger import publishing, reads
from kawal.desk.ledger.reads import StoredCheckpoint
from kawal.posting import Answer, post
from kawal.rules.ledger import numbers, tiles, tree, witnessing
from kawal.rules.ledger.policy import Witness
from kawal.rules.refusals import Refused

SILENCE_S = 5.0  # between two pieces of an answer
SIZE_TYPE = "text/x.tlog.size"
TRIES = 3  # a witness that tells another size each time is no use


def ask(witness: Witness, *, now: datetime) -> bool:
    """Bring the witness to the newest signed head; whether there was anything to ask.

    What it answers is stored. Refuses `witness_unreachable`, `witness_too_slow`, `witness_status`,
    `witness_no_cosignature`, `witness_clock_ahead`, `witness_forked` (it remembers another history) and
    `witness_ahead` (it cosigned more than we hold: this log is an older copy).
    """
    signed = reads.latest_checkpoint()
    if signed is None or publishing.cosigned_size(witness) == signed.size:
        return False
    for _ in range(TRIES):
        old = publishing.known_size(witness)
        if old > signed.size:
            old = 0  # it tells what it has; we do not take our own word for it
        answer = _posted(witness.url or "", witnessing.body(_request(old, signed)))
        if answer.status == 200:
            try:
                publishing.add_cosignatures(signed.size, answer.body, [witness], now=now)
            except Refused as refused:
                ahead = refused.code == "cosigned_in_future"
                code = "witness_clock_ahead" if ahead else "witness_no_cosignature"
                raise Refused(code, detail=str(refused)) from None
            return True
        if answer.status != 409 or answer.kind != SIZE_TYPE:
            break
        size = numbers.decimal(answer.body.removesuffix("\n"))
        if size is None or size == old:
            break
        publishing.stands_at(witness, size, now=now)
        if size > signed.size:
            raise Refused("witness_ahead", size=size, ours=signed.size)
    # Before 2026 a witness answered 409 without a size where the roots of one size differ.
    forked = answer.status == 422 or (answer.status == 409 and answer.kind != SIZE_TYPE)
    code = "witness_forked" if forked else "witness_status"
    raise Refused(code, status=answer.status, detail=answer.body[:200].strip(), size=signed.size)


def _request(old: int, signed: StoredCheckpoint) -> witnessing.Request:
    proof = tree.prove_consistency(old, signed.size, tiles.subtree_of(cache(reads.tile)))
    return witnessing.Request(old, tuple(proof), signed.note)


def _posted(url: str, body: bytes) -> Answer:
    """Refuses `witness_unreachable` and `witness_too_slow`."""
    try:
        return post(url.rstrip("/") + "/add-checkpoint", body, silence_s=SILENCE_S)
    except TimeoutError:
        raise Refused("witness_too_slow", seconds=SILENCE_S) from None
    except OSError as error:
        raise Refused("witness_unreachable", detail=str(error)[:200] or type(error).__name__) from None
