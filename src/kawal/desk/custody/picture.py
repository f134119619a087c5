"""How old the picture is: which part of the log the tables of custody show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kawal.desk.custody import projecting
from kawal.desk.custody.models import Unfolded
from kawal.desk.ledger import reads as log


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    folded: int  # entries below this index
    waiting: int  # entries from there on
    waiting_since: datetime | None  # when the hub received the first that is not; None: all are
    unfolded: int  # of those below, how many are missing because the program failed at them

    def complete_until(self, now: datetime) -> datetime:
        """Whatever the hub received before is in the picture."""
        return now if self.waiting_since is None else min(now, self.waiting_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An entry of the log that the tables do not show, and why."""

    entry_index: int
    received_at: datetime
    error: str


def unfolded() -> list[Missing]:
    rows = Unfolded.objects.order_by("entry_index").values("entry_index", "received_at", "error")
    return [Missing(**row) for row in rows]


def picture() -> Picture:
    size = log.size()
    folded = min(size, projecting.folded())
    first = next(log.entries(folded, folded + 1)) if folded < size else None
    return Picture(
        folded=folded,
        waiting=size - folded,
        waiting_since=first.received_at if first else None,
        unfolded=Unfolded.objects.count(),
    )
