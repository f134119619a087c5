"""What is done to the log: it grows, and its head is signed. Nothing else can be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db import connection, transaction

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import copies, keys, memory, pen, policies, publishing, reads
from kawal.desk.ledger.models import Checkpoint
from kawal.desk.ledger.reads import StoredCheckpoint
from kawal.rules.ledger import checkpoint, tiles
from kawal.rules.signing import note

_INSERT = 'INSERT INTO ledger_entry ("index", leaf_hash, signed, received_at) VALUES (%s, %s, %s, %s)'
_KEEP_TILE = (
    "INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s) "
    "ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"
)


class Receipt(NamedTuple):
    """Where an entry stands in the log; `repeated` where it was there before."""

    id: bytes  # leaf hash
    index: int  # type: ignore[assignment]  # nobody misses the method of tuples
    repeated: bool


def append_new(entries: Sequence[tuple[bytes, bytes]], *, received_at: datetime) -> list[Receipt]:
    """Append what is new of (leaf hash, signed bytes), all or nothing; durable when it returns.

    Told twice, it is one entry (C1). Answers a receipt for each, in their order. Refuses as `append`.
    """
    if not entries:
        return []
    with transaction.atomic():
        size = pen.lock()
        known = reads.index_of([id for id, _ in entries])
        fresh = {id: signed for id, signed in entries if id not in known}
        new = dict(zip(fresh, _append_at(size, list(fresh.items()), received_at), strict=True))
    receipts = []
    for id, _ in entries:
        index = new.pop(id, None)  # a second time in the same batch is a repeat as well
        if index is not None:
            known[id] = index
        receipts.append(Receipt(id, known[id], index is None))
    return receipts


def append(entries: Sequence[tuple[bytes, bytes]], *, received_at: datetime) -> list[int]:
    """Append (leaf hash, signed bytes), all new, inside the caller's transaction; answers their indexes.

    Refuses `not_the_writer` and what else `pen.lock` refuses: two writers cannot both win.
    """
    return _append_at(pen.lock(), entries, received_at) if entries else []


def put(size: int, rows: Sequence[tuple[bytes, bytes, datetime]]) -> None:
    """(leaf hash, signed bytes, when received) behind the `size` there are. For those who hold the pen."""
    adapted = cache(connection.ops.adapt_datetimefield_value)  # a batch came in at one moment
    told = [
        (index, leaf_hash, signed, adapted(received_at))
        for index, (leaf_hash, signed, received_at) in enumerate(rows, size)
    ]
    grown = tiles.grow(reads.tiles_at(tiles.edge(size)), size, [leaf_hash for leaf_hash, _, _ in rows])
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, told)
        cursor.executemany(_KEEP_TILE, [(*place, hashes) for place, hashes in grown.items()])
    pen.grow(size, size + len(rows))


def publish_checkpoint(*, now: datetime) -> StoredCheckpoint:
    """Sign the head of the log; where it has not grown, the newest checkpoint is the answer.

    Where no policy asks for witnesses it is published at once, else by `publishing` when they answered.

    Refuses `not_the_writer`, and `log_shrunk` and `log_forked` where the stored log no longer holds
    what was signed before (an old backup, a changed tile): two signed heads that contradict each other
    would be the end of the log, so nothing is signed any more.
    """
    with transaction.atomic():
        size = pen.lock()
        latest = reads.latest_checkpoint()
        if latest is not None and size == latest.size:
            return latest
        copies.check_own(size)
        head = checkpoint.Head(keys.verifier_key().name, size, tiles.root_of(size, reads.tile))
        signed_note = note.sign(checkpoint.text(head), head.origin, keys.log_key())
        Checkpoint.objects.create(size=size, root=head.root, note=signed_note, signed_at=now)
        pen.grow(size, size)
        publishing.begin(size, waits=policies.asks_witnesses(), now=clock.real_now())
        if pen.held():
            memory.remember(signed_note)
    return StoredCheckpoint(size, head.root, signed_note, now)


def _append_at(size: int, entries: Sequence[tuple[bytes, bytes]], received_at: datetime) -> list[int]:
    if entries:
        put(size, [(*entry, received_at) for entry in entries])
    return list(range(size, size + len(entries)))
