"""What is done to the record of custody: events are recorded, the tables are rebuilt from the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kawal.desk.clock import reads as clock
from kawal.desk.custody import folding, models, progress, tellings
from kawal.desk.custody.comparing import Difference, differences, taken_down
from kawal.desk.custody.rows import chunks
from kawal.desk.ledger import actions as ledger
from kawal.desk.ledger import reads as log
from kawal.rules.custody.told import Told, Verified

REPLAYED_AT_ONCE = 500  # events; bounds what is in memory, however long the log

_REBUILT = (
    models.ParcelStory,
    models.StationProgress,
    models.AreaProgress,
    models.EventLink,
    models.Milestone,
    models.Position,
    models.Incident,
    models.Projection,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an event stands in the log; `repeated` where it was told before."""

    id: bytes
    index: int
    repeated: bool


def record(batch: Sequence[Verified], *, received_at: datetime) -> list[Receipt]:
    """Append what is new to the log and fold it into the tables, all or nothing.

    An event is never refused for what it says; told twice, it is one event (C1). Answers one receipt
    for each event of the batch, in its order.
    """
    with transaction.atomic():
        # One writer at a time, where the database would allow more: roll-ups are read and written back.
        models.Projection.objects.select_for_update().get_or_create(pk=1)
        known = log.index_of([one.id for one in batch])
        fresh = {one.id: one for one in batch if one.id not in known}
        indexes = ledger.append([(one.id, one.signed) for one in fresh.values()], received_at=received_at)
        told = [
            Told(one.id, one.kid, one.event, index, received_at)
            for one, index in zip(fresh.values(), indexes, strict=True)
        ]
        folding.fold(told, at=received_at)
    new = {one.id: one.index for one in told}
    receipts = []
    for one in batch:
        index = new.pop(one.id, None)  # a second time in the same batch is a repeat as well
        if index is None:
            receipts.append(Receipt(one.id, known[one.id], True))
        else:
            known[one.id] = index
            receipts.append(Receipt(one.id, index, False))
    return receipts


def rebuild(progressed: Callable[[int], object] = lambda events: None) -> int:
    """Empty the tables and replay the log into them; answers how many events were folded.

    Findings are evidence: those that still hold keep the time they were found, those that do not are
    cleared, and none is deleted.
    """
    with transaction.atomic():
        models.Projection.objects.select_for_update().get_or_create(pk=1)
        size = log.size()
        now = clock.now()
        noted = _findings_set_aside(now)
        for table in _REBUILT:
            table._default_manager.all().delete()
        models.Projection.objects.create(pk=1)
        progress.forget_plans()
        for some in chunks(log.entries(0, size), REPLAYED_AT_ONCE):
            folding.fold([tellings.read(stored) for stored in some], at=some[-1].received_at)
            progressed(len(some))
        _findings_put_back(noted, now)
    return size


def check(progressed: Callable[[int], object] = lambda events: None) -> list[Difference]:
    """What a rebuild would change; changes nothing."""
    with transaction.atomic():
        kept = taken_down()
        rebuild(progressed)
        replayed = taken_down()
        transaction.set_rollback(True)
    return differences(kept, replayed)


def _findings_set_aside(now: datetime) -> dict[str, models.Finding]:
    noted = {row.key: row for row in models.Finding.objects.all()}
    models.Finding.objects.filter(cleared_at=None).update(cleared_at=now)
    return noted


def _findings_put_back(noted: dict[str, models.Finding], now: datetime) -> None:
    """What was noted before the replay keeps its history; only whether it holds is decided anew."""
    for rows in chunks(list(models.Finding.objects.all()), REPLAYED_AT_ONCE):
        known = [(row, noted[row.key]) for row in rows if row.key in noted]
        for row, before in known:
            row.found_at, row.found_index = before.found_at, before.found_index
            if row.cleared_at is not None:
                row.cleared_at = before.cleared_at or now
        fields = ["found_at", "found_index", "cleared_at"]
        models.Finding.objects.bulk_update([row for row, _ in known], fields)
