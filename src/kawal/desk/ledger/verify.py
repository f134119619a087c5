"""Is the log whole? Everything is computed anew from the stored bytes, and the first broken thing named.

Entries are read once, in order, a tile at a time, so memory stays the same for any size. With each
goes its hash, its signature, its place in the tiles and in the tree at every signed size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from kawal.desk.ledger import keys, reads
from kawal.desk.ledger.reads import StoredCheckpoint, StoredEntry
from kawal.desk.people.devices import device_keys
from kawal.rules.ledger import checkpoint, tiles, tree
from kawal.rules.ledger.growing import Growing, first_differing_leaf
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.rules.signing.hashes import leaf_hash


class Broken(Exception):
    """The first thing that does not hold: `what` (a code of words.BROKEN), its index, and details."""

    def __init__(self, what: str, index: int, **facts: object) -> None:
        self.what, self.index, self.facts = what, index, facts
        super().__init__(f"{what} {index}")


@dataclass(frozen=True, slots=True)
class Whole:
    size: int
    root: bytes
    checkpoints: int


def verify(told: Callable[[int], object] = lambda count: None) -> Whole:
    """The size and root of a log that holds; raises Broken. `told` hears how many entries were done.

    The hub may go on writing: what is verified is the log as it was at the start.
    """
    latest = reads.latest_checkpoint()
    signed_heads = reads.checkpoints(latest.size if latest else -1)
    stored = reads.entries(0, reads.size())
    rebuilt, checkpoints = Growing(_compare_tile), 0
    signed_head = next(signed_heads, None)
    while True:
        while signed_head is not None and signed_head.size == rebuilt.size:
            _check_head(signed_head, rebuilt)
            signed_head, checkpoints = next(signed_heads, None), checkpoints + 1
        # Up to the end of the tile, or to the next signed size.
        room = tiles.WIDTH - rebuilt.size % tiles.WIDTH
        if signed_head is not None:
            room = min(room, signed_head.size - rebuilt.size)
        rows = list(islice(stored, room))
        if not rows:
            break
        _check_entries(rows, rebuilt.size)
        rebuilt.add([row.leaf_hash for row in rows])
        told(len(rows))
    if signed_head is not None:
        raise Broken("entry_missing", rebuilt.size, signed_size=signed_head.size)
    rebuilt.compare_edge()
    _check_nothing_more(rebuilt)
    return Whole(rebuilt.size, rebuilt.root(), checkpoints)


def _check_entries(rows: list[StoredEntry], start: int) -> None:
    envelopes, broken = [], None
    for index, row in enumerate(rows, start):
        try:
            envelopes.append(_envelope(row, index))
        except Broken as found:
            broken = found
            break
    known = device_keys({envelope.kid for envelope in envelopes})
    for index, envelope in enumerate(envelopes, start):
        device = known.get(envelope.kid)
        if device is None:
            raise Broken("device_unknown", index, kid=envelope.kid.hex())
        try:
            cose.check(envelope, device.public_key)
        except Refused:
            raise Broken("signature_bad", index, kid=envelope.kid.hex()) from None
    if broken is not None:  # the signatures before it come first
        raise broken


def _envelope(row: StoredEntry, index: int) -> cose.Envelope:
    if row.index != index:
        raise Broken("entry_missing", index)
    if leaf_hash(row.signed) != row.leaf_hash:
        raise Broken("entry_changed", index)
    try:
        return cose.opened(row.signed)
    except Refused as refused:
        raise Broken("entry_unreadable", index, refused=refused.code) from None


def _compare_tile(place: tiles.Place, hashes: bytes) -> None:
    """A stored tile begins with these hashes; it may have grown since."""
    first_leaf = first_differing_leaf(place, hashes, reads.tile(*place))
    if first_leaf is not None:
        raise Broken("tile_changed", first_leaf, tile=tiles.path(*place, len(hashes) // tree.HASH_BYTES))


def _check_head(signed: StoredCheckpoint, rebuilt: Growing) -> None:
    try:
        head = checkpoint.checked(signed.note, keys.verifier_key())
    except Refused as refused:
        raise Broken("checkpoint_unsigned", signed.size, refused=refused.code) from None
    if (head.size, head.root) != (signed.size, signed.root):
        raise Broken("checkpoint_changed", signed.size)
    if head.root != rebuilt.root():
        rebuilt.compare_edge()  # names the entry, where a tile remembers what it was
        raise Broken("root_differs", signed.size)


def _check_nothing_more(rebuilt: Growing) -> None:
    """No tile, and no hash in one, goes beyond the entries, unless entries were appended meanwhile."""
    extra = [place for place, hashes in rebuilt.edge.items() if len(reads.tile(*place)) > len(hashes)]
    for level, count in reads.tiles_per_level():
        places = -(-(rebuilt.size >> tiles.HEIGHT * level) // tiles.WIDTH)
        extra += [(level, places)] * (count > places)
    if extra and reads.size() == rebuilt.size:
        raise Broken("tile_extra", rebuilt.size, tile=tiles.path(*extra[0]))
