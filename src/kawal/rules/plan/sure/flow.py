"""The way out of a plan, or the way home, as arrays: which trip waits for which, and what it carries where.

Trips stand in the order of their planned beginning, which is an order of waiting as well: a trip's vehicle
and its goods come from trips that begin before it. Seconds count from midnight (local) of the first day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kawal.rules.places.codes import parent_of, village_of
from kawal.rules.plan.facts import ENDS_AT_PPS, ENDS_AT_STATION, FORWARD, Leg, Mode, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.routing.marching import march_of
from kawal.rules.plan.sure.chance import key_of
from kawal.rules.plan.sure.nights import by_days, days_before
from kawal.rules.plan.sure.slots import Slots, slots_of
from kawal.rules.plan.windows import ALWAYS, Windows

DAY_S = 86_400
MODES = tuple(Mode)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """T trips with S stops in all; the stops of trip t are `stops_at[t]` to `stops_at[t + 1]`."""

    codes: tuple[str, ...]  # T
    first_day: datetime  # midnight, local
    days: int  # with one to spare behind the last trip
    starts_s: Ints  # T: begins to load, as planned
    load_s: Ints  # T
    mode: Ints  # T: index in MODES
    opens_s: Ints  # T: second of the day from which, and up to which, it may leave
    leaves_until_s: Ints  # T
    march_s: Ints  # T: seconds of a day's way of a trip of several days, from opens_s on; 0: of one day
    guarded: Ints  # T: teams of officers of which one must come along; 0: nobody is waited for
    vehicle_before: Ints  # T: the trip that its vehicle does before; -1: none
    keys: NDArray[np.uint64]  # T: what a trip's chance hangs on: what it carries, not its number
    place: Ints  # T: index of the district whose weather it meets
    way_s: Ints  # T: planned journey, home again
    work_s: Ints  # T: planned hand-overs
    stops_at: Ints  # T + 1
    stop_way_s: Ints  # S: planned journey up to there
    stop_work_s: Ints  # S: planned hand-overs before it
    stop_serves_s: Ints  # S: the hand-over there
    supply_at: Ints  # T + 1: the stops that bring what trip t carries: `supply[supply_at[t]:...]`
    supply: Ints
    final: Ints  # S: 1 where the way ends: at the stations, or at the PPS of a plan down to villages
    due_s: NDArray[np.float64]  # S: reached by then for its own sake; infinite: by the deadline
    villages: tuple[str, ...]
    village_of: Ints  # S: index of the village where final
    districts: tuple[str, ...]
    district_of: Ints  # S: index
    stations: tuple[tuple[str, ...], ...]  # S: who receives there, where final
    leaves_in: Slots  # T: tides and slots in which it may leave
    opens_in: Slots  # S: when goods may be handed over there

    def moved(self, t: int, left_s: float, moving_s: float) -> float:
        """When trip t, having left then, has moved and worked so long; at night it rests."""
        if not self.march_s[t]:
            return left_s + moving_s
        return float(by_days(left_s, moving_s, float(self.opens_s[t]), float(self.march_s[t])))

    def must_leave(self, t: int, by_s: float, moving_s: float) -> float:
        """The latest moment at which it leaves to have moved and worked so long by then."""
        if not self.march_s[t]:
            return by_s - moving_s
        return float(days_before(by_s, moving_s, float(self.opens_s[t]), float(self.march_s[t])))


def with_days_before(flow: Flow, days: int) -> Flow:
    """The same flow, counted from so many days before."""
    return replace(
        flow, first_day=flow.first_day - timedelta(days=days), days=flow.days + days,
        starts_s=flow.starts_s + days * DAY_S, due_s=flow.due_s + days * DAY_S,
        leaves_in=flow.leaves_in.later(days * DAY_S), opens_in=flow.opens_in.later(days * DAY_S),
    )  # fmt: skip


def flow_of(
    trips: Iterable[Trip], fleet: Fleet, zone: tzinfo, windows: Windows = ALWAYS,
    legs: Sequence[Leg] = FORWARD, ends: Collection[str] = (),
) -> Flow:  # fmt: skip
    """Of these legs, which follow each other; others are passed over. One trip must be there (ValueError).
    At the sites `ends` the way of their boxes ends, whatever leg others go on with."""
    out = sorted((trip for trip in trips if trip.leg in legs), key=lambda trip: (_begins(trip), trip.code))
    if not out:
        raise ValueError("a flow needs a trip")
    first_day = min(map(_begins, out)).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    last = max(trip.back_at for trip in out)
    stops_at = np.cumsum([0, *(len(trip.consignments) for trip in out)])
    parts = [part for trip in out for part in trip.consignments]
    last_legs = _alike(max((trip.leg for trip in out), key=legs.index))
    final = [trip.leg in last_legs or part.to_site in ends for trip in out for part in trip.consignments]
    villages, village_index = _places([village_of(part.stations[0]) for part in parts])
    districts, district_index = _places([parent_of(village_of(part.stations[0])) for part in parts])
    supply_at, supply = _supply(out, legs)
    days = (last - first_day) // timedelta(days=1) + 3
    leaves_in, opens_in = slots_of(out, windows, first_day, (days + 2) * DAY_S)
    return Flow(
        codes=tuple(trip.code for trip in out), first_day=first_day, days=days,
        starts_s=_ints((_begins(trip) - first_day).total_seconds() for trip in out),
        load_s=_ints((trip.depart_at - _begins(trip)).total_seconds() for trip in out),
        mode=_ints(MODES.index(trip.mode) for trip in out),
        **_hours(out, fleet, first_day),
        guarded=_ints(trip.escort.teams_count for trip in out),
        vehicle_before=_vehicles(out),
        keys=np.array([_key(trip) for trip in out], np.uint64),
        place=district_index[stops_at[1:] - 1],
        **_ways(out, fleet, zone),
        due_s=_due(out, last_legs, first_day, ends),
        stops_at=stops_at, supply_at=supply_at, supply=supply, final=_ints(final),
        villages=villages, village_of=village_index, districts=districts, district_of=district_index,
        stations=tuple(part.stations if ends else () for part, ends in zip(parts, final, strict=True)),
        leaves_in=leaves_in, opens_in=opens_in,
    )  # fmt: skip


def _alike(leg: Leg) -> frozenset[Leg]:
    """The legs that end where this one does: level by level, or straight on."""
    return next((legs for legs in (ENDS_AT_PPS, ENDS_AT_STATION) if leg in legs), frozenset({leg}))


def _begins(trip: Trip) -> datetime:
    return trip.stops[0].arrive_at


def _ints(values: Iterable[Any]) -> Ints:
    return np.array([int(value) for value in values], np.int64)


def _hours(trips: Sequence[Trip], fleet: Fleet, first_day: datetime) -> dict[str, Ints]:
    """A mode that works by day leaves only while it can be at its last stop before dark; on a trip of several
    days while there is day left to go."""
    opens, until, march = [], [], []
    for trip in trips:
        kind = fleet.kind_of(trip.vehicle, trip.mode)
        opens_s, closes_s = (60 * (at.hour * 60 + at.minute) for at in (kind.opens, kind.closes))
        planned_s = int((trip.depart_at - first_day).total_seconds()) % DAY_S
        march_s, busy_s = march_of(kind)[1] if trip.halts else 0, 0
        if march_s:
            closes_s = opens_s + march_s
        elif not kind.drives_on_voting_night:
            busy_s = int((trip.stops[-2].arrive_at - trip.depart_at).total_seconds())
        march.append(march_s)
        opens.append(min(opens_s, planned_s))
        until.append(max(closes_s - busy_s, planned_s))  # as planned is always allowed
    return {"opens_s": _ints(opens), "leaves_until_s": _ints(until), "march_s": _ints(march)}


def _vehicles(trips: Sequence[Trip]) -> Ints:
    last: dict[str, int] = {}
    before = []
    for number, trip in enumerate(trips):
        before.append(last.get(trip.vehicle, -1))
        last[trip.vehicle] = number
    return _ints(before)


def _key(trip: Trip) -> int:
    """The same load on the same leg meets the same chance in every version of a plan."""
    load = ",".join(sorted(station for part in trip.consignments for station in part.stations))
    return key_of(trip.leg, load)


def _ways(trips: Sequence[Trip], fleet: Fleet, zone: tzinfo) -> dict[str, Ints]:
    way, work, stop_way, stop_work, serves = [], [], [], [], []
    for trip in trips:
        elapsed = _elapsed(trip, fleet, zone)
        worked = halted = 0
        for stop in trip.stops[1:-1]:
            stays_s = int((stop.depart_at - stop.arrive_at).total_seconds())
            if stop.is_halt:
                halted += stays_s
                continue
            gone_s = int((stop.arrive_at - trip.depart_at).total_seconds()) - worked - halted
            stop_way.append(gone_s)
            stop_work.append(elapsed(stop.arrive_at) - gone_s)
            serves.append(stays_s)
            worked += stays_s
        way.append(int((trip.back_at - trip.depart_at).total_seconds()) - worked - halted)
        work.append(elapsed(trip.back_at) - way[-1])
        if trip.leg not in FORWARD:  # what it collects is there when it is home
            parts = len(trip.consignments)
            stop_way[-parts:], stop_work[-parts:] = [way[-1]] * parts, [work[-1]] * parts
            serves[-parts:] = [0] * parts
    return {
        "way_s": _ints(way), "work_s": _ints(work), "stop_way_s": _ints(stop_way),
        "stop_work_s": _ints(stop_work), "stop_serves_s": _ints(serves),
    }  # fmt: skip


def _elapsed(trip: Trip, fleet: Fleet, zone: tzinfo) -> Callable[[datetime], int]:
    """Seconds from the departure to a moment; of a trip of several days those of its days' ways alone, so
    that nights are no journey and waiting by day counts as work."""
    if not trip.halts:
        return lambda at: int((at - trip.depart_at).total_seconds())
    opens_s, march_s = march_of(fleet.kind_of(trip.vehicle, trip.mode))
    midnight = trip.depart_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def clock(at: datetime) -> int:
        days, rest_s = divmod(int((at - midnight).total_seconds()), DAY_S)
        return days * march_s + min(max(rest_s - opens_s, 0), march_s)

    return lambda at: clock(at) - clock(trip.depart_at)


def _due(
    trips: Sequence[Trip], last_legs: Collection[Leg], first_day: datetime, ends: Collection[str]
) -> NDArray[np.float64]:
    """Where the way ends at the PPS, what lies behind it is counted into the due time there."""
    kept = Leg.TO_STATION not in last_legs
    return np.array(
        [
            (part.due_at - first_day).total_seconds()
            if (kept and trip.leg in last_legs) or part.to_site in ends
            else np.inf
            for trip in trips
            for part in trip.consignments
        ]
    )


def _supply(trips: Sequence[Trip], legs: Sequence[Leg]) -> tuple[Ints, Ints]:
    """For each trip, the stops of the last legs before its own that bring its stations' parcels."""
    brought: Mapping[Leg, dict[str, int]] = {leg: {} for leg in legs}
    number = 0
    for trip in trips:
        for part in trip.consignments:
            brought[trip.leg].update(dict.fromkeys(part.stations, number))
            number += 1
    at, supply = [0], []
    for trip in trips:
        before = [brought[leg] for leg in reversed(legs[: legs.index(trip.leg)])]
        carried = (station for part in trip.consignments for station in part.stations)
        supply += sorted({
            stop for station in carried
            if (stop := next((one[station] for one in before if station in one), None)) is not None
        })  # fmt: skip
        at.append(len(supply))
    return _ints(at), _ints(supply)


def _places(codes: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    known = tuple(sorted(set(codes)))
    index = {code: place for place, code in enumerate(known)}
    return known, _ints(index[code] for code in codes)
