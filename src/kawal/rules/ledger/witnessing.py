"""What a witness answers to a log that asks for a cosignature (C2SP tlog-witness, add-checkpoint).

    old <size that the witness cosigned last, 0 if none>
    <base64 of a hash> ...            consistency proof from there, at most 63
    <empty line>
    <signed checkpoint>

Source: https://c2sp.org/tlog-witness. Pure: whoever serves it reads the last head, calls `judged` and
stores the head that it returns in one transaction, durably, before cosigning; two requests that read the
same old head would otherwise roll the log back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from kawal.rules.ledger import checkpoint, numbers, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.hashes import EMPTY_ROOT
from kawal.rules.signing.note import VerifierKey

HASHES_MAX: Final = 63
REQUEST_BYTES_MAX: Final = note.NOTE_BYTES_MAX + 4_096

# The HTTP status for each code that `request_in` and `judged` refuse with, in the order they are looked for.
# To `wrong_old_size` the answer is the fact `size` and a newline, as text/x.tlog.size.
STATUSES: Final = {
    "bad_request": 400,
    "bad_note": 400,
    "bad_checkpoint": 400,
    "log_unknown": 404,
    "unsigned": 403,
    "bad_signature": 403,
    "old_size_above": 400,
    "wrong_old_size": 409,
    "root_differs": 422,
    "bad_proof": 422,
}


@dataclass(frozen=True, slots=True)
class Request:
    old: int  # the size cosigned last, as the log believes
    hashes: tuple[bytes, ...]
    note: str  # the signed checkpoint, exactly


def body(request: Request) -> bytes:
    lines = [f"old {request.old}", *map(note.to_base64, request.hashes)]
    return ("".join(f"{line}\n" for line in lines) + "\n" + request.note).encode()


def request_in(body: bytes) -> Request:
    """Refuses `bad_request`. Nothing in it is to be believed before `judged`."""
    if len(body) > REQUEST_BYTES_MAX:
        raise _wrong("too long")
    try:
        told = body.decode()
    except UnicodeDecodeError:
        raise _wrong("not UTF-8") from None
    above, gap, signed_note = told.partition("\n\n")
    first, *lines = above.split("\n")
    old = numbers.after("old ", first)
    if not gap or old is None:
        raise _wrong("old size")
    if len(lines) > HASHES_MAX:
        raise _wrong("hashes")
    try:
        hashes = tuple(note.from_base64(line) for line in lines)
    except Refused:
        raise _wrong("hash") from None
    if any(len(part) != tree.HASH_BYTES for part in hashes):
        raise _wrong("hash")
    return Request(old, hashes, signed_note)


def origin_of(request: Request) -> str:
    """The log that the request is about, vouched for by nobody yet. Refuses `bad_note`, `bad_checkpoint`."""
    return checkpoint.head_in(note.parsed(request.note).text).origin


def judged(
    request: Request, keys_of_origin: Mapping[str, Collection[VerifierKey]], last: Head | None
) -> Head:
    """The head to store and then cosign. Refuses with the codes of STATUSES.

    `keys_of_origin` are the logs that are witnessed and who may sign for each; `last` is the head cosigned
    last for the log that the request is about (`origin_of`).
    """
    signed = note.parsed(request.note)
    head = checkpoint.head_in(signed.text)
    if last is not None and last.origin != head.origin:
        raise ValueError(f"the last head is of {last.origin}, the request of {head.origin}")
    keys = keys_of_origin.get(head.origin)
    if not keys:
        raise Refused("log_unknown", origin=head.origin)
    note.check(signed, keys)
    if request.old > head.size:
        raise Refused("old_size_above", old=request.old, size=head.size)
    last_size, last_root = (last.size, last.root) if last else (0, EMPTY_ROOT)
    if request.old != last_size:
        raise Refused("wrong_old_size", old=request.old, size=last_size)
    if head.size == last_size and head.root != last_root:
        raise Refused("root_differs", size=head.size)
    tree.check_consistency(last_size, head.size, last_root, head.root, request.hashes)
    return head


def _wrong(detail: str) -> Refused:
    return Refused("bad_request", detail=detail)
