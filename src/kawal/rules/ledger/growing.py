"""The tree of a log as its entries are read one after the other: every tile once, memory for the edge only.

Whoever verifies a log grows it anew and compares: full tiles as they are made, the partial ones at the
end, the root wherever a head was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kawal.rules.ledger import tiles, tree

Compare = Callable[[tiles.Place, bytes], None]  # a tile's place and the hashes that it must have


@dataclass(slots=True)
class Growing:
    """`compare` is called with every tile that is full, and at `compare_edge` with those that are not."""

    compare: Compare
    size: int = 0
    edge: dict[tiles.Place, bytes] = field(default_factory=dict)

    def add(self, leaf_hashes: Sequence[bytes]) -> None:
        changed = tiles.grow(self.edge, self.size, leaf_hashes)
        self.size += len(leaf_hashes)
        self.edge |= changed
        for place, hashes in changed.items():
            if len(hashes) == tiles.WIDTH * tree.HASH_BYTES:
                self.compare(place, self.edge.pop(place))

    def compare_edge(self) -> None:
        for place, hashes in sorted(self.edge.items()):
            self.compare(place, hashes)

    def root(self) -> bytes:
        return tiles.root_of(self.size, lambda *place: self.edge[place])


def first_differing_leaf(place: tiles.Place, hashes: bytes, held: bytes) -> int | None:
    """Index of the first entry below the first hash in which a tile `held` differs from what it must begin
    with; None where it does not."""
    level, number = place
    for at in range(0, len(hashes), tree.HASH_BYTES):
        if held[at : at + tree.HASH_BYTES] != hashes[at : at + tree.HASH_BYTES]:
            return (number * tiles.WIDTH + at // tree.HASH_BYTES) << tiles.HEIGHT * level
    return None
