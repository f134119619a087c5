"""Is the log whole? Read once from the first entry to the last; the first thing that does not hold is named.

Signatures are checked in as many processes as there are, everything that depends on order in this one:
statements of issuers, the tree, tiles, and every head that was ever signed at the moment the tree has its
size. Memory stays the same for any size.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from typing import Final, NamedTuple

from kawal.rules.ledger import tiles, tree
from kawal.rules.ledger.growing import Growing, first_differing_leaf
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.verify.broken import Broken
from kawal.verify.former import Former
from kawal.verify.heads import SignedHead
from kawal.verify.keyring import Keyring
from kawal.verify.looking import Looked, look
from kawal.verify.source import Log

_KID: Final = slice(8, 16)  # of an event's envelope (signing.cose)
_UNKNOWN_MAX: Final = 10_000  # entries kept whose certificate may come later in the log
_SMALL: Final = 20_000  # entries that one process checks before others have started


class Mark(NamedTuple):
    """A head that was signed: the log of this size must have this root, or `code` is what is wrong."""

    size: int
    root: bytes
    code: str
    note: str


@dataclass(slots=True)
class Read:
    """What was seen on the way."""

    entries: int = 0
    checkpoints: int = 0
    acts: Counter[str] = field(default_factory=Counter)


Take = Callable[[Looked], object]
_Submit = Callable[[int, Sequence[bytes], dict[bytes, bytes], list[int] | None], "Future[Looked]"]


def read(
    log: Log,
    head: SignedHead,
    keyring: Keyring,
    *,
    marks: Iterator[Mark],
    received_ms: Iterator[int] | None,
    former: Former,
    take: Take,
    progressed: Callable[[int], object],
    processes: int | None = None,
) -> Read:
    """Raises Broken where something does not hold, Refused where the source does not answer.

    `marks` by size, smallest first. `take` gets what every bundle says, in order; `progressed` how many
    entries it had.
    """
    reading = _Reading(log, head, keyring, marks, received_ms, former)
    with _workers(head.head.size, processes) as submit:
        for seen in reading.looked(submit):
            take(seen)
            progressed(len(seen.leaf_hashes))
    reading.end()
    return reading.done


class _Reading:
    def __init__(
        self,
        log: Log,
        head: SignedHead,
        keyring: Keyring,
        marks: Iterator[Mark],
        received_ms: Iterator[int] | None,
        former: Former,
    ) -> None:
        self.done, self._former = Read(), former
        self._log, self._head, self._keyring = log, head, keyring
        own = Mark(head.head.size, head.head.root, "root_differs", head.note)
        self._marks = heapq.merge(marks, [own], key=lambda mark: mark.size)
        self._mark = next(self._marks, None)
        self._counted = -1
        self._received_ms = received_ms
        self._tiles: dict[int, bytes] = {}  # of level 0, read with the entries below them
        self._above = log.tile_of(head.head.size)
        self._grown = Growing(self._compare)
        self._unknown: list[tuple[int, bytes]] = []

    def looked(self, submit: _Submit) -> Iterator[Looked]:
        """In the order of the log; what fails further on waits until all before it was looked at."""
        under_way: deque[tuple[list[bytes], Future[Looked]]] = deque()
        failed: Broken | None = None
        leaves = self._leaves()
        start, entries = 0, list[bytes]()
        self._check_marks()
        while failed is None:
            try:
                start, entries = next(leaves, (0, []))
                if not entries:
                    break
                self._keyring.read(start, entries)
            except Broken as broken:
                failed = broken
                if not start <= broken.index < start + len(entries):
                    break
                entries = entries[: broken.index - start]
            kids = {entry[_KID] for entry in entries}
            received = self._received(len(entries))
            under_way.append((entries, submit(start, entries, self._keyring.known(kids), received)))
            if len(under_way) > _ahead():
                yield self._taken(*under_way.popleft())
        while under_way:
            yield self._taken(*under_way.popleft())
        if failed is not None:
            raise failed

    def end(self) -> None:
        """Every entry is read."""
        self._grown.compare_edge()
        for index, signed in self._unknown:
            envelope = cose.opened(signed)
            public_key = self._keyring.known([envelope.kid]).get(envelope.kid)
            if public_key is None:
                raise Broken("device_unknown", index, kid=envelope.kid.hex())
            if not cose.holds(envelope.signature, envelope.to_be_signed, public_key):
                raise Broken("signature_bad", index, kid=envelope.kid.hex())

    def _leaves(self) -> Iterator[tuple[int, list[bytes]]]:
        number = -1
        try:
            for number, (entries, tile) in self._log.leaves(0, self._head.head.size):
                self._tiles[number] = tile
                yield number * tiles.WIDTH, entries
        except Refused as refused:
            raise _not_served(refused, (number + 1) * tiles.WIDTH) from None

    def _received(self, count: int) -> list[int] | None:
        if self._received_ms is None:
            return None
        received = list(islice(self._received_ms, count))
        if len(received) < count:
            raise Broken("told_changed", self._head.head.size, member="told/received.txt")
        return received

    def _taken(self, entries: list[bytes], future: Future[Looked]) -> Looked:
        seen = future.result()
        start = self._grown.size
        if seen.wrong is not None:
            code, index, facts = seen.wrong
            # What is in front of it comes first, if its tree is not what was signed.
            self._grow(seen.leaf_hashes[: index - start])
            raise Broken(code, index, **facts)
        self._unknown += [(index, entries[index - start]) for index in seen.unknown]
        if len(self._unknown) > _UNKNOWN_MAX:
            index, signed = self._unknown[0]
            raise Broken("device_unknown", index, kid=signed[_KID].hex())
        self._former.add(start, seen.leaf_hashes, self._keyring.succession)
        self._grow(seen.leaf_hashes)
        self.done.entries += len(seen.leaf_hashes)
        self.done.acts.update(seen.acts)
        return seen

    def _grow(self, leaf_hashes: list[bytes]) -> None:
        while leaf_hashes:
            room = len(leaf_hashes)
            if self._mark is not None:
                room = min(room, self._mark.size - self._grown.size)
            self._grown.add(leaf_hashes[:room])
            leaf_hashes = leaf_hashes[room:]
            self._check_marks()

    def _check_marks(self) -> None:
        while self._mark is not None and self._mark.size <= self._grown.size:
            mark, grown = self._mark, self._grown
            if mark.size != grown.size or mark.root != grown.root():
                raise Broken(mark.code, mark.size, signed=mark.note, checkpoint=self._head.note)
            if mark.code == "root_differs" and mark.size != self._counted:
                self._counted = mark.size  # the newest stands among the published ones as well
                self.done.checkpoints += 1
            self._mark = next(self._marks, None)

    def _compare(self, place: tiles.Place, hashes: bytes) -> None:
        level, number = place
        first = (number * tiles.WIDTH) << tiles.HEIGHT * level
        try:
            held = self._tiles.pop(number) if level == 0 else self._above(level, number)
        except Refused as refused:
            raise _not_served(refused, first) from None
        wrong = first_differing_leaf(place, hashes, held)
        if wrong is not None:
            raise Broken("tile_changed", wrong, path=tiles.path(*place, len(hashes) // tree.HASH_BYTES))


def _not_served(refused: Refused, index: int) -> Exception:
    """What a signed head implies and the log does not show is broken; a line that is down is not."""
    path = str(refused.facts.get("path", ""))
    if refused.code in {"bad_tile", "source_missing"} and not path.startswith("tile/entries/"):
        return Broken("tile_changed", index, path=path)
    if refused.code in {"bad_bundle", "source_missing", "source_too_large"}:
        return Broken("entry_missing", index, path=path)
    return refused


def _ahead() -> int:
    """Bundles that are under way at once."""
    return 4 * (os.cpu_count() or 1)


@contextmanager
def _workers(size: int, processes: int | None) -> Iterator[_Submit]:
    count = processes if processes is not None else (os.cpu_count() or 1)
    if count <= 1 or (processes is None and size < _SMALL):

        def here(
            start: int, entries: Sequence[bytes], known: dict[bytes, bytes], received: list[int] | None
        ) -> Future[Looked]:
            done: Future[Looked] = Future()
            done.set_result(look(start, entries, known, received))
            return done

        yield here
        return
    # Started anew, not forked: threads that read ahead may hold any lock just now.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        try:
            yield lambda *bundle: pool.submit(look, *bundle)
        finally:
            pool.shutdown(cancel_futures=True)
