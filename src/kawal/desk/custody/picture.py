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
    waiting_since: datetime | None  # when the hub received the first that is not; None: all are
    unfolded: int  # of those below, how many are missing because the program failed at them

    def complete_until(self, now: datetime) -> datetime:
        """Whatever the hub received before is in the picture."""
        return now if self.waiting_since is None else min(now, self.waiting_since)


def picture() -> Picture:
    folded = projecting.folded()
    waiting = next(log.entries(folded, folded + 1), None)
    return Picture(
        folded=folded,
        waiting_since=waiting.received_at if waiting else None,
        unfolded=Unfolded.objects.count(),
    )
