"""Runs of several days, for what is too far for one: by day on the way, at night at rest beside the boxes.

Legs are gone in the hours of the day's way; places are used while they are open, and waited for beside the
boxes where they are not. Aircraft make no such runs, and what may be out only in hours of its own (an opening
of no place) neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil, hypot
from typing import Final

from kawal.rules.places.codes import is_station, village_of
from kawal.rules.places.facts import area_of_site
from kawal.rules.plan.calendar import Span
from kawal.rules.plan.facts import HALT, Access
from kawal.rules.plan.fleet import Kind, Vehicle
from kawal.rules.plan.journey.travel import Way
from kawal.rules.plan.routing.jobs import DEPOT, Halt, Job, Run, Terms, within_range
from kawal.rules.plan.routing.marching import CAMP_S, DAY_S, Clock, Rest
from kawal.rules.plan.windows import ALWAYS

_DAYS_MOST: Final = 60  # what takes longer is not told in days
_TRIES: Final = 12
# So much longer may a way be that passes a place to stay at, and so much of what is left of the day must be
# used to get there (assumed).
DETOUR: Final = 1.15
PART: Final = 0.75
BOAT_DETOUR: Final = 1.5
BOAT_PART: Final = 1 / 3

Stretch = tuple[int, int]  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """What runs of several days may use of a leg."""

    span: Span
    busy: Mapping[str, Sequence[Stretch]] = field(default_factory=dict)  # vehicle -> what else it does
    away: Mapping[str, Sequence[Stretch]] = field(default_factory=dict)  # of these, runs of several days

    @property
    def window(self) -> tuple[int, int, int]:
        """Begins, goods there by, vehicle home by."""
        span = self.span
        return int(span.start.timestamp()), int(span.there_by.timestamp()), int(span.home_by.timestamp())


def days_run(
    vehicle: Vehicle, jobs: Sequence[Job], free_s: int, terms: Terms, slow: float = 1.0
) -> Run | None:
    """The run over several days that begins as soon as vehicle and parcels are ready; None: none is possible.

    `slow`: so many times the planned way.
    """
    trek = _Trek(vehicle, jobs, terms, slow)
    if not trek.may:
        return None
    ready_s = 0 if terms.collect else max(job.ready_s for job in jobs)
    begin_s, run = max(free_s, ready_s), trek.run(max(free_s, ready_s))
    for _ in range(_TRIES if terms.collect else 0):
        if run is None:
            return None
        early_s = max(job.ready_s - at_s for job, at_s in zip(jobs, run.arrive_s, strict=True))
        if early_s <= 0:
            return run
        begin_s = max(begin_s, run.start_s) + early_s
        run = trek.run(begin_s)
    # Whoever leaves later comes no later than it opens: then what is not ready yet is waited for there.
    return trek.run(begin_s, waits=True) if terms.collect else run


class _Trek:
    """What does not change with the hour at which a run begins."""

    def __init__(self, vehicle: Vehicle, jobs: Sequence[Job], terms: Terms, slow: float) -> None:
        self.vehicle, self.jobs, self.terms, self.slow = vehicle, tuple(jobs), terms, slow
        self.clock = Clock(vehicle.kind, terms.zone)
        self.metres, self.seconds = terms.network.tables(vehicle.kind)
        self.may = vehicle.kind.access is not Access.AIR and self.clock.march_s > 0 and self._open("") is None

    def _open(self, site: str) -> Sequence[Stretch] | None:
        return self.terms.windows.at(site, self.vehicle.kind.mode, self.vehicle.name)

    def _way_s(self, here: int, there: int) -> int:
        stop_s = self.terms.network.stop_s if here != DEPOT else 0
        return ceil(self.slow * (self.seconds[here][there] - stop_s))

    def run(self, at_s: int, *, waits: bool = False) -> Run | None:
        """Begun at this moment or as soon after as can be. `waits`: until parcels are ready."""
        terms, network = self.terms, self.terms.network
        start_s = self._loads(at_s)
        if start_s is None:
            return None
        depart_s = now_s = start_s if terms.collect else start_s + terms.load_s
        halts: list[Halt] = []
        arrive: list[int] = []
        node, way_m = DEPOT, 0
        for there, jobs in self._visits():
            reached_s, gone_m = self._goes(now_s, node, there, halts)
            works_s = sum(job.service_s for job in jobs)
            from_s = max(reached_s, *(job.ready_s for job in jobs)) if waits else reached_s
            begin_s = self.clock.handles(from_s, works_s + network.stop_s, self._open(jobs[0].site))
            if begin_s is None:
                return None
            self._waits(reached_s, begin_s, there, halts)
            now_s = begin_s
            for job in jobs:
                arrive.append(now_s)
                now_s += job.service_s
            now_s += network.stop_s
            way_m += gone_m
            node = there
        back_s, gone_m = self._goes(now_s, node, DEPOT, halts)
        if terms.collect:
            begin_s = self.clock.handles(back_s, terms.load_s, self._open(network.site))
            if begin_s is None:
                return None
            self._waits(back_s, begin_s, DEPOT, halts)
            back_s = begin_s
        return Run(
            vehicle=self.vehicle, jobs=self.jobs, start_s=start_s, depart_s=depart_s, arrive_s=tuple(arrive),
            back_s=back_s, free_s=back_s + (terms.load_s if terms.collect else 0),
            distance_m=way_m + gone_m, halts=tuple(halts),
        )  # fmt: skip

    def _loads(self, at_s: int) -> int | None:
        """When loading begins: so that there is day left to go."""
        for _ in range(_TRIES):
            if self.terms.collect:
                begin_s: int | None = max(at_s, self.clock.opens(at_s))
            else:
                begin_s = self.clock.handles(at_s, self.terms.load_s, self._open(self.terms.network.site))
            if begin_s is None:
                return None
            ends_s = begin_s + (0 if self.terms.collect else self.terms.load_s)
            if ends_s < self.clock.march_ends(begin_s):
                return begin_s
            at_s = self.clock.opens(begin_s) + DAY_S
        return None

    def _visits(self) -> Iterator[tuple[int, list[Job]]]:
        """Jobs one after the other at the same site are one visit."""
        visits: list[tuple[int, list[Job]]] = []
        for job in self.jobs:
            if visits and visits[-1][0] == job.node:
                visits[-1][1].append(job)
            else:
                visits.append((job.node, [job]))
        yield from visits

    def _goes(self, at_s: int, here: int, there: int, halts: list[Halt]) -> tuple[int, int]:
        """When it is there, and how many metres that took: by places to stay the night at, where there are
        any near the way, else with camps on it."""
        gone_m = 0
        while True:
            way_s = self._way_s(here, there)
            reached_s, rests = self.clock.walk(at_s, way_s)
            if not rests:
                return reached_s, gone_m + self.metres[here][there]
            if rests[0][2] == 0:  # the day is over, or has not begun
                self._waits(at_s, rests[0][1], here, halts)
                at_s = rests[0][1]
                continue
            shelter = self._shelter(at_s, here, there)
            if shelter is None:
                points = self.terms.network.points
                line = self.terms.network.travel.way(points[here], points[there], self.vehicle.kind)
                halts += [self._halt(rest, line, way_s, (here, there)) for rest in rests]
                return reached_s, gone_m + self.metres[here][there]
            at_s += self._way_s(here, shelter)
            gone_m += self.metres[here][shelter]
            morning_s = self.clock.opens(at_s) + DAY_S
            self._waits(at_s, morning_s, shelter, halts)
            at_s, here = morning_s, shelter

    def _shelter(self, at_s: int, here: int, there: int) -> int | None:
        """The place that can be reached today from which least of the way is left, without much of a detour.

        For a boat any detour is better than a night in open water.
        """
        ends_s, direct_s = self.clock.march_ends(at_s), self._way_s(here, there)
        by_boat = self.vehicle.kind.access is Access.WATER
        most, part = (BOAT_DETOUR, BOAT_PART) if by_boat else (DETOUR, PART)
        found = []
        for node, access in enumerate(self.terms.network.reached):
            if node in (here, there) or access is not self.vehicle.kind.access:
                continue
            to_s, left_s = self._way_s(here, node), self._way_s(node, there)
            today_s = ends_s - at_s
            in_reach = part * today_s <= to_s <= today_s and left_s <= direct_s - CAMP_S
            if in_reach and to_s + left_s <= most * direct_s:
                found.append((left_s, to_s, node))
        return min(found)[2] if found else None

    def _halt(self, rest: Rest, line: Way, way_s: int, ends: tuple[int, int]) -> Halt:
        begins_s, until_s, gone_s = rest
        lat, lon = along(line, gone_s / way_s)
        nearest = min(
            ends, key=lambda node: hypot(*(a - b for a, b in zip(self._at(node), (lat, lon), strict=True)))
        )
        return Halt(site=self._named(nearest), lat=lat, lon=lon, from_s=begins_s, until_s=until_s)

    def _waits(self, reached_s: int, begin_s: int, node: int, halts: list[Halt]) -> None:
        """At the place itself, until it is day there or it opens."""
        if begin_s > reached_s:
            lat, lon = self._at(node)
            halts.append(Halt(site=self._named(node), lat=lat, lon=lon, from_s=reached_s, until_s=begin_s))

    def _at(self, node: int) -> tuple[float, float]:
        point = self.terms.network.points[node]
        return point.lat, point.lon

    def _named(self, node: int) -> str:
        network = self.terms.network
        site = network.sites[node] if network.sites else network.site
        area = village_of(site) if is_station(site) else area_of_site(site)
        return f"{HALT}-{area}"


def along(line: Way, share: float) -> tuple[float, float]:
    """The point at this share of a line's length (on the map's plane: good enough to find a camp by)."""
    pieces = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
    left = share * sum(pieces)
    for (a, b), piece in zip(pairwise(line), pieces, strict=True):
        if piece and left <= piece:
            part = left / piece
            return round(a[0] + part * (b[0] - a[0]), 6), round(a[1] + part * (b[1] - a[1]), 6)
        left -= piece
    return line[-1]


def days_needed(job: Job, kinds: Sequence[Kind], terms: Terms) -> int | None:
    """So many days the quickest of these kinds needs until the goods are there; None: it never is."""
    found = []
    for kind in kinds:
        clock = Clock(kind, terms.zone)
        alone = Vehicle(name="", kind=kind), [replace(job, ready_s=0)], clock.opens(7 * DAY_S)
        run = days_run(*alone, replace(terms, windows=ALWAYS))
        if run is not None and within_range(run):
            there_s = run.back_s if terms.collect else run.arrive_s[-1]
            found.append((clock.opens(there_s) - clock.opens(run.start_s)) // DAY_S + 1)
    least = min(found, default=None)
    return least if least is not None and least <= _DAYS_MOST else None
