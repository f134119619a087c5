"""Who may add to the log and sign its head: one process at a time, however many share the database.

The one row of `Head` is the pen. Taking it counts its epoch up; every append and every signature
changes the row only where it still has the epoch that was taken and the size that was found
(compare-and-set, in the transaction of the append). So a hub that slept through its replacement can
neither add nor sign when it wakes. Nobody compares clocks: the holder moves a beat, and another takes
over when the row has stood still for LEASE_S by its own watch.

Where nobody holds the pen (no hub runs), a command may add within one transaction.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import close_old_connections, connection, transaction
from django.db.models import F

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import keys, memory, reads
from kawal.desk.ledger.models import Head
from kawal.rules.refusals import Refused

BEAT_S: Final = 2.0
LEASE_S: Final = 10.0  # so long may the holder be silent
LOOKS_EVERY_S: Final = 0.5
JUDGED_EVERY_S: Final = 60.0
ASLEEP_S: Final = 30  # a writer that sleeps within its transaction lets go of PostgreSQL's locks

_LOOK: Final = (
    'SELECT size, epoch, holder, barred IS NOT NULL, (SELECT MAX("index") FROM ledger_entry) '
    "FROM ledger_head WHERE id = 1"
)
_GROW: Final = (
    "UPDATE ledger_head SET size = %s, beat = beat + 1 WHERE id = 1 AND size = %s AND barred IS NULL AND "
)

Bar = dict[str, Any]  # code of a refusal under `refused`, and its facts
Judge = Callable[[Bar | None], Bar | None]  # by what was found before: why the log is barred, if it is

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who holds the pen."""

    name: str
    since: datetime | None


@dataclass(slots=True)
class _Mine:
    """What this process knows of the pen. `kept`: it has a keeper, so it is a hub."""

    epoch: int | None = None
    kept: bool = False
    writer: Writer | None = None
    barred: Bar | None = None
    doubted: bool = False


_mine = _Mine()


def held() -> bool:
    """Whether this process may add and sign, as far as it knows."""
    return _mine.epoch is not None and _mine.barred is None


def barred() -> Refused | None:
    """Why this hub's log stands still, if it does; without asking the database."""
    return refusal(_mine.barred) if _mine.kept and _mine.barred is not None else None


def check() -> None:
    """Refuses at once what `lock` would refuse, without asking the database; for hubs."""
    if not _mine.kept:
        return
    if _mine.barred is not None:
        raise refusal(_mine.barred)
    if _mine.epoch is None:
        raise _not_the_writer(_mine.writer)


def lock() -> int:
    """The size of the log, locked for the caller's transaction. Refuses `not_the_writer`, why the log is
    barred, and `log_shrunk` where entries are fewer than were appended."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{ASLEEP_S}s'")
    size = _free_to_grow()
    if size is None:
        size = _checked_size()
    remembered = memory.head() if _mine.epoch is not None else None
    if remembered is not None and size < remembered.size:
        raise Refused("log_shrunk", size=size, signed_size=remembered.size, source="memory")
    return size


def _free_to_grow() -> int | None:
    """The size, where the row, locked now, and the entries agree with all that `_checked_size` asks; None:
    it is to be asked. One statement, for this is done whenever something comes in."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK + (" FOR UPDATE" if connection.vendor == "postgresql" else ""))
        found = cursor.fetchone()
    if found is None:
        return None
    size, epoch, holder, barred, last = found
    mine = holder == "" if _mine.epoch is None else epoch == _mine.epoch
    return size if mine and not barred and size == (0 if last is None else last + 1) else None


def _checked_size() -> int:
    head = _row(locked=True)
    if head.barred is not None:
        _mine.barred = head.barred
        raise refusal(head.barred)
    if head.holder if _mine.epoch is None else head.epoch != _mine.epoch:
        _lost(head)
        raise _not_the_writer(_writer(head))
    size = reads.size()
    if size != head.size:
        code = "log_shrunk" if size < head.size else "log_forked"
        raise Refused(code, size=size, signed_size=head.size, source="database")
    return size


def rewind(size: int) -> None:
    """The log is cut back to where it still is what was signed, and may be added to again; for recovery,
    inside its transaction. Refuses `not_the_writer`."""
    head = _row(locked=True)
    if _mine.epoch is None or head.epoch != _mine.epoch:
        raise _not_the_writer(_writer(head))
    Head.objects.filter(pk=1, epoch=_mine.epoch).update(size=size, barred=None, beat=F("beat") + 1)
    _mine.barred = None


def bar(why: Bar) -> None:
    """From now on nothing is added or signed, for this reason. Refuses `not_the_writer`."""
    mine = Head.objects.filter(pk=1, epoch=-1 if _mine.epoch is None else _mine.epoch)
    if not mine.update(barred=why, beat=F("beat") + 1):
        raise _not_the_writer(_writer(_row()))
    _mine.barred = why


def begin_anew(vkey: str) -> None:
    """Another log begins in the place of this one, with no entry yet; for succession, inside its transaction.
    Refuses `not_the_writer`."""
    head = _row(locked=True)
    if _mine.epoch is None or head.epoch != _mine.epoch:
        raise _not_the_writer(_writer(head))
    Head.objects.filter(pk=1, epoch=_mine.epoch).update(size=0, log=vkey, barred=None, beat=F("beat") + 1)
    _mine.barred = None


@contextmanager
def borrowed(name: str, place: str) -> Iterator[None]:
    """For a command: holds the pen, also of a log that stands still, until it ends.

    A hub that was killed is waited for until it is known to be dead. Refuses `not_the_writer` where one runs.
    """
    seen = _row()
    if not take(name, place):
        time.sleep(LEASE_S)
        if not take(name, place, seen):
            raise _not_the_writer(_writer(_row()))
    try:
        yield
    finally:
        release()


def grow(old: int, new: int) -> None:
    """The log has grown, by whoever holds the pen: the compare-and-set that fences all others out."""
    mine, holder = ("holder = %s", "") if _mine.epoch is None else ("epoch = %s", _mine.epoch)
    with connection.cursor() as cursor:
        cursor.execute(_GROW + mine, [new, old, holder])
        changed = cursor.rowcount
    if not changed:
        head = _row()
        _lost(head)
        raise _not_the_writer(_writer(head))


def take(name: str, place: str, seen: Head | None = None, judged: Judge = lambda before: before) -> bool:
    """Take the pen where it is free, was this home's own, or still stands as `seen`. Refuses `other_log`.

    `judged` says whether the log may be added to at all, before anything is.
    """
    keys.settle(_row().log)
    keys.log_key()  # who cannot sign the head must not take events in
    vkey = str(keys.verifier_key())
    with transaction.atomic():
        head = _row(locked=True)
        if head.log not in ("", vkey):
            raise Refused("other_log", log=head.log, ours=vkey)
        stands = seen is not None and _same(head, seen)
        if not (head.holder == "" or head.place == place or stands):
            _lost(head)
            return False
        epoch, since = head.epoch + 1, clock.real_now()
        if not Head.objects.filter(pk=1, epoch=head.epoch).update(
            epoch=epoch, log=vkey, holder=name, place=place, held_since=since, beat=F("beat") + 1
        ):
            return False
    barred = _judged(epoch, head.barred, judged)
    _mine.epoch, _mine.writer, _mine.barred = epoch, Writer(name, since), barred
    return True


def release() -> None:
    """Let go, so that another takes over at once."""
    if _mine.epoch is not None:
        Head.objects.filter(pk=1, epoch=_mine.epoch).update(holder="", place="", held_since=None)
    _mine.epoch = _mine.writer = None


def nobodys() -> None:
    """Of a database that was just restored: who held the pen when it was saved holds another one."""
    Head.objects.filter(pk=1).update(holder="", place="", held_since=None)


def doubt() -> None:
    """A witness says that it saw more of this log, or another one: the keeper looks into it at once."""
    _mine.doubted = True


def writer_name() -> str:
    """Who holds the pen by the database; empty: nobody."""
    return _row().holder


def stored_bar() -> Bar | None:
    """Why the log stands still, by the database."""
    return _row().barred


class Keeper:
    """Holds the pen for a hub or waits for it; `run` is for a thread of its own."""

    def __init__(self, name: str, place: str, judged: Judge = lambda before: before) -> None:
        self._name, self._place, self._judged = name, place, judged
        self._judged_at = time.monotonic()
        self._seen: Head | None = None
        self._told = ""
        self._seen_at = self._beaten_at = time.monotonic()
        _mine.kept = True

    def begin(self) -> None:
        """The first look, before anything is taken in; a hub that cannot write serves pages all the same."""
        try:
            self._look_and_tell()
        finally:
            connection.close()

    def look(self) -> None:
        """Once: move the beat, or see whether the holder's still moves."""
        if _mine.epoch is not None:
            self._beat()
        else:
            self._await()

    def run(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(LOOKS_EVERY_S):
                try:
                    close_old_connections()
                    self._look_and_tell()
                except Exception:
                    _log.exception("the pen could not be looked after; tried again")
            release()
        finally:
            _mine.kept = False
            connection.close()

    def _look_and_tell(self) -> None:
        """Why this hub cannot write is told once, not at every look."""
        told = ""
        try:
            self.look()
        except Refused as refused:
            _mine.barred = {"refused": refused.code, **refused.facts}
        if _mine.barred is not None:
            told = str(refusal(_mine.barred))
            if told != self._told:
                _log.critical("this hub adds nothing to the log and signs nothing: %s", told)
        self._told = told

    def _beat(self) -> None:
        if _mine.epoch is None or time.monotonic() - self._beaten_at < BEAT_S:
            return
        if Head.objects.filter(pk=1, epoch=_mine.epoch).update(beat=F("beat") + 1):
            self._beaten_at = now = time.monotonic()
            _mine.barred = _row().barred
            if _mine.doubted or now - self._judged_at >= JUDGED_EVERY_S:
                self._judged_at, _mine.doubted = now, False
                _mine.barred = _judged(_mine.epoch, _mine.barred, self._judged)
        else:
            _lost(_row())

    def _await(self) -> None:
        head, now = _row(), time.monotonic()
        if self._seen is None or not _same(head, self._seen):
            self._seen, self._seen_at = head, now
        silent = now - self._seen_at >= LEASE_S
        _mine.writer = _writer(head)
        if head.holder and head.place != self._place and not silent:
            _mine.barred = head.barred
            return
        if take(self._name, self._place, self._seen if silent else None, self._judged):
            self._beaten_at = self._judged_at = time.monotonic()
            if silent and head.holder:
                _log.warning("%s was silent for %s s: this hub writes the log now", head.holder, LEASE_S)
        self._seen = None


def _judged(epoch: int, before: Bar | None, judged: Judge) -> Bar | None:
    after = judged(before)
    if after != before:
        Head.objects.filter(pk=1, epoch=epoch).update(barred=after)
    return after


def _row(*, locked: bool = False) -> Head:
    rows = Head.objects.select_for_update() if locked else Head.objects
    return rows.filter(pk=1).first() or rows.get_or_create(pk=1, defaults={"size": reads.size()})[0]


def _same(one: Head, other: Head) -> bool:
    return (one.epoch, one.beat, one.size) == (other.epoch, other.beat, other.size)


def _writer(head: Head) -> Writer | None:
    return Writer(head.holder, head.held_since) if head.holder else None


def _lost(head: Head) -> None:
    if _mine.epoch is not None and head.epoch != _mine.epoch:
        _log.warning("%s took over the log: this hub no longer writes", head.holder or "another process")
        _mine.epoch = None
    _mine.writer = _writer(head)


def _not_the_writer(writer: Writer | None) -> Refused:
    since = writer.since.isoformat() if writer and writer.since else ""
    return Refused("not_the_writer", writer=writer.name if writer else "", since=since)


def refusal(why: Bar) -> Refused:
    """A bar as it is raised."""
    facts = dict(why)
    code = facts.pop("refused")
    return Refused(code, **facts)
