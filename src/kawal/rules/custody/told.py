"""An event on its way: verified by the door, then told at a place in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kawal.rules.custody.event import Event


@dataclass(frozen=True, slots=True)
class Verified:
    """Signature and format hold; not yet in the log."""

    id: bytes  # leaf hash of the signed bytes
    kid: bytes
    event: Event
    signed: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """In the log: `index` and `received_at` are the hub's, everything in `event` is the phone's."""

    id: bytes
    kid: bytes
    event: Event
    index: int
    received_at: datetime
