"""Is the log whole? Everything is computed anew from the stored bytes, and the first broken thing named.

Entries are read once, in order, a tile at a time, so memory grows with the devices, not with the entries.
With each goes its hash, its signature, its place in the tiles and in the tree at every signed size. Keys
are taken from the certificates in the log; the registry of the hub must say the same. A device that has
none was enrolled by the hub's word alone: that is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from kawal.desk.ledger import keys, reads
from kawal.desk.ledger.reads import StoredCheckpoint, StoredEntry
from kawal.desk.people.devices import DeviceKey, device_keys
from kawal.rules.ledger import checkpoint, succession, tiles, tree
from kawal.rules.ledger.growing import Growing, first_differing_leaf
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.trust.register import Register
from kawal.rules.trust.statements import is_statement


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
    statements: int  # entries that are statements of issuers; the others are events
    uncertified: int  # devices that signed and have no certificate in the log


def verify(told: Callable[[int], object] = lambda count: None) -> Whole:
    """The size and root of a log that holds; raises Broken. `told` hears how many entries were done.

    The hub may go on writing: what is verified is the log as it was at the start.
    """
    latest = reads.latest_checkpoint()
    signed_heads = reads.checkpoints(latest.size if latest else -1)
    stored = reads.entries(0, reads.size())
    rebuilt, checkpoints = Growing(_compare_tile), 0
    keyring = _Keyring()
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
        _check_entries(rows, rebuilt.size, keyring)
        rebuilt.add([row.leaf_hash for row in rows])
        told(len(rows))
    if signed_head is not None:
        raise Broken("entry_missing", rebuilt.size, signed_size=signed_head.size)
    rebuilt.compare_edge()
    _check_nothing_more(rebuilt)
    return Whole(rebuilt.size, rebuilt.root(), checkpoints, keyring.heard, len(keyring.uncertified))


class _Keyring:
    """Keys of devices as the log certifies them up to where it was read."""

    def __init__(self) -> None:
        self._register = Register(keys.verifier_key().name)
        self.heard = 0
        self.uncertified: set[bytes] = set()

    def hear(self, index: int, signed: bytes) -> None:
        try:
            if succession.is_succession(signed):
                self._take_over(index, signed)
                return
            self._register.tell(index, signed)
        except Refused as refused:
            raise Broken("statement_bad", index, refused=refused.code) from None
        self.heard += 1

    def _take_over(self, index: int, signed: bytes) -> None:
        """What this log says first, where it takes the place of another."""
        log = keys.verifier_key()
        said = succession.opened(signed, log.name, [log.public_key])
        if index:
            raise Refused("bad_succession", field="index")
        self._register.take_over(said.former.origin)

    def key(self, kid: bytes, index: int, registered: Mapping[bytes, DeviceKey]) -> bytes:
        device, row = self._register.device(kid), registered.get(kid)
        if device is None and row is None:
            raise Broken("device_unknown", index, kid=kid.hex())
        if device is None:
            assert row is not None
            self.uncertified.add(kid)
            return row.public_key
        said = (device.public_key, device.post, device.role.name.lower())
        if row is None or (row.public_key, row.post, row.role) != said:
            raise Broken("device_changed", index, kid=kid.hex())
        return device.public_key


def _check_entries(rows: list[StoredEntry], start: int, keyring: _Keyring) -> None:
    envelopes, broken = [], None
    for index, row in enumerate(rows, start):
        try:
            envelopes.append(_envelope(row, index))
        except Broken as found:
            broken = found
            break
    registered = device_keys({envelope.kid for envelope in envelopes if envelope is not None})
    for index, envelope in enumerate(envelopes, start):
        if envelope is None:
            keyring.hear(index, rows[index - start].signed)
            continue
        try:
            cose.check(envelope, keyring.key(envelope.kid, index, registered))
        except Refused:
            raise Broken("signature_bad", index, kid=envelope.kid.hex()) from None
    if broken is not None:  # the signatures before it come first
        raise broken


def _envelope(row: StoredEntry, index: int) -> cose.Envelope | None:
    """Of an event; None: it is a statement of an issuer, or of the log itself."""
    if row.index != index:
        raise Broken("entry_missing", index)
    if leaf_hash(row.signed) != row.leaf_hash:
        raise Broken("entry_changed", index)
    if is_statement(row.signed) or succession.is_succession(row.signed):
        return None
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
