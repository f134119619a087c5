"""Is this database the newest copy of the log? Whoever signed or cosigned a head knows better than a backup.

A hub that goes on from an older copy gives receipts for indexes that are taken and signs heads that
contradict what it signed before: the end of the log. So before it takes anything in or signs, it holds
the log against every head it can learn of: the newest checkpoint in the database, its own memory outside
of it, and what each witness cosigned last. A head counts only with this log's own signature, so that
nobody can stop a hub by inventing one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from kawal.desk.ledger import keys, memory, policies, reads
from kawal.rules.ledger import checkpoint, tiles
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.refusals import Refused
from kawal.rules.signing.note import NOTE_BYTES_MAX
from kawal.verify.web import Limits, Web

MEMORY: Final = "memory"
DATABASE: Final = "database"
CLOSED: Final = "log_closed"
_LIMITS = Limits(silence_s=3.0, resource_s=4.0, tries=1)
_AT_ONCE = 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """A signed head that somebody knows of: `source` is MEMORY, DATABASE or the name of a witness."""

    source: str
    head: Head
    note: str


@dataclass(frozen=True, slots=True)
class Heard:
    known: tuple[Known, ...]
    silent: tuple[str, ...]  # witnesses that could not be asked


def heard() -> Heard:
    """All heads that can be learned of now; asks the witnesses, which takes some seconds at most."""
    known = list(_own())
    asked = _ask_all()
    known += [found for found in asked.values() if isinstance(found, Known)]
    return Heard(tuple(known), tuple(name for name, found in asked.items() if found is False))


def check(known: Known, size: int) -> None:
    """Refuses `log_shrunk` where the log, which holds `size` entries, lacks some that were signed for, and
    `log_forked` where it holds others."""
    head, source = known.head, known.source
    if size < head.size:
        raise Refused("log_shrunk", size=size, signed_size=head.size, source=source)
    try:
        root = tiles.root_of(head.size, reads.tile)
    except ValueError as error:  # a tile is missing or cut short
        raise Refused("log_forked", size=size, signed_size=head.size, source=source,
                      detail=str(error)) from None  # fmt: skip
    if root != head.root:
        raise Refused("log_forked", size=size, signed_size=head.size, source=source)


def check_own(size: int) -> None:
    """As `check`, against all that this hub itself remembers; for every signature."""
    for known in _own():
        check(known, size)


def judged(before: dict[str, Any] | None) -> dict[str, Any] | None:
    """Why nothing may be added or signed; None: this copy holds all that anybody knows of.

    What was found `before` stays while the one who said it cannot be asked.
    """
    try:
        return judged_by(heard(), reads.size(), before)
    except Refused as refused:  # its own memory cannot be read
        return {"refused": refused.code, **refused.facts}


def judged_by(found: Heard, size: int, before: dict[str, Any] | None) -> dict[str, Any] | None:
    """As `judged`, by what was heard. A log that was closed stays closed."""
    if before is not None and before["refused"] == CLOSED:
        return before
    for known in sorted(found.known, key=lambda one: one.head.size, reverse=True):
        try:
            check(known, size)
        except Refused as refused:
            return {"refused": refused.code, **refused.facts}
    if before is not None and before.get("source") in found.silent:
        return before
    return None


def _own() -> Iterator[Known]:
    latest = reads.latest_checkpoint()
    if latest is not None:
        yield Known(DATABASE, Head(keys.verifier_key().name, latest.size, latest.root), latest.note)
    remembered = memory.head()
    if remembered is not None:
        yield Known(MEMORY, remembered, memory.note())


def _ask_all() -> dict[str, Known | bool]:
    """By witness: the head it cosigned last, True where it knows of none, False where it does not answer."""
    try:
        witnesses = [one for one in policies.installed().witnesses if one.url]
    except Refused as refused:
        _log.error("the policy of witnesses cannot be used, nobody is asked: %s", refused)
        return {}
    if not witnesses:
        return {}
    key = keys.verifier_key()
    path = f"{hashlib.sha256(key.name.encode()).hexdigest()}/checkpoint"

    def asking(name: str, url: str) -> Callable[[], Known | bool]:
        return lambda: _asked(name, url, path)

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="copies") as threads:
        answers = {one.name: threads.submit(asking(one.name, one.url or "")) for one in witnesses}
        return {name: answer.result() for name, answer in answers.items()}


def _asked(name: str, url: str, path: str) -> Known | bool:
    try:
        told = Web(url, limits=_LIMITS).read(path, NOTE_BYTES_MAX).decode()
        return Known(name, checkpoint.checked(told, keys.verifier_key()), told)
    except Refused as refused:
        if refused.code == "source_missing":
            return True
        _log.warning("the witness %s could not tell what it cosigned last: %s", name, refused)
    except UnicodeDecodeError:
        _log.warning("the witness %s answered with what is no text", name)
    return False
