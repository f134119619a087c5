"""When the trips of a plan may leave and when their stops are open, as arrays: tides, flight slots, hours.

A trip may leave when, going as planned, it finds every place of its way open, from where it loads on. Who is
held up on the way after all waits at the stop until goods may be handed over there again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.facts import Trip
from kawal.rules.plan.windows import Interval, Need, Windows

_EARLIER_S = 8 * 86_400  # openings so long before the first day of a plan are kept: it may be begun earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Intervals in seconds; those of number n are `at[n]` to `at[n + 1]`, and none means always."""

    at: NDArray[np.int64]
    from_s: NDArray[np.float64]
    until_s: NDArray[np.float64]

    def later(self, by_s: int) -> Slots:
        return replace(self, from_s=self.from_s + by_s, until_s=self.until_s + by_s)


def no_slots(count: int) -> Slots:
    return _slots([None] * count, 0, 0)


def slots_of(
    trips: Sequence[Trip], windows: Windows, first_day: datetime, last_s: int
) -> tuple[Slots, Slots]:
    """Of the trips and of their stops, in seconds from `first_day`; openings behind `last_s` are left out."""
    if not windows:
        return no_slots(len(trips)), no_slots(sum(len(trip.consignments) for trip in trips))
    zero = int(first_day.timestamp())
    leaving = [_leaving(trip, windows) for trip in trips]
    serving = [
        _begins(windows.at(stop.site, trip.mode, trip.vehicle), stop.depart_at - stop.arrive_at)
        for trip in trips
        for stop in trip.visits
    ]
    return _slots(leaving, zero, last_s), _slots(serving, zero, last_s)


def needs_of(trip: Trip, windows: Windows) -> list[Need]:
    """Within which hours each place of the way and the vehicle must be used, counted from its loading."""
    begins = trip.stops[0].arrive_at
    told = [(stop.site, stop.arrive_at, stop.depart_at) for stop in trip.stops[:-1]]
    told.append(("", begins, trip.stops[-1].depart_at))
    needs = []
    for site, begin, end in told:
        intervals = windows.at(site, trip.mode, trip.vehicle)
        if intervals is not None:
            for_s = int((end - begin).total_seconds())
            needs.append((int((begin - begins).total_seconds()), for_s, intervals))
    return needs


def _leaving(trip: Trip, windows: Windows) -> list[Interval] | None:
    """When it may leave so that it finds everything open; None: always."""
    load_s = int((trip.depart_at - trip.stops[0].arrive_at).total_seconds())
    common: list[Interval] | None = None
    for after_s, for_s, intervals in needs_of(trip, windows):
        own = [(opens - after_s + load_s, closes - after_s - for_s + load_s) for opens, closes in intervals]
        common = own if common is None else _both(common, own)
    return None if common is None else sorted(one for one in common if one[0] <= one[1])


def _both(ones: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    met = ((max(a, c), min(b, d)) for a, b in ones for c, d in others if a <= d and c <= b)
    return [one for one in met if one[0] <= one[1]]


def _begins(intervals: Sequence[Interval] | None, lasts: Any) -> list[Interval] | None:
    if intervals is None:
        return None
    for_s = int(lasts.total_seconds())
    return sorted((opens, closes - for_s) for opens, closes in intervals if opens + for_s <= closes)


_SHUT = (-9e8, -8e8)  # what is never open had its only opening long ago


def _slots(told: Iterable[Sequence[Interval] | None], zero: int, last_s: int) -> Slots:
    at, found = [0], list[tuple[float, float]]()
    for intervals in told:
        if intervals is not None:
            own = [(float(opens - zero), float(closes - zero)) for opens, closes in intervals]
            found += [one for one in own if one[1] >= -_EARLIER_S and one[0] <= last_s] or [_SHUT]
        at.append(len(found))
    edges = np.array(found, np.float64).reshape(-1, 2)
    return Slots(at=np.array(at, np.int64), from_s=edges[:, 0].copy(), until_s=edges[:, 1].copy())
