"""The rounds from the PPS to the stations as trips: a plan down to the villages is lived through to its end.

They are the estimate of `last_leg.py`, not a plan: nobody is told to drive them. But what delays them is
drawn with the draws of all other trips (the weather of the same days, a late escort, a breakdown), so the
time to be kept free for them is what they need in the promised share of scenarios, no sum of safety factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from kawal.rules.plan.escort import escort_of
from kawal.rules.plan.facts import ENDS_AT_PPS, Consignment, Leg, Level, Stop, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem, Village
from kawal.rules.plan.routing.jobs import moment
from kawal.rules.plan.wide.last_leg import Rounds, round_by_round, windows_of

_A_TRIP_S: Final = 6 * 3_600  # so many rounds are lived through as one trip: what an afternoon holds


@dataclass(frozen=True, slots=True)
class Beyond:
    """What lies behind the last leg of a plan."""

    trips: tuple[Trip, ...] = ()
    ends: frozenset[str] = frozenset()  # PPS behind which nothing can be lived through: due as planned
    full: frozenset[str] = (
        frozenset()
    )  # PPS with more behind them than the days hold: due as planned, or earlier


def rounds_of(problem: Problem, settings: Settings, trips: Sequence[Trip]) -> Beyond:
    """The last leg of a plan down to the villages, begun as soon as its boxes and its day are there.

    A village with more work than the days of the leg hold (times the safety factors) keeps all of these days
    free (`full`) and is lived through with as many rounds as they hold, at least a part of one; where no
    vehicle fits, or the way to one station is too long, nothing is (`ends`).
    """
    if settings.level is not Level.VILLAGE:
        return Beyond()
    there: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for trip in trips:
        if trip.leg in ENDS_AT_PPS:
            for stop, part in zip(trip.visits, trip.consignments, strict=True):
                there.setdefault(part.to_site, []).append((int(stop.depart_at.timestamp()), part.stations))
    found: list[Trip] = []
    ends, full = set[str](), set[str]()
    for village in problem.villages():
        if village.site not in there:
            continue
        rounds = round_by_round(village, settings)
        held = None if rounds is None else _held(rounds, village, settings)
        if held is None:
            ends.add(village.site)
            continue
        if held != rounds:
            full.add(village.site)
        rounds = held
        ready = [(at_s, one) for at_s, stations in sorted(there[village.site]) for one in stations]
        found += _trips(village, rounds, ready, settings)
    return Beyond(tuple(found), frozenset(ends), frozenset(full))


def _held(rounds: Rounds, village: Village, settings: Settings) -> Rounds | None:
    """What of the rounds the days hold; of one that is too long a part with fewer stops."""
    hours_s = sum(end - start for start, end in windows_of(rounds.kind, settings))
    hours_s = int(hours_s / settings.fleet.safety(rounds.kind, village.risk))
    if count := min(rounds.count, hours_s // rounds.takes_s):
        return replace(rounds, count=count)
    hops = (hours_s - rounds.load_s + rounds.call_s) // (rounds.hop_s + rounds.call_s)
    return replace(rounds, count=1, hops=hops) if hops > 1 else None  # to a stop and home


def _trips(
    village: Village, rounds: Rounds, ready: Sequence[tuple[int, str]], settings: Settings
) -> Iterator[Trip]:
    """One after the other, by one vehicle; `ready`: stations in the order in which their boxes come."""
    in_one = max(1, min(rounds.count, _A_TRIP_S // rounds.takes_s))
    numbers = range(0, rounds.count, in_one)
    bounds = [len(ready) * number // rounds.count for number in numbers] + [len(ready)]
    free_s = 0
    for number, (first, last) in zip(numbers, pairwise(bounds), strict=True):
        count = min(in_one, rounds.count - number)
        takes_s = count * rounds.takes_s
        if first < last:
            begin_s = _begins(max(free_s, ready[last - 1][0]), takes_s, windows_of(rounds.kind, settings))
            stations = [station for _, station in ready[first:last]]
            yield _trip(village, rounds, count, begin_s, stations, settings)
            free_s = begin_s + takes_s


def _begins(free_s: int, takes_s: int, windows: Sequence[tuple[int, int]]) -> int:
    """In the first hours that hold it; else as soon as can be."""
    for opens_s, closes_s in windows:
        begin_s = max(free_s, opens_s)
        if begin_s + takes_s <= closes_s:
            return begin_s
    return max(free_s, windows[0][0])


def _trip(
    village: Village, rounds: Rounds, count: int, begin_s: int, stations: Sequence[str], settings: Settings
) -> Trip:
    """All but the last station at the first stop, where all other handing over and loading is done; then all
    other ways, and the last station."""
    hops, departs_s = count * rounds.hops, begin_s + rounds.load_s
    work_s = count * (rounds.hops - 1) * rounds.call_s + (count - 1) * rounds.load_s - rounds.call_s
    first, last = stations[:-1], stations[-1:]
    visits: list[tuple[Sequence[str], int, int]] = []
    at_s = departs_s + rounds.hop_s
    if first:
        visits.append((first, at_s, at_s + work_s))
    at_s += work_s + (hops - 2) * rounds.hop_s
    visits.append((last, at_s, at_s + rounds.call_s))
    home_s = at_s + rounds.call_s + rounds.hop_s
    code = f"{village.site}-{begin_s}"

    def stop(site: str, arrive_s: int, depart_s: int) -> Stop:
        return Stop(
            site=site,
            lat=village.lat,
            lon=village.lon,
            arrive_at=moment(arrive_s),
            depart_at=moment(depart_s),
        )

    return Trip(
        code=code,
        leg=Leg.TO_STATION,
        area=village.code,
        vehicle=village.site,
        mode=rounds.kind.mode,
        risk=village.risk,
        depart_at=moment(departs_s),
        back_at=moment(home_s),
        latest_departure_at=moment(departs_s),
        distance_m=0,
        parcels_count=0,
        escort=escort_of(
            Leg.TO_STATION, village.code, rounds.kind, village.risk, len(stations), settings.patterns
        ),
        stops=(
            stop(village.site, begin_s, departs_s),
            *(stop(told[0], arrive_s, depart_s) for told, arrive_s, depart_s in visits),
            stop(village.site, home_s, home_s),
        ),
        consignments=tuple(
            Consignment(
                code=f"{code}/{number}",
                from_site=village.site,
                to_site=told[0],
                stations=tuple(told),
                parcels_count=0,
                arrive_at=moment(arrive_s),
                due_at=settings.calendar.deadline_at,
            )
            for number, (told, arrive_s, _) in enumerate(visits, start=1)
        ),
    )
