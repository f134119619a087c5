"""How sure is it? A plan lived through many times, under delays that share what they share in the world.

For each scenario every trip of the way out is lived through in order: it begins when its vehicle is back,
its goods are there and its planned hour has come, waits for its escort, for daylight and for a day that is
not closed, and takes as long as weather, spread and breakdowns make it take. So the stations of a village
share their legs and are never drawn independently, and a vehicle that is late is late for all that waits
for it.

Chance is counted, not drawn in sequence (`chance.py`); the inner loops stand in `kernel.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.sure import kernel
from kawal.rules.plan.sure.arrays import Answer, Asked, areas_of, laws_of, ways_of
from kawal.rules.plan.sure.blame import Hearing, hearing_of
from kawal.rules.plan.sure.chance import BLOCK
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import DAY_S, Flow, flow_of
from kawal.rules.plan.sure.lanes import lanes_of, weather_levels
from kawal.rules.plan.sure.settled import settle
from kawal.rules.plan.sure.threads import side_by_side
from kawal.rules.plan.windows import Windows

SCENARIOS: Final = 10_000
HOME: Final = (Leg.BACK_PPS, Leg.BACK_LANDING, Leg.BACK_PPK)  # the way to the recapitulation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Shares of the scenarios; `error` tells how far off chance may have them."""

    scenarios: int
    seed: int
    stations: Mapping[str, float]  # P(received by the deadline)
    by_opening: Mapping[str, float]  # P(received before the station opens)
    villages: Mapping[str, float]  # P(all its stations that the plan carries are on time)
    districts: Mapping[str, float]
    regency: float
    blame: Mapping[str, float]  # trip -> mean number of stations late because of it, where above 0
    home: Mapping[str, float] = field(default_factory=dict)  # P(the box is at the PPK when its leg must end)

    def error(self, probability: float) -> float:
        """Standard error of a probability of this outcome; of 0 and 1 by the rule of succession."""
        bounded = min(max(probability, 1 / (self.scenarios + 2)), 1 - 1 / (self.scenarios + 2))
        return float(np.sqrt(bounded * (1 - bounded) / self.scenarios))


def simulate(
    flow: Flow,
    law: Law,
    regency: str,
    *,
    deadline_s: int,
    opening_s: int,
    seed: int,
    scenarios: int = SCENARIOS,
    threads: int = 0,
) -> Outcome:
    """Lives through a flow. Deadline and opening in seconds from `flow.first_day`; `threads` 0: all."""
    answer = _lived(flow, law, regency, deadline_s, opening_s, seed, scenarios, threads)
    late, shut, villages, districts, whole, blame = (
        counted.sum(axis=0, dtype=np.int64) / scenarios for counted in answer[:6]
    )
    final = flow.final.astype(bool)
    return Outcome(
        scenarios=scenarios,
        seed=seed,
        stations=_by_station(flow, 1 - late),
        by_opening=_by_station(flow, 1 - shut),
        villages=_by_place(flow.villages, 1 - villages, flow.village_of[final]),
        districts=_by_place(flow.districts, 1 - districts, flow.district_of[final]),
        regency=float(1 - whole),
        blame={code: float(share) for code, share in zip(flow.codes, blame, strict=True) if share},
    )


def unopened(
    flow: Flow, law: Law, regency: str, *, deadline_s: int, opening_s: int, seed: int,
    scenarios: int = SCENARIOS,
) -> NDArray[np.int32]:  # fmt: skip
    """Of each scenario how many stations are without their logistics when they open."""
    return _lived(flow, law, regency, deadline_s, opening_s, seed, scenarios).unopened


def _lived(
    flow: Flow, law: Law, regency: str, deadline_s: int, opening_s: int, seed: int, scenarios: int,
    threads: int = 0,
) -> Answer:  # fmt: skip
    anchor = max(0, deadline_s // DAY_S)
    asked = Asked(
        opening=opening_s, seed=seed, days=max(flow.days, anchor + 2), anchor=anchor,
        scenarios=scenarios, areas=areas_of(flow.districts, regency),
    )  # fmt: skip
    blocks = -(-scenarios // BLOCK)
    ways, laws = ways_of(flow, law, deadline_s), laws_of(law)
    settle(ways, laws)
    by_block = (
        (len(flow.final),), (len(flow.final),), (len(flow.villages),), (len(flow.districts),), (),
        (len(flow.codes),),
    )  # fmt: skip
    shapes = [*((blocks, *shape) for shape in by_block), (scenarios,)]
    answer = Answer(*(np.zeros(shape, np.int32) for shape in shapes))
    hearings = list[Hearing]()  # of those who work side by side

    def live(begin: int, end: int) -> None:
        hearing = hearings.pop() if hearings else hearing_of(ways, len(flow.villages), len(flow.districts))
        whole = min(end, scenarios // BLOCK)
        for first, until, count in ((begin, whole, BLOCK), (max(begin, whole), end, scenarios % BLOCK)):
            if first < until:
                lanes = lanes_of(count, ways, len(asked.areas), asked.days)
                kernel.live(first, until, ways, laws, asked, lanes, hearing, answer)
        hearings.append(hearing)

    side_by_side(live, blocks, threads)
    return answer


def home_on_time(
    trips: Sequence[Trip], fleet: Fleet, zone: tzinfo, windows: Windows, law: Law, regency: str, *, seed: int,
    scenarios: int = SCENARIOS,
) -> Mapping[str, float]:  # fmt: skip
    """P(the box of a station is at the PPK when its leg must end), by way of the PPS; empty without a way."""
    if not any(trip.leg is Leg.BACK_PPK for trip in trips):
        return {}
    flow = flow_of(trips, fleet, zone, windows, legs=HOME)
    last_s = flow.days * DAY_S  # each box has a due time of its own
    return simulate(
        flow, law, regency, deadline_s=last_s, opening_s=last_s, seed=seed, scenarios=scenarios
    ).stations


def weather(
    law: Law, regency: str, districts: Sequence[str], *, seed: int, scenarios: int, days: int, anchor: int = 0
) -> NDArray[np.float32]:
    """The levels of the weather [district, day, scenario], standard normal, above zero is bad.

    `anchor` is the day on which the deadline falls. The national part is shared by all regencies of a seed.
    """
    levels = np.empty((len(districts) + 2, days, scenarios), np.float32)
    weather_levels(areas_of(districts, regency), laws_of(law), seed, 0, anchor, levels)
    return levels[:-2]


def _by_station(flow: Flow, shares: NDArray[np.float64]) -> dict[str, float]:
    told = zip(flow.stations, shares.tolist(), strict=True)
    return {station: share for stations, share in told for station in stations}


def _by_place(
    codes: tuple[str, ...], shares: NDArray[np.float64], served: NDArray[np.int64]
) -> dict[str, float]:
    return {codes[place]: float(shares[place]) for place in np.unique(served)}
