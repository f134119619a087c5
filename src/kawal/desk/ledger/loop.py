"""Signs the head of the log every few seconds, has it witnessed and publishes it: in threads of its own.

They share nothing with the intake but the database: however long a head waits for its witnesses, no
phone waits with it. One thread signs and publishes; each witness that is asked over HTTP has another.
A new head is signed only when the one before is published, so that all witnesses are asked for the same.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Final

from django.db import close_old_connections, connection

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import actions, asking, pen, policies, publishing
from kawal.rules.ledger.policy import Witness
from kawal.rules.refusals import Refused

CHECKPOINT_S: Final = 2.0  # real time, also in an exercise
WAITS_S: Final = 5.0  # so long a head waits for its witnesses: KAWAL_WITNESS_WAIT_S
WAITS_S_MAX: Final = 3_600.0
LAST_WAITS_S: Final = 5.0  # and the last one, when the hub ends
ENDS_S: Final = 2.0  # so long witnesses that are being asked are waited for, when the hub ends
PAUSE_S: Final = 1.0  # after a witness failed; doubles
PAUSE_S_MAX: Final = 30.0
FAILURES: Final = {
    "witness_unreachable", "witness_too_slow", "witness_status", "witness_no_cosignature",
    "witness_clock_ahead", "witness_forked", "witness_ahead",
}  # fmt: skip
GRAVE: Final = {"witness_forked", "witness_ahead"}

_log = logging.getLogger(__name__)


def run(stop: threading.Event, *, every_s: float = CHECKPOINT_S) -> None:
    """Blocks; for a thread of its own. What was written before `stop` is signed before it ends."""
    publisher = _Publisher()
    try:
        while True:
            stopping = stop.wait(every_s)
            publisher.round(LAST_WAITS_S if stopping else waits_s())
            if stopping:
                return
    finally:
        publisher.end()
        connection.close()  # this thread's own


def waits_s() -> float:
    """Refuses `bad_witness_wait`."""
    told = os.environ.get("KAWAL_WITNESS_WAIT_S") or str(WAITS_S)
    try:
        seconds = float(told)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= WAITS_S_MAX:
        raise Refused("bad_witness_wait", told=told, seconds_max=round(WAITS_S_MAX))
    return seconds


class _Publisher:
    def __init__(self) -> None:
        self._asked: dict[Witness, _Asked] = {}
        self._news = threading.Event()  # a witness answered
        self._policy = policies.NO_WITNESSES
        self._told = ""

    def round(self, limit_s: float) -> None:
        """Sign what is new, wait for its witnesses, publish. What goes wrong is told, and tried again."""
        try:
            close_old_connections()  # one that broke is opened anew
            pen.check()
            self._follow_policy()
            self._publish_waiting(limit_s)  # of a hub that was killed
            actions.publish_checkpoint(now=clock.now())
            self._publish_waiting(limit_s)
            self._told = ""
        except Refused as refused:
            if refused.code == "not_the_writer":  # another hub signs, until this one takes over
                return
            # A damaged log is told once, not every few seconds.
            if str(refused) != self._told:
                _log.critical("the log is damaged: nothing is signed any more", exc_info=True)
            self._told = str(refused)
        except Exception:
            _log.exception("no checkpoint could be published; tried again in a while")

    def end(self) -> None:
        for asked in self._asked.values():
            asked.tell_to_end()
        until = time.monotonic() + ENDS_S
        for asked in self._asked.values():
            asked.join(max(0.0, until - time.monotonic()))

    def _publish_waiting(self, limit_s: float) -> None:
        """Publish the head that waits, when its witnesses are enough or `limit_s` is over."""
        size = publishing.waiting()
        if size is None:
            return
        for asked in self._asked.values():
            asked.look.set()
        until = time.monotonic() + limit_s
        while True:
            self._news.clear()
            names = publishing.cosigners(size, self._policy)
            enough = self._policy.satisfied_by(names)
            left_s = until - time.monotonic()
            if enough or left_s <= 0:
                break
            self._news.wait(min(left_s, 0.5))  # a witness may also come by itself, in another thread
        quorum = enough if self._policy.witnesses else None
        publishing.publish(size, quorum=quorum, now=clock.real_now())
        if quorum is False:
            _log.warning(
                "checkpoint %s went out without its quorum after %s s; cosigned by: %s",
                size, limit_s, ", ".join(names) or "nobody",
            )  # fmt: skip

    def _follow_policy(self) -> None:
        """Ask whom the policy names now; one that became unreadable changes nothing."""
        try:
            self._policy = policies.installed()
        except Refused as refused:
            _log.error("the policy of witnesses cannot be used, the one before stays: %s", refused)
            return
        wanted = {witness for witness in self._policy.witnesses if witness.url}
        for witness in self._asked.keys() - wanted:
            self._asked.pop(witness).tell_to_end()
        for witness in wanted - self._asked.keys():
            self._asked[witness] = _Asked(witness, self._news)


class _Asked:
    """One witness and the thread that asks it: when there is a new head, and later again when it failed."""

    def __init__(self, witness: Witness, news: threading.Event) -> None:
        self._witness, self._news = witness, news
        self.look = threading.Event()
        self.look.set()
        self._ending = False
        self._told = ""
        self._thread = threading.Thread(target=self._run, name=f"witness-{witness.name}", daemon=True)
        self._thread.start()

    def tell_to_end(self) -> None:
        self._ending = True
        self.look.set()

    def join(self, seconds: float) -> None:
        """One that still waits for an answer is left behind: it ends with the program."""
        self._thread.join(seconds)

    def _run(self) -> None:
        pause_s = PAUSE_S
        try:
            while not self._ending:
                self.look.wait(pause_s)
                self.look.clear()
                if self._ending:
                    return
                pause_s = PAUSE_S if self._ask() else min(2 * pause_s, PAUSE_S_MAX)
        finally:
            connection.close()  # this thread's own

    def _ask(self) -> bool:
        """Whether the witness stands where the log does."""
        now = clock.real_now()
        try:
            close_old_connections()
            pen.check()
            asking.ask(self._witness, now=now)
            self._told = ""
            return True
        except Refused as refused:
            if refused.code not in FAILURES:  # of this hub: not the writer, or its log is barred
                return False
            publishing.failed(self._witness, refused, now=now)
            if refused.code in GRAVE:
                pen.doubt()
            if refused.code != self._told:  # a witness that is away is told once
                level = logging.CRITICAL if refused.code in GRAVE else logging.WARNING
                _log.log(level, "the witness %s did not cosign: %s", self._witness.name, refused)
            self._told = refused.code
        except Exception:
            _log.exception("the witness %s could not be asked", self._witness.name)
        finally:
            self._news.set()
        return False
