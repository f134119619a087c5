"""A flow, a law and a question as the plain arrays that the inner loops of the simulation read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kawal.rules.plan.sure.chance import NORMAL, Singles, key_of, spread_table
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import DAY_S, MODES, Flow

Counts = NDArray[np.int64]
Keys = NDArray[np.uint64]


class Trips(NamedTuple):
    """Of each trip (T); `stops` and `supply` have one more that ends the lists."""

    start: Singles
    load: Singles
    mode: Counts
    day: Counts  # on which it is planned to leave
    opens: Singles  # second of the day
    until: Singles
    march: Singles  # seconds of a day's way of a trip of several days, from `opens` on; 0: of one day
    guarded: Counts
    before: Counts  # the trip its vehicle does before; -1: none
    way: Singles
    work: Singles
    key: Keys
    place: Counts  # whose weather it meets
    air: Counts  # mode, place and day of it: row of Airs
    risk: NDArray[np.float64]  # of a breakdown
    stops: Counts
    supply: Counts
    slot: Counts  # row in which the moment its vehicle is free is kept; -1: nobody asks


class Stops(NamedTuple):
    """Of each stop (S)."""

    way: Singles
    work: Singles
    serves: Singles
    final: Counts
    due: Singles  # where final: reached later is late
    village: Counts
    district: Counts
    trip: Counts
    weight: Counts  # stations that receive there
    slot: Counts  # row in which the moment it is served is kept; -1: nobody asks


class Airs(NamedTuple):
    """The mode, place and day of trips as planned."""

    mode: Counts
    place: Counts
    day: Counts


class Laws(NamedTuple):
    """Of each mode, and of escorts and weather."""

    factor: Singles  # [mode, step]
    weather: Singles
    closed: Singles  # level of weather above which it does not leave
    repair: Singles
    absent: float
    wait: float
    normal: Singles
    day_to_day: float
    shares: Singles  # of the nation, the regency, the district: square roots


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


def areas_of(districts: Sequence[str], regency: str) -> NDArray[np.uint64]:
    """What the weather of nation, regency and districts hangs on."""
    return np.array([key_of("weather", code) for code in ("id", regency, *districts)], np.uint64)


def trips_of(flow: Flow, law: Law) -> tuple[Trips, Airs]:
    """A flow as the kernel reads it."""
    hourly = np.array([law.modes[mode].breakdowns_per_hour for mode in MODES])
    day = (flow.starts_s + flow.load_s) // DAY_S
    kinds, air = np.unique(np.stack((flow.mode, flow.place, day)), axis=1, return_inverse=True)
    asked = np.zeros(len(flow.codes), bool)
    asked[flow.vehicle_before[flow.vehicle_before >= 0]] = True
    trips = Trips(
        start=_singles(flow.starts_s), load=_singles(flow.load_s), mode=flow.mode, day=day,
        opens=_singles(flow.opens_s), until=_singles(flow.leaves_until_s),
        march=_singles(flow.march_s), guarded=flow.guarded,
        before=flow.vehicle_before, way=_singles(flow.way_s), work=_singles(flow.work_s), key=flow.keys,
        place=flow.place, air=air.reshape(-1), risk=-np.expm1(-hourly[flow.mode] * flow.way_s / 3_600),
        stops=flow.stops_at, supply=flow.supply_at, slot=_rows(asked),
    )  # fmt: skip
    return trips, Airs(*(np.ascontiguousarray(kind) for kind in kinds))


def stops_of(flow: Flow, deadline_s: int) -> Stops:
    asked = np.zeros(len(flow.final), bool)
    asked[flow.supply] = True
    return Stops(
        way=_singles(flow.stop_way_s), work=_singles(flow.stop_work_s), serves=_singles(flow.stop_serves_s),
        final=flow.final, due=_singles(np.minimum(flow.due_s, deadline_s)),
        village=flow.village_of, district=flow.district_of,
        trip=np.repeat(np.arange(len(flow.codes)), np.diff(flow.stops_at)),
        weight=np.array([len(stations) for stations in flow.stations], np.int64), slot=_rows(asked),
    )  # fmt: skip


def laws_of(law: Law) -> Laws:
    modes = [law.modes[mode] for mode in MODES]
    shares = law.national_share, 1 - law.national_share - law.district_share, law.district_share
    return Laws(
        factor=spread_table([one.spread for one in modes]),
        weather=_singles([one.weather for one in modes]),
        closed=_singles([law.closed_above(mode) for mode in MODES]),
        repair=_singles([one.repair_s for one in modes]),
        absent=law.absent_share, wait=law.wait_s, normal=NORMAL, day_to_day=law.day_to_day,
        shares=_singles(np.sqrt(shares)),
    )  # fmt: skip


def _singles(values: object) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def _rows(asked: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(asked, np.cumsum(asked) - 1, -1)
