"""What a witness answers to a log that asks for a cosignature (C2SP tlog-witness).

Reading what was cosigned last, checking the request against it and storing the new head are one
transaction that is on the disk before the answer leaves: of two requests that start from the same old
size, the second finds that it is too late.
"""

from __future__ import annotations

from kawal.rules.ledger import checkpoint, witnessing
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.witness.state import Cosigned, Evidence, State

CONTRADICTIONS = {"root_differs", "bad_proof"}  # signed by the log, and at odds with what it signed before


def add_checkpoint(state: State, body: bytes, *, now_s: int) -> str:
    """The cosignature line for a request as it comes over HTTP. Refuses with the codes of
    `witnessing.STATUSES`; a contradiction that the log itself signed is kept as evidence."""
    return cosign(state, witnessing.request_in(body), now_s=now_s)


def cosign(state: State, request: witnessing.Request, *, now_s: int) -> str:
    """The same for a request already read."""
    origin = witnessing.origin_of(request)
    last: Cosigned | None = None
    try:
        with state.transaction():
            keys, last = state.logs(), state.last(origin)
            head = witnessing.judged(request, keys, last.head if last else None)
            time_s = max(now_s, last.time_s if last else 1)  # a clock set back must not unsay anything
            line = note.cosigned(checkpoint.text(head), state.name, state.key, time_s=time_s)
            state.keep(Cosigned(head, _note_kept(request.note, keys[origin]) + line, time_s))
    except Refused as refused:
        code = _contradiction(request, refused, last)
        if code:
            text = note.parsed(request.note).text
            state.keep_evidence(Evidence(origin, code, witnessing.body(request), now_s), text)
        raise
    return line


def _note_kept(signed_note: str, keys: list[note.VerifierKey]) -> str:
    """The checkpoint with the lines of its log only: for others' lines nobody here vouches."""
    text, _, below = signed_note.rpartition("\n\n")
    known = {(key.name, key.key_id) for key in keys}
    lines = zip(below.splitlines(keepends=True), note.parsed(signed_note).signatures, strict=True)
    kept = "".join(line for line, parsed in lines if (parsed.name, parsed.key_id) in known)
    return f"{text}\n\n{kept}"


def _contradiction(request: witnessing.Request, refused: Refused, last: Cosigned | None) -> str | None:
    """What a refused request shows against its log, which did sign it.

    A request with a wrong old size may still show a second root for the size that we cosigned.
    """
    if refused.code in CONTRADICTIONS:
        return refused.code
    if refused.code == "wrong_old_size" and last is not None:
        shown = checkpoint.head_in(note.parsed(request.note).text)
        if shown.size == last.head.size and shown.root != last.head.root:
            return "root_differs"
    return None
