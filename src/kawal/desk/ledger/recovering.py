"""Bring an older copy of the log back to what was signed, from whoever kept the entries.

Nobody is trusted: the entries must grow into exactly the head that this log signed, and that its
witnesses cosigned where the policy asks for them. Entries that the older copy took in meanwhile stand at
indexes that were given before; they are kept (`Former`) and told again behind, as the signed events they
are. All in one transaction: whatever fails changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import transaction

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import actions, copies, keys, memory, pen, policies, publishing, reads
from kawal.desk.ledger.models import Checkpoint, Entry, Former, Tile
from kawal.desk.ledger.reads import StoredEntry
from kawal.desk.people.devices import device_keys
from kawal.rules.custody import event
from kawal.rules.ledger import checkpoint, parting, tiles
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, note
from kawal.rules.signing.hashes import leaf_hash
from kawal.verify.source import Log

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry of the older copy that stands elsewhere now."""

    id: bytes
    old_index: int
    index: int


@dataclass(frozen=True, slots=True)
class Recovered:
    start: int  # up to here the copy was right
    size: int  # of the head that was recovered
    root: bytes
    moved: tuple[Moved, ...]
    unchecked: tuple[str, ...]  # kids whose signatures nobody here can check: not enrolled


def recover(source: Log, *, told: Callable[[int], object] = lambda count: None) -> Recovered:
    """The caller holds the pen. `told` hears how many entries came.

    Refuses `source_behind` (somebody remembers more than this source has), `source_not_cosigned`,
    `source_differs` (its entries are not those that were signed), `entry_bad` (the signature of one does
    not hold), `fork_signed` (this copy signed heads that contradict the source: close the log and open a
    successor), and what the source, its checkpoint and the policy may be refused for.
    """
    signed_note = source.checkpoint()
    head = checkpoint.checked(signed_note, keys.verifier_key())
    _check_cosigned(signed_note)
    known = copies.heard().known
    for one in known:
        if one.head.size > head.size:
            raise Refused("source_behind", size=head.size, signed_size=one.head.size, source=one.source)
    theirs = _remembering(source.tile_of(head.size))
    with transaction.atomic():
        size = reads.size()
        start = parting.shared_size(reads.tile, theirs, min(size, head.size))
        _check_unsigned(start)
        tail = list(reads.entries(start, size))
        _cut_back(start, tail)
        unchecked = _bring(source, head, start, told)
        for one in known:
            copies.check(one, head.size)
        _keep_head(head, signed_note)
        moved = _tell_again(tail)
    newest = memory.head()
    if newest is None or newest.size < head.size:
        memory.remember(_own_note(signed_note))
    return Recovered(start, head.size, head.root, tuple(moved), tuple(sorted(unchecked)))


def _check_cosigned(signed_note: str) -> None:
    policy = policies.installed()
    by_key = {witness.key: witness.name for witness in policy.witnesses}
    signers = note.signers(note.parsed(signed_note), [keys.verifier_key(), *by_key])
    cosigned = [by_key[signer.key] for signer in signers if signer.key in by_key]
    if not policy.satisfied_by(cosigned):
        raise Refused("source_not_cosigned", quorum=policy.quorum, cosigned=", ".join(cosigned) or "-")


def _remembering(read: tiles.ReadTile) -> tiles.ReadTile:
    """The same tile is asked for once."""
    held: dict[tiles.Place, bytes] = {}

    def tile(level: int, number: int) -> bytes:
        place = (level, number)
        if place not in held:
            held[place] = read(level, number)
        return held[place]

    return tile


def _check_unsigned(start: int) -> None:
    signed = Checkpoint.objects.filter(size__gt=start).values_list("size", flat=True).first()
    if signed is not None:
        raise Refused("fork_signed", size=start, signed_size=signed)


def _cut_back(start: int, tail: Sequence[StoredEntry]) -> None:
    """The log as it was at `start`; what stood behind is kept."""
    origin, now = keys.verifier_key().name, clock.real_now()
    Former.objects.bulk_create(
        [
            Former(
                log=origin, index=row.index, leaf_hash=row.leaf_hash, signed=row.signed,
                received_at=row.received_at, left_at=now, why="recovered",
            )
            for row in tail
        ],
        batch_size=_AT_ONCE,
    )  # fmt: skip
    Entry.objects.filter(index__gte=start).delete()
    for level, _ in reads.tiles_per_level():
        last = start >> tiles.HEIGHT * (level + 1)
        for number, hashes in Tile.objects.filter(level=level, number__gte=last).values_list(
            "number", "hashes"
        ):
            left = parting.cut((level, number), bytes(hashes), start)
            row = Tile.objects.filter(level=level, number=number)
            if left:
                row.update(hashes=left)
            else:
                row.delete()
    pen.rewind(start)


def _bring(source: Log, head: Head, start: int, told: Callable[[int], object]) -> set[str]:
    """Append the missing entries; kids that nobody here knows. Refuses `entry_bad`, `source_differs`."""
    unchecked: set[str] = set()
    coming: Iterator[bytes] = source.entries(start, head.size)
    last = reads.entry(start - 1).received_at if start else datetime.fromtimestamp(0, UTC)
    now, index = clock.now(), start
    while some := list(islice(coming, _AT_ONCE)):
        unchecked |= _check_signatures(some, index)
        when = [last := _received(signed, last, now) for signed in some]
        rows = [(leaf_hash(signed), signed, at) for signed, at in zip(some, when, strict=True)]
        actions.put(index, rows)
        index += len(some)
        told(len(some))
    if index != head.size or tiles.root_of(head.size, reads.tile) != head.root:
        raise Refused("source_differs", size=head.size)
    return unchecked


def _check_signatures(some: Sequence[bytes], start: int) -> set[str]:
    unknown: set[str] = set()
    opened = [(index, _opened(signed, index)) for index, signed in enumerate(some, start)]
    known = device_keys({envelope.kid for _, envelope in opened if envelope is not None})
    for index, envelope in opened:
        if envelope is None:  # an issuer's statement: whoever reads the register judges it
            continue
        device = known.get(envelope.kid)
        if device is None:
            unknown.add(envelope.kid.hex())
        elif not cose.holds(envelope.signature, envelope.to_be_signed, device.public_key):
            raise Refused("entry_bad", index=index, kid=envelope.kid.hex())
    return unknown


def _opened(signed: bytes, index: int) -> cose.Envelope | None:
    if cose.typ_of(signed) is not cose.Typ.EVENT:
        return None
    try:
        return cose.opened(signed)
    except Refused as refused:
        raise Refused("entry_bad", index=index, detail=refused.code) from None


def _received(signed: bytes, last: datetime, now: datetime) -> datetime:
    """When the hub received it is not in the log: at the earliest when the phone had written it down, and
    after the entry before."""
    try:
        told = event.of(cose.opened(signed).payload)
    except Refused:
        return last
    recorded = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=min(told.recorded_ms, 2**42))
    return max(last, min(recorded, now))


def _keep_head(head: Head, signed_note: str) -> None:
    if Checkpoint.objects.filter(size=head.size).exists():
        return
    Checkpoint.objects.create(
        size=head.size, root=head.root, note=_own_note(signed_note), signed_at=clock.now()
    )
    publishing.begin(head.size, waits=False, now=clock.real_now())
    with suppress(Refused):  # no cosignature of a witness that the policy names
        publishing.add_note(signed_note, policies.installed(), now=clock.real_now())


def _own_note(signed_note: str) -> str:
    """The checkpoint with this log's own signature alone, as it was signed."""
    text, _, lines = signed_note.rpartition("\n\n")
    ours = keys.verifier_key()
    own = [line for line in lines.splitlines() if _is_by(line, ours)]
    return f"{text}\n\n{own[0]}\n"


def _is_by(line: str, key: note.VerifierKey) -> bool:
    (found,) = note.parsed(f"-\n\n{line}\n").signatures
    return (found.name, found.key_id) == (key.name, key.key_id)


def _tell_again(tail: Sequence[StoredEntry]) -> list[Moved]:
    """What the older copy took in and nobody else knows of, behind all that was signed."""
    known = reads.index_of([row.leaf_hash for row in tail])
    moved = [Moved(row.leaf_hash, row.index, known[row.leaf_hash]) for row in tail if row.leaf_hash in known]
    for row in tail:
        if row.leaf_hash not in known:
            (index,) = actions.append([(row.leaf_hash, row.signed)], received_at=row.received_at)
            moved.append(Moved(row.leaf_hash, row.index, index))
    return sorted(moved, key=lambda one: one.old_index)
