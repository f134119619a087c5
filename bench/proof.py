"""A proof for any of ten million leaves, read from the stored tiles.

The log's hash tiles are built from made-up leaf hashes and stored as the hub stores them; what is timed
is what the hub does when somebody asks for a proof, for leaves drawn from the whole log. Every proof is
checked against the root. Beside it: the same reads from the database alone.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from statistics import median, quantiles

from bench import Row
from kawal.rules.ledger import tiles, tree

LEAVES = 10_000_000
PROOFS = 300
SEED = 2024
_TILE_BYTES = tiles.WIDTH * tree.HASH_BYTES


def measure() -> list[Row]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    store(LEAVES)
    try:
        return [_timed()]
    finally:
        _forget()


def leaf(index: int) -> bytes:
    """A made-up leaf hash: its tile's digest, stretched."""
    return leaves_of(index // tiles.WIDTH)[index % tiles.WIDTH * 32 :][:32]


def leaves_of(number: int) -> bytes:
    """256 made-up leaf hashes in one call: a tile of them must not cost more than its tree."""
    return hashlib.shake_256(number.to_bytes(8, "big")).digest(_TILE_BYTES)


def store(size: int) -> None:
    """All hash tiles of a log of `size`, level by level."""
    from django.db import transaction

    from kawal.desk.ledger.models import Tile

    level, width, data = 0, size, _made_up(size)
    with transaction.atomic():
        while width:
            above: list[bytes] = []
            rows: list[Tile] = []
            for number, hashes in enumerate(data):
                rows.append(Tile(level=level, number=number, hashes=hashes))
                if len(hashes) == _TILE_BYTES:
                    above.append(tiles.inner_hash(hashes, 0, tiles.HEIGHT))
                if len(rows) == 1000:
                    Tile.objects.bulk_create(rows)
                    rows = []
            Tile.objects.bulk_create(rows)
            level, width = level + 1, width // tiles.WIDTH
            data = _cut(b"".join(above))


def _made_up(size: int) -> Iterator[bytes]:
    for start in range(0, size, tiles.WIDTH):
        yield leaves_of(start // tiles.WIDTH)[: min(tiles.WIDTH, size - start) * tree.HASH_BYTES]


def _cut(hashes: bytes) -> Iterator[bytes]:
    for at in range(0, len(hashes), _TILE_BYTES):
        yield hashes[at : at + _TILE_BYTES]


def _timed() -> Row:
    from kawal.desk.ledger import reads

    root = tiles.root_of(LEAVES, reads.tile)
    draw = random.Random(SEED)
    spent_ms, bare_ms = [], []
    for _ in range(PROOFS):
        index = draw.randrange(LEAVES)
        begun = time.perf_counter()
        proof = reads.inclusion(index, LEAVES)
        spent_ms.append((time.perf_counter() - begun) * 1000)
        tree.check_inclusion(leaf(index), index, LEAVES, proof, root)
        begun = time.perf_counter()
        for level in range(3):
            reads.tile(level, index >> 8 * (level + 1))
        bare_ms.append((time.perf_counter() - begun) * 1000)
    worst = quantiles(spent_ms, n=100)[98]
    how = f"median of {PROOFS} proofs, 99 of 100 within {worst:.1f} ms; each checked against the root"
    value, bare = median(spent_ms), median(bare_ms)
    return Row("a proof for any of 10 million leaves", value, "ms", "reading its tiles", value / bare, how)


def _forget() -> None:
    from kawal.desk.ledger.models import Tile

    Tile.objects.all().delete()
