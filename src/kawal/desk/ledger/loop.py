"""Signs and publishes the head of the log every few seconds, in a thread of its own.

It shares nothing with the intake but the database: however long a head waits, no phone waits with it.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from django.db import close_old_connections, connection

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import actions, pen
from kawal.rules.refusals import Refused

CHECKPOINT_S: Final = 2.0  # real time, also in an exercise

_log = logging.getLogger(__name__)


def run(stop: threading.Event, *, every_s: float = CHECKPOINT_S) -> None:
    """Blocks; for a thread of its own. What was written before `stop` is signed before it ends."""
    told = ""
    try:
        while True:
            stopping = stop.wait(every_s)
            told = _publish(told)
            if stopping:
                return
    finally:
        connection.close()  # this thread's own


def _publish(told: str) -> str:
    """Sign what is new. A damaged log is told once, not every few seconds; answers what was told."""
    try:
        close_old_connections()  # one that broke is opened anew
        pen.check()
        actions.publish_checkpoint(now=clock.now())
    except Refused as refused:
        if refused.code == "not_the_writer":  # another hub signs, until this one takes over
            return told
        if str(refused) != told:
            _log.critical("the log is damaged: nothing is signed any more", exc_info=True)
        return str(refused)
    except Exception:
        _log.exception("no checkpoint could be published; tried again in a while")
    return ""
