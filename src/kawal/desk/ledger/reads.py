"""What the log holds: its size, entries, tiles and newest checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice

from django.db import connection
from django.db.models import Count

from kawal.desk.ledger.models import Checkpoint, Entry, Tile
from kawal.rules.ledger import bundles, tiles, tree
from kawal.rules.refusals import Refused

_AT_ONCE = 500  # hashes in one query
_PAGE = 1000  # rows
_ENTRY_FIELDS = ("index", "leaf_hash", "signed", "received_at")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    index: int
    leaf_hash: bytes  # RFC 6962 leaf hash, 32 bytes
    signed: bytes  # COSE_Sign1 exactly as received
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    size: int
    root: bytes
    note: str  # C2SP signed note
    signed_at: datetime


def size() -> int:
    """How many entries the log holds: their indexes have no gap."""
    last = Entry.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def index_of(leaf_hashes: Collection[bytes]) -> dict[bytes, int]:
    """Indexes of those entries that the log already holds."""
    wanted = iter(set(leaf_hashes))
    found: dict[bytes, int] = {}
    with connection.cursor() as cursor:  # asked for every event that comes in: the ORM costs thrice as much
        while some := list(islice(wanted, _AT_ONCE)):
            places = ", ".join(["%s"] * len(some))
            cursor.execute(
                f'SELECT leaf_hash, "index" FROM ledger_entry WHERE leaf_hash IN ({places})',  # noqa: S608
                some,
            )
            found.update((bytes(leaf_hash), index) for leaf_hash, index in cursor.fetchall())
    return found


def entries(start: int, stop: int) -> Iterator[StoredEntry]:
    """Entries start..stop in order, a page at a time: a log need not fit the memory.

    Pages, not an open cursor: a reader that stops early would leave it open in the next transaction.
    """
    while start < stop:
        rows = Entry.objects.filter(index__gte=start, index__lt=stop).order_by("index")
        page = [_entry(*row) for row in rows.values_list(*_ENTRY_FIELDS)[:_PAGE]]
        yield from page
        if len(page) < _PAGE:
            return
        start = page[-1].index + 1


def entries_at(indexes: Collection[int]) -> dict[int, StoredEntry]:
    """Entries by index; those that are not there are left out."""
    wanted = iter(sorted(set(indexes)))
    found: dict[int, StoredEntry] = {}
    while some := list(islice(wanted, _AT_ONCE)):
        rows = Entry.objects.filter(index__in=some).values_list(*_ENTRY_FIELDS)
        found.update((row[0], _entry(*row)) for row in rows)
    return found


def entry(index: int) -> StoredEntry:
    """Refuses `no_such_entry`."""
    for found in entries(index, index + 1):
        return found
    raise Refused("no_such_entry", index=index, size=size())


def latest_checkpoint() -> StoredCheckpoint | None:
    row = Checkpoint.objects.order_by("-size").first()
    return None if row is None else _checkpoint(row)


def checkpoints(size_max: int) -> Iterator[StoredCheckpoint]:
    """All that were ever published up to a size, smallest first."""
    after = -1
    while page := list(
        Checkpoint.objects.filter(size__gt=after, size__lte=size_max).order_by("size")[:_PAGE]
    ):
        yield from map(_checkpoint, page)
        after = page[-1].size


def tile(level: int, number: int) -> bytes:
    """The hashes of a tile, as many as there are; none where the log has not grown that far."""
    hashes = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return b"" if hashes is None else bytes(hashes)


def inclusion(index: int, size: int) -> list[bytes]:
    """Proof that entry `index` stands in the log as it was at `size`; a handful of tiles is read, however
    long the log. Refuses `no_such_entry`."""
    if not 0 <= index < size:
        raise Refused("no_such_entry", index=index, size=size)
    return tree.prove_inclusion(index, size, tiles.subtree_of(cache(tile)))


def tiles_at(places: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The same for several (level, number); those that are not there are left out."""
    if not places:
        return {}
    wanted = " OR ".join(["level = %s AND number = %s"] * len(places))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT level, number, hashes FROM ledger_tile WHERE {wanted}",  # noqa: S608
            [part for place in places for part in place],
        )
        rows = cursor.fetchall()
    return {(level, number): bytes(hashes) for level, number, hashes in rows}


def tiles_per_level() -> list[tuple[int, int]]:
    counted = Tile.objects.values("level").annotate(tiles=Count("id")).order_by("level")
    return [(row["level"], row["tiles"]) for row in counted]


def tile_served(level: int, number: int, hashes: int) -> bytes:
    """Exactly that many hashes of a tile. Refuses `no_such_tile`."""
    wanted_bytes = hashes * tree.HASH_BYTES
    held = tile(level, number)
    if not 1 <= hashes <= tiles.WIDTH or len(held) < wanted_bytes:
        raise Refused("no_such_tile", level=level, number=number, hashes=hashes)
    return held[:wanted_bytes]


def bundle_served(number: int, count: int) -> bytes:
    """Exactly that many entries of a bundle. Refuses `no_such_tile`."""
    start = number * tiles.WIDTH
    found = list(entries(start, start + count))
    if not 1 <= count <= tiles.WIDTH or len(found) < count:
        raise Refused("no_such_tile", number=number, entries=count)
    return bundles.bundle(row.signed for row in found)


def _entry(index: int, leaf_hash: bytes, signed: bytes, received_at: datetime) -> StoredEntry:
    return StoredEntry(index, bytes(leaf_hash), bytes(signed), received_at)


def _checkpoint(row: Checkpoint) -> StoredCheckpoint:
    return StoredCheckpoint(row.size, bytes(row.root), row.note, row.signed_at)
