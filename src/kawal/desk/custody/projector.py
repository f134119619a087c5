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
from typing import BinaryIO, Final

from django.db import close_old_connections, connection, connections

LOOKS_EVERY_S: Final = 1.0
PAUSE_S: Final = 1.0  # after a failure
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
            while projecting.fold_next():
                _carry_into_the_file()
                gc.collect()  # between slices, not within them: a tenth of the time instead of a third
                if _waited(wakes, 0.0) is None:
                    return
            pause_s = LOOKS_EVERY_S
        except Exception:
            _log.exception("the log could not be folded; tried again in %s s", PAUSE_S)
            pause_s = PAUSE_S
        if _waited(wakes, pause_s) is None:
            return


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
