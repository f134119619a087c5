"""An independent check of a plan, written from the rules and not from the planner.

It shares with the planner only the facts (trips, problem, fleet, calendar, patterns) and the travel
estimate. It answers every rule broken, in the order of `RULES`; a plan that breaks one is not saved.
Lateness and unserved stations are no violations: the summary tells them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from kawal.rules.plan.check_days import arrives, broken_days, by_area
from kawal.rules.plan.check_docks import crowded
from kawal.rules.plan.check_guarded import unguarded
from kawal.rules.plan.check_open import closed, together
from kawal.rules.plan.check_places import KINDS, Violation, ends, goes_on, places, points
from kawal.rules.plan.check_ways import Ways
from kawal.rules.plan.facts import (
    BACKWARD,
    DIRECT,
    ENDS_AT_PPS,
    ENDS_AT_STATION,
    FORWARD,
    LEGS_DOWN_TO,
    LEVEL_OF_LEG,
    Access,
    Consignment,
    Leg,
    Trip,
    Unserved,
)
from kawal.rules.plan.fleet import Kind, vehicles
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.check_safe import wrongly_told
from kawal.rules.plan.wide.check_last_leg import at_least, without_time
from kawal.rules.risk.patterns import stations_limit

_BETWEEN_WAREHOUSE_AND_GATEWAY = (Leg.TO_GATEWAY, Leg.BACK_WAREHOUSE)
_BETWEEN_PPK_AND_LANDING = (Leg.TO_LANDING, Leg.BACK_PPK)
DATED = {"unsafe_departure", "due_after_next_leg"}  # what dating the trips anew mends


class _Plan:
    """A plan with what it is judged by."""

    def __init__(
        self, problem: Problem, settings: Settings, trips: Sequence[Trip], unserved: Sequence[Unserved],
        at_risk: Collection[str] | None,
    ) -> None:  # fmt: skip
        self.problem = problem
        self.settings = settings
        self.trips = trips
        self.at_risk = at_risk
        self.legs = LEGS_DOWN_TO[settings.level]
        self.forward = tuple(leg for leg in FORWARD if leg in self.legs)
        self.backward = tuple(leg for leg in BACKWARD if leg in self.legs)
        self.unserved = {(row.leg, station) for row in unserved for station in row.stations}
        self.direct = {station: leg for leg, station in sorted(self.unserved) if leg in DIRECT}
        for trip in trips:
            if trip.leg in DIRECT:
                self.direct.update(dict.fromkeys(self.stations(trip), trip.leg))
        self.places = places(problem)
        self.points = points(problem)
        self.stock = {
            vehicle.name: vehicle.kind
            for level, area, stations in problem.stations_by_access()
            for vehicle in vehicles(settings.fleet, level, area, stations)
        }

    def kind(self, trip: Trip) -> Kind:
        known = self.stock.get(trip.vehicle)
        if known and known.mode is trip.mode:
            return known
        return self.settings.fleet.kind_of(trip.vehicle, trip.mode)

    def at_latest(self, trip: Trip, planned: datetime) -> datetime:
        """When what is planned for a moment happens if the trip leaves at its latest safe departure."""
        late = trip.latest_departure_at - trip.depart_at
        return arrives(trip, late, self.kind(trip), self.settings.calendar.zone, planned)

    def stations(self, trip: Trip) -> list[str]:
        return [station for part in trip.consignments for station in part.stations]


def check(
    problem: Problem, settings: Settings, trips: Sequence[Trip], unserved: Sequence[Unserved],
    at_risk: Collection[str] | None = None,
) -> list[Violation]:  # fmt: skip
    """All rules broken by the trips, given what the plan says it cannot serve, and to whom it does not keep
    what is promised: `at_risk`, None where it tells that only by trips that leave too late."""
    plan = _Plan(problem, settings, trips, unserved, at_risk)
    malformed = list(_well_formed(plan))
    if malformed:  # nothing else can be judged
        return malformed
    return [found for rule in RULES.values() for found in rule(plan)]


def _well_formed(plan: _Plan) -> Iterator[Violation]:
    for trip in plan.trips:
        if not trip.stops or not plan.stations(trip):
            yield Violation("trip_empty", trip.code)
        for station in plan.stations(trip):
            if station not in plan.places:
                yield Violation("station_unknown", trip.code, (("station", station),))
        visited = {stop.site for stop in trip.stops}
        for part in trip.consignments:
            if not {part.from_site, part.to_site} <= visited:
                yield Violation("site_not_visited", part.code)
        if trip.stops and trip.stops[0].site != trip.stops[-1].site:
            yield Violation("not_home_again", trip.code)
        elif len(trip.visits) != len(trip.consignments):  # what each hands over would be another's
            yield Violation("stops_disagree", trip.code)
        for number, stop in enumerate(trip.stops):
            halts = stop.is_halt and 0 < number < len(trip.stops) - 1
            if stop.site not in plan.points and not halts:
                yield Violation("site_unknown", trip.code, (("site", stop.site),))
        if trip.mode not in plan.settings.fleet.kinds:
            yield Violation("vehicle_unknown", trip.code, (("vehicle", trip.vehicle),))


def _once_per_leg(plan: _Plan) -> Iterator[Violation]:
    """Every station goes once on every leg of the plan, or is told as unserved there or before."""
    seen: dict[Leg, Counter[str]] = {leg: Counter() for leg in Leg}
    for trip in plan.trips:
        seen[trip.leg].update(plan.stations(trip))
    given_up: defaultdict[str, set[Leg]] = defaultdict(set)
    for leg, station in plan.unserved:
        given_up[station].add(leg)
    ways = {
        (kind, direct): [
            (leg, seen[leg], int(leg in plan.legs and goes_on(leg, kind, direct))) for leg in Leg
        ]
        for kind in KINDS
        for direct in (None, *DIRECT)
    }
    for station, place in plan.places.items():
        stranded, left = False, given_up.get(station, ())
        for leg, counted, expected in ways[place.kind, plan.direct.get(station)]:
            stranded = stranded or leg in left
            times, due = counted.get(station, 0), 0 if stranded else expected
            if times != due:
                yield Violation(
                    "not_once_per_leg",
                    station,
                    (("leg", leg.value), ("times", str(times)), ("expected", str(due))),
                )


def _right_sites(plan: _Plan) -> Iterator[Violation]:
    for trip in plan.trips:
        for part in trip.consignments:
            way = part.from_site, part.to_site
            if any(way != ends(trip.leg, plan.places[station]) for station in part.stations):
                yield Violation("wrong_site", part.code, (("from", way[0]), ("to", way[1])))


def _direct_where_allowed(plan: _Plan) -> Iterator[Violation]:
    """Boxes pass the PPK or the PPS by only where somebody said that they may, and never a gateway."""
    for station, leg in plan.direct.items():
        if (place := plan.places.get(station)) is None:
            continue
        passes_gateway = bool(place.gateway) and leg is Leg.DIRECT_PPS
        if passes_gateway or not plan.settings.direct.allows(leg, place.village):
            yield Violation("direct_not_allowed", station, (("leg", leg.value),))


def _fits_vehicle(plan: _Plan) -> Iterator[Violation]:
    for trip in plan.trips:
        kind, loads = plan.kind(trip), [plan.places[station].load for station in plan.stations(trip)]
        parcels = sum(load.parcels_count for load in loads)
        if parcels != trip.parcels_count or any(not _counts(part, plan) for part in trip.consignments):
            yield Violation("parcels_miscounted", trip.code, (("parcels", str(parcels)),))
        if (
            parcels > kind.parcels
            or sum(load.weight_kg for load in loads) > kind.weight_kg
            or (kind.volume_l is not None and sum(load.volume_l for load in loads) > kind.volume_l)
        ):
            yield Violation("overloaded", trip.code, (("parcels", str(parcels)),))
        worst = max(plan.places[station].risk for station in plan.stations(trip))
        if trip.risk is not worst:
            yield Violation("wrong_class", trip.code, (("expected", worst.name.lower()),))
        limit = stations_limit(worst, plan.settings.patterns)
        limit = limit if kind.stations is None else min(limit, kind.stations)
        if len(loads) > limit:
            yield Violation("loss_limit", trip.code, (("stations", str(len(loads))), ("limit", str(limit))))


def _reaches(plan: _Plan) -> Iterator[Violation]:
    for trip in plan.trips:
        to_district = LEVEL_OF_LEG[trip.leg] == "regency" and trip.leg not in DIRECT
        for station in plan.stations(trip):
            place = plan.places[station]
            needed = place.district_access if to_district else place.access
            if (LEVEL_OF_LEG[trip.leg] == "village" or trip.leg in ENDS_AT_STATION) and needed is Access.AIR:
                needed = Access.FOOT  # nobody flies from a PPS to its stations
            if place.gateway and trip.leg in _BETWEEN_WAREHOUSE_AND_GATEWAY:
                needed = Access.ROAD
            if place.landing and trip.leg in _BETWEEN_PPK_AND_LANDING:
                needed = Access.ROAD
            if plan.kind(trip).access is not needed:
                yield Violation("cannot_reach", trip.code, (("station", station),))


def _vehicle_free(plan: _Plan) -> Iterator[Violation]:
    days: defaultdict[str, list[Trip]] = defaultdict(list)
    for trip in plan.trips:
        days[trip.vehicle].append(trip)
        known = plan.stock.get(trip.vehicle)
        if known is None or known.mode is not trip.mode:
            yield Violation("vehicle_unknown", trip.code, (("vehicle", trip.vehicle),))
    for found in days.values():
        found.sort(key=lambda trip: trip.depart_at)
        for first, second in pairwise(found):
            if second.stops[0].arrive_at < first.stops[-1].depart_at:
                yield Violation("vehicle_twice", second.code, (("other", first.code),))


def _in_window(plan: _Plan) -> Iterator[Violation]:
    calendar = plan.settings.calendar
    wide = {one.code for one in plan.problem.districts if any(village.landing for village in one.villages)}
    for trip in plan.trips:
        if trip.halts:  # of several days
            continue
        start, end = trip.stops[0].arrive_at, trip.stops[-1].depart_at
        shifts = [
            shift
            for early in (False, True)
            for shift in calendar.shifts_of(trip.leg, early=early, over_landings=trip.area in wide)
            if shift.start <= start and end <= shift.end
        ]
        if not shifts:
            yield Violation("outside_window", trip.code)
        elif not any(
            (shift.night and plan.kind(trip).drives_on_voting_night) or _by_day(start, end, plan, trip)
            for shift in shifts
        ):
            yield Violation("outside_hours", trip.code)


def _over_days(plan: _Plan) -> Iterator[Violation]:
    known = by_area(plan.points)
    for trip in plan.trips:
        if trip.halts:
            yield from broken_days(trip, plan.kind(trip), plan.settings, plan.points, known)


def _kept_apart(plan: _Plan) -> Iterator[Violation]:
    """Loads that must not share a vehicle do not."""
    for trip in plan.trips:
        for by, groups in together(trip, plan.settings.fleet):
            yield Violation("together", trip.code, (("by", by), ("groups", str(groups))))


def _while_open(plan: _Plan) -> Iterator[Violation]:
    """Places and vehicles are used while they are open, as planned and at the latest safe departure."""
    fleet, zone = plan.settings.fleet, plan.settings.calendar.zone
    for trip in plan.trips:
        for site, kind in closed(trip, fleet, zone):
            yield Violation("closed", trip.code, (("site", site), ("kind", kind)))
        late = trip.latest_departure_at > trip.depart_at
        if late and any(closed(trip, fleet, zone, partial(plan.at_latest, trip))):
            yield Violation("unsafe_departure", trip.code)


def _possible_times(plan: _Plan) -> Iterator[Violation]:
    """Stops follow each other no faster than the mode travels; a visit leaves time to hand over."""
    ways = Ways(plan.trips, plan.kind, plan.points, plan.settings.travel)
    for trip in plan.trips:
        if not trip.halts:  # else `_over_days` asks, part by part
            for here, there in pairwise(trip.stops):
                least = timedelta(seconds=ways.seconds(trip, here.site, there.site))
                if there.arrive_at - here.depart_at < least or here.depart_at < here.arrive_at:
                    yield Violation("too_fast", trip.code, (("site", there.site),))
        arrive = {stop.site: stop.arrive_at for stop in trip.stops}
        for part in trip.consignments:
            if trip.depart_at != trip.stops[0].depart_at or trip.back_at != trip.stops[-1].arrive_at:
                yield Violation("times_disagree", trip.code)
            if part.arrive_at != arrive[part.to_site]:
                yield Violation("times_disagree", part.code)


def _within_range(plan: _Plan) -> Iterator[Violation]:
    """Nobody is to refuel on the way: there and home again lies within the vehicle's range."""
    for trip in plan.trips:
        kind = plan.kind(trip)
        if kind.range_m is None:
            continue
        stops = [plan.points[stop.site] for stop in trip.stops if not stop.is_halt]
        metres, _ = plan.settings.travel.matrices(stops, kind)
        way_m = int(metres.diagonal(1).sum())
        if way_m > kind.range_m:
            facts = ("km", str(round(way_m / 1_000))), ("range", str(kind.range_m // 1_000))
            yield Violation("beyond_range", trip.code, facts)


def _order_of_legs(plan: _Plan) -> Iterator[Violation]:
    """What a site sends on it has received before the vehicle is loaded (or comes to fetch it)."""
    there: dict[Leg, dict[str, datetime]] = {leg: {} for leg in Leg}
    sent: list[tuple[Leg, datetime, Consignment]] = []
    for trip in plan.trips:
        leaves = {stop.site: stop.depart_at for stop in trip.stops}
        comes = {stop.site: stop.arrive_at for stop in reversed(trip.stops)}
        for part in trip.consignments:
            there[trip.leg].update(dict.fromkeys(part.stations, leaves[part.to_site]))
            sent.append((trip.leg, comes[part.from_site], part))
    ways = {
        (kind, direct): _one_by_one(plan.forward, kind, direct) | _one_by_one(plan.backward, kind, direct)
        for kind in KINDS
        for direct in (None, *DIRECT)
    }
    for leg, at, part in sent:
        for station in part.stations:
            before = ways[plan.places[station].kind, plan.direct.get(station)].get(leg)
            if before is None:
                continue
            received = there[before].get(station)
            if received is None or at < received:
                yield Violation("sent_before_received", part.code, (("station", station),))


def _one_by_one(legs: Sequence[Leg], kind: tuple[bool, bool], direct: Leg | None) -> dict[Leg, Leg]:
    """Each leg that a station goes on but the first, and the one before it."""
    gone = [leg for leg in legs if goes_on(leg, kind, direct)]
    return {leg: before for before, leg in pairwise(gone)}


def _guarded(plan: _Plan) -> Iterator[Violation]:
    for trip in plan.trips:
        yield from unguarded(trip, plan.kind(trip), plan.settings, plan.problem)


def _by_deadline(plan: _Plan) -> Iterator[Violation]:
    deadline = plan.settings.calendar.deadline_at
    last_legs = ENDS_AT_STATION if ENDS_AT_STATION & {*plan.forward} else ENDS_AT_PPS
    for trip in plan.trips:
        handed = {stop.site: stop.depart_at for stop in trip.stops}
        for part in trip.consignments:
            if trip.leg in last_legs and handed[part.to_site] > deadline:
                yield Violation("past_deadline", part.code)
            if trip.leg in FORWARD and part.due_at > deadline:
                yield Violation("due_past_deadline", part.code)


def _safe_departures(plan: _Plan) -> Iterator[Violation]:
    """Leaving at the latest safe departure still meets every due time, and each leg the next one's; and so
    often as promised where the plan has a law of delays, but to those alone that it tells as at risk."""
    latest = {(trip.leg, station): trip.leaves_by for trip in plan.trips for station in plan.stations(trip)}
    for trip in plan.trips:
        following = FORWARD[FORWARD.index(trip.leg) + 1 :] if trip.leg in FORWARD else ()
        for part in trip.consignments:
            if plan.at_latest(trip, part.arrive_at) > part.due_at:
                yield Violation("unsafe_departure", trip.code)
            for station in part.stations:
                after = next((latest[leg, station] for leg in following if (leg, station) in latest), None)
                if after is not None and part.due_at > after:
                    yield Violation("due_after_next_leg", part.code, (("station", station),))
    beyond = list(at_least(plan.problem, plan.settings, plan.trips))
    yield from wrongly_told(plan.trips, plan.settings, plan.at_risk, beyond)


def _counts(part: Consignment, plan: _Plan) -> bool:
    return part.parcels_count == sum(plan.places[station].load.parcels_count for station in part.stations)


def _by_day(start: datetime, end: datetime, plan: _Plan, trip: Trip) -> bool:
    zone, kind = plan.settings.calendar.zone, plan.kind(trip)
    first, last = start.astimezone(zone), end.astimezone(zone)
    return first.date() == last.date() and kind.opens <= first.time() and last.time() <= kind.closes


RULES: dict[str, Callable[[_Plan], Iterator[Violation]]] = {
    "once_per_leg": _once_per_leg,
    "right_sites": _right_sites,
    "direct_where_allowed": _direct_where_allowed,
    "fits_vehicle": _fits_vehicle,
    "reaches": _reaches,
    "vehicle_free": _vehicle_free,
    "in_window": _in_window,
    "over_days": _over_days,
    "kept_apart": _kept_apart,
    "while_open": _while_open,
    "possible_times": _possible_times,
    "within_range": _within_range,
    "order_of_legs": _order_of_legs,
    "guarded": _guarded,
    "by_deadline": _by_deadline,
    "safe_departures": _safe_departures,
    "room_at_docks": lambda plan: crowded(plan.trips, plan.settings.fleet.docks),
    # What a plan down to the villages leaves out can still be done, out and home.
    "time_for_last_leg": lambda plan: (
        Violation("no_time_for_last_leg", code, (("site", site),))
        for code, site in without_time(plan.problem, plan.settings, plan.trips)
    ),
}
