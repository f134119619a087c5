"""Repairs as the hub sees them: a process for the one that is due, closed when it ends."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Final

from django.db import close_old_connections, connection

from kawal.desk.clock.reads import real_now
from kawal.desk.watch import repairer, repairs

LOOKS_EVERY_S: Final = 1.0

_log = logging.getLogger(__name__)


def run(stop: threading.Event, *, mine: Callable[[], bool] = lambda: True) -> None:
    """Blocks; for a thread of its own. When it is told to stop, what is underway is put back for the
    next hub.

    `mine`: whether this hub is to work; of several on one database only the writer does.
    """
    at_work: tuple[int, subprocess.Popen[bytes]] | None = None
    while not stop.wait(LOOKS_EVERY_S):
        try:
            close_old_connections()  # one that broke is opened anew
            if at_work is not None and at_work[1].poll() is not None:
                repairs.close(at_work[0])
                at_work = None
            if at_work is None and mine() and (run_id := repairs.begin_next(real_now())) is not None:
                at_work = run_id, _started(run_id)
        except Exception:
            _log.exception("the repairs could not be looked at; again in %s s", LOOKS_EVERY_S)
    try:
        if at_work is not None:
            at_work[1].kill()
            at_work[1].wait()
            repairs.put_back(at_work[0])
    except Exception:
        _log.exception("a repair could not be put back; it is told as broken off after a while")
    finally:
        connection.close()  # this thread's own


def _started(run_id: int) -> subprocess.Popen[bytes]:
    # In a process group of its own: Ctrl+C is for the hub.
    return subprocess.Popen(  # noqa: S603 - this very program
        [sys.executable, "-m", repairer.__name__, str(run_id)], stdin=subprocess.DEVNULL, process_group=0
    )
