"""What the door asks of the desk: it has no tables of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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
    @property
    def valid_to(self) -> datetime | None: ...


class Append(Protocol):
    """(id, signed bytes) of each into the log, all or nothing; durable when it returns."""

    def __call__(
        self, entries: Sequence[tuple[bytes, bytes]], *, received_at: datetime
    ) -> Sequence[Receipt]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it is called from threads of the door, never from the event loop."""

    append: Append
    device_keys: Callable[[Collection[bytes]], Mapping[bytes, Key]]
    size: Callable[[], int]
    now: Callable[[], datetime]
    exercise: Callable[[], bool]
    grown: Callable[[], object] = lambda: None  # hears that the log grew; must not wait
    check_writer: Callable[[], None] = lambda: None  # refuses where another hub writes the log
    writer: Callable[[], str] = lambda: ""  # who writes, for people


def real(*, grown: Callable[[], object]) -> Desk:
    """The desk of this installation. Django must be set up."""
    from kawal.desk.clock import reads as clock
    from kawal.desk.ledger import actions as ledger
    from kawal.desk.ledger import pen
    from kawal.desk.ledger import reads as log
    from kawal.desk.people import devices

    return Desk(
        append=ledger.append_new,
        device_keys=devices.device_keys,
        size=log.size,
        now=clock.now,
        exercise=lambda: clock.exercise() is not None,
        grown=grown,
        check_writer=pen.check,
        writer=pen.writer_name,
    )
