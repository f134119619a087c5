"""What the log signs: its name, its size and its root (C2SP tlog-checkpoint)."""

from __future__ import annotations

from dataclasses import dataclass

from kawal.rules.ledger import numbers
from kawal.rules.ledger.tree import HASH_BYTES
from kawal.rules.refusals import Refused
from kawal.rules.signing import note


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a log: `origin` is its name, also the name of its key."""

    origin: str
    size: int
    root: bytes


def text(head: Head) -> str:
    """The lines that are signed."""
    return f"{head.origin}\n{head.size}\n{note.to_base64(head.root)}\n"


def head_in(signed_text: str) -> Head:
    """Refuses `bad_checkpoint`. Extension lines are allowed and passed over: they say nothing of the tree."""
    lines = signed_text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Refused("bad_checkpoint", detail="lines")
    origin, encoded_root = lines[0], lines[2]
    size = numbers.decimal(lines[1])
    if size is None:
        raise Refused("bad_checkpoint", detail="size")
    try:
        root = note.from_base64(encoded_root)
    except Refused:
        raise Refused("bad_checkpoint", detail="root") from None
    if len(root) != HASH_BYTES:
        raise Refused("bad_checkpoint", detail="root")
    return Head(origin, size, root)


def checked(signed_note: str, key: note.VerifierKey) -> Head:
    """The head of a log, signed by `key` and named as `key` is. Refuses what a note and a text may be refused
    for, and `wrong_origin`."""
    parsed = note.parsed(signed_note)
    note.check(parsed, [key])
    head = head_in(parsed.text)
    if head.origin != key.name:
        raise Refused("wrong_origin", origin=head.origin)
    return head
