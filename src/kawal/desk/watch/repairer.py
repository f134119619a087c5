"""A process that works on one repair that was asked for: `python -m kawal.desk.watch.repairer ID`.

A process of its own, and a polite one, for the repair computes for a minute or two: pages and intake need not
share Python's one lock with it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Final

from django.db import DatabaseError, connections

POLITENESS: Final = 10  # of 19
BEATS_EVERY_S: Final = 5.0

_log = logging.getLogger(__name__)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")
    import django

    os.nice(POLITENESS)
    django.setup()
    from kawal.desk.watch import repairs

    run_id, done = int(sys.argv[1]), threading.Event()
    beating = threading.Thread(target=_beat, args=(run_id, done), name="beat", daemon=True)
    beating.start()
    try:
        repairs.work(run_id)
    finally:
        done.set()
        beating.join()
        connections.close_all()


def _beat(run_id: int, done: threading.Event) -> None:
    from kawal.desk.clock.reads import real_now
    from kawal.desk.watch import repairs

    while not done.wait(BEATS_EVERY_S):
        try:
            repairs.beat(run_id, real_now())
        except DatabaseError:
            _log.warning("the database did not take a beat", exc_info=True)
    connections.close_all()


if __name__ == "__main__":
    main()
