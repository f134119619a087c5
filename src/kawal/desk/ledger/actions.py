"""What is done to the log: it grows, and its head is signed. Nothing else can be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from kawal.desk.ledger import copies, keys, memory, pen, reads
from kawal.desk.ledger.models import Checkpoint, Tile
from kawal.desk.ledger.reads import StoredCheckpoint
from kawal.rules.ledger import checkpoint, tiles
from kawal.rules.signing import note

_INSERT = 'INSERT INTO ledger_entry ("index", leaf_hash, signed, received_at) VALUES (%s, %s, %s, %s)'


def append(entries: Sequence[tuple[bytes, bytes]], *, received_at: datetime) -> list[int]:
    """Append (leaf hash, signed bytes), all new, inside the caller's transaction; answers their indexes.

    Refuses `not_the_writer` and what else `pen.lock` refuses: two writers cannot both win.
    """
    if not entries:
        return []
    size = pen.lock()
    indexes = list(range(size, size + len(entries)))
    when = connection.ops.adapt_datetimefield_value(received_at)
    with connection.cursor() as cursor:
        cursor.executemany(
            _INSERT,
            [(index, *entry, when) for index, entry in zip(indexes, entries, strict=True)],
        )
    _grow_tiles(size, [leaf_hash for leaf_hash, _ in entries])
    pen.grow(size, indexes[-1] + 1)
    return indexes


def one_writer() -> None:
    """Until the caller's transaction ends nobody else appends. SQLite has one writer anyhow."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger_entry'))")


def publish_checkpoint(*, now: datetime) -> StoredCheckpoint:
    """Sign the head of the log; where it has not grown, the newest checkpoint is the answer.

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
        if pen.held():
            memory.remember(signed_note)
    return StoredCheckpoint(size, head.root, signed_note, now)


def _grow_tiles(size: int, leaf_hashes: Sequence[bytes]) -> None:
    partial = {place: reads.tile(*place) for place in tiles.edge(size)}
    for (level, number), hashes in tiles.grow(partial, size, leaf_hashes).items():
        if (level, number) in partial:
            Tile.objects.filter(level=level, number=number).update(hashes=hashes)
        else:
            Tile.objects.create(level=level, number=number, hashes=hashes)
