"""The whole plan of a regency: all legs, dated backwards from the deadline, with what it cannot do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.places.facts import is_gateway
from kawal.rules.plan.anew.compare import cost_rp
from kawal.rules.plan.at_risk import aboard_too_late
from kawal.rules.plan.direct.choice import chosen, ordered
from kawal.rules.plan.direct.shortcuts import Shortcuts
from kawal.rules.plan.facts import DIRECT, FORWARD, Leg, Mode, Shortfall, Trip, Unserved
from kawal.rules.plan.leg import DatedLeg, Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.regency_legs import Each, Hurry, RegencyLegs, regency_legs
from kawal.rules.plan.sure.safe import Safe, safely_dated
from kawal.rules.plan.trips import trips_of
from kawal.rules.plan.wide.rounds import rounds_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.patterns import on_time_targets

_TRIES: Final = 8  # plans with fewer shortcuts each, before there are none


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Against the same plan without the shortcuts that were chosen."""

    rp: int
    seconds: int  # of all trips, from departure until they are back


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    trips: tuple[Trip, ...]
    unserved: tuple[Unserved, ...]
    shortfalls: tuple[Shortfall, ...]
    at_risk: tuple[str, ...]  # stations to which it does not keep what their class is promised
    saved: Saved | None = None  # by what goes straight on, where that was chosen


def make_plan(
    problem: Problem,
    settings: Settings,
    each: Each = map,
    hurry: Hurry = never,
    above: Mapping[Leg, int] | None = None,
) -> PlanMade:
    """Same problem and settings, same plan, whatever `each` does. Refuses `no_stations`.

    Where somebody can `hurry` the planner, what is not begun then goes without the solver. Trips are
    numbered `above` those of other votes in the regency.

    Where boxes may go straight on, they do where no station is worse off by it and all costs less.
    """
    if not any(village.loads for village in problem.villages()):
        raise Refused("no_stations", area=problem.regency)

    def plan(legs: RegencyLegs) -> PlanMade:
        safe = redated(trips_of(problem.regency, legs.dated, settings.patterns, above), problem, settings)
        return PlanMade(
            trips=safe.trips,
            at_risk=safe.short,
            unserved=tuple(_unserved(legs.dated)),
            shortfalls=tuple(_shortfalls(legs.dated)),
        )

    if not settings.direct:
        return plan(regency_legs(problem, settings, each, hurry))
    base = _as_ordered(problem, settings, each, hurry)
    made = plan(base)
    shortcuts = base.shortcuts if hurry() else chosen(problem, settings, base)
    for _ in range(_TRIES):
        if shortcuts == base.shortcuts:
            break
        found = plan(regency_legs(problem, settings, each, hurry, shortcuts, base))
        worse = _wanting(found) - _wanting(made)
        if not worse:
            saved = _saved(made, found, settings)
            return replace(found, saved=saved) if saved.rp > 0 else made
        fewer = _without(shortcuts, worse, found.trips, base.shortcuts)
        if fewer == shortcuts:
            break
        shortcuts = fewer
    return made


def _without(shortcuts: Shortcuts, stations: Set[str], trips: Sequence[Trip], told: Shortcuts) -> Shortcuts:
    """Level by level again: what is worse off, and what left those behind who are worse off for it: the
    other villages of their district, or, where none of these goes straight on, what shares a lorry with
    their trips. What is `told` stays."""
    worse = {village_of(station) for station in stations}
    beside = {parent_of(village) for village in worse - shortcuts.legs.keys()}
    gone = {one for one in shortcuts.legs if one in worse or parent_of(one) in beside} - told.legs.keys()
    gone = gone or _sharing_a_lorry(stations, trips) - told.legs.keys()
    return Shortcuts({village: leg for village, leg in shortcuts.legs.items() if village not in gone})


def _sharing_a_lorry(stations: Set[str], trips: Sequence[Trip]) -> set[str]:
    """Villages to which a vehicle goes straight that leaves late with one of the stations on another trip."""
    late = {
        trip.vehicle
        for trip in trips
        if trip.leg in FORWARD
        and trip.leaves_too_late
        and any(station in stations for part in trip.consignments for station in part.stations)
    }
    return {
        village_of(station)
        for trip in trips
        if trip.vehicle in late and trip.leg in DIRECT
        for part in trip.consignments
        for station in part.stations
    }


def _as_ordered(problem: Problem, settings: Settings, each: Each, hurry: Hurry) -> RegencyLegs:
    """With the shortcuts that are told, but where no vehicle can go them: there level by level."""
    shortcuts, found = ordered(problem, settings), None
    while True:
        found = regency_legs(problem, settings, each, hurry, shortcuts, found)
        left = {
            village_of(station)
            for leg in found.dated
            if leg.routed.leg in DIRECT
            for row in leg.routed.unserved
            for station in row.stations
        }
        if not left:
            return found
        shortcuts = Shortcuts({one: leg for one, leg in shortcuts.legs.items() if one not in left})


def _saved(before: PlanMade, after: PlanMade, settings: Settings) -> Saved:
    rp = [cost_rp(made.trips, settings.fleet) for made in (before, after)]
    under_way = [sum((t.back_at - t.depart_at for t in made.trips), timedelta()) for made in (before, after)]
    return Saved(rp=rp[0] - rp[1], seconds=int((under_way[0] - under_way[1]).total_seconds()))


def _wanting(made: PlanMade) -> set[str]:
    return {*made.at_risk, *(station for row in made.unserved for station in row.stations)}


def redated(trips: Sequence[Trip], problem: Problem, settings: Settings) -> Safe:
    """The trips with latest safe departures from the law of delays; without one as they were."""
    if settings.delays is None:
        return Safe(trips=tuple(trips), short=tuple(sorted(aboard_too_late(trips))))
    beyond = rounds_of(problem, settings, trips)
    found = safely_dated(
        (*trips, *beyond.trips),
        problem.regency,
        law=settings.delays,
        fleet=settings.fleet,
        calendar=settings.calendar,
        windows=settings.windows(),
        classes=on_time_targets(settings.patterns),
        ends=beyond.ends,
        full=beyond.full,
    )
    return replace(found, trips=found.trips[: len(trips)])


def _unserved(legs: Iterable[DatedLeg]) -> Iterator[Unserved]:
    for leg in sorted(legs, key=lambda leg: (list(Leg).index(leg.routed.leg), leg.routed.area)):
        yield from leg.routed.unserved


def _shortfalls(legs: Iterable[DatedLeg]) -> Iterator[Shortfall]:
    counted: Counter[tuple[Leg, str, Mode]] = Counter()
    for leg in legs:
        depot = leg.routed.terms.network.site
        for mode, count in leg.routed.short:
            counted[leg.routed.leg, depot if is_gateway(depot) else leg.routed.area, mode] += count
    for (leg_, area, mode), count in sorted(counted.items(), key=str):
        yield Shortfall(leg=leg_, area=area, mode=mode, vehicles_count=count)
