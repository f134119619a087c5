"""The whole plan of a regency: all six legs, dated backwards from the deadline, with what it cannot do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kawal.rules.plan import chain
from kawal.rules.plan.chain import DistrictLegs, DistrictTask
from kawal.rules.plan.facts import Leg, Mode, Shortfall, Trip, Unserved
from kawal.rules.plan.leg import DatedLeg, Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.safe import safely_dated
from kawal.rules.plan.trips import trips_of
from kawal.rules.plan.wide.rounds import rounds_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.patterns import on_time_targets

# Runs the tasks in any order and any number of processes; answers in any order.
Each = Callable[[Callable[[DistrictTask], DistrictLegs], list[DistrictTask]], Iterable[DistrictLegs]]
Hurry = Callable[[], bool]


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    trips: tuple[Trip, ...]
    unserved: tuple[Unserved, ...]
    shortfalls: tuple[Shortfall, ...]


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
    """
    districts = [district for district in problem.districts if any(v.loads for v in district.villages)]
    if not districts:
        raise Refused("no_stations", area=problem.regency)
    out = chain.to_ppk(problem, settings)
    ready = chain.there(out)
    tasks = [
        DistrictTask(district=district, ready=ready, settings=settings.within(district.code))
        for district in districts
    ]
    below = sorted(each(chain.district_legs, tasks), key=lambda found: found.district)
    must_load = {station: second for found in below for station, second in found.must_load.items()}
    home = {station: second for found in below for station, second in found.home.items()}
    legs = [
        *chain.date_to_ppk(out, must_load, settings),
        *(leg for found in below for leg in found.legs),
        *chain.back_warehouse(problem, home, settings.hurried() if hurry() else settings, out),
    ]
    return PlanMade(
        trips=redated(trips_of(problem.regency, legs, settings.patterns, above), problem, settings),
        unserved=tuple(_unserved(legs)),
        shortfalls=tuple(_shortfalls(legs)),
    )


def redated(trips: Sequence[Trip], problem: Problem, settings: Settings) -> tuple[Trip, ...]:
    """The trips with latest safe departures from the law of delays; without one as they were."""
    if settings.delays is None:
        return tuple(trips)
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
    )
    return found.trips[: len(trips)]


def _unserved(legs: Iterable[DatedLeg]) -> Iterator[Unserved]:
    for leg in sorted(legs, key=lambda leg: (list(Leg).index(leg.routed.leg), leg.routed.area)):
        yield from leg.routed.unserved


def _shortfalls(legs: Iterable[DatedLeg]) -> Iterator[Shortfall]:
    counted: Counter[tuple[Leg, str, Mode]] = Counter()
    for leg in legs:
        for mode, count in leg.routed.short:
            counted[leg.routed.leg, leg.routed.area, mode] += count
    for (leg_, area, mode), count in sorted(counted.items(), key=str):
        yield Shortfall(leg=leg_, area=area, mode=mode, vehicles_count=count)
