"""The tree cut into tiles of 256 hashes (C2SP tlog-tiles, https://c2sp.org/tlog-tiles).

Tile n of level l holds the hashes of 256 full subtrees of 256^l leaves each; at level 0 those are
the leaf hashes. A full tile's root is one hash of the level above. The last tile of a level is
partial until it is full, and is never hashed into the level above before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from kawal.rules.ledger import tree
from kawal.rules.ledger.tree import HASH_BYTES, Subtree
from kawal.rules.refusals import Refused

WIDTH: Final = 256  # hashes in a full tile
HEIGHT: Final = 8  # levels of the tree in one level of tiles

Place = tuple[int, int]  # level, number
ReadTile = Callable[[int, int], bytes]  # the hashes of a tile, as many as there are

_NUMBER = re.compile(r"(x\d{3}/)*\d{3}")


def edge(size: int) -> list[Place]:
    """The partial tiles of a log of `size`: all that is needed to grow it."""
    return [(level, size >> HEIGHT * (level + 1)) for level in _levels(size) if width(size, level)]


def width(size: int, level: int) -> int:
    """How many hashes the partial tile of a level has in a log of `size`; 0 where there is none."""
    return (size >> HEIGHT * level) % WIDTH


def places(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a log of `size`."""
    for level in _levels(size):
        full = size >> HEIGHT * (level + 1)
        yield from ((level, number, WIDTH) for number in range(full))
        if width(size, level):
            yield level, full, width(size, level)


def grow(partial: dict[Place, bytes], size: int, leaf_hashes: Sequence[bytes]) -> dict[Place, bytes]:
    """Append leaves to a log of `size` whose partial tiles (`edge`) are given: every tile that changed."""
    changed: dict[Place, bytes] = {}
    level, start, hashes = 0, size, b"".join(leaf_hashes)
    while hashes:
        above = []
        number = start // WIDTH
        hashes = partial.get((level, number), b"") + hashes
        for at in range(0, len(hashes), WIDTH * HASH_BYTES):
            tile = hashes[at : at + WIDTH * HASH_BYTES]
            changed[level, number] = tile
            number += 1
            if len(tile) == WIDTH * HASH_BYTES:
                above.append(inner_hash(tile, 0, HEIGHT))
        start //= WIDTH
        level, hashes = level + 1, b"".join(above)
    return changed


def inner_hash(tile: bytes, first: int, level: int) -> bytes:
    """Root over the 2^level hashes of a tile that begin with its hash `first`."""
    hashes = tile[first * HASH_BYTES : (first + (1 << level)) * HASH_BYTES]
    while len(hashes) > HASH_BYTES:
        hashes = b"".join([
            sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest()  # a node of RFC 6962, as they stand
            for at in range(0, len(hashes), 2 * HASH_BYTES)
        ])  # fmt: skip
    return hashes


def subtree_of(read_tile: ReadTile) -> Subtree:
    """A Subtree that reads tiles. A tile too short for what is asked is a bug of the reader (ValueError)."""

    def subtree(level: int, n: int) -> bytes:
        tile_level, inner = divmod(level, HEIGHT)
        number, first = divmod(n << inner, WIDTH)
        tile = read_tile(tile_level, number)
        if len(tile) < (first + (1 << inner)) * HASH_BYTES:
            raise ValueError(f"tile {tile_level}/{number} has only {len(tile) // HASH_BYTES} hashes")
        return inner_hash(tile, first, inner)

    return subtree


def root_of(size: int, read_tile: ReadTile) -> bytes:
    """Root of a log of `size`; reads its partial tiles only (`edge`)."""
    return tree.root_of(size, subtree_of(read_tile))


def number_path(number: int) -> str:
    """1234067 -> `x001/x234/067`."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def number_of(path: str) -> int:
    """The way back, one spelling only. Refuses `no_such_tile`."""
    if _NUMBER.fullmatch(path) is None or not path.isascii() or len(path) > 30:
        raise Refused("no_such_tile", path=path[:80])
    number = int(path.replace("x", "").replace("/", ""))
    if number_path(number) != path:
        raise Refused("no_such_tile", path=path)
    return number


def path(level: int, number: int, hashes: int = WIDTH) -> str:
    """Address of a hash tile with that many hashes, below the log's prefix."""
    return f"tile/{level}/{number_path(number)}" + (f".p/{hashes}" if hashes < WIDTH else "")


def bundle_path(number: int, entries: int = WIDTH) -> str:
    """Address of the entry bundle that goes with tile 0/number."""
    return f"tile/entries/{number_path(number)}" + (f".p/{entries}" if entries < WIDTH else "")


def _levels(size: int) -> Iterator[int]:
    level = 0
    while size >> HEIGHT * level:
        yield level
        level += 1
