"""The watch that never sleeps: looks again every few seconds until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from django.db import close_old_connections, connection

from kawal.desk.clock import reads as clock
from kawal.desk.trust import actions as trust
from kawal.desk.watch import actions, feeding

log = logging.getLogger(__name__)

LOOKS_EVERY_S: Final = 5.0  # real time, also in an exercise whose clock runs faster


def run(
    stop: threading.Event, *, every_s: float = LOOKS_EVERY_S, mine: Callable[[], bool] = lambda: True
) -> None:
    """Blocks; for a thread of its own. A look that fails is logged, and the next one comes in its time.

    `mine`: whether this hub is to look; of several on one database only the writer does.
    """
    try:
        while not stop.is_set():
            try:
                close_old_connections()  # one that broke is opened anew
                if mine():
                    now = clock.now()
                    actions.sweep(now=now)
                    feeding.teach(now=now)
                    trust.tell_time(now=now)  # certificates that ended meanwhile have ended for everybody
            except Exception:
                log.exception("a look failed; the next one comes in %s s", every_s)
            stop.wait(every_s)
    finally:
        connection.close()  # this thread's own
