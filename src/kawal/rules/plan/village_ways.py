"""How each village is supplied: how far and how long from the warehouse, by what, and when it is there.

The commission asks for a distribution-route map (peta jalur distribusi) that weighs voters, stations,
geography, distance, travel time, weather, vulnerability and transport; what of it the plan knows stands here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from kawal.rules.places.codes import village_of
from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.risk.classes import RiskClass


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageWay:
    """The hardest way to any station of a village: that with the longest journey."""

    village: str
    distance_m: int  # under way, all legs together
    travel_s: int  # under way, without loading, hand-overs and nights between legs
    departs_at: datetime  # the first vehicle that carries any of it
    received_at: datetime  # the last of its stations
    modes: tuple[tuple[Leg, tuple[Mode, ...]], ...]  # in the order of the legs
    risk: RiskClass  # the worst aboard


@dataclass(frozen=True, slots=True)
class _Step:
    leg: Leg
    mode: Mode
    risk: RiskClass
    departs_at: datetime
    arrives_at: datetime
    distance_m: float
    travel_s: float


def village_ways(trips: Iterable[Trip]) -> dict[str, VillageWay]:
    """Of every village to which the plan brings something."""
    steps: defaultdict[str, list[_Step]] = defaultdict(list)  # station -> its legs
    for trip in trips:
        if trip.leg in FORWARD:
            for station, step in _steps(trip):
                steps[station].append(step)
    stations: defaultdict[str, list[list[_Step]]] = defaultdict(list)
    for station in sorted(steps):
        stations[village_of(station)].append(steps[station])
    return {village: _way(village, found) for village, found in stations.items()}


def _steps(trip: Trip) -> Iterator[tuple[str, _Step]]:
    """How far into the trip each station's parcels leave it; the way is spent evenly over the journey."""
    under_way_s = 0.0
    at: dict[str, float] = {}
    for here, there in pairwise(trip.stops):
        under_way_s += (there.arrive_at - here.depart_at).total_seconds()
        at.setdefault(there.site, under_way_s)
    for part in trip.consignments:
        gone_s = at[part.to_site]
        share = gone_s / under_way_s if under_way_s else 0.0
        step = _Step(
            trip.leg, trip.mode, trip.risk, trip.depart_at, part.arrive_at, share * trip.distance_m, gone_s
        )
        for station in part.stations:
            yield station, step


def _way(village: str, stations: list[list[_Step]]) -> VillageWay:
    hardest = max(stations, key=lambda steps: sum(step.travel_s for step in steps))
    every = [step for steps in stations for step in steps]
    modes: dict[Leg, set[Mode]] = {}
    for step in every:
        modes.setdefault(step.leg, set()).add(step.mode)
    return VillageWay(
        village=village,
        distance_m=round(sum(step.distance_m for step in hardest)),
        travel_s=round(sum(step.travel_s for step in hardest)),
        departs_at=min(step.departs_at for step in every),
        received_at=max(step.arrives_at for step in every),
        modes=tuple((leg, tuple(sorted(modes[leg], key=list(Mode).index))) for leg in Leg if leg in modes),
        risk=max(step.risk for step in every),
    )
