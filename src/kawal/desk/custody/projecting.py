"""Folding the log into the tables, slice by slice, behind the intake.

An acknowledged event is in the log; what it means for parcels, stations and areas follows in a transaction
of its own, with how far the log is folded (`Projection.up_to_index`). Whoever does it next goes on from
there, so a process that is killed loses nothing. An entry at which the program fails is set aside
(`Unfolded`), with the error: it stays in the log, is shown as missing in the picture, and is tried again
whenever a projector starts. It neither stops the entries behind it nor is forgotten.
"""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction
from django.db.utils import InterfaceError, OperationalError

from kawal.desk.custody import folding, tellings
from kawal.desk.custody.models import Projection, Unfolded
from kawal.desk.ledger import reads as log
from kawal.desk.ledger.reads import StoredEntry

# Folded at one stroke. The larger, the less often a parcel is judged; but the intake waits while it is
# written: a third of a second at worst, where every entry names many parcels.
SLICE: Final = 2_000  # entries
SLICE_BYTES: Final = 1_000_000  # of signed entries, about 25,000 lines of manifests
ERROR_CHARS_MAX: Final = 500

_log = logging.getLogger(__name__)


def fold_next(stop: int | None = None, *, at_once: int = SLICE) -> int:
    """Fold the next entries, up to `stop` or the end of the log; answers how many. 0: nothing is left.

    What they amount to is worked out without holding up anybody, then written at one stroke. Two that
    do it at the same time do not disturb each other: the second finds the work done, and writes nothing.
    """
    start = folded()
    end = min(start + at_once, log.size() if stop is None else stop)
    entries = _slice(start, end)
    while entries:
        try:
            pending = folding.folded(tellings.batch(entries))
            with transaction.atomic():
                if _claimed(start, start + len(entries)):
                    pending.write()
            break
        except (OperationalError, InterfaceError):
            raise  # a database that is locked or away is nobody's fault here
        except Exception as error:
            if len(entries) == 1:
                _set_aside(entries[0], error)
                break
            entries = entries[: len(entries) // 2]
    return len(entries)


def _slice(start: int, end: int) -> list[StoredEntry]:
    entries, length = [], 0
    for entry in log.entries(start, end):
        entries.append(entry)
        length += len(entry.signed)
        if length >= SLICE_BYTES:
            break
    return entries


def folded() -> int:
    """Entries below this index are folded."""
    return Projection.objects.filter(pk=1).values_list("up_to_index", flat=True).first() or 0


def held() -> Projection:
    """How far the log is folded; nobody else folds until the caller's transaction ends."""
    return Projection.objects.select_for_update().get_or_create(pk=1)[0]


def try_again() -> int:
    """Fold what was set aside before, as far as the program can now; answers how many entries it could."""
    done = 0
    for index in list(Unfolded.objects.order_by("entry_index").values_list("entry_index", flat=True)):
        (entry,) = log.entries(index, index + 1)
        try:
            with transaction.atomic():
                held()
                if Unfolded.objects.filter(entry_index=index).delete()[0]:
                    folding.folded(tellings.batch([entry]), before=folded()).write()
            done += 1
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _log.warning("entry %d of the log still cannot be folded", index, exc_info=True)
    return done


def _claimed(start: int, end: int) -> bool:
    """Whether these entries are the caller's to fold: nobody else was faster."""
    if held().up_to_index != start:
        return False
    Projection.objects.update(up_to_index=end)
    return True


def _set_aside(entry: StoredEntry, error: Exception) -> None:
    _log.critical("entry %d of the log could not be folded and is set aside", entry.index, exc_info=error)
    with transaction.atomic():
        if _claimed(entry.index, entry.index + 1):
            Unfolded.objects.update_or_create(
                entry_index=entry.index,
                defaults={"error": repr(error)[:ERROR_CHARS_MAX], "received_at": entry.received_at},
            )
