"""What is signed and not yet acknowledged, and the lines by which it reaches the hub."""

from __future__ import annotations

import heapq
import json
import queue
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final

from kawal.rehearsal.actors import Deed
from kawal.rehearsal.calls import PATIENCE_S, Caller
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, hashes

EVENTS_MAX: Final = 300
BODY_BYTES_MAX: Final = 1024 * 1024
TRIES_MAX: Final = 200  # of one event that the hub cannot write just now; a hub that never can is broken
LINES_COUNT: Final = 3
AHEAD_MAX: Final = 5_000  # deeds signed before they are due: bounds the memory


@dataclass(slots=True)
class Counts:
    """`accepted`: different events that the hub acknowledged, whether it knew them already or not."""

    signed: int = 0
    accepted: int = 0
    repeated: int = 0  # answers that said so
    refused: int = 0


def ahead(deeds: Iterator[Deed]) -> Iterator[Deed]:
    """The same deeds, signed on a thread of their own while the hub is at work on those before."""
    made: queue.Queue[Deed | BaseException | None] = queue.Queue(AHEAD_MAX)

    def make() -> None:
        try:
            for deed in deeds:
                made.put(deed)
            made.put(None)
        except BaseException as error:  # raised again where the deeds are taken
            made.put(error)

    threading.Thread(target=make, name="signing", daemon=True).start()
    while (deed := made.get()) is not None:
        if isinstance(deed, BaseException):
            raise deed
        yield deed


class Outbox:
    """Deeds by the time of their upload; only what waits is kept in memory."""

    def __init__(self, deeds: Iterator[Deed]) -> None:
        self._deeds = deeds
        self._next = next(deeds, None)
        self._waiting: list[tuple[datetime, int, Deed]] = []
        self._count = 0
        self.signed = 0

    def due(self, now: datetime) -> list[Deed]:
        """What is to be uploaded by now, in order."""
        while self._next is not None and self._next.at <= now:
            heapq.heappush(self._waiting, (self._next.upload_at, self._count, self._next))
            self._count += 1
            self.signed += not self._next.copy
            self._next = next(self._deeds, None)
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        return due

    def next_at(self) -> datetime | None:
        """Nothing is due before; None when all is uploaded."""
        times = [self._waiting[0][0]] if self._waiting else []
        times += [self._next.at] if self._next is not None else []
        return min(times, default=None)


class Uplink:
    """A few lines to the hub. All events of a device take the same line, in order."""

    def __init__(self, hub: str, *, patience_s: float = PATIENCE_S) -> None:
        self._callers = [Caller(hub, patience_s=patience_s) for _ in range(LINES_COUNT)]
        self._threads = ThreadPoolExecutor(LINES_COUNT, thread_name_prefix="phones")
        self._acknowledged: set[bytes] = set()
        self.counts = Counts()

    def __enter__(self) -> Uplink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown()
        for caller in self._callers:
            caller.close()

    @property
    def outages(self) -> int:
        """Outages are seen by every line that had something to send; the worst line tells how many."""
        return max(caller.outages for caller in self._callers)

    def send(self, deeds: Iterable[Deed]) -> None:
        """Ends when the hub has answered for every one of them. Refuses `hub_away`, `hub_broken`."""
        due = list(deeds)
        # No more lines than it needs: what comes in one body is recorded at one stroke.
        lines: list[list[bytes]] = [[] for _ in self._callers[: 1 + (len(due) - 1) // EVENTS_MAX]]
        for deed in due:
            lines[deed.kid[0] % len(lines)].append(deed.signed)
        answers = self._threads.map(_send, self._callers, lines)  # as many as there are lines
        for receipts in answers:
            for event_id, receipt in receipts:
                self._count(event_id, receipt)

    def _count(self, event_id: bytes, receipt: dict[str, Any]) -> None:
        if "refused" in receipt:
            self.counts.refused += 1
            return
        self.counts.repeated += bool(receipt["repeated"])
        self.counts.accepted += event_id not in self._acknowledged
        self._acknowledged.add(event_id)


def _send(caller: Caller, waiting: list[bytes]) -> list[tuple[bytes, dict[str, Any]]]:
    """Posts until all are answered for. An event that the hub could not write just now is sent again."""
    receipts = []
    for _ in range(TRIES_MAX):
        again = []
        for bundle in _bundles(waiting):
            for signed, receipt in zip(bundle, _post(caller, bundle), strict=True):
                if receipt.get("refused") in ("busy", "not_recorded"):
                    again.append(signed)
                else:
                    receipts.append((hashes.leaf_hash(signed), receipt))
        if not again:
            return receipts
        waiting = again
    raise Refused("hub_broken", events=len(waiting))


def _post(caller: Caller, bundle: list[bytes]) -> list[dict[str, Any]]:
    answer = caller.call(
        "POST", "/door/v1/events", codec.encode(bundle), {"Content-Type": "application/cbor"}
    )
    told = json.loads(answer.body)
    if "receipts" not in told:
        raise Refused("hub_broken", status=answer.status, answer=str(told)[:200])
    receipts: list[dict[str, Any]] = told["receipts"]
    return receipts


def _bundles(events: list[bytes]) -> Iterator[list[bytes]]:
    bundle: list[bytes] = []
    size = 0
    for signed in events:
        if bundle and (len(bundle) == EVENTS_MAX or size + len(signed) + 5 > BODY_BYTES_MAX):
            yield bundle
            bundle, size = [], 0
        bundle.append(signed)
        size += len(signed) + 5  # its CBOR head
    if bundle:
        yield bundle
