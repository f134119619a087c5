"""What is done to the record of custody: events are appended, folded into the tables, replayed.

append      into the log, durably: what the door acknowledges
catch_up    folds what the log holds into the tables
record      both, for whoever wants to read at once what was told
rebuild     empties the tables and folds the whole log again
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from kawal.desk.clock import reads as clock
from kawal.desk.custody import models, progress, projecting
from kawal.desk.custody.comparing import Difference, differences, taken_down
from kawal.desk.custody.rows import chunks
from kawal.desk.ledger import actions as ledger
from kawal.desk.ledger import reads as log
from kawal.desk.trust import actions as trust
from kawal.rules.custody.told import Verified

_FINDINGS_AT_ONCE = 500
_LOOKS_S = 0.01  # between two looks at how far another process has come

_REBUILT = (
    models.ParcelStory,
    models.StationProgress,
    models.AreaProgress,
    models.EventLink,
    models.EventRef,
    models.EventDoubt,
    models.Fork,
    models.Milestone,
    models.Position,
    models.Incident,
    models.Unfolded,
)


def catch_up(*, patience_s: float = 0.0) -> None:
    """Ends when all that the log holds now is folded into the tables.

    The work is left to another process as long as that comes forward within `patience_s`.
    """
    size, folded, until = log.size(), -1, 0.0
    while (now_folded := projecting.folded()) < size:
        if now_folded > folded:
            folded, until = now_folded, time.monotonic() + patience_s
        elif time.monotonic() < until:
            time.sleep(_LOOKS_S)
        else:
            projecting.fold_next()


def record(batch: Sequence[Verified], *, received_at: datetime) -> list[ledger.Receipt]:
    """Append and fold: when it returns, the tables say what the batch told."""
    receipts = ledger.append_new([(one.id, one.signed) for one in batch], received_at=received_at)
    catch_up()
    return receipts


def rebuild(progressed: Callable[[int], object] = lambda events: None) -> int:
    """Empty the tables and replay the log into them; answers how many events were folded.

    Findings are evidence: those that still hold keep the time they were found, those that do not are
    cleared, and none is deleted.
    """
    with transaction.atomic():
        projecting.held()
        size = log.size()
        _replay(size, progressed)
    return size


def check(progressed: Callable[[int], object] = lambda events: None) -> list[Difference]:
    """What a replay up to where the tables stand would change; changes nothing."""
    with transaction.atomic():
        size = projecting.held().up_to_index
        kept = taken_down()
        _replay(size, progressed)
        replayed = taken_down()
        transaction.set_rollback(True)
    return differences(kept, replayed)


def _replay(size: int, progressed: Callable[[int], object]) -> None:
    trust.rebuild()
    now = clock.now()
    noted = _findings_set_aside(now)
    for table in _REBUILT:
        table._default_manager.all().delete()
    models.Projection.objects.update(up_to_index=0)
    progress.forget_plans()
    while folded := projecting.fold_next(size):
        progressed(folded)
    _findings_put_back(noted, now)


def _findings_set_aside(now: datetime) -> dict[str, models.Finding]:
    noted = {row.key: row for row in models.Finding.objects.all()}
    models.Finding.objects.filter(cleared_at=None).update(cleared_at=now)
    return noted


def _findings_put_back(noted: dict[str, models.Finding], now: datetime) -> None:
    """What was noted before the replay keeps its history; only whether it holds is decided anew."""
    for rows in chunks(list(models.Finding.objects.all()), _FINDINGS_AT_ONCE):
        known = [(row, noted[row.key]) for row in rows if row.key in noted]
        for row, before in known:
            row.found_at, row.found_index = before.found_at, before.found_index
            if row.cleared_at is not None:
                row.cleared_at = before.cleared_at or now
        fields = ["found_at", "found_index", "cleared_at"]
        models.Finding.objects.bulk_update([row for row, _ in known], fields)
