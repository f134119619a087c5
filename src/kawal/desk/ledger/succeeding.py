"""A log is closed, and another takes its place (rules.ledger.succession says what its first entry is).

Closing and succeeding are for a log that can never be continued, because entries that it signed for are
gone or two of its heads contradict each other, or that ends in good order. What is held of it is
logged again behind the successor's first entry, the same bytes in the same order, in one transaction;
the former log's entries, tiles and signed heads stay as they were and are still served. The key changes
hands after the transaction (`keys.settle`), so that a kill at any moment leaves one log or the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import actions, copies, keys, memory, pen, reads
from kawal.desk.ledger.models import (
    Checkpoint,
    Cosignature,
    Entry,
    Former,
    FormerCheckpoint,
    FormerTile,
    Publication,
    Tile,
    WitnessState,
)
from kawal.rules.ledger import succession, tiles
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.succession import ORIGIN_CHARS_MAX, Reason, Succession
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.hashes import leaf_hash

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Succeeded:
    former: Head  # what the successor commits to
    held: int  # entries of the former log that follow
    log: str  # vkey of the successor


def close(reason: Reason) -> int:
    """The log takes nothing in and signs nothing any more; answers its size. The caller holds the pen.

    Where it still can, it signs its last head first. Closed again, it stays as it was closed first.
    """
    before = pen.stored_bar()
    if before is not None and before["refused"] == copies.CLOSED:
        return int(before["size"])
    if before is None and reads.size():
        actions.publish_checkpoint(now=clock.now())
    pen.bar({"refused": copies.CLOSED, "size": reads.size(), "reason": reason.name.lower()})
    return reads.size()


def succeed(
    reason: Reason,
    origin: str | None = None,
    *,
    follow: Callable[[], object] = lambda: None,
    told: Callable[[int], object] = lambda count: None,
) -> Succeeded:
    """Another log begins in the place of one that is closed or stands still. The caller holds the pen.

    `follow` brings the tables after the log, within the same transaction; `told` hears how many entries
    were logged again. Refuses `log_open`, `origin_needed`, `origin_taken` and `bad_origin`.
    """
    if pen.stored_bar() is None:
        raise Refused("log_open")
    was = keys.verifier_key()
    _check_origin(origin, was)
    new = keys.next_verifier_key(origin)
    former = _last_head(was.name)
    held = reads.size()
    said = Succession(
        at_s=int(clock.real_now().timestamp()), log=new.name, former=former,
        note_hash=succession.note_hash_of(former), reason=reason, held=held,
    )  # fmt: skip
    first = succession.sign(said, keys.next_key())
    with transaction.atomic():
        _set_aside(was.name)
        pen.begin_anew(str(new))
        actions.put(0, [(leaf_hash(first), first, clock.now())])
        index = 1
        for rows in _held(was.name):
            actions.put(index, rows)
            index += len(rows)
            told(len(rows))
        follow()
    keys.settle(str(new))
    memory.forget()
    return Succeeded(former, held, str(new))


def _check_origin(origin: str | None, was: note.VerifierKey) -> None:
    if origin is None:
        if not was.name.startswith("kawal.local/log/"):  # it was named by a person
            raise Refused("origin_needed", origin=was.name)
        return
    if origin == was.name:
        raise Refused("origin_taken", origin=origin)
    if not note.is_key_name(origin) or not origin.isascii() or len(origin) > ORIGIN_CHARS_MAX:
        raise Refused("bad_origin", origin=origin[:ORIGIN_CHARS_MAX])


def _last_head(origin: str) -> Head:
    """What a witness cosigned last counts before what this hub remembers by itself; then the largest. Of a
    log that was never signed, as it stands."""
    known = copies.heard().known
    if known:
        own = (copies.MEMORY, copies.DATABASE)
        return max(known, key=lambda one: (one.source not in own, one.head.size)).head
    size = reads.size()
    return Head(origin, size, tiles.root_of(size, reads.tile))


def _set_aside(origin: str) -> None:
    """Everything of the log that ends, where it stays for ever."""
    now = clock.real_now()
    rows = reads.entries(0, reads.size())
    while some := list(islice(rows, _AT_ONCE)):
        Former.objects.bulk_create(
            Former(
                log=origin, index=row.index, leaf_hash=row.leaf_hash, signed=row.signed,
                received_at=row.received_at, left_at=now, why="closed",
            )
            for row in some
        )  # fmt: skip
    FormerTile.objects.bulk_create(
        (
            FormerTile(log=origin, level=level, number=number, hashes=hashes)
            for level, number, hashes in Tile.objects.values_list("level", "number", "hashes").iterator()
        ),
        batch_size=_AT_ONCE,
    )
    _set_heads_aside(origin)
    for table in (Entry, Tile, Checkpoint, Publication, Cosignature, WitnessState):
        table.objects.all().delete()


def _set_heads_aside(origin: str) -> None:
    published = set(Publication.objects.exclude(published_at=None).values_list("size", flat=True))
    lines: defaultdict[int, str] = defaultdict(str)
    for size, line in Cosignature.objects.order_by("witness").values_list("size", "line").iterator():
        lines[size] += line
    FormerCheckpoint.objects.bulk_create(
        (
            FormerCheckpoint(
                log=origin, size=row.size, note=row.note + lines[row.size], signed_at=row.signed_at,
                published=row.size in published,
            )
            for row in Checkpoint.objects.order_by("size").iterator()
        ),
        batch_size=_AT_ONCE,
    )  # fmt: skip


def _held(origin: str) -> Iterator[list[tuple[bytes, bytes, datetime]]]:
    """Leaf hash, bytes and time of what is held, in the order of the former log."""
    after = -1
    closed = Former.objects.filter(log=origin, why="closed").order_by("index")
    while page := list(
        closed.filter(index__gt=after).values_list("index", "leaf_hash", "signed", "received_at")[:_AT_ONCE]
    ):
        after = page[-1][0]
        yield [(bytes(hashed), bytes(signed), at) for _, hashed, signed, at in page]
