"""The step that a plan down to the villages does not plan: from the PPS to the stations.

An estimate, told as assumed: the village's own vehicles go round by round, each as full as its load and the
limit of the class allow, with the village's mean way between two stops, and never outside the hours of the
leg or the mode. While routing, before there is a plan to live through, so much time is kept free for it as it
takes, times the safety factors (`last_leg`). Then its rounds are lived through with the rest (`rounds_of`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.facts import Access, Leg
from kawal.rules.plan.fleet import Kind, vehicles
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Village
from kawal.rules.plan.routing.jobs import hours
from kawal.rules.plan.routing.schedule import one_a_day


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLeg:
    """`begins_s`: the PPS must begin to load by then. `home_s`: all boxes are back at the PPS."""

    begins_s: int
    home_s: int


def last_leg(village: Village, settings: Settings) -> LastLeg:
    """Refuses nothing: without a vehicle that fits, the whole time of the leg is kept free."""
    out = one_a_day(settings.calendar.shifts[Leg.TO_STATION], settings.calendar.zone)
    home = one_a_day(settings.calendar.shifts[Leg.BACK_PPS], settings.calendar.zone)
    rounds = round_by_round(village, settings)
    if rounds is None:
        return LastLeg(begins_s=min(map(_start, out)), home_s=max(map(_end, home)))
    kind, spent_s = rounds.kind, rounds.count * rounds.takes_s
    safe_s = math.ceil(spent_s * settings.fleet.safety(kind, village.risk))
    return LastLeg(
        begins_s=_begun(safe_s, _windows(out, kind, settings)),
        home_s=_finished(spent_s, _windows(home, kind, settings)),
    )


def windows_of(kind: Kind, settings: Settings) -> list[tuple[int, int]]:
    """The hours in which a mode goes from the PPS to the stations, day by day, in seconds."""
    return _windows(
        one_a_day(settings.calendar.shifts[Leg.TO_STATION], settings.calendar.zone), kind, settings
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What the village's slowest vehicle does, as often as all of them together must go."""

    kind: Kind
    count: int
    load_s: int
    hop_s: int  # from the PPS to a stop, or to the next
    hops: int
    call_s: int  # at a stop

    @property
    def takes_s(self) -> int:
        """One of them."""
        return self.load_s + self.hops * self.hop_s + (self.hops - 1) * self.call_s


def round_by_round(village: Village, settings: Settings) -> Rounds | None:
    """Of the slowest of the village's modes that fit; None: no vehicle does."""
    stations = dict.fromkeys(Access, 0) | {village.inside: len(village.loads)}
    parcels = max(load.parcels_count for load in village.loads)
    weight_kg = max(1, *(load.weight_kg for load in village.loads))
    limit = settings.loss_limit()[village.risk]
    together = 0
    longest: Rounds | None = None
    for vehicle in vehicles(settings.fleet, "village", village.code, stations):
        kind = vehicle.kind
        aboard = min(kind.parcels // parcels, kind.weight_kg // weight_kg, limit, len(village.loads))
        if kind.access is not village.inside or aboard < 1:
            continue
        together += aboard
        if longest is None or kind != longest.kind:
            one = _round(aboard, parcels, kind, village, settings)
            if longest is None or one.takes_s > longest.takes_s:
                longest = one
    return None if longest is None else replace(longest, count=math.ceil(len(village.loads) / together))


def _round(stops: int, parcels: int, kind: Kind, village: Village, settings: Settings) -> Rounds:
    handling = settings.fleet.handling["village"]
    stop = Point(lat=village.lat, lon=village.lon, terrain=village.terrain, spread_m=village.spread_m)
    _, seconds = settings.travel.matrices([stop, stop], kind)
    return Rounds(
        kind=kind,
        count=1,
        load_s=handling.load_s,
        hop_s=int(seconds[0, 1]),
        hops=stops + 1,
        call_s=handling.stop_s + parcels * handling.parcel_s,
    )


def _windows(shifts: Sequence[Shift], kind: Kind, settings: Settings) -> list[tuple[int, int]]:
    found = (hours(shift, kind, settings.calendar.zone) for shift in shifts)
    return sorted(window for window in found if window) or sorted((_start(one), _end(one)) for one in shifts)


def _begun(need_s: int, windows: Sequence[tuple[int, int]]) -> int:
    """The latest second from which the windows still hold `need_s`; their first where they do not."""
    for start, end in reversed(windows):
        if need_s <= end - start:
            return end - need_s
        need_s -= end - start
    return windows[0][0]


def _finished(need_s: int, windows: Sequence[tuple[int, int]]) -> int:
    """When `need_s` of work in the windows is done; their end where they do not hold it."""
    for start, end in windows:
        if need_s <= end - start:
            return start + need_s
        need_s -= end - start
    return windows[-1][1]


def _start(shift: Shift) -> int:
    return int(shift.start.timestamp())


def _end(shift: Shift) -> int:
    return int(shift.end.timestamp())
