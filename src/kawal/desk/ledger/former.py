"""A log that was closed, as it was served: its receipts can be checked for ever, at `/former/<hash>/`."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import Max

from kawal.desk.ledger.models import Former, FormerCheckpoint, FormerTile
from kawal.rules.ledger import bundles, tiles, tree
from kawal.rules.refusals import Refused


def logs() -> list[tuple[str, int]]:
    """Origin and signed size of every log that was closed here."""
    found = FormerCheckpoint.objects.values_list("log").annotate(size=Max("size"))
    return sorted(found.values_list("log", "size"))


def digest_of(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def origin_of(digest: str) -> str:
    """The closed log whose origin has this SHA-256 in hex. Refuses `no_such_tile`."""
    for origin, _ in logs():
        if digest_of(origin) == digest:
            return origin
    raise Refused("no_such_tile")


def checkpoint(origin: str) -> str:
    """Its last published head with its cosignatures. Refuses `no_such_tile`."""
    rows = FormerCheckpoint.objects.filter(log=origin, published=True).order_by("-size")
    note = rows.values_list("note", flat=True).first()
    if note is None:
        raise Refused("no_such_tile")
    return note


def tile_served(origin: str, level: int, number: int, hashes: int) -> bytes:
    """Exactly that many hashes of a tile. Refuses `no_such_tile`."""
    row = FormerTile.objects.filter(log=origin, level=level, number=number)
    held = bytes(row.values_list("hashes", flat=True).first() or b"")
    wanted_bytes = hashes * tree.HASH_BYTES
    if not 1 <= hashes <= tiles.WIDTH or len(held) < wanted_bytes:
        raise Refused("no_such_tile", level=level, number=number, hashes=hashes)
    return held[:wanted_bytes]


def bundle_served(origin: str, number: int, count: int) -> bytes:
    """Exactly that many entries of a bundle. Refuses `no_such_tile`."""
    start = number * tiles.WIDTH
    rows = Former.objects.filter(log=origin, why="closed", index__gte=start, index__lt=start + count)
    found = [bytes(signed) for signed in rows.order_by("index").values_list("signed", flat=True)]
    if not 1 <= count <= tiles.WIDTH or len(found) < count:
        raise Refused("no_such_tile", number=number, entries=count)
    return bundles.bundle(found)
