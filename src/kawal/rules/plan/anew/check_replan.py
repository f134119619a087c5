"""An independent check of a plan that was planned anew in part: written from the rules, not from `replan`.

What has happened is no longer judged by the rules of the world, only kept; what stays was judged when its
version was saved. The new trips, and all trips together, are judged by every rule of `check`, and by
these: nothing runs through what is shut or on what is away, nothing new begins in the past or before its
goods are really there, no code means two things.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kawal.rules.places.codes import covers, village_of
from kawal.rules.plan.anew.check_guards import too_few
from kawal.rules.plan.anew.check_promises import wrongly_told_anew
from kawal.rules.plan.anew.disrupted import changed, ways_taken
from kawal.rules.plan.anew.disruption import (
    Absent,
    Closed,
    Disruption,
    Fewer,
    Held,
    ModeLost,
    More,
    Raised,
    Span,
    Withdrawn,
)
from kawal.rules.plan.anew.guards import strengths_of
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.calendar import stretched
from kawal.rules.plan.check import check
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import BACKWARD, FORWARD, Leg, Trip, Unserved
from kawal.rules.plan.fleet import vehicles
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem

# Rules that trips break together: judged of those that stay as well.
_TOGETHER = {"not_once_per_leg", "vehicle_twice", "sent_before_received", "dock_crowded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a new version was made from, and tells. `before`: the trips of the version it replaces."""

    before: Sequence[Trip]
    now: datetime
    disruptions: Sequence[Disruption] = ()
    happened: Mapping[str, Happened] = field(default_factory=dict)
    strengths: Mapping[str, int] = field(default_factory=dict)  # post -> officers, of those that were told
    unguarded: Collection[str] = ()  # trips that the version says nobody can guard
    at_risk: Collection[str] | None = None  # stations that it says fall short; None: told by trips alone


class _Anew:
    def __init__(
        self, problem: Problem, settings: Settings, trips: Sequence[Trip], told: Circumstances
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.trips = trips
        self.told = told
        self.old = {trip.code: trip for trip in told.before}
        self.stay = {trip.code for trip in trips if self.old.get(trip.code) == trip}
        self.new = [trip for trip in trips if trip.code not in self.stay and trip.code not in told.happened]
        self.ahead = [
            trip for trip in trips if trip.code not in told.happened
        ]  # has not left, as far as told
        self.area = _areas(problem)


def check_replan(
    problem: Problem,
    settings: Settings,
    trips: Sequence[Trip],
    unserved: Sequence[Unserved],
    told: Circumstances,
) -> list[Violation]:
    """All rules broken. `problem` and `settings` as they were before the disruptions."""
    after = changed(problem, told.disruptions, ways_taken(told.before, told.happened))
    loose = replace(settings, calendar=stretched(settings.calendar))
    anew = _Anew(after, loose, trips, told)
    mine = {trip.code for trip in anew.new}
    found = [  # promises are judged below, where it is known what has left
        one
        for one in check(after, replace(loose, delays=None), trips, unserved)
        if one.code != "vehicle_unknown" and (one.code in _TOGETHER or one.where.partition("/")[0] in mine)
    ]
    known = {
        vehicle.name
        for level, area, stations in problem.stations_by_access()
        for vehicle in vehicles(settings.fleet, level, area, stations)
    } | {trip.vehicle for trip in told.before}
    found += _unknown_vehicles(anew, known)
    return [*found, *(one for rule in REPLAN_RULES.values() for one in rule(anew))]


def _unknown_vehicles(anew: _Anew, known: set[str]) -> Iterator[Violation]:
    """New trips run on vehicles that are there; of those that come to help, no more than were promised."""
    helpers: dict[str, set[str]] = {}
    for trip in anew.new:
        if trip.vehicle not in known:
            helpers.setdefault(f"{trip.mode}-{_home(trip)}", set()).add(trip.vehicle)
    for kind, names in sorted(helpers.items()):
        promised = sum(
            one.count
            for one in anew.told.disruptions
            if isinstance(one, More) and f"{one.mode}-{one.area}" == kind
        )
        if len(names) > promised:
            first = min(trip.code for trip in anew.new if trip.vehicle in names)
            yield Violation("vehicle_unknown", first, (("vehicle", sorted(names)[-1]),))


def _history_kept(anew: _Anew) -> Iterator[Violation]:
    """A trip that has left is there as it was; only what its broken vehicle cannot bring may be cut off."""
    now = {trip.code: trip for trip in anew.trips}
    for code, told in anew.told.happened.items():
        old = anew.old.get(code)
        if old is None or now.get(code) == old:
            continue
        broken = any(
            isinstance(one, Withdrawn) and one.vehicle == old.vehicle for one in anew.told.disruptions
        )
        kept = now[code].consignments if code in now else ()
        handed = [part for part in old.consignments if part.to_site in told.handed]
        if not broken or list(kept) != handed:
            yield Violation("history_changed", code)


def _codes_mean_one_thing(anew: _Anew) -> Iterator[Violation]:
    for trip in anew.new:
        old = anew.old.get(trip.code)
        if old is not None and (old.leg, _stations(old)) != (trip.leg, _stations(trip)):
            yield Violation("code_reused", trip.code)


def _not_in_the_past(anew: _Anew) -> Iterator[Violation]:
    for trip in anew.new:
        if trip.stops[0].arrive_at < anew.told.now:
            yield Violation("begins_in_the_past", trip.code)


def _really_there(anew: _Anew) -> Iterator[Violation]:
    """What a trip underway brings later than planned is sent on only when it is there."""
    there: dict[tuple[Leg, str], datetime] = {}
    for trip in anew.trips:
        told = anew.told.happened.get(trip.code)
        if told is None:
            continue
        late = max(timedelta(), told.left_at - trip.depart_at) if told.left_at else timedelta()
        for part in trip.consignments:
            planned = max(stop.depart_at for stop in trip.stops if stop.site == part.to_site)
            for station in part.stations:
                there[trip.leg, station] = told.handed.get(part.to_site, planned + late)
    for trip in anew.ahead:
        comes = {stop.site: stop.arrive_at for stop in reversed(trip.stops)}
        for part in trip.consignments:
            for station in part.stations:
                if trip.leg is Leg.BACK_PPS:
                    continue  # after the vote
                before = [there[leg, station] for leg in _before(trip.leg) if (leg, station) in there]
                if any(comes[part.from_site] < at for at in before):
                    yield Violation("not_there_yet", part.code, (("station", station),))


def _before(leg: Leg) -> tuple[Leg, ...]:
    """The legs of the same way, out or home, that come before one."""
    legs = FORWARD if leg in FORWARD else BACKWARD
    return legs[: legs.index(leg)]


def _nothing_through_what_is_shut(anew: _Anew) -> Iterator[Violation]:
    for trip in anew.ahead:
        for stop in trip.stops:
            for one in anew.told.disruptions:
                if isinstance(one, Closed):
                    hit = stop.site in anew.area and covers(one.area, anew.area[stop.site])
                elif isinstance(one, Held):
                    hit = stop.site == one.site
                else:
                    continue
                if hit and _meets(one.span, stop.arrive_at, stop.depart_at):
                    yield Violation("through_what_is_shut", trip.code, (("site", stop.site),))


def _nothing_on_what_is_away(anew: _Anew) -> Iterator[Violation]:
    for trip in anew.ahead:
        start, end = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        for one in anew.told.disruptions:
            if isinstance(one, Withdrawn):
                hit = one.vehicle == trip.vehicle and _meets(one.span, start, end)
            elif isinstance(one, ModeLost) and one.mode is trip.mode:
                hit = covers(one.area, _area_of(_home(trip))) and _meets(one.span, start, end)
                hit = hit or any(
                    covers(one.area, anew.area.get(stop.site, "-"))
                    and _meets(one.span, stop.arrive_at, stop.depart_at)
                    for stop in trip.stops
                )
            else:
                continue
            if hit:
                yield Violation("on_what_is_away", trip.code, (("vehicle", trip.vehicle),))


def _so_many_are_away(anew: _Anew) -> Iterator[Violation]:
    """Where only a number was told, at least so many of the area's vehicles stand still all that time."""
    for one in anew.told.disruptions:
        if not isinstance(one, Fewer):
            continue
        names = {
            vehicle.name
            for level, area, stations in anew.problem.stations_by_access()
            for vehicle in vehicles(anew.settings.fleet, level, area, stations)
            if area == one.area and vehicle.kind.mode is one.mode
        }
        running = {
            trip.vehicle
            for trip in anew.ahead
            if trip.vehicle in names and _meets(one.span, trip.stops[0].arrive_at, trip.stops[-1].depart_at)
        }
        if names and len(names - running) < one.count:
            yield Violation("on_what_is_away", min(t.code for t in anew.ahead if t.vehicle in running),
                            (("vehicle", one.mode.value),))  # fmt: skip


def _guarded_as_raised(anew: _Anew) -> Iterator[Violation]:
    for trip in anew.ahead:
        for one in anew.told.disruptions:
            if isinstance(one, Raised) and trip.risk < one.risk:
                for station in sorted(_stations(trip)):
                    if covers(one.area, village_of(station)):
                        yield Violation("class_not_raised", trip.code, (("station", station),))
                        break


def _promises_kept(anew: _Anew) -> Iterator[Violation]:
    new = {trip.code for trip in anew.new}
    told = anew.told
    return wrongly_told_anew(anew.trips, new, told.happened, anew.settings, anew.problem, told.at_risk)


def _officers_there(anew: _Anew) -> Iterator[Violation]:
    absent = [one for one in anew.told.disruptions if isinstance(one, Absent)]
    if not absent:
        return
    posts, new = {one.post for one in absent}, {trip.code for trip in anew.new}
    judged = {
        trip.code
        for trip in anew.ahead
        if trip.stops[0].arrive_at >= anew.told.now and (trip.code in new or trip.escort.post in posts)
    }
    strengths = strengths_of(anew.problem, anew.told.strengths)
    for trip in too_few(anew.trips, judged, absent, strengths, anew.told.unguarded, anew.settings.calendar):
        yield Violation("too_few_officers", trip.code, (("post", trip.escort.post),))


def _meets(span: Span, start: datetime, end: datetime) -> bool:
    return (span.start is None or span.start < end) and (span.end is None or start < span.end)


def _home(trip: Trip) -> str:
    """The area or gateway whose vehicle it is, by its name: <mode>-<area>-<name>."""
    return trip.vehicle.partition("-")[2].rpartition("-")[0]


def _area_of(place: str) -> str:
    """Of a gateway (DMG-<area>-<n>) the area it lies in."""
    return place.split("-")[1] if "-" in place else place


def _stations(trip: Trip) -> frozenset[str]:
    return frozenset(station for part in trip.consignments for station in part.stations)


def _areas(problem: Problem) -> dict[str, str]:
    areas = {problem.site: problem.regency}
    for gateway in problem.gateways:
        areas[gateway.site] = _area_of(gateway.site)
    for district in problem.districts:
        areas[district.site] = district.code
        for village in district.villages:
            areas[village.site] = village.code
            for load in village.loads:
                areas[load.station] = village.code
    return areas


REPLAN_RULES: dict[str, Callable[[_Anew], Iterator[Violation]]] = {
    "history_kept": _history_kept,
    "codes_mean_one_thing": _codes_mean_one_thing,
    "not_in_the_past": _not_in_the_past,
    "really_there": _really_there,
    "nothing_through_what_is_shut": _nothing_through_what_is_shut,
    "nothing_on_what_is_away": _nothing_on_what_is_away,
    "so_many_are_away": _so_many_are_away,
    "guarded_as_raised": _guarded_as_raised,
    "promises_kept": _promises_kept,
    "officers_there": _officers_there,
}
