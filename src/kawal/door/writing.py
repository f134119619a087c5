"""One batch into the log, whatever happens to it: one bad event must not keep out the others."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from django.db import DatabaseError, close_old_connections, connection
from django.db.utils import InterfaceError, OperationalError

from kawal.door.checks import Sound
from kawal.door.desk import Desk, Receipt
from kawal.rules.refusals import Refused

TRIES = 3
PAUSE_S = 0.5

_log = logging.getLogger(__name__)


def recorded(batch: Iterable[Sound], desk: Desk) -> dict[bytes, Receipt | Refused]:
    """A receipt for each event by its id, or `busy`, `not_recorded`, or why the log takes nothing.
    Never raises.

    A database that is locked or away is tried again as a whole. Any other error may be the fault of
    a single event, so the events are tried one by one.
    """
    events = list({one.id: one for one in batch}.values())
    for _ in range(TRIES):
        try:
            return _by_id(events, desk)
        except (OperationalError, InterfaceError):
            _log.warning("the database is busy or away", exc_info=True)
            _let_go()
        except Refused as refused:  # the log takes nothing now, from whomever it comes
            _log.warning("nothing was recorded: %s", refused)
            return {one.id: refused for one in events}
        except Exception:
            _log.exception("a batch of %d events could not be recorded", len(events))
            return _one_by_one(events, desk)
        time.sleep(PAUSE_S)
    return {one.id: Refused("busy") for one in events}


def _one_by_one(events: list[Sound], desk: Desk) -> dict[bytes, Receipt | Refused]:
    answers: dict[bytes, Receipt | Refused] = {}
    for at, one in enumerate(events):
        try:
            answers |= _by_id([one], desk)
        except (OperationalError, InterfaceError):
            _log.warning("the database is busy or away", exc_info=True)
            _let_go()
            return answers | {late.id: Refused("busy") for late in events[at:]}
        except Exception:
            _log.exception("event %s could not be recorded", one.id.hex())
            answers[one.id] = Refused("not_recorded", id=one.id.hex())
    return answers


def _by_id(events: list[Sound], desk: Desk) -> dict[bytes, Receipt | Refused]:
    close_old_connections()
    return {
        receipt.id: receipt for receipt in desk.append([one[:2] for one in events], received_at=desk.now())
    }


def _let_go() -> None:
    """Of a connection that may be broken: the next query opens a new one."""
    try:
        connection.close()
    except DatabaseError:
        _log.warning("a broken connection could not be closed", exc_info=True)
