"""For how long should a trip have been heard, and was not? Silence counts only where words can come.

    known signal    an area in which four stations of five have a signal: a word may come at any time
    known gap       fewer than half have one: none is awaited until the trip is out of it again
    not known       or in between: a word is awaited at the hand-overs, not on the way between them

A way between two stops is what both of its ends are. From the first hand-over on that should have been told
by now (where that is no gap) the clock runs, wherever the trip goes next: that word is overdue. At the end
of the whole way it runs in any case. Where the trip is then is expected by its newest mark and its pace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from kawal.rules.places.codes import is_area, is_station, lineage, village_of
from kawal.rules.plan.facts import Consignment, Trip
from kawal.rules.watch.expect import Going, going_of
from kawal.rules.watch.facts import Limits, Progress

SURE_FROM: Final = 0.8  # share of stations with a signal (assumed)
GAP_BELOW: Final = 0.5  # (assumed)


class Unheard(NamedTuple):
    since: datetime  # when it should have been heard first
    counted: timedelta  # how much of the time since then counts


class _Span(NamedTuple):
    begin: datetime
    end: datetime
    hears: bool | None
    stop: int  # number of the stop where it stands then, or that it left last
    stands: bool


def unheard(
    trip: Trip,
    progress: Progress,
    left: Sequence[Consignment],
    signal: Mapping[str, float],
    *,
    heard: datetime,
    now: datetime,
    limits: Limits,
) -> Unheard | None:
    """`signal`: area -> share of its stations with a signal; of an area that is not told, the next above.

    None while nothing should have been heard: not departed, all delivered, or no word was due yet.
    """
    going = going_of(trip, progress, limits=limits)
    if going is None or not left:
        return None
    destination = _destinations(trip, left)
    counted, since, is_due = timedelta(), None, False
    for span in _spans(trip, going, signal, now):
        hands_over = min(destination) <= span.stop
        is_due = is_due or (span.stands and hands_over and span.hears is not False)
        begin, end = max(span.begin, heard), min(span.end, now)
        if end > begin and (is_due or span.hears):
            counted += end - begin
            since = since or begin
    return Unheard(since, counted) if since else None


def share_at(site: str, signal: Mapping[str, float]) -> float | None:
    """Share of stations with a signal around a site; None where nobody told."""
    area = village_of(site) if is_station(site) else site.partition("-")[2].partition("-")[0]
    above = lineage(area) if area and is_area(area) else []
    return next((signal[one] for one in above if one in signal), None)


def _spans(trip: Trip, going: Going, signal: Mapping[str, float], now: datetime) -> Iterator[_Span]:
    """What the trip should have been doing from its mark on: standing at stops, on its way between them."""
    at_stops = [_hears(share_at(stop.site, signal)) for stop in trip.stops]
    first = going.mark.stop
    left_at = max(going.mark.at, going.at(trip.stops[first].depart_at))
    yield _Span(going.mark.at, left_at, at_stops[first], first, True)
    for number in range(first, len(trip.stops) - 1):
        here, there = trip.stops[number], trip.stops[number + 1]
        begins_at, arrives_at, left_at = map(going.at, (here.depart_at, there.arrive_at, there.depart_at))
        yield _Span(begins_at, arrives_at, _both(at_stops[number : number + 2]), number, False)
        yield _Span(arrives_at, left_at, at_stops[number + 1], number + 1, True)
    yield _Span(left_at, max(now, left_at), True, len(trip.stops), True)


def _destinations(trip: Trip, left: Sequence[Consignment]) -> list[int]:
    """Numbers of the stops where something is still to be handed over; what is nowhere is due at once."""
    last = {stop.site: number for number, stop in enumerate(trip.stops)}
    return [last.get(one.to_site, 0) for one in left]


def _hears(share: float | None) -> bool | None:
    if share is None or GAP_BELOW <= share < SURE_FROM:
        return None
    return share >= SURE_FROM


def _both(ends: Sequence[bool | None]) -> bool | None:
    if False in ends:
        return False
    return True if all(ends) else None
