"""A flow, a law and a question as the plain arrays that the inner loops of the simulation read."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.sure.chance import MAYBES, NORMAL, Maybes, Singles, key_of, maybes, spread_rows
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import DAY_S, MODES, Flow

ORDINARY: Final = 3.0  # standard deviations of spread above which a journey is looked at by itself

Counts = NDArray[np.int64]
Keys = NDArray[np.uint64]


TRIP: Final = np.dtype(
    [
        ("start", "f4"), ("load", "f4"), ("way", "f4"), ("work", "f4"),
        ("opens", "f4"), ("until", "f4"),  # seconds of the day between which it may leave
        ("march", "f4"),  # seconds of a day's way of a trip of several days, from `opens` on; 0: of one day
        ("limit", "f4"),  # leaves later only where something rare happens (`settled.py`)
        ("spare", "f4"),  # of a quiet one: so much later it is still in time
        ("most", "f4"),  # and is slower only there, by its spread
        ("mode", "i4"), ("day", "i4"),  # on which it is planned to leave
        ("place", "i4"), ("air", "i4"),  # whose weather it meets; mode, place and day of it: row of airs
        ("before", "i4"),  # the trip its vehicle does before; -1: none
        ("row", "i4"),  # in which the moment its vehicle is free is kept; -1: nobody asks
        ("stops", "i4", 2), ("supply", "i4", 2), ("slots", "i4", 2),  # from, to: in the lists of these
        ("quiet", "u1"),  # nothing ordinary can make it late
        ("absent_below", "u4"), ("broken_below", "u4"),  # steps of chance below which these may happen
        ("absent_looked", "u4"), ("broken_looked", "u4"),  # and below which the kernel looks at them
        ("absent", "f8"), ("risk", "f8"),  # that its escort is late, that it breaks down
        ("key", "u8"),
    ],
    align=True,
)  # fmt: skip

STOP: Final = np.dtype(
    [
        ("way", "f4"), ("work", "f4"), ("serves", "f4"),
        ("due", "f4"),  # where final: reached later is late
        ("final", "u1"),
        ("village", "i4"), ("district", "i4"), ("trip", "i4"),
        ("weight", "i4"),  # stations that receive there
        ("row", "i4"),  # in which the moment it is served is kept; -1: nobody asks
        ("slots", "i4", 2),  # when goods may be handed over there, where they may not always
    ],
    align=True,
)  # fmt: skip

MODE: Final = np.dtype([("weather", "f4"), ("closed", "f4"), ("repair", "f4")], align=True)


class Ways(NamedTuple):
    """A flow: its trips (TRIP) and stops (STOP), what they wait for and when they may."""

    trips: NDArray[np.void]
    stops: NDArray[np.void]
    supply: Counts  # stops that bring what a trip carries
    slots: Singles  # [slot, 2]: from, until
    airs: Counts  # [row, 3]: the mode, place and day of trips as planned
    rows: int  # of moments that are kept at a time


class Laws(NamedTuple):
    """Of each mode (MODE), and of escorts and weather."""

    modes: NDArray[np.void]
    spread: Singles  # [mode, place]: shuffled halves of factors
    ordinary: Singles  # [mode]: the spread that is not rare
    maybes: Maybes
    normal: Singles
    shares: Singles  # of the nation, the regency, the district: square roots
    wait: float
    day_to_day: float


class Asked(NamedTuple):
    """What is asked of the flow."""

    opening: int
    seed: int
    days: int
    anchor: int
    scenarios: int
    areas: Keys  # nation, regency, districts


class Answer(NamedTuple):
    """Of each block: how many scenarios, or stations late by a trip's fault."""

    late: NDArray[np.int32]
    shut: NDArray[np.int32]
    villages: NDArray[np.int32]
    districts: NDArray[np.int32]
    whole: NDArray[np.int32]
    blame: NDArray[np.int32]
    unopened: NDArray[np.int32]  # of each scenario: stations without logistics when they open


def areas_of(districts: Sequence[str], regency: str) -> NDArray[np.uint64]:
    """What the weather of nation, regency and districts hangs on."""
    return np.array([key_of("weather", code) for code in ("id", regency, *districts)], np.uint64)


def ways_of(flow: Flow, law: Law, deadline_s: int) -> Ways:
    """A flow as the kernel reads it; not yet settled (`settled.py`)."""
    trips, airs = _trips(flow, law)
    stops = np.zeros(len(flow.final), STOP)
    for name, values in (
        ("way", flow.stop_way_s), ("work", flow.stop_work_s), ("serves", flow.stop_serves_s),
        ("due", np.minimum(flow.due_s, deadline_s)), ("final", flow.final), ("village", flow.village_of),
        ("district", flow.district_of), ("weight", [len(own) for own in flow.stations]),
        ("trip", np.repeat(np.arange(len(flow.codes)), np.diff(flow.stops_at))),
        ("slots", _spans(flow.opens_in.at + len(flow.leaves_in.from_s))),
    ):  # fmt: skip
        stops[name] = values
    slots = [np.stack((one.from_s, one.until_s), axis=1) for one in (flow.leaves_in, flow.opens_in)]
    return Ways(
        trips=trips, stops=stops, supply=flow.supply, slots=_singles(np.concatenate(slots)), airs=airs,
        rows=_share_rows(trips, stops, flow),
    )  # fmt: skip


def _trips(flow: Flow, law: Law) -> tuple[NDArray[np.void], Counts]:
    hourly = np.array([law.modes[mode].breakdowns_per_hour for mode in MODES])
    risk = -np.expm1(-hourly[flow.mode] * flow.way_s / 3_600)
    absent = np.where(flow.guarded, law.absent_share**flow.guarded, 0.0)  # every team is late
    day = (flow.starts_s + flow.load_s) // DAY_S
    airs, air = np.unique(np.stack((flow.mode, flow.place, day)), axis=1, return_inverse=True)
    trips = np.zeros(len(flow.codes), TRIP)
    for name, values in (
        ("start", flow.starts_s), ("load", flow.load_s), ("way", flow.way_s), ("work", flow.work_s),
        ("opens", flow.opens_s), ("until", flow.leaves_until_s), ("march", flow.march_s),
        ("mode", flow.mode), ("day", day),
        ("limit", day * DAY_S + flow.leaves_until_s), ("most", np.inf),
        ("place", flow.place), ("air", air.reshape(-1)),
        ("before", flow.vehicle_before), ("stops", _spans(flow.stops_at)),
        ("supply", _spans(flow.supply_at)), ("slots", _spans(flow.leaves_in.at)), ("key", flow.keys),
        ("absent", absent), ("risk", risk), ("absent_below", _maybe(absent)), ("broken_below", _maybe(risk)),
        ("absent_looked", _maybe(absent)), ("broken_looked", _maybe(risk)),
    ):  # fmt: skip
        trips[name] = values
    return trips, np.ascontiguousarray(airs.T)


def laws_of(law: Law) -> Laws:
    own = [law.modes[mode] for mode in MODES]
    shares = law.national_share, 1 - law.national_share - law.district_share, law.district_share
    modes = np.zeros(len(own), MODE)
    modes["weather"] = [one.weather for one in own]
    modes["closed"] = [law.closed_above(mode) for mode in MODES]
    modes["repair"] = [one.repair_s for one in own]
    return Laws(
        modes=modes, spread=spread_rows(tuple(one.spread for one in own)),
        ordinary=_singles(np.exp([ORDINARY * one.spread for one in own])), maybes=maybes(), normal=NORMAL,
        shares=_singles(np.sqrt(shares)), wait=law.wait_s, day_to_day=law.day_to_day,
    )  # fmt: skip


def _spans(at: Counts) -> Counts:
    """From and to of each list, from where each begins."""
    return np.stack((at[:-1], at[1:]), axis=1)


def _maybe(chance: NDArray[np.floating[Any]]) -> Counts:
    """The step of chance below which what happens so often may happen."""
    steps: Counts = np.ceil(MAYBES * chance).astype(np.int64)
    return steps


def _singles(values: object) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def _share_rows(trips: NDArray[np.void], stops: NDArray[np.void], flow: Flow) -> int:
    """Gives each moment that somebody waits for a row to be kept in, until the last has read it; how many."""
    count = len(trips)
    reads_home, reads_served = np.full(count, -1), np.full(len(stops), -1)  # the last trip that does
    waits = np.flatnonzero(flow.vehicle_before >= 0)
    reads_home[flow.vehicle_before[waits]] = waits
    reads_served[flow.supply] = np.repeat(np.arange(count), np.diff(flow.supply_at))
    of_stop, of_trip = np.flatnonzero(reads_served >= 0), np.flatnonzero(reads_home >= 0)
    told_by = np.concatenate((stops["trip"][of_stop], of_trip))
    read_by = np.concatenate((reads_served[of_stop], reads_home[of_trip]))
    order, rows = np.argsort(told_by, kind="stable"), np.empty(len(told_by), np.int64)
    until = list[tuple[int, int]]()  # a heap: by whom a row is last read, the row
    for place, teller, reader in zip(order, told_by[order].tolist(), read_by[order].tolist(), strict=True):
        row = heappop(until)[1] if until and until[0][0] <= teller else len(until)
        heappush(until, (reader, row))
        rows[place] = row
    stops["row"], trips["row"] = -1, -1
    stops["row"][of_stop], trips["row"][of_trip] = np.split(rows, [len(of_stop)])
    return len(until)
