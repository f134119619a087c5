"""What the door asks of the desk: it has no tables of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kawal.rules.custody.told import Verified


class Receipt(Protocol):
    """Where an event stands in the log; `repeated` where it stood there before."""

    @property
    def id(self) -> bytes: ...
    @property
    def index(self) -> int: ...
    @property
    def repeated(self) -> bool: ...


class Key(Protocol):
    @property
    def public_key(self) -> bytes: ...
    @property
    def revoked_at(self) -> datetime | None: ...


class Record(Protocol):
    def __call__(self, batch: Sequence[Verified], *, received_at: datetime) -> Sequence[Receipt]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it is called from threads of the door, never from the event loop."""

    record: Record
    device_keys: Callable[[Collection[bytes]], Mapping[bytes, Key]]
    size: Callable[[], int]
    now: Callable[[], datetime]
    exercise: Callable[[], bool]


def real() -> Desk:
    """The desk of this installation. Django must be set up."""
    from kawal.desk.clock import reads as clock
    from kawal.desk.custody import actions as custody
    from kawal.desk.ledger import reads as log
    from kawal.desk.people import devices

    return Desk(
        record=custody.record,
        device_keys=devices.device_keys,
        size=log.size,
        now=clock.now,
        exercise=lambda: clock.exercise() is not None,
    )
