"""What would carry the stations that a plan has no way to: vehicles more, or the air.

Each district that the warehouse does not reach is planned anew with help, as if the others were not there: so
many vehicles more of a mode that gets there, or so many aircraft where somebody says that one can land. What
carries most, for the least price of a station, is told, with the promise that it could give out of sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.anew.compare import cost_rp
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import ALWAYS, Disruption, More, Reached
from kawal.rules.plan.anew.replan import replan
from kawal.rules.plan.facts import FORWARD, Access, Leg, Mode, Unserved
from kawal.rules.plan.make import PlanMade
from kawal.rules.plan.problem import District, Problem
from kawal.rules.plan.repair.standing import Standing

_COUNTS: Final = (1, 2, 4, 8)
_FROM_WAREHOUSE: Final = (Leg.TO_GATEWAY, Leg.TO_PPK)
_DISTRICTS: Final = 8  # at most: those with most stations


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """Vehicles that would carry stations of a district that the plan does not reach."""

    area: str  # the district
    mode: Mode
    vehicles_count: int
    rp: int  # what the plan would cost more
    stations_count: int  # that it would carry
    left_count: int  # of the district that it would not
    least: float  # P(on time) of the least sure of them, out of sample
    by_air: bool  # the district is not reached by air so far: somebody must know where to land


def carrying(standing: Standing, before: PlanMade) -> tuple[Carrying, ...]:
    """One help for each district that the warehouse does not reach, the one with most stations first."""
    missing = _missing(before.unserved)
    districts = {one.code: one for one in standing.world.problem.districts}
    ordered = sorted(missing, key=lambda code: (-len(missing[code]), code))[:_DISTRICTS]
    found = (_best(standing, before, districts[code], missing) for code in ordered if code in districts)
    return tuple(one for one in found if one is not None)


def _missing(unserved: Sequence[Unserved]) -> Mapping[str, set[str]]:
    """District -> its stations that do not get to their PPK."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in unserved:
        if row.leg in _FROM_WAREHOUSE:
            for station in row.stations:
                found[parent_of(village_of(station))].add(station)
    return found


def _best(
    standing: Standing, before: PlanMade, district: District, missing: Mapping[str, set[str]]
) -> Carrying | None:
    """The others' stations are left out, so that the help and its price are this district's."""
    own = missing[district.code]
    left_out = {one for code, stations in missing.items() if code != district.code for one in stations}
    alone = _without(standing.world.before, left_out)
    before = replace(
        before,
        unserved=tuple(
            replace(row, stations=kept)
            for row in before.unserved
            if (kept := tuple(one for one in row.stations if one not in left_out))
        ),
    )
    best: tuple[float, Carrying] | None = None
    for mode, by_air in _modes(standing, district):
        for count in _COUNTS:
            help_ = _help(standing, district, mode, count, by_air=by_air)
            tried = _tried(standing, alone, before, district, own, help_, by_air=by_air)
            if tried is None:
                continue
            price = tried.rp / tried.stations_count
            if best is None or (tried.left_count, price) < (best[1].left_count, best[0]):
                best = price, tried
            if not tried.left_count:
                break
    return best[1] if best else None


def _modes(standing: Standing, district: District) -> Iterator[tuple[Mode, bool]]:
    for mode, kind in sorted(standing.settings.fleet.kinds.items()):
        if kind.access is district.access:
            yield mode, False
        elif kind.access is Access.AIR and not district.gateway:
            yield mode, True


def _help(
    standing: Standing, district: District, mode: Mode, count: int, *, by_air: bool
) -> list[Disruption]:
    base = district.gateway or standing.regency
    found: list[Disruption] = [More(area=base, mode=mode, count=count, span=ALWAYS)]
    if by_air:
        found += [Reached(area=district.code, access=Access.AIR)]
        found += [Reached(area=village.code, access=village.access) for village in district.villages]
    return found


def _tried(
    standing: Standing,
    alone: Problem,
    before: PlanMade,
    district: District,
    missing: set[str],
    help_: Sequence[Disruption],
    *,
    by_air: bool,
) -> Carrying | None:
    more = next(one for one in help_ if isinstance(one, More))
    world, fleet = standing.world, standing.settings.fleet
    helped = Disrupted(
        alone, standing.settings, before.trips, (*world.disruptions, *help_), standing.happened,
        world.strengths, calm=True,
    )  # fmt: skip
    now = standing.now or min(trip.depart_at for trip in before.trips) - timedelta(days=1)
    found = replan(helped, before, now=now, happened=standing.happened, highest=standing.highest)
    left = missing & {one for row in found.made.unserved if row.leg in FORWARD for one in row.stations}
    if len(left) == len(missing):
        return None
    rp = cost_rp(found.made.trips, fleet) - cost_rp(before.trips, fleet)
    shares = standing.judged(found.made.trips).stations
    return Carrying(
        area=district.code,
        mode=more.mode,
        vehicles_count=more.count,
        rp=max(rp, more.count * fleet.kinds[more.mode].rp_per_day),
        stations_count=len(missing - left),
        left_count=len(left),
        least=min(shares[one] for one in missing - left if one in shares),
        by_air=by_air,
    )


def _without(problem: Problem, stations: Collection[str]) -> Problem:
    return replace(
        problem,
        districts=tuple(
            replace(
                district,
                villages=tuple(
                    replace(
                        village,
                        loads=tuple(load for load in village.loads if load.station not in stations),
                    )
                    for village in district.villages
                ),
            )
            for district in problem.districts
        ),
    )
