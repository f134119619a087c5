"""All legs of a regency, planned together: level by level, or with shortcuts past some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kawal.rules.plan import chain
from kawal.rules.plan.chain import DistrictLegs, DistrictTask, Due
from kawal.rules.plan.direct.shortcuts import NONE, Shortcuts
from kawal.rules.plan.facts import Leg
from kawal.rules.plan.leg import DatedLeg, RoutedLeg, Settings, date_leg
from kawal.rules.plan.problem import District, Problem

# Runs the tasks in any order and any number of processes; answers in any order.
Each = Callable[[Callable[[DistrictTask], DistrictLegs], list[DistrictTask]], Iterable[DistrictLegs]]
Hurry = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegencyLegs:
    shortcuts: Shortcuts
    out: tuple[RoutedLeg, ...]  # of chain.to_ppk
    past_ppk: RoutedLeg | None  # None: nothing goes past the PPK
    below: tuple[DistrictLegs, ...]  # by district
    back: tuple[DatedLeg, ...]
    dated: tuple[DatedLeg, ...]  # all of them


def regency_legs(
    problem: Problem,
    settings: Settings,
    each: Each,
    hurry: Hurry,
    shortcuts: Shortcuts = NONE,
    kept: RegencyLegs | None = None,
) -> RegencyLegs:
    """`kept`: as planned with other shortcuts: what still holds of it stays."""
    districts = [district for district in problem.districts if any(v.loads for v in district.villages)]
    past = {
        load.station: 0
        for village in problem.villages()
        if village.code in shortcuts.villages(Leg.DIRECT_PPS)
        for load in village.loads
    }
    if kept and kept.shortcuts.villages(Leg.DIRECT_PPS) == shortcuts.villages(Leg.DIRECT_PPS):
        out, direct = kept.out, kept.past_ppk
    else:
        out = tuple(chain.to_ppk(problem, settings, past))
        docked = [one for leg in out for one in leg.handlings()]
        direct = chain.past_a_level(Leg.DIRECT_PPS, problem, past, settings, out[0], docked) if past else None
    went = out[0] if direct is None else replace(out[0], runs=(*out[0].runs, *direct.runs))
    ready, at_pps = chain.there(out), direct.done() if direct else {}
    before = {one.district: one for one in kept.below} if kept else {}
    tasks = [
        DistrictTask(
            district=district,
            ready=ready,
            settings=settings.within(district.code),
            at_pps={one: at_pps[one] for one in _stations(district) if one in at_pps} if at_pps else {},
            past_pps=shortcuts.villages(Leg.DIRECT_STATION),
            kept=before.get(district.code),
            taken=chain.taken_at(district, (*out, *([direct] if direct else []))),
        )
        for district in districts
    ]
    below = sorted(each(chain.district_legs, tasks), key=lambda found: found.district)
    must_load = {station: second for found in below for station, second in found.must_load.items()}
    home = {station: second for found in below for station, second in found.home.items()}
    back = chain.back_warehouse(problem, home, settings.hurried() if hurry() else settings, (went, *out[1:]))
    dated = [*chain.date_to_ppk(out, must_load, settings)]
    if direct:
        dated.append(date_leg(direct, Due(must_load, direct, settings), settings.fleet))
    dated += [*(leg for found in below for leg in found.legs), *back]
    return RegencyLegs(
        shortcuts=shortcuts,
        out=out,
        past_ppk=direct,
        below=tuple(below),
        back=tuple(back),
        dated=tuple(dated),
    )


def _stations(district: District) -> Iterator[str]:
    return (load.station for village in district.villages for load in village.loads)
