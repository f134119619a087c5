"""Where two logs part: the longest beginning that they share, found from a few of their tiles."""

from __future__ import annotations

from kawal.rules.ledger import tiles
from kawal.rules.ledger.tiles import ReadTile
from kawal.rules.ledger.tree import HASH_BYTES


def shared_size(one: ReadTile, other: ReadTile, size: int) -> int:
    """Up to `size` entries, which both hold: how many at their beginnings are the same."""
    same, most = 0, size
    tried = most  # equal to the end, mostly
    while same < most:
        if tiles.root_of(tried, one) == tiles.root_of(tried, other):
            same = tried
        else:
            most = tried - 1
        tried = (same + most + 1) // 2
    return same


def cut(place: tiles.Place, hashes: bytes, size: int) -> bytes:
    """What is left of a tile when its log is cut back to `size`; nothing where it lies beyond."""
    level, number = place
    left = (size >> tiles.HEIGHT * level) - number * tiles.WIDTH
    return hashes[: max(0, left) * HASH_BYTES]
