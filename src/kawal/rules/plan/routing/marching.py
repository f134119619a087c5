"""The clock of runs of several days: it counts the hours of the day's way and skips what lies between.

A day's way ends an hour before the mode's own day (assumed): to find shelter, and for a last hand-over. At
night the run stands still where it is, beside its boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.windows import Interval

CAMP_S: Final = 3_600
DAY_S: Final = 86_400
_TRIES: Final = 90  # days or openings; what finds no hour in so many finds none

Rest = tuple[int, int, int]  # from, until, and seconds of way gone before


def march_of(kind: Kind) -> tuple[int, int]:
    """Second of the local day at which a day's way begins, and how many seconds it lasts (0: none)."""
    opens, closes = (3_600 * at.hour + 60 * at.minute for at in (kind.opens, kind.closes))
    return opens, max(0, closes - CAMP_S - opens)


class Clock:
    """Of one kind of vehicle in a zone without summer time. Seconds since 1970."""

    def __init__(self, kind: Kind, zone: tzinfo) -> None:
        offset = datetime(2024, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset()
        assert offset is not None
        self.offset_s = int(offset.total_seconds())
        self.opens_s, self.march_s = march_of(kind)
        self.closes_s = self.opens_s + self.march_s + CAMP_S

    def opens(self, at_s: int) -> int:
        """When the mode's hours begin on the local day of a moment."""
        return (at_s + self.offset_s) // DAY_S * DAY_S - self.offset_s + self.opens_s

    def march_ends(self, at_s: int) -> int:
        return self.opens(at_s) + self.march_s

    def spent(self, since_s: int, until_s: int) -> int:
        """Seconds of days' ways between two moments."""

        def hours(at_s: int) -> int:
            opens_s = self.opens(at_s)
            return (opens_s // DAY_S) * self.march_s + min(max(at_s - opens_s, 0), self.march_s)

        return hours(until_s) - hours(since_s)

    def walk(self, at_s: int, way_s: int) -> tuple[int, list[Rest]]:
        """When a way is done that is begun now, and the nights on it."""
        rests: list[Rest] = []
        gone_s = 0
        while gone_s < way_s:
            opens_s, ends_s = self.opens(at_s), self.march_ends(at_s)
            if not opens_s <= at_s < ends_s:
                until_s = opens_s if at_s < opens_s else opens_s + DAY_S
                rests.append((at_s, until_s, gone_s))
                at_s = until_s
                continue
            step_s = min(way_s - gone_s, ends_s - at_s)
            gone_s += step_s
            at_s += step_s
        return at_s, rests

    def handles(self, at_s: int, for_s: int, intervals: Sequence[Interval] | None) -> int | None:
        """The first moment from now on at which goods can be handled for so long; None: never."""
        if for_s > self.closes_s - self.opens_s:
            return None
        for _ in range(_TRIES):
            opens_s = self.opens(at_s)
            begin_s = max(at_s, opens_s)
            if begin_s + for_s > opens_s + self.march_s + CAMP_S:
                begin_s = opens_s + DAY_S
            if intervals is not None:
                fitting = (
                    max(begin_s, opens)
                    for opens, closes in intervals
                    if max(begin_s, opens) + for_s <= closes
                )
                found = min(fitting, default=None)
                if found is None:
                    return None
                begin_s = found
            if begin_s == at_s:
                return begin_s
            at_s = begin_s
        return None
