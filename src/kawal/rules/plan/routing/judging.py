"""What routes of a problem of the literature cost and break, from the problem's definition and no solver.

Knows all that the files can tell: capacities of several kinds, mixed fleets with costs of their own, windows,
release times and service, several runs a vehicle, several depots, limits on distance and duration, clients
that only some vehicles may serve, prizes and groups, returns of goods (BACKHAUL) and pickups with deliveries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kawal.rules.plan.routing.literature import SCALE

NEVER: Final = 2**60


@dataclass(frozen=True, slots=True)
class Wrong:
    """`capacity`, `late`, `too_long`, `too_far`, `missing`, `twice`, `unknown`, `too_many_routes`, `reload`
    (there or that often not allowed), `not_allowed` (to this vehicle), `order`, `group`."""

    code: str
    route: int  # from 1; 0: the whole solution
    location: int  # as solution files count: the depot is 0, which also says: none in particular


def judged(
    instance: Mapping[str, Any],
    routes: Sequence[Sequence[int]],
    rounding: str,
    vehicles: Sequence[int] = (),
) -> tuple[int, list[Wrong]]:
    """The cost of routes and all that they break; what it costs counts distances times `SCALE[rounding]`.

    Routes are as solution files have them: where they begin and end is not told, a depot in the middle is a
    reload there. `vehicles` tells which vehicle goes each, from 1; without it the first goes the first.
    """
    terms = _Terms(instance, rounding)
    wrong = []
    going = list(vehicles) or [number for number, route in enumerate(routes, 1) if route]
    routes = [route for route in routes if route]
    if len(routes) > terms.vehicles or len(set(going)) < len(routes):
        wrong.append(Wrong("too_many_routes", 0, 0))
    cost, seen = 0, [0] * terms.size
    for number, (route, vehicle) in enumerate(zip(routes, going, strict=True), 1):
        strange = [place for place in route if not 0 <= place < terms.size]
        wrong += [Wrong("unknown", number, place) for place in strange]
        known = [place for place in route if 0 <= place < terms.size]
        way = _Way(terms, known, min(vehicle, terms.vehicles) - 1)
        cost += way.cost
        wrong += [Wrong(code, number, place) for code, place in way.wrong()]
        for place in known:
            if place >= terms.depots:
                seen[place] += 1
                wrong += [Wrong("twice", number, place)] if seen[place] == 2 else []
    grouped = {place for group in terms.groups for place in group}
    wrong += [Wrong("group", 0, group[0]) for group in terms.groups if sum(map(seen.__getitem__, group)) != 1]
    for place in range(terms.depots, terms.size):
        if not seen[place] and place not in grouped:
            cost += int(terms.prizes[place])
            wrong += [] if terms.prizes[place] else [Wrong("missing", 0, place)]
    return cost, wrong


class _Terms:
    """An instance as numbers by node, and by vehicle from 0."""

    def __init__(self, instance: Mapping[str, Any], rounding: str) -> None:
        def told(name: str, otherwise: int, *shape: int) -> Any:
            return np.broadcast_to(rounded(instance.get(name, otherwise), rounding), shape)

        self.size = int(instance["dimension"])
        self.depots = int(np.size(instance.get("depot", 0)))
        self.vehicles = count = int(instance.get("vehicles", max(1, self.size - self.depots)))
        self.distance = rounded(instance["edge_weight"], rounding)
        self.to = _table(instance.get("demand", instance.get("linehaul", 0)), self.size)
        self.back = _table(instance.get("backhaul", 0), self.size)
        self.capacity = _table(instance.get("capacity", NEVER), count)
        pairs = instance.get("pickup_and_delivery")
        stays = instance.get("service_time", 0)
        self.partner: dict[int, int] = {}  # of a pickup, where its goods go
        self.picked = np.zeros(self.size, dtype=np.int64)  # loaded there (less than 0: unloaded)
        if pairs is None:
            self.windows = told("time_window", 0, self.size, 2) if "time_window" in instance else None
        else:
            self.windows = rounded(pairs[:, 1:3], rounding)
            stays = pairs[:, 3]
            self.picked = pairs[:, 0].astype(np.int64)
            self.partner = {at: int(row[5]) - 1 for at, row in enumerate(pairs) if row[5] > 0}
        self.stays = np.broadcast_to(rounded(stays, rounding), self.size).copy()
        self.stays[: self.depots] = 0
        self.release = told("release_time", 0, self.size)
        self.prizes = told("prize", 0, self.size)
        self.fixed = told("vehicles_fixed_cost", 0, count)
        self.per_distance = np.broadcast_to(instance.get("vehicles_unit_distance_cost", 1), count)
        self.farthest = told("vehicles_max_distance", NEVER // 1_000, count)
        self.longest = told("vehicles_max_duration", NEVER // 1_000, count)
        self.reloads = np.broadcast_to(instance.get("vehicles_max_reloads", self.size), count)
        self.home = np.broadcast_to(instance.get("vehicles_depot", 1), count) - 1
        self.reload_at = _lists(instance.get("vehicles_reload_depot", [[]] * count))
        self.allowed = _lists(instance.get("vehicles_allowed_clients", ()))
        self.groups = [group for group in _lists(instance.get("mutually_exclusive_group", ())) if group[1:]]
        self.back_last = str(instance.get("type", "")).upper() == "VRPB"


class _Way:
    """One vehicle's route from its home and back, in runs."""

    def __init__(self, terms: _Terms, route: Sequence[int], vehicle: int) -> None:
        self.terms, self.vehicle = terms, vehicle
        home = int(terms.home[vehicle])
        self.places = [home, *route, home]
        self.runs: list[list[int]] = [[]]
        self.reloads = [place for place in route if place < terms.depots]
        for place in route:
            if place < terms.depots:
                self.runs.append([])
            else:
                self.runs[-1].append(place)
        self.distance = int(sum(terms.distance[self.places[:-1], self.places[1:]]))
        self.cost = int(terms.fixed[vehicle]) + int(terms.per_distance[vehicle]) * self.distance

    def wrong(self) -> list[tuple[str, int]]:
        terms, vehicle = self.terms, self.vehicle
        found: list[tuple[str, int]] = []
        if any(self._overloaded(run) for run in self.runs):
            found.append(("capacity", 0))
        found += self._late()
        if self.distance > terms.farthest[vehicle]:
            found.append(("too_far", 0))
        where = set(terms.reload_at[vehicle])
        found += [("reload", place) for place in self.reloads if place not in where]
        if len(self.reloads) > terms.reloads[vehicle]:
            found.append(("reload", 0))
        if terms.allowed:
            able = set(terms.allowed[vehicle])
            found += [("not_allowed", place) for run in self.runs for place in run if place not in able]
        return found + self._disordered()

    def _overloaded(self, run: Sequence[int]) -> bool:
        terms = self.terms
        load = terms.to[run].sum(axis=0)
        most = load.copy()
        for place in run:
            load = load - terms.to[place] + terms.back[place] + terms.picked[place]
            most = np.maximum(most, load)
        return bool(np.any(most > terms.capacity[self.vehicle]))

    def _late(self) -> list[tuple[str, int]]:
        """Late arrivals, driven as early as can be; whether the day is too long, begun as late as can be."""
        terms = self.terms
        stops = self._stops()
        if terms.windows is None and terms.longest[self.vehicle] >= NEVER // 1_000:
            return []
        late, now = [], stops[0][2]
        for place, gap, opens, closes in stops:
            now = max(now + gap, opens)
            late += [("late", place)] if now > closes else []
        return late + ([("too_long", 0)] if _takes(stops) > terms.longest[self.vehicle] else [])

    def _stops(self) -> list[tuple[int, int, int, int]]:
        """Place, seconds since the one before (service there included), and from when to when it is open.

        Goods are released at the depot: no run leaves before all that it carries is there.
        """
        terms, stops, run = self.terms, [], 0
        for number, place in enumerate(self.places):
            last = self.places[number - 1] if number else place
            gap = int(terms.stays[last] + terms.distance[last, place]) if number else 0
            window = (0, NEVER) if terms.windows is None else map(int, terms.windows[place])
            opens, closes = window
            if place < terms.depots and number < len(self.places) - 1:
                opens = max(opens, *(int(terms.release[one]) for one in self.runs[run]), 0)
                run += 1
            stops.append((place, gap, opens, closes))
        return stops

    def _disordered(self) -> list[tuple[str, int]]:
        terms, found = self.terms, []
        for run in self.runs:
            at = {place: number for number, place in enumerate(run)}
            for place in run:
                if place in terms.partner and at.get(terms.partner[place], -1) < at[place]:
                    found.append(("order", place))  # not delivered after it was picked up
            brought = [bool(np.any(terms.back[place])) for place in run]
            if terms.back_last and run and (brought[0] or sorted(brought) != brought):
                found.append(("order", run[0]))
        return found


def _takes(stops: Sequence[tuple[int, int, int, int]]) -> int:
    """The shortest that the way can take: begun in [first, last] it ends `takes` later."""
    takes, first, last = 0, stops[0][2], stops[0][3]
    for _, gap, opens, closes in stops:
        takes += gap
        last = min(last, closes - takes)
        if first + takes < opens:
            waits = max(0, opens - last - takes)  # however late it begins
            takes += waits
            first = min(last, opens - takes)
    return takes


def rounded(values: Any, rounding: str) -> Any:
    values = np.asarray(values)
    if rounding in ("round", "exact"):
        return np.round(SCALE[rounding] * values).astype(np.int64)
    return (SCALE[rounding] * values).astype(np.int64)


def _table(values: Any, rows: int) -> Any:
    """A row for each, of as many kinds of goods as there are."""
    told = np.asarray(values, dtype=np.int64)
    told = told if told.ndim == 2 else told.reshape(-1, 1)
    return np.broadcast_to(told, (rows, told.shape[1]))


def _lists(told: Any) -> list[list[int]]:
    """Nodes from 0; the reader gives a plain row where each names one."""
    return [[int(one) - 1 for one in (row if np.ndim(row) else [row])] for row in told]
