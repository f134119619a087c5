"""A log that shows whatever a test wants, signed or not, behind a real HTTP server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kawal.rules.custody import event
from kawal.rules.ledger import checkpoint, tree
from kawal.rules.signing import cose, keys, note
from kawal.rules.signing.hashes import leaf_hash
from tests.rules.trust import makers
from tests.verify.served import resources, served

NAME = makers.LOG
DEVICE = keys.key_from_seed(b"\x05" * 32)


def position(seq: int, trip: str = "T-1", key: keys.SigningKey = DEVICE) -> bytes:
    told = event.Event(
        act=event.Act.POSITION, seq=seq, prev=bytes(32) if seq else None, happened_ms=1_865_000_000_000,
        recorded_ms=1_865_000_000_000, trip=trip, position=(-29_761_000, 1_047_754_000, 8),
    )  # fmt: skip
    return cose.sign(event.payload(told), key)


@dataclass
class Shown:
    """`show` changes what is served from now on."""

    key: keys.SigningKey = field(default_factory=lambda: keys.key_from_seed(b"\x01" * 32))
    found: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    @property
    def vkey(self) -> str:
        return str(note.VerifierKey(NAME, keys.public_bytes(self.key)))

    def signed(self, entries: list[bytes], name: str = NAME) -> str:
        leaves = tree.subtree_of([leaf_hash(entry) for entry in entries])
        head = checkpoint.Head(name, len(entries), tree.root_of(len(entries), leaves))
        return note.sign(checkpoint.text(head), name, self.key)

    def show(self, entries: list[bytes], signed_note: str | None = None) -> str:
        signed_note = self.signed(entries) if signed_note is None else signed_note
        self.found.clear()
        self.found.update(resources(entries, signed_note.encode()))
        return signed_note


@contextmanager
def showing() -> Iterator[Shown]:
    shown = Shown()
    with served(shown.found) as (url, _):
        shown.url = url
        yield shown
