"""What a device told, as its keeper sees it: how far its chain goes, and the proof where it is forked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from kawal.desk.custody import tellings
from kawal.desk.custody.models import EventDoubt, EventLink, Finding, Fork
from kawal.desk.custody.rows import chunks
from kawal.desk.ledger import reads as log
from kawal.rules.custody.told import Told

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest entry of a device's."""

    entry_index: int
    event_id: bytes
    seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """Two events that one key signed in one place of its chain, with their bytes."""

    events: list[tuple[Told, bytes]]


def newest(kids: Collection[str]) -> dict[str, Newest]:
    """By kid; a device that told nothing is not in it."""
    found: dict[str, Newest] = {}
    for some in chunks(sorted(set(kids)), _AT_ONCE):
        last = EventLink.objects.filter(kid__in=some).values_list("kid").annotate(Max("entry_index"))
        indexes = {index: kid for kid, index in last}
        entries = log.entries_at(indexes)
        links = EventLink.objects.filter(entry_index__in=list(indexes))
        for index, event_id, seq in links.values_list("entry_index", "event_id", "seq"):
            if index in entries:
                at = entries[index].received_at
                found[indexes[index]] = Newest(index, bytes(event_id), seq, at)
    return found


def told_by(kid: str, event_id: bytes) -> bool:
    index = log.index_of([event_id]).get(event_id)
    return index is not None and EventLink.objects.filter(entry_index=index, kid=kid).exists()


def forked(kids: Collection[str]) -> dict[str, int]:
    """Kid -> the number from which the chain of a device is forked."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(kids)), _AT_ONCE):
        found.update(Fork.objects.filter(kid__in=some).values_list("kid", "seq"))
    return found


def not_counting(kid: str) -> int:
    """Events of the device that were kept and do not count."""
    return EventDoubt.objects.filter(kid=kid, counts=False).count()


def proofs(kid: str) -> list[Proof]:
    """Every fork that was found, the earliest first."""
    found = []
    for row in Finding.objects.filter(kind="fork", key__startswith=f"C12.fork.{kid}."):
        ids = [bytes.fromhex(event_id) for event_id in row.facts["events"]]
        indexes = log.index_of(ids)
        entries = log.entries_at(indexes.values())
        told = [(tellings.read(entry), entry.signed) for _, entry in sorted(entries.items())]
        found.append((int(row.facts["seq"]), row.key, Proof(told)))
    return [proof for *_, proof in sorted(found, key=lambda one: one[:2])]
