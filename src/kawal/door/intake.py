"""The door's threads: some check signatures, one writes; between them, a bounded queue.

    event loop -> [waiting to be checked] -> checkers -> [waiting to be written] -> writer -> answer

The writer takes all that waits, up to a batch, and commits it at once (group commit): under load
many events share one fsync, and a lone event waits for nobody. Large batches are checked in processes
beside (`beside`), so that every core of the machine does its part of the hardest work.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import close_old_connections, connections

from kawal.door import checks, writing
from kawal.door.beside import Beside
from kawal.door.checks import Sound
from kawal.door.desk import Desk, Receipt
from kawal.rules.refusals import Refused

WAITING_MAX = 4_000
BATCH = 500
CHECKERS = 2


class Answer(NamedTuple):
    """An event's place in the log, as its sender hears it."""

    id: bytes
    index: int  # type: ignore[assignment]  # nobody misses the method of tuples
    repeated: bool
    doubted: str  # why it may not count, though it is kept


Answers = list[Answer | Refused]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Post:
    """What came in one request, on its way; `answered` hears the answers and the size of the log."""

    events: Sequence[bytes]
    answered: Callable[[Answers, int], object]
    checked: list[Sound | Refused] = field(default_factory=list)


class Intake:
    """start, put ..., stop. What was put before stop is still written and answered."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting = 0
        self._lock = threading.Lock()
        self._beside = Beside()
        self._to_check: queue.SimpleQueue[_Post | None] = queue.SimpleQueue()
        self._to_write: queue.SimpleQueue[_Post | None] = queue.SimpleQueue()
        self._checkers = [
            threading.Thread(target=self._check_all, name=f"door-checker-{n}") for n in range(CHECKERS)
        ]
        self._writer = threading.Thread(target=self._write_all, name="door-writer")

    def warm(self) -> None:
        """The first large batch need not wait for the processes that check it."""
        self._beside.start()

    def start(self) -> None:
        for thread in (*self._checkers, self._writer):
            thread.start()

    def stop(self) -> None:
        """Waits until all is written and answered."""
        for _ in self._checkers:
            self._to_check.put(None)
        for thread in self._checkers:
            thread.join()
        self._beside.stop()
        self._to_write.put(None)
        self._writer.join()

    def put(self, events: Sequence[bytes], answered: Callable[[Answers, int], object]) -> None:
        """Refuses `busy` where too many wait. `answered` is called from a thread of the intake."""
        with self._lock:
            if self._waiting + len(events) > WAITING_MAX:
                raise Refused("busy", waiting=self._waiting)
            self._waiting += len(events)
        self._to_check.put(_Post(events, answered))

    def _check_all(self) -> None:
        try:
            while (post := self._to_check.get()) is not None:
                try:
                    close_old_connections()
                    post.checked = checks.checked(
                        post.events, self._desk.device_keys, self._beside.judged, self._desk.now
                    )
                except Exception:  # the database is away: nobody's signature can be told
                    _log.exception("signatures could not be checked")
                    post.checked = [Refused("busy") for _ in post.events]
                self._to_write.put(post)
        finally:
            connections.close_all()

    def _write_all(self) -> None:
        try:
            while True:
                posts, stopping = self._gathered()
                if posts:
                    self._write(posts)
                if stopping:
                    return
        finally:
            connections.close_all()

    def _gathered(self) -> tuple[list[_Post], bool]:
        """All that waits, up to a batch; waits for the first. Whether it was the last, too."""
        posts: list[_Post] = []
        count = 0
        while count < BATCH:
            try:
                post = self._to_write.get_nowait() if posts else self._to_write.get()
            except queue.Empty:
                break
            if post is None:
                return posts, True
            posts.append(post)
            count += len(post.events)
        return posts, False

    def _write(self, posts: list[_Post]) -> None:
        good = [one for post in posts for one in post.checked if isinstance(one, Sound)]
        receipts = writing.recorded(good, self._desk) if good else {}
        if receipts:
            self._desk.grown()
        size = _size_with(receipts) or self._size()
        told: set[bytes] = set()
        for post in posts:
            with self._lock:
                self._waiting -= len(post.events)
            post.answered([_answer(one, receipts, told) for one in post.checked], size)

    def _size(self) -> int:
        try:
            return self._desk.size()
        except Exception:  # what was answered is answered all the same
            _log.exception("the log could not be read")
            return 0


def _size_with(receipts: dict[bytes, Receipt | Refused]) -> int:
    """The size of the log with what was appended just now; 0 where nothing was."""
    new = (one.index + 1 for one in receipts.values() if not isinstance(one, Refused) and not one.repeated)
    return max(new, default=0)


def _answer(
    one: Sound | Refused, receipts: dict[bytes, Receipt | Refused], told: set[bytes]
) -> Answer | Refused:
    if isinstance(one, Refused):
        return one
    answer = receipts.get(one.id)
    if answer is None or isinstance(answer, Refused):
        return answer or Refused("busy")
    repeated = answer.repeated or one.id in told  # the second telling within one batch
    told.add(one.id)
    return Answer(answer.id, answer.index, repeated, one.doubted)
