"""Routes what is touched of a plan with what is left: the hours from now on, the gaps of the vehicles."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.anew.disrupted import SINCE_EVER, Disrupted, Stretch
from kawal.rules.plan.anew.gaps import books, open_shifts, whole
from kawal.rules.plan.anew.happened import Happened, late_by
from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.chain import TO_GATEWAY_ON, Due, dated_back, is_hard, told_apart
from kawal.rules.plan.docks import Handling, handlings_of
from kawal.rules.plan.facts import DIRECT, FORWARD, LEVEL_OF_LEG, Leg, Mode, Trip, Unserved
from kawal.rules.plan.fleet import Vehicle
from kawal.rules.plan.freights import depot_and_freights, freights_past, gateway_and_freights
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import Freight, Remains, RoutedLeg, Settings, date_leg, route_leg
from kawal.rules.plan.problem import District, Gateway, Load, Problem, Village
from kawal.rules.plan.routing.berths import Berths
from kawal.rules.plan.routing.days import Several
from kawal.rules.plan.routing.jobs import Run, moment
from kawal.rules.plan.trips import trip_of

SHUT = "shut"
NO_TIME_LEFT = "no_time_left"

# Steps on which all that leaves one site goes, and the leg that it is routed as.
TOGETHER: Final = {to_gateway: leg for leg, to_gateway in TO_GATEWAY_ON.items()}

Place = Problem | Gateway | District | Village
Lost = tuple[Mode, Stretch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was planned anew of one leg from one depot."""

    area: str  # or the gateway whose vehicles it needs
    routed: tuple[RoutedLeg, ...]
    given_up: tuple[Unserved, ...]  # without asking the router

    @property
    def unserved(self) -> list[Unserved]:
        return [*self.given_up, *(row for routed in self.routed for row in routed.unserved)]

    @property
    def short(self) -> list[tuple[Mode, int]]:
        return [row for routed in self.routed for row in routed.short]

    def done(self) -> dict[str, int]:
        """Station -> second at which its parcels may be sent on: all that the trip hands over there is."""
        return dict(found for routed in self.routed for run in routed.runs for found in _handed(routed, run))


class Rerouter:
    def __init__(
        self,
        world: Disrupted,
        now: datetime | None,
        barred: Mapping[tuple[Leg, str], tuple[Stretch, ...]],
        vehicles: Mapping[str, tuple[Vehicle, ...]] | None = None,
    ) -> None:
        """`barred`: when a station may not go on a leg, for want of a guard. `vehicles`: area or gateway ->
        those that may be used; by default all that stand there. `now`: None where nothing has begun yet."""
        self.world = world
        self.barred = barred
        self.settings = world.settings
        self.now_s = SINCE_EVER if now is None else int(now.timestamp())
        self.vehicles = world.vehicles if vehicles is None else vehicles
        self.busy: defaultdict[str, list[Stretch]] = defaultdict(list)
        for base, there in self.vehicles.items():
            for vehicle in there:
                self.busy[vehicle.name] += world.away(vehicle.name, vehicle.kind.mode, base)
        self.places = _places(world.problem)
        self.docks = world.settings.docks()
        self.handled: list[Handling] = []  # at docks, by what stays and what was planned anew so far
        self.berths = Berths(self.docks)

    def room_for(self, trip: Trip) -> bool:
        """Whether what was planned anew left a trip its berths."""
        return self.berths.have_room(handlings_of(trip))

    def _docked(self, handled: Iterable[Handling]) -> None:
        found = [one for one in handled if self.docks.at(one.site, one.mode)]
        self.handled += found
        self.berths.take(found)

    def stays(self, trip: Trip, told: Happened) -> None:
        """The vehicle is busy with a trip that stays, and its berths are taken."""
        self._docked(handlings_of(trip))
        end = trip.stops[-1].depart_at + late_by(trip, told)
        self.busy[trip.vehicle].append((int(trip.stops[0].arrive_at.timestamp()), int(end.timestamp())))

    def route(self, leg: Leg, stations: Iterable[str], ready: Mapping[str, int]) -> list[Piece]:
        """Routes these stations of a leg, each depot by itself, in the order of the areas and gateways.

        What leaves the warehouse goes together on TO_GATEWAY, to gateways and to the others' PPK; so does
        what leaves a PPK on TO_LANDING.
        """
        wanted: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for station in stations:
            wanted[self.world.base(leg, station)][station] = ready[station]
        leg = TOGETHER.get(leg, leg)
        return [
            self._depot(leg, base, self.places[base], wanted[base])
            for base in sorted(wanted)
            if base in self.places
        ]

    def _depot(self, leg: Leg, base: str, place: Place, ready: Mapping[str, int]) -> Piece:
        if isinstance(place, Gateway):
            around = self._around(leg, ready)
            depot, every = gateway_and_freights(place, around)
            area = _code(around)
        elif leg in DIRECT and isinstance(place, Problem | District):
            depot, every = depot_and_freights(place)[0], freights_past(place)
            area = _code(place)
        else:
            depot, every = depot_and_freights(place)
            area = _code(place)
        freights = [
            replace(freight, loads=loads)
            for freight in every
            for loads in self._together(leg, [load for load in freight.loads if load.station in ready])
        ]
        routed: list[RoutedLeg] = []
        given_up: list[Unserved] = []
        for shut, lost, part in self._by_closure(leg, depot[0], freights):
            hours = self._shifts(leg, shut, place)
            if not hours[0]:
                reason = NO_TIME_LEFT if not self._shifts(leg, (), place)[0] else SHUT
                given_up += [
                    Unserved(
                        leg=leg,
                        site=freight.site,
                        stations=tuple(load.station for load in freight.loads),
                        reason=reason,
                    )
                    for freight in part
                ]
                continue
            vehicles = self.vehicles.get(base, ())
            busy = {one.name: [*self.busy[one.name], *_of_mode(one.kind.mode, lost)] for one in vehicles}
            several = (
                None if shut or leg in DIRECT else self._several(leg, busy)
            )  # nobody asks what is shut where it halts
            routed.append(self._best(leg, area, depot, part, ready, hours, vehicles, busy, several))
        return Piece(
            area=base if isinstance(place, Gateway) else area, routed=tuple(routed), given_up=tuple(given_up)
        )

    def _around(self, leg: Leg, stations: Iterable[str]) -> Problem | District:
        """What a gateway serves in: the regency, or below the PPK the district of these stations."""
        problem = self.world.problem
        if LEVEL_OF_LEG[leg] == "regency":
            return problem
        code = parent_of(village_of(next(iter(stations))))
        return next(one for one in problem.districts if one.code == code)

    def _best(
        self,
        leg: Leg,
        area: str,
        depot: tuple[str, Point],
        freights: Sequence[Freight],
        ready: Mapping[str, int],
        orders: Sequence[tuple[Shift, ...]],
        vehicles: tuple[Vehicle, ...],
        busy: Mapping[str, Sequence[Stretch]],
        several: Several | None,
    ) -> RoutedLeg:
        """The shifts in the first of the orders; in another where that leaves fewer behind or late."""
        found: list[tuple[tuple[int, int], RoutedLeg]] = []
        for shifts in orders:
            book = books(busy)
            remains = Remains(vehicles=vehicles, shifts=shifts, book=book, several=several, whole=whole)
            routed = route_leg(
                leg, area, depot, freights, self.settings, ready, remains=remains, taken=self.handled
            )
            late = date_leg(routed, Due({}, routed, self.settings), self.settings.fleet).late_count()
            wrong = sum(len(row.stations) for row in routed.unserved), late
            found.append((wrong, routed))
            if not any(wrong):
                break
        best = min(found, key=lambda pair: pair[0])[1]
        best = replace(best, short=(*best.short, *self._never_there(best, depot, freights, ready, shifts)))
        for run in best.runs:
            self.busy[run.vehicle.name].append((run.start_s, run.free_s))
        self._docked(best.handlings())
        return best

    def _never_there(
        self,
        left: RoutedLeg,
        depot: tuple[str, Point],
        freights: Sequence[Freight],
        ready: Mapping[str, int],
        shifts: tuple[Shift, ...],
    ) -> Iterator[tuple[Mode, int]]:
        """How many vehicles would be enough where the area has none of the access it needs: by trying."""
        stations = {
            station
            for row in left.unserved
            if row.reason == "no_vehicle_for_access"
            for station in row.stations
        }
        for access in sorted({freight.access for freight in freights} if stations else ()):
            part = [
                replace(freight, loads=loads)
                for freight in freights
                if freight.access is access
                and (loads := tuple(load for load in freight.loads if load.station in stations))
            ]
            kinds = [kind for kind in self.settings.fleet.kinds.values() if kind.access is access]
            kind = max(kinds, key=lambda kind: (kind.parcels, kind.mode), default=None)
            for count in (1, 2, 4, 8, 16, 32) if part and kind else ():
                assert kind is not None
                helpers = tuple(Vehicle(name=f"extra-{number}", kind=kind) for number in range(count))
                remains = Remains(vehicles=helpers, shifts=shifts, book=books({}), several=None)
                tried = route_leg(left.leg, left.area, depot, part, self.settings, ready, remains=remains)
                if not tried.unserved:
                    yield kind.mode, count
                    break

    def _together(self, leg: Leg, loads: Sequence[Load]) -> Iterator[tuple[Load, ...]]:
        """Loads that may go at the same times."""
        groups: defaultdict[tuple[Stretch, ...], list[Load]] = defaultdict(list)
        for load in loads:
            groups[self.barred.get((leg, load.station), ())].append(load)
        return (tuple(group) for group in groups.values())

    def _by_closure(
        self, leg: Leg, depot: str, freights: Sequence[Freight]
    ) -> Iterator[tuple[tuple[Stretch, ...], tuple[Lost, ...], list[Freight]]]:
        """Freights whose sites are shut, and lost to modes, at the same times: those that are open most come
        last, so that what has few hours gets the vehicles first."""
        own = tuple(self.world.shut(depot))
        groups: defaultdict[tuple[tuple[Stretch, ...], tuple[Lost, ...]], list[Freight]] = defaultdict(list)
        for freight in freights:
            barred = self.barred.get((leg, freight.loads[0].station), ())
            shut = tuple(sorted({*own, *barred, *self.world.shut(freight.site)}))
            groups[shut, tuple(sorted(set(self.world.lost(freight.site))))].append(freight)
        for key in sorted(groups, reverse=True):
            yield *key, groups[key]

    def _several(self, leg: Leg, busy: Mapping[str, Sequence[Stretch]]) -> Several:
        span = self.settings.calendar.spans[leg]
        begins_s = max(int(span.start.timestamp()), self.now_s)
        return Several(span=replace(span, start=moment(begins_s)), busy=busy)

    def _shifts(self, leg: Leg, shut: Sequence[Stretch], place: Place) -> list[tuple[Shift, ...]]:
        """The hours that are left, in the orders in which they may be filled, the best first."""
        calendar = self.settings.calendar
        taken = [(SINCE_EVER, self.now_s), *shut]
        more = isinstance(place, District) and bool(place.landings)
        orders = [
            open_shifts(calendar.shifts_of(leg, early=early, over_landings=more), taken)
            for early in (False, True)
        ]
        if leg is not Leg.TO_STATION:
            return orders[:1]
        hard = isinstance(place, Village) and is_hard(place, self.settings)
        return orders[::-1] if hard else orders


def dated(
    leg: Leg, pieces: Iterable[Piece], kept: Sequence[Trip], must_load: Mapping[str, int], settings: Settings
) -> list[Trip]:
    """The new trips of a leg, without codes: latest departures by what the next leg must load, and by
    what else their vehicles do on that day."""
    trips = []
    for piece in pieces:
        for routed in piece.routed:
            if leg in FORWARD:
                made = date_leg(routed, Due(must_load, routed, settings), settings.fleet)
            else:
                made = dated_back(routed, settings)
            parts = told_apart(made) if leg in TOGETHER else [made]
            trips += [trip_of("", part, item, settings.patterns) for part in parts for item in part.runs]
    return _capped(trips, kept, settings)


def _capped(trips: Sequence[Trip], kept: Sequence[Trip], settings: Settings) -> list[Trip]:
    """No trip's latest departure is so late that its vehicle's next trip of that day could not leave."""
    zone = settings.calendar.zone
    days: defaultdict[tuple[str, object], list[tuple[Trip, bool]]] = defaultdict(list)
    for some, fresh in ((kept, False), (trips, True)):
        for trip in some:
            days[trip.vehicle, trip.depart_at.astimezone(zone).date()].append((trip, fresh))
    capped = []
    for day in days.values():
        day.sort(key=lambda pair: pair[0].stops[0].arrive_at, reverse=True)
        by = None
        for trip, fresh in day:
            if fresh:
                if by is not None:
                    factor = settings.fleet.safety(settings.fleet.kinds[trip.mode], trip.risk)
                    way_s = (trip.stops[-1].depart_at - trip.depart_at).total_seconds()
                    latest_s = by - math.ceil(factor * way_s)
                    latest = datetime.fromtimestamp(latest_s, trip.depart_at.tzinfo)
                    trip = replace(trip, latest_departure_at=min(trip.latest_departure_at, latest))
                capped.append(trip)
            loading = trip.depart_at - trip.stops[0].arrive_at
            by = int((trip.latest_departure_at - loading).timestamp())
    return capped


def _handed(routed: RoutedLeg, run: Run) -> Iterator[tuple[str, int]]:
    terms = routed.terms
    ends: dict[int, int] = {}
    end_s = 0
    for place, (job, arrive_s) in enumerate(zip(run.jobs, run.arrive_s, strict=True)):
        same = place and run.jobs[place - 1].node == job.node
        end_s = (end_s if same else arrive_s + terms.network.stop_s) + job.service_s
        ends[place] = end_s
    for place in range(len(run.jobs) - 1, -1, -1):
        if place + 1 in ends and run.jobs[place + 1].node == run.jobs[place].node:
            ends[place] = ends[place + 1]
        at_s = run.free_s if terms.collect else ends[place]
        yield from ((station, at_s) for station in run.jobs[place].stations)


def _of_mode(mode: Mode, lost: Iterable[Lost]) -> Iterator[Stretch]:
    return (stretch for one, stretch in lost if one is mode)


def _code(place: Problem | District | Village) -> str:
    return place.regency if isinstance(place, Problem) else place.code


def _places(problem: Problem) -> dict[str, Place]:
    places: dict[str, Place] = {problem.regency: problem}
    places.update((gateway.site, gateway) for gateway in problem.gateways)
    for district in problem.districts:
        places[district.code] = district
        places.update((village.code, village) for village in district.villages)
    return places
