"""An independent check of a plan that ends at the villages: is there time for the step that it leaves out?

Written from the rule and not from `last_leg`: whatever way the village's vehicles take, each station is
stopped at and handed its parcels, and no vehicle works outside its hours. The least that this takes, shared
by all vehicles of the village, must lie between what the plan calls the latest arrival at the PPS and the
deadline; and between the end of the vote and the fetching from the PPS. Where even all days of the leg are
too few, all of them must be kept free.

What takes the least time can still be held up: `at_least` tells it as trips, for the judge of promises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.facts import ENDS_AT_PPS, Access, Consignment, Escort, Leg, Level, Stop, Trip
from kawal.rules.plan.fleet import Kind, vehicles
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem, Village


def without_time(problem: Problem, settings: Settings, trips: Sequence[Trip]) -> Iterator[tuple[str, str]]:
    """Consignments, and the PPS, that leave less than the least time for the stations of the village."""
    if settings.level is not Level.VILLAGE:
        return
    villages = {village.site: village for village in problem.villages() if village.loads}
    least = {site: _least(village, settings) for site, village in villages.items()}
    hours: dict[object, _Days] = {}  # of villages whose vehicles work alike

    def days_of(leg: Leg, kinds: Sequence[Kind]) -> _Days:
        alike = leg, frozenset((kind.opens, kind.closes, kind.drives_on_voting_night) for kind in kinds)
        if alike not in hours:
            hours[alike] = _Days(settings, leg, kinds)
        return hours[alike]

    for trip in trips:
        comes = {stop.site: stop.arrive_at for stop in reversed(trip.stops)}
        for part in trip.consignments:
            if trip.leg in ENDS_AT_PPS and part.to_site in least:
                need, _, kinds = least[part.to_site]
                days = days_of(Leg.TO_STATION, kinds)
                by = settings.calendar.deadline_at
                if part.due_at > days.first and days.between(part.due_at, by) < need:
                    yield part.code, part.to_site
            if trip.leg in (Leg.BACK_LANDING, Leg.BACK_PPK) and part.from_site in least:
                need, _, kinds = least[part.from_site]
                days, at = days_of(Leg.BACK_PPS, kinds), comes[part.from_site]
                if at < days.last and days.between(settings.calendar.opening_at, at) < need:
                    yield part.code, part.from_site


def _least(village: Village, settings: Settings) -> tuple[timedelta, timedelta, list[Kind]]:
    """The least time that all vehicles of a village together need for its stations, how much of it is on
    the way, and their kinds."""
    stations = {access: len(village.loads) if access is village.inside else 0 for access in Access}
    stock = vehicles(settings.fleet, "village", village.code, stations)
    parcels = max(load.parcels_count for load in village.loads)
    weight_kg = max(load.weight_kg for load in village.loads)
    kinds = [
        one.kind
        for one in stock
        if one.kind.access is village.inside
        and one.kind.parcels >= parcels
        and one.kind.weight_kg >= weight_kg
    ]
    if not kinds:
        return timedelta.max, timedelta(), []  # nobody can: all the time there is
    handling = settings.fleet.handling["village"]
    hop_s = 0
    if all(load.lat is None for load in village.loads):
        stop = Point(lat=village.lat, lon=village.lon, terrain=village.terrain, spread_m=village.spread_m)
        unlike = list(dict.fromkeys(kinds))
        hop_s = min(int(settings.travel.matrices([stop, stop], kind)[1][0, 1]) for kind in unlike)
    work_s = sum(handling.stop_s + load.parcels_count * handling.parcel_s + hop_s for load in village.loads)
    way_s = hop_s * len(village.loads)
    return (
        timedelta(seconds=(handling.load_s + work_s) / len(kinds)),
        timedelta(seconds=way_s / len(kinds)),
        kinds,
    )


def at_least(problem: Problem, settings: Settings, trips: Sequence[Trip]) -> Iterator[Trip]:
    """The least that follows where a plan ends at the PPS, begun when that must have its boxes at the latest.

    One trip of each village for which a day is enough: it works and loads first, and goes its ways then, by
    the mode that is stopped least often.
    """
    if settings.level is not Level.VILLAGE or settings.delays is None:
        return
    law, villages = settings.delays, {one.site: one for one in problem.villages() if one.loads}
    there: dict[str, list[tuple[datetime, datetime, tuple[str, ...]]]] = {}
    for trip in trips:
        if trip.leg in ENDS_AT_PPS:
            for stop, part in zip(trip.visits, trip.consignments, strict=True):
                stays = stop.depart_at - stop.arrive_at
                told = part.due_at + stays, stop.depart_at, part.stations
                there.setdefault(part.to_site, []).append(told)
    for site, parts in there.items():
        need, way, kinds = _least(villages[site], settings)
        if not kinds or need > min(_working_day(kind) for kind in kinds):
            continue
        kind = max(kinds, key=lambda kind: law.closed_above(kind.mode))
        begins = max(min(due for due, _, _ in parts), max(planned for _, planned, _ in parts))
        stations = tuple(one for _, _, own in parts for one in own)
        yield _as_trip(villages[site], kind, (begins, begins + need - way, begins + need), stations)


def _working_day(kind: Kind) -> timedelta:
    return timedelta(hours=kind.closes.hour - kind.opens.hour, minutes=kind.closes.minute - kind.opens.minute)


def _as_trip(
    village: Village, kind: Kind, times: tuple[datetime, datetime, datetime], stations: tuple[str, ...]
) -> Trip:
    """`times`: begins to work, leaves, is there."""
    begins, leaves, ends = times

    def stop(arrive_at: datetime, depart_at: datetime) -> Stop:
        return Stop(
            site=village.site, lat=village.lat, lon=village.lon, arrive_at=arrive_at, depart_at=depart_at
        )

    return Trip(
        code=village.site, leg=Leg.TO_STATION, area=village.code, vehicle=village.site, mode=kind.mode,
        risk=village.risk, depart_at=leaves, back_at=ends, latest_departure_at=leaves, distance_m=0,
        parcels_count=0, escort=Escort(post="", officers_count=0, linmas_count=0),
        stops=(stop(begins, leaves), stop(ends, ends), stop(ends, ends)),
        consignments=(
            Consignment(
                code=village.site, from_site=village.site, to_site=village.site, stations=stations,
                parcels_count=0, arrive_at=ends, due_at=ends,
            ),
        ),
    )  # fmt: skip


class _Days:
    """The days of a leg, each within the hours in which any of the vehicles works."""

    def __init__(self, settings: Settings, leg: Leg, kinds: Sequence[Kind]) -> None:
        shifts = sorted(settings.calendar.shifts[leg], key=lambda shift: shift.start)
        zone = settings.calendar.zone
        own = [hours for kind in kinds if (hours := _hours(shifts, kind, zone))]
        own = own or [[(shift.start, shift.end) for shift in shifts]]
        self.all = [hour for hours in own for hour in hours]
        self.first = max(hours[0][0] for hours in own)  # from then on they all may work
        self.last = min(hours[-1][1] for hours in own)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of them lies between two moments."""
        total, reached = timedelta(), start
        for opens, closes in sorted(self.all):
            opens, closes = max(opens, reached), min(closes, end)
            if opens < closes:
                total, reached = total + (closes - opens), closes
        return total


def _hours(shifts: Sequence[Shift], kind: Kind, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    found = []
    for shift in shifts:
        start, end = shift.start, shift.end
        if not (shift.night and kind.drives_on_voting_night):
            day = start.astimezone(zone).date()
            start = max(start, datetime.combine(day, kind.opens, zone))
            end = min(end, datetime.combine(day, kind.closes, zone))
        if start < end:
            found.append((start, end))
    return found
