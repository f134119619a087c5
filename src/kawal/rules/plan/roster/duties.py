"""From the trips of a plan to duties: what one team of officers guards, one trip after the other.

A team goes from the same place, at the same need, from trip to trip as long as it can begin the next when it
is home from the last, within the same shift. A trip that touches two shifts or more is a duty of its own.
A trip whose officers Linmas and the supervisor stand in for needs none. A second team that stands by for a
trip is on duty as long as the first: it may have to go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from kawal.rules.places.codes import level_of, parent_of, post_code
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.roster.facts import BEYOND, RESERVE, Duty, shift_of
from kawal.rules.plan.roster.helps import area_of

_MOMENT = timedelta(seconds=1)  # home at 14:00 sharp is still the morning shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a trip's way through another regency: the escort changes at its border."""

    regency: str
    begins_at: datetime
    ends_at: datetime
    lat: float  # of the border, where the officers meet
    lon: float


def first_day_of(trips: Sequence[Trip], zone: tzinfo) -> date:
    """The day of the first trip's shift."""
    begins = min(_begins(trip) for trip in trips)
    return (begins - timedelta(hours=6)).astimezone(zone).date()


def duties_of(
    trips: Sequence[Trip],
    first_day: date,
    zone: tzinfo,
    passages: Mapping[str, Sequence[Passage]] | None = None,
) -> list[Duty]:
    """In the order of their codes. `passages`: of the trips (by code) that leave their regency's area."""
    passages = passages or {}
    guarded = [trip for trip in trips if trip.escort.officers_count]
    alone = [trip for trip in guarded if trip.code in passages]
    duties = [
        *_of_teams([trip for trip in guarded if trip.code not in passages], first_day, zone),
        *_of_teams([_stood_by(trip) for trip in guarded if trip.escort.reserve_post], first_day, zone),
    ]
    for trip in alone:
        duties += _handed_over(
            trip, sorted(passages[trip.code], key=lambda one: one.begins_at), first_day, zone
        )
    return sorted(duties, key=lambda duty: duty.code)


def _of_teams(trips: Sequence[Trip], first_day: date, zone: tzinfo) -> list[Duty]:
    within: defaultdict[tuple[str, str, int, tuple[int, int]], list[Trip]] = defaultdict(list)
    for trip in trips:
        touched = _touched(_begins(trip), _ends(trip), first_day, zone)
        key = trip.escort.post, trip.stops[0].site, trip.escort.officers_count, touched
        within[key].append(trip)
    return [
        _duty(chain, first_day, zone)
        for found in within.values()
        for chain in _chains(sorted(found, key=lambda trip: (_begins(trip), trip.code)))
    ]


def _stood_by(trip: Trip) -> Trip:
    """The trip as its second team sees it."""
    escort = replace(trip.escort, post=trip.escort.reserve_post)
    return replace(trip, code=f"{trip.code}{RESERVE}", escort=escort)


def _chains(trips: Sequence[Trip]) -> list[list[Trip]]:
    """Each trip goes to the team that is home last before it begins, else to a new one: the fewest teams."""
    chains: list[list[Trip]] = []
    for trip in trips:
        home = [chain for chain in chains if _ends(chain[-1]) <= _begins(trip)]
        if home:
            max(home, key=lambda chain: (_ends(chain[-1]), chain[-1].code)).append(trip)
        else:
            chains.append([trip])
    return chains


def _duty(chain: Sequence[Trip], first_day: date, zone: tzinfo) -> Duty:
    first = chain[0]
    begins, ends = _begins(first), max(_ends(trip) for trip in chain)
    start, last = _touched(begins, ends, first_day, zone)
    return Duty(
        code=first.code,
        post=first.escort.post,
        regency=_regency(first.escort.post),
        need=first.escort.officers_count,
        span=last - start + 1,
        starts=(start,),
        lat=first.stops[0].lat,
        lon=first.stops[0].lon,
        risk=max(trip.risk for trip in chain),
        mode=first.mode,
        trips=tuple(trip.code.removesuffix(RESERVE) for trip in chain),
        begins_at=begins,
        ends_at=ends,
        substitute=first.escort.substitute,
    )


def _handed_over(trip: Trip, passages: Sequence[Passage], first_day: date, zone: tzinfo) -> list[Duty]:
    """The home team all the way but for other regencies, and there a team of that Polres."""
    home = _duty([trip], first_day, zone)
    parts = [home]
    for number, passage in enumerate(passages, start=1):
        start, last = _touched(passage.begins_at, passage.ends_at, first_day, zone)
        parts.append(
            Duty(
                code=f"{trip.code}{BEYOND}{passage.regency}/{number}",
                post=post_code("polri", passage.regency),
                regency=passage.regency,
                need=home.need,
                span=last - start + 1,
                starts=(start,),
                lat=passage.lat,
                lon=passage.lon,
                risk=home.risk,
                mode=home.mode,
                trips=home.trips,
                begins_at=passage.begins_at,
                ends_at=passage.ends_at,
                substitute=home.substitute,
            )
        )
    return parts


def _touched(begins: datetime, ends: datetime, first_day: date, zone: tzinfo) -> tuple[int, int]:
    start = shift_of(begins, first_day, zone)
    return start, max(start, shift_of(ends - _MOMENT, first_day, zone))


def _begins(trip: Trip) -> datetime:
    """Officers are there from the loading."""
    return trip.stops[0].arrive_at


def _ends(trip: Trip) -> datetime:
    return trip.stops[-1].depart_at


def _regency(post: str) -> str:
    area = area_of(post)
    return parent_of(area) if level_of(area) == "district" else area
