"""What is settled without being lived through: trips that nothing ordinary can make late.

Of each trip there is a bound: the latest it can be where nothing rare happens to it (no late escort, no
breakdown, no rough day, no spread beyond the ordinary). Where even then every station is in time and
nobody has to wait for it, the trip is quiet: it is lived through only in scenarios in which something rare
happens to it or to what it waits for. Delays that its time to spare swallows are not rare enough to look at.
So the answer is the same, and most of the work is not done.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kawal.rules.plan.sure.arrays import Laws, Ways
from kawal.rules.plan.sure.chance import MAYBES
from kawal.rules.plan.sure.compiled import inner, shared
from kawal.rules.plan.sure.flow import DAY_S

ROUGH: Final = 3.0  # level of the weather above which a scenario is looked at by itself
EACH: Final = 1 / 3  # of the time to spare: so much a late start, a late escort and a repair may take each
_LEAST: Final = 4e-10  # no chance is drawn below this
_MARGIN_S: Final = 2.0  # single precision


def settle(ways: Ways, laws: Laws) -> None:
    """Marks the quiet trips of a flow, how late they leave, and how small a chance is looked at."""
    free, served = np.full((2, len(ways.trips)), np.inf), np.full((2, len(ways.stops)), np.inf)
    _settle(ways, laws, free[0], free[1], served[0], served[1])


@shared
def _settle(ways: Any, laws: Any, asked_free: Any, free: Any, asked_served: Any, served: Any) -> None:
    """`asked_...`: when those who wait for it must begin; the others: when it is there at the latest."""
    trips, stops, supply = ways.trips, ways.stops, ways.supply
    for t in range(len(trips)):
        trip = trips[t]
        if trip.before >= 0:
            asked_free[trip.before] = trip.start
        for at in range(trip.supply[0], trip.supply[1]):
            asked_served[supply[at]] = min(asked_served[supply[at]], trip.start)
    for t in range(len(trips)):
        trip, mode = trips[t], laws.modes[trips[t].mode]
        begin = np.float64(trip.start)
        if trip.before >= 0:
            begin = max(begin, free[trip.before])
        for at in range(trip.supply[0], trip.supply[1]):
            begin = max(begin, served[supply[at]])
        until, ready = np.float64(trip.day * DAY_S + trip.until), begin + trip.load + _MARGIN_S
        spare, left = until - ready, min(ready, until)
        rough = min(np.float64(mode.closed), ROUGH)
        factor = np.float64(laws.ordinary[trip.mode]) * np.exp(mode.weather * rough)
        for s in range(trip.stops[0], trip.stops[1]):
            there = left + factor * stops[s].way + stops[s].work
            served[s] = there + stops[s].serves
            spare = min(spare, asked_served[s] - served[s])
            if stops[s].final:
                spare = min(spare, stops[s].due - there)
        free[t] = left + factor * trip.way + trip.work
        spare = min(spare, asked_free[t] - free[t]) - _MARGIN_S
        if spare >= 0 and trip.slots[0] == trip.slots[1] and trip.march == 0:
            each = EACH * spare
            trips[t].quiet, trips[t].spare = 1, spare
            trips[t].limit, trips[t].most = left + each, laws.ordinary[trip.mode]
            trips[t].absent_looked = min(trip.absent_below, _below(trip.absent, each, laws.wait))
            trips[t].broken_looked = min(trip.broken_below, _below(trip.risk, each, mode.repair))


@inner
def _below(chance: float, each: float, mean: float) -> int:
    """The step of chance below which what happens so often takes longer than this."""
    if mean > 0:
        chance *= np.exp(-each / mean)
    return int(np.ceil(MAYBES * chance)) if chance > _LEAST else 0
