"""Folding the log into the tables, slice by slice, behind the intake.

An acknowledged event is in the log; what it means for parcels, stations and areas follows in a transaction
of its own, with how far the log is folded (`Projection.up_to_index`). Whoever does it next goes on from
there, so a process that is killed loses nothing. An entry at which the program fails is set aside
(`Unfolded`), with the error: it stays in the log, is shown as missing in the picture, and is tried again
whenever a projector starts. It neither stops the entries behind it nor is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.utils import InterfaceError, OperationalError

from kawal.desk.custody import folding, tellings
from kawal.desk.custody.models import Projection, Unfolded
from kawal.desk.ledger import reads as log
from kawal.desk.ledger.reads import StoredEntry

SLICE: Final = 500  # entries in one transaction: so long, at most, does the intake wait for it
ERROR_CHARS_MAX: Final = 500

_log = logging.getLogger(__name__)


def fold_next(stop: int | None = None, *, at_once: int = SLICE) -> int:
    """Fold the next entries, up to `stop` or the end of the log; answers how many. 0: nothing is left.

    Two that do it at the same time do not disturb each other: the second finds what the first left.
    """
    if folded() >= (log.size() if stop is None else stop):
        return 0  # without a lock: this is asked many times a second
    with transaction.atomic():
        start = held().up_to_index
        end = min(start + at_once, log.size() if stop is None else stop)
        slice_ = list(log.entries(start, end))
        if slice_:
            _fold_or_set_aside(slice_)
            Projection.objects.update(up_to_index=end)
    return len(slice_)


def folded() -> int:
    """Entries below this index are folded."""
    return Projection.objects.filter(pk=1).values_list("up_to_index", flat=True).first() or 0


def held() -> Projection:
    """How far the log is folded; nobody else folds until the caller's transaction ends."""
    return Projection.objects.select_for_update().get_or_create(pk=1)[0]


def try_again() -> int:
    """Fold what was set aside before, as far as the program can now; answers how many entries it could."""
    done = 0
    for index in Unfolded.objects.order_by("entry_index").values_list("entry_index", flat=True):
        with transaction.atomic():
            held()
            (entry,) = log.entries(index, index + 1)
            if Unfolded.objects.filter(entry_index=index).exists() and _folded([entry]) is None:
                Unfolded.objects.filter(entry_index=index).delete()
                done += 1
    return done


def _fold_or_set_aside(entries: Sequence[StoredEntry]) -> None:
    """The slice as a whole; where that fails, its halves, down to the entry at fault."""
    error = _folded(entries)
    if error is None:
        return
    if len(entries) > 1:
        middle = len(entries) // 2
        _fold_or_set_aside(entries[:middle])
        _fold_or_set_aside(entries[middle:])
        return
    (entry,) = entries
    _log.critical("entry %d of the log could not be folded and is set aside", entry.index, exc_info=error)
    Unfolded.objects.update_or_create(
        entry_index=entry.index,
        defaults={"error": repr(error)[:ERROR_CHARS_MAX], "received_at": entry.received_at},
    )


def _folded(entries: Sequence[StoredEntry]) -> Exception | None:
    """What went wrong, with nothing changed; a database that is locked or away is nobody's fault here."""
    try:
        with transaction.atomic():
            folding.fold([tellings.read(entry) for entry in entries], at=_received_at(entries))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        return error
    return None


def _received_at(entries: Sequence[StoredEntry]) -> datetime:
    return entries[-1].received_at
