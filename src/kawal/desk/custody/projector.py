"""The projector: a process beside the hub that folds the log into the tables (docs/custody.md).

    python -m kawal.desk.custody.projector

Reads standard input: a line says that the log grew, the end (also of a killed hub) that its time is over.
It looks by itself once in a while as well, for other hubs on the same database.

A process of its own, and a polite one: intake and pages need not share Python's one lock with it, and
where the machine has more to do than it can, events are taken first and the picture follows.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import BinaryIO, Final

from django.db import close_old_connections, connection, connections

LOOKS_EVERY_S: Final = 1.0
PAUSE_S: Final = 1.0  # after a failure
# While events pour in, it rests after each slice: two threads of one core are not two cores. After a while
# it goes on all the same, for the picture must not become too old.
FIRST_S: Final = 1.0  # at most, before it begins: a phone is told in a moment all that it has to tell
REST: Final = 3.0  # times as long as the slice took
REST_STEP_S: Final = 0.1  # without a new event in that time the intake is at rest itself
BEHIND_S_MAX: Final = 20.0
SLICE_S: Final = 1.0
AT_ONCE: Final = (100, 2_000)  # entries in a slice
POLITENESS: Final = 15  # of 19: a thirtieth of a core that others want, all of one that nobody does

_log = logging.getLogger(__name__)


def run(wakes: BinaryIO) -> None:
    """Until the input ends."""
    from kawal.desk.custody import projecting

    anew = True
    while True:
        try:
            close_old_connections()  # one that broke is opened anew
            if anew:
                projecting.try_again()
                anew = False
            if not _fold_all(lambda at_once: projecting.fold_next(at_once=at_once), wakes):
                return
            pause_s = LOOKS_EVERY_S
        except Exception:
            _log.exception("the log could not be folded; tried again in %s s", PAUSE_S)
            pause_s = PAUSE_S
        came = _waited(wakes, pause_s)
        if came and pause_s != PAUSE_S:
            came = _gave_way(wakes, FIRST_S)
        if came is None:
            return


def _fold_all(fold_next: Callable[[int], int], wakes: BinaryIO) -> bool:
    """Until nothing is left, or the input ends: then False."""
    begun_s, at_once = time.monotonic(), AT_ONCE[0]
    while True:
        slice_s = time.monotonic()
        if not fold_next(at_once):
            return True
        _carry_into_the_file()
        gc.collect()  # between slices, not within them: a tenth of the time instead of a third
        spent_s = time.monotonic() - slice_s
        at_once = _next_size(at_once, spent_s)
        came = _waited(wakes, 0.0)
        if came and time.monotonic() - begun_s < BEHIND_S_MAX:
            came = _gave_way(wakes, spent_s * REST)
        if came is None:
            return False


def _next_size(at_once: int, spent_s: float) -> int:
    """Slices of about a second: a tenth of it is writing, and so long does the intake wait."""
    least, most = AT_ONCE
    if spent_s > SLICE_S:
        return max(least, at_once // 2)
    return min(most, at_once * 2) if spent_s < SLICE_S / 4 else at_once


def _gave_way(wakes: BinaryIO, seconds: float) -> bool | None:
    """Rests while events keep coming in, but no longer than that. None: the input has ended."""
    until = time.monotonic() + seconds
    came: bool | None = True
    while came and time.monotonic() < until:
        time.sleep(REST_STEP_S)
        came = _waited(wakes, 0.0)
    return came


def _carry_into_the_file() -> None:
    """SQLite's checkpoint of its write-ahead log, as far as it goes without stopping anybody."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _waited(wakes: BinaryIO, seconds: float) -> bool | None:
    """Whether it was woken within that time; None: the input has ended."""
    if not select.select([wakes], [], [], seconds)[0]:
        return False
    return True if os.read(wakes.fileno(), 65_536) else None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the hub, which ends this by itself
    os.nice(POLITENESS)
    import django

    django.setup()
    gc.disable()
    gc.freeze()
    try:
        run(sys.stdin.buffer)
    finally:
        connections.close_all()


if __name__ == "__main__":
    main()
