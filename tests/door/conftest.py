"""A door with a desk of its own: the log is a list in memory, so that a test can make it fail."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from kawal.desk.people.devices import DeviceKey
from kawal.door.app import Door
from kawal.door.desk import Desk
from kawal.rules.custody import event
from kawal.rules.custody.told import Verified
from kawal.rules.signing import cose, keys

NOW = datetime(2029, 2, 10, 3, 0, tzinfo=UTC)
KEYS = [keys.key_from_seed(bytes([n]) * 32) for n in range(1, 6)]
KIDS = [keys.kid_of(keys.public_bytes(key)) for key in KEYS]
REVOKED, STRANGER, ENDED = 2, 3, 4  # which of them


@dataclass(frozen=True)
class Receipt:
    id: bytes
    index: int
    repeated: bool


@dataclass
class Log:
    """Appends as the desk does: all of a batch or nothing, each event once."""

    told: list[Verified] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    fails: Callable[[Sequence[Verified]], None] = lambda batch: None
    gate: threading.Event = field(default_factory=threading.Event)  # the log stands still until it is set

    def append(self, entries: Sequence[tuple[bytes, bytes]], *, received_at: datetime) -> list[Receipt]:
        self.gate.wait(20)
        batch = [read(*entry) for entry in entries]
        self.fails(batch)
        self.batches.append(len(batch))
        at = {one.id: index for index, one in enumerate(self.told)}
        receipts = []
        for one in batch:
            repeated = one.id in at
            if not repeated:
                at[one.id] = len(self.told)
                self.told.append(one)
            receipts.append(Receipt(one.id, at[one.id], repeated))
        return receipts

    def desk(self) -> Desk:
        known = {
            kid: DeviceKey(
                kid,
                keys.public_bytes(key),
                "kpu/16.07.03",
                "custodian",
                NOW if n == REVOKED else None,
                NOW if n == ENDED else None,
            )
            for n, (kid, key) in enumerate(zip(KIDS, KEYS, strict=True))
            if n != STRANGER
        }
        return Desk(
            append=self.append,
            device_keys=lambda kids: {kid: known[kid] for kid in kids if kid in known},
            size=lambda: len(self.told),
            now=lambda: NOW,
            exercise=lambda: False,
        )


def read(event_id: bytes, told: bytes) -> Verified:
    envelope = cose.opened(told)
    return Verified(event_id, envelope.kid, event.of(envelope.payload), told)


def signed(seq: int, device: int = 0) -> bytes:
    told = event.Event(
        act=event.Act.POSITION, seq=seq, prev=bytes(32) if seq else None, happened_ms=1, recorded_ms=1,
        position=(-29_761_000, 1_047_754_000, 8),
    )  # fmt: skip
    return cose.sign(event.payload(told), KEYS[device])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    told: Any


async def ask(
    door: Door, method: str, path: str, body: bytes | list[bytes] = b"", headers: dict[str, str] | None = None
) -> Answer | None:
    """One request through ASGI; None where the door says nothing. A list is sent part by part."""
    parts = body if isinstance(body, list) else [body]
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    told = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    await door({"type": "http", "method": method, "path": path, "headers": told}, receive, send)
    if not sent:
        return None
    start, end = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], answered, json.loads(end["body"]))


def post(door: Door, body: bytes) -> Answer:
    answer = asyncio.run(ask(door, "POST", "/door/v1/events", body))
    assert answer is not None
    return answer


@contextmanager
def opened(log: Log, **limits: float) -> Iterator[Door]:
    door = Door(log.desk(), **limits)
    door.start()
    try:
        yield door
    finally:
        log.gate.set()
        door.stop()


@pytest.fixture
def log() -> Log:
    log = Log()
    log.gate.set()
    return log


@pytest.fixture
def door(log: Log) -> Iterator[Door]:
    with opened(log) as door:
        yield door
