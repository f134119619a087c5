"""Where boxes had better go straight on: candidates by a cheap estimate, settled by routing both ways.

A candidate is a district: all of its villages, or those that lie nearer to the warehouse than to its PPK
(past the PPS: the nearer half). What its boxes cost level by level is known from the plan without shortcuts,
each run shared out by parcels; what they would cost straight on is first a schedule without the solver. Those
that may pay are then routed together in earnest; what does not pay its share is left out and the rest routed
again. Nothing is chosen that is not cheaper as routed, or that leaves a station behind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kawal.rules.places.codes import village_of
from kawal.rules.plan import chain
from kawal.rules.plan.chain import DistrictLegs
from kawal.rules.plan.direct.permission import To
from kawal.rules.plan.direct.shortcuts import Shortcuts
from kawal.rules.plan.facts import Access, Leg, Level
from kawal.rules.plan.freights import depot_and_freights
from kawal.rules.plan.leg import RoutedLeg, Settings, route_leg
from kawal.rules.plan.problem import District, Problem, Village
from kawal.rules.plan.regency_legs import RegencyLegs
from kawal.rules.plan.routing.jobs import Run, moment

_HOPE: Final = 0.85  # what the solver may make of a schedule, as a share of its cost (assumed)
_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class _Unit:
    district: District
    villages: tuple[Village, ...]

    @property
    def stations(self) -> dict[str, int]:
        return {load.station: 0 for village in self.villages for load in village.loads}


def ordered(problem: Problem, settings: Settings) -> Shortcuts:
    """What is to go direct whatever it costs. Gateways cannot be passed by, and nobody flies to a station."""
    legs = {}
    for district in problem.districts:
        for village in district.villages:
            for leg in (Leg.DIRECT_PPS, Leg.DIRECT_STATION):
                if settings.direct.orders(leg, village.code) and _can(leg, district, village, settings):
                    legs[village.code] = leg
    return Shortcuts(legs)


def chosen(problem: Problem, settings: Settings, base: RegencyLegs) -> Shortcuts:
    """The shortcuts of the plan so far, and those that are better beside them."""
    legs = dict(base.shortcuts.legs)
    past_ppk = _past_ppk(problem, settings, base)
    legs.update((village.code, Leg.DIRECT_PPS) for unit in past_ppk for village in unit.villages)
    for unit in _past_pps(problem, settings, base, legs):
        legs.update((village.code, Leg.DIRECT_STATION) for village in unit.villages)
    return Shortcuts(legs)


def _can(leg: Leg, district: District, village: Village, settings: Settings) -> bool:
    if not village.loads or village.landing or village.access is Access.AIR:
        return False
    return not district.gateway if leg is Leg.DIRECT_PPS else settings.level is Level.STATION


def _may(leg: Leg, district: District, base: RegencyLegs, settings: Settings) -> list[Village]:
    """The villages of a district that may go so if it is better."""
    return [
        village
        for village in district.villages
        if settings.direct.at(village.code) is To.BETTER
        and village.code not in base.shortcuts.legs
        and _can(leg, district, village, settings)
    ]


def _to_pps(below: DistrictLegs) -> RoutedLeg:
    """From the PPK, without what goes on from a landing."""
    return next(leg.routed for leg in below.legs if leg.routed.leg is Leg.TO_PPS)


def _past_ppk(problem: Problem, settings: Settings, base: RegencyLegs) -> Sequence[_Unit]:
    share = _shares([*base.out, *(_to_pps(one) for one in base.below)], settings)
    units = []
    for district in problem.districts:
        may = _may(Leg.DIRECT_PPS, district, base, settings)
        near = [one for one in may if _far(one, problem) < _far(one, district)]
        options = [_Unit(district, tuple(own)) for own in (may, near) if own]
        if found := _hopeful(Leg.DIRECT_PPS, problem, options, settings, share, base.out[0]):
            units.append(found[0])
    return _settled(problem, settings, base, units, share)


def _settled(
    problem: Problem,
    settings: Settings,
    base: RegencyLegs,
    units: Sequence[_Unit],
    share: Mapping[str, float],
) -> Sequence[_Unit]:
    best: tuple[float, Sequence[_Unit]] = (0.0, ())  # what it saves
    for _ in range(_ROUNDS):
        if not units:
            break
        direct, saves = _routed_past_ppk(problem, settings, base, units)
        left = {station for row in direct.unserved for station in row.stations}
        own = _shares([direct], settings)
        worth = {
            unit.district.code: sum(share.get(one, 0.0) - own.get(one, 0.0) for one in unit.stations)
            for unit in units
        }
        if not left and saves > best[0]:
            best = saves, units
        paying = [unit for unit in units if worth[unit.district.code] > 0 and left.isdisjoint(unit.stations)]
        if len(paying) == len(units):
            if best[1] is units:
                break
            paying.sort(key=lambda unit: (-worth[unit.district.code], unit.district.code))
            paying = paying[: len(paying) // 2]
        units = paying
    return best[1]


def _routed_past_ppk(
    problem: Problem, settings: Settings, base: RegencyLegs, units: Sequence[_Unit]
) -> tuple[RoutedLeg, float]:
    """The direct leg with these units, and what all legs that it changes then cost less than before."""
    fleet_before = _cost_rp(base.out, settings)
    if base.past_ppk:
        fleet_before += _cost_rp([base.past_ppk], settings)
    already = base.shortcuts.villages(Leg.DIRECT_PPS)
    past = {load.station: 0 for one in problem.villages() if one.code in already for load in one.loads}
    past |= {station: 0 for unit in units for station in unit.stations}
    out = chain.to_ppk(problem, settings, past)
    direct = chain.past_a_level(Leg.DIRECT_PPS, problem, past, settings, out[0])
    saves = fleet_before - _cost_rp([*out, direct], settings)
    to_pps = {one.district: _to_pps(one) for one in base.below}
    for unit in units:
        before = to_pps[unit.district.code]
        saves += _cost_rp([before], settings) - _cost_rp([_without(before, unit, settings)], settings)
    return direct, saves


def _without(before: RoutedLeg, unit: _Unit, settings: Settings) -> RoutedLeg:
    """The way from the PPK to the PPS, planned anew without what goes straight on from another place."""
    depot, freights = depot_and_freights(unit.district)
    carried = {station for run in before.runs for job in run.jobs for station in job.stations}
    ready = {
        station: job.ready_s
        for run in before.runs
        for job in run.jobs
        for station in job.stations
        if station not in unit.stations
    }
    if ready.keys() == carried:
        return before
    own = settings.within(unit.district.code)
    return route_leg(before.leg, unit.district.code, depot, freights, own, ready)


def _past_pps(
    problem: Problem, settings: Settings, base: RegencyLegs, taken: Collection[str]
) -> Iterator[_Unit]:
    """District by district: each has its own vehicles, and its own villages."""
    below = {one.district: one for one in base.below}
    for district in problem.districts:
        may = [
            village
            for village in _may(Leg.DIRECT_STATION, district, base, settings)
            if village.code not in taken and not chain.is_hard(village, settings)
        ]
        if not may or district.code not in below:
            continue
        legs = [leg.routed for leg in below[district.code].legs]
        to_pps = _to_pps(below[district.code])
        share = _shares([to_pps, *(one for one in legs if one.leg is Leg.TO_STATION)], settings)
        nearest = sorted(may, key=lambda one: (_far(one, district), one.code))[: (len(may) + 1) // 2]
        options = [_Unit(district, tuple(own)) for own in (may, nearest)]
        for unit in _hopeful(Leg.DIRECT_STATION, district, options, settings, share, to_pps):
            if _pays(unit, settings, to_pps, legs) > 0:
                yield unit
                break


def _pays(unit: _Unit, settings: Settings, before: RoutedLeg, legs: Sequence[RoutedLeg]) -> float:
    """What the district saves as routed; nothing where a station is left behind."""
    own = settings.within(unit.district.code)
    to_pps = _without(before, unit, settings)
    direct = chain.past_a_level(Leg.DIRECT_STATION, unit.district, unit.stations, own, to_pps)
    if direct.unserved:
        return 0.0
    villages = {village.code for village in unit.villages}
    given_up = [one for one in legs if one.leg is Leg.TO_STATION and one.area in villages]
    return _cost_rp([before, *given_up], settings) - _cost_rp([to_pps, direct], settings)


def _hopeful(
    leg: Leg, place: Problem | District, options: Sequence[_Unit], settings: Settings,
    share: Mapping[str, float], after: RoutedLeg,
) -> list[_Unit]:  # fmt: skip
    """Those that may save something, the best first; without the villages that nobody reaches so."""
    found = []
    for number, option in enumerate(options):
        unit, saves = _estimate(leg, place, option, settings, share, after)
        if unit.villages and saves > 0:
            found.append((-saves, number, unit))
    return [unit for _, _, unit in sorted(found, key=lambda one: one[:2])]


def _estimate(
    leg: Leg, place: Problem | District, unit: _Unit, settings: Settings, share: Mapping[str, float],
    after: RoutedLeg,
) -> tuple[_Unit, float]:  # fmt: skip
    """What a unit may save, if the solver makes of a schedule what can be hoped for."""
    while unit.villages:
        direct = chain.past_a_level(leg, place, unit.stations, settings.hurried(), after)
        left = {village_of(station) for row in direct.unserved for station in row.stations}
        if not left:
            usual = sum(share.get(one, 0.0) for one in unit.stations)
            return unit, usual - _HOPE * _cost_rp([direct], settings)
        unit = _Unit(unit.district, tuple(one for one in unit.villages if one.code not in left))
    return unit, 0.0


def _shares(legs: Iterable[RoutedLeg], settings: Settings) -> dict[str, float]:
    """Station -> what its boxes cost on all these legs, each run shared out by parcels."""
    runs = [run for routed in legs for run in routed.runs]
    on_day = Counter(_day(run, settings) for run in runs)
    found: dict[str, float] = {}
    for run in runs:
        parcels = sum(job.parcels_count for job in run.jobs)
        rp = _way_rp(run) + run.vehicle.kind.rp_per_day / on_day[_day(run, settings)]
        for job in run.jobs:
            each = rp * job.parcels_count / parcels / len(job.stations)
            for station in job.stations:
                found[station] = found.get(station, 0.0) + each
    return found


def _cost_rp(legs: Iterable[RoutedLeg], settings: Settings) -> float:
    """Ways, hours and vehicle-days by the rates of the fleet."""
    runs = [run for routed in legs for run in routed.runs]
    days = {_day(run, settings): run.vehicle.kind.rp_per_day for run in runs}
    return sum(map(_way_rp, runs)) + sum(days.values())


def _day(run: Run, settings: Settings) -> tuple[str, date]:
    return run.vehicle.name, moment(run.depart_s).astimezone(settings.calendar.zone).date()


def _way_rp(run: Run) -> float:
    kind = run.vehicle.kind
    return run.distance_m / 1_000 * kind.rp_per_km + (run.back_s - run.depart_s) / 3_600 * kind.rp_per_hour


def _far(village: Village, place: Problem | District) -> float:
    north, east = village.lat - place.lat, village.lon - place.lon
    return math.hypot(north, east * math.cos(math.radians(place.lat)))
