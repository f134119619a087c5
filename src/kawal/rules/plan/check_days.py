"""What the checker asks of trips of several days, from the rules and not from the planner.

Nobody moves, loads or hands over in the dark; a halt lies on the way, between two stops; boxes are never
without a watch; goods are there, and vehicles home, when the calendar says. All is read off the stops.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from kawal.rules.places.codes import covers, is_area, is_station, village_of
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import BACKWARD, FORWARD, Access, Stop, Trip
from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.journey.travel import EARTH_M, Point
from kawal.rules.plan.leg import Settings

Places = dict[tuple[str, float, float], Point]  # by area and where it lies

WATCH = 2  # one wakes while the other sleeps
OFF_THE_WAY_KM = 5.0  # a camp is where the day ends, not somewhere else
_ENDS_EARLY = timedelta(hours=1)  # the day's way, for shelter


@dataclass(frozen=True, slots=True)
class Way:
    """Between two places where something is done, with the halts on it."""

    here: Stop
    there: Stop
    halts: tuple[Stop, ...]

    @property
    def moving(self) -> timedelta:
        rests = sum((halt.depart_at - halt.arrive_at for halt in self.halts), timedelta())
        return self.there.arrive_at - self.here.depart_at - rests


def ways(trip: Trip) -> list[Way]:
    """From each stop at which something is done to the next, home again."""
    found: list[Way] = []
    here, halts = trip.stops[0], list[Stop]()
    for stop in trip.stops[1:]:
        if stop.is_halt:
            halts.append(stop)
        else:
            found.append(Way(here, stop, tuple(halts)))
            here, halts = stop, []
    return found


def by_area(points: dict[str, Point]) -> Places:
    """What a halt may be at: several places may share a point, in town and out of it, and a halt names the
    area of its own. Stations whose point is unknown stand on their PPS, and are no place to stay at."""
    return {
        (_area(site), point.lat, point.lon): point for site, point in points.items() if not point.spread_m
    }


def broken_days(
    trip: Trip, kind: Kind, settings: Settings, points: dict[str, Point], known: Places
) -> Iterator[Violation]:
    """Each rule of the days that a trip with halts breaks. `known`: the places `by_area`."""
    zone = settings.calendar.zone
    if any(
        there.arrive_at < here.depart_at or here.depart_at < here.arrive_at
        for here, there in pairwise(trip.stops)
    ):
        yield Violation("too_fast", trip.code, (("site", trip.stops[-1].site),))
        return
    if kind.access is Access.AIR:
        yield Violation("halts_in_the_air", trip.code)
    for begin, end in _busy(trip):
        if not _by_day(begin, end, kind, zone):
            yield Violation("in_the_dark", trip.code, (("at", f"{begin.astimezone(zone):%Y-%m-%d %H:%M}"),))
    # Stations whose point is unknown stand on their PPS, and are no place to stay at.
    for way in ways(trip):
        ends = points[way.here.site], points[way.there.site]
        for part, (start, goal) in _by_places(way, ends, known):
            _, seconds = settings.travel.matrices([start, goal], kind)
            if part.moving < timedelta(seconds=int(seconds[0, 1])):
                yield Violation("too_fast", trip.code, (("site", part.there.site),))
            for halt in part.halts:
                if not _on_the_way(halt, part, settings.travel.way(start, goal, kind)):
                    yield Violation("halt_off_the_way", trip.code, (("site", halt.site),))
        for halt in way.halts:
            if not _sensible(halt, trip):
                yield Violation("halt_misplaced", trip.code, (("site", halt.site),))
    yield from _in_span(trip, settings)


def _busy(trip: Trip) -> Iterator[tuple[datetime, datetime]]:
    """All times at which the trip is not at rest: handlings, and the ways between two stops of any kind."""
    for stop in trip.stops:
        if not stop.is_halt:
            yield stop.arrive_at, stop.depart_at
    for here, there in pairwise(trip.stops):
        yield here.depart_at, there.arrive_at


def _by_day(begin: datetime, end: datetime, kind: Kind, zone: tzinfo) -> bool:
    if begin == end:
        return True
    first, last = begin.astimezone(zone), end.astimezone(zone)
    return first.date() == last.date() and kind.opens <= first.time() and last.time() <= kind.closes


def _sensible(halt: Stop, trip: Trip) -> bool:
    """It has a place in or near an area, some time, and nothing is handed over there."""
    area = halt.site.partition("-")[2]
    parts = {site for part in trip.consignments for site in (part.from_site, part.to_site)}
    regency = trip.area[:5]
    return (
        is_area(area) and covers(regency, area) and halt.arrive_at < halt.depart_at and halt.site not in parts
    )


def _by_places(
    way: Way, ends: tuple[Point, Point], known: Places
) -> Iterator[tuple[Way, tuple[Point, Point]]]:
    """The parts of a way between the places at which it halts; camps lie within a part."""
    at_ends = {
        (_area(stop.site), point.lat, point.lon)
        for stop, point in zip((way.here, way.there), ends, strict=True)
    }
    here, begin, camps = way.here, ends[0], list[Stop]()
    for halt in way.halts:
        named = _area(halt.site), halt.lat, halt.lon
        place = known.get(named) if named not in at_ends else None
        if place is None:
            camps.append(halt)
        else:
            yield Way(here, halt, tuple(camps)), (begin, place)
            here, begin, camps = halt, place, []
    yield Way(here, way.there, tuple(camps)), (begin, ends[1])


def _area(site: str) -> str:
    return village_of(site) if is_station(site) else site.partition("-")[2]


def _on_the_way(halt: Stop, way: Way, line: Sequence[tuple[float, float]]) -> bool:
    """Near the line of the way, as far along as the time before it allows."""
    gone = timedelta()
    for here, there in pairwise((way.here, *way.halts)):
        gone += there.arrive_at - here.depart_at
        if there is halt:
            break
    length_km = math.fsum(_km(a, b) for a, b in pairwise(line))
    should_km = length_km * (gone / way.moving) if way.moving else 0.0
    lies = halt.lat, halt.lon
    walked_km, nearest = 0.0, math.inf
    for a, b in pairwise(line):
        whole = _km(a, b)
        steps = max(1, math.ceil(whole))
        for step in range(steps + 1):
            spot = a[0] + (b[0] - a[0]) * step / steps, a[1] + (b[1] - a[1]) * step / steps
            off_km = _km(spot, lies) + abs(walked_km + whole * step / steps - should_km)
            nearest = min(nearest, off_km)
        walked_km += whole
    return nearest <= OFF_THE_WAY_KM + 0.02 * length_km


def _km(a: Sequence[float], b: Sequence[float]) -> float:
    north, east = (
        math.radians(b[0] - a[0]),
        math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2)),
    )
    return EARTH_M / 1_000 * math.hypot(north, east)


def _in_span(trip: Trip, settings: Settings) -> Iterator[Violation]:
    """Not before distribution (or the leg home) begins, goods there and vehicle home in time."""
    span = settings.calendar.spans[trip.leg]
    goods = max(
        (stop.depart_at for stop in trip.stops[1:-1] if not stop.is_halt)
        if trip.leg in FORWARD
        else (trip.stops[-1].depart_at,)
    )
    if (
        trip.stops[0].arrive_at < span.start
        or goods > span.there_by
        or trip.stops[-1].depart_at > span.home_by
    ):
        yield Violation("outside_window", trip.code)


def unwatched(trip: Trip) -> bool:
    """Whether boxes would lie over with fewer than two beside them; who meets them is not beside them."""
    beside = trip.escort.officers_count if trip.escort.substitute != "meets_at_destination" else 0
    return bool(_nights_with_boxes(trip)) and beside + trip.escort.linmas_count < WATCH


def _nights_with_boxes(trip: Trip) -> list[Stop]:
    visits = [stop for stop in trip.stops[1:-1] if not stop.is_halt]
    if trip.leg in BACKWARD:
        return [halt for halt in trip.halts if halt.arrive_at >= visits[0].depart_at]
    return [halt for halt in trip.halts if halt.arrive_at < visits[-1].arrive_at]


def arrives(trip: Trip, late: timedelta, kind: Kind, zone: tzinfo, at: datetime) -> datetime:
    """When a trip that begins so much later comes to what it planned for `at`: by the hours of its days."""
    if not trip.halts or not late:
        return at + late
    opens = timedelta(hours=kind.opens.hour, minutes=kind.opens.minute)
    day = timedelta(hours=kind.closes.hour, minutes=kind.closes.minute) - _ENDS_EARLY - opens
    spent = _spent(at, zone, opens, day) - _spent(trip.depart_at, zone, opens, day)
    days, rest = divmod(_spent(trip.depart_at + late, zone, opens, day) + spent, day)
    if not rest:  # there as the day ends
        days, rest = days - 1, day
    return datetime.combine(date.fromordinal(days + 1), time(), zone) + opens + rest


def _spent(at: datetime, zone: tzinfo, opens: timedelta, day: timedelta) -> timedelta:
    local = at.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (local.toordinal() - 1) * day + min(max(local - midnight - opens, timedelta()), day)
