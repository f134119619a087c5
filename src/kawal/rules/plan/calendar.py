"""When each leg may run: from the voting day, in the zone of the regency.

Sources: received by KPPS at the latest one day before the vote (PKPU 14/2023; taken as 18:00 local),
stations open 07:00, sealed boxes go home the same day by way of the PPS, and the count may run into
the next morning. The days between are practice (three days for Seluma, H-3..H-1; boxes do not lie
at the district longer than H-3/H-2 in Malang) and are assumptions of Kawal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kawal.rules.plan.facts import Leg
from kawal.rules.refusals import Refused

OPENING = time(7)
DEADLINE = time(18)
RECAP_DAYS = 6  # from the vote until the boxes may leave the PPK
FIRST_DAY = 5  # distribution begins on H-5
_SOONEST, _LAST = date(1955, 9, 29), date(2199, 12, 31)  # the first general election, and a slip of a digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch of one local day in which a leg may run. `night`: the evening of the vote."""

    start: datetime
    end: datetime
    night: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a run of several days may be under way. Its goods are due before its vehicle is home."""

    start: datetime
    there_by: datetime
    home_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    voting_day: date
    zone: tzinfo
    opening_at: datetime
    deadline_at: datetime
    shifts: Mapping[Leg, tuple[Shift, ...]]  # in the order in which they are filled
    early_station_shifts: tuple[Shift, ...]  # TO_STATION where risk or way is hard: H-2 first
    spans: Mapping[Leg, Span]  # for what is too far for one day
    before: tuple[Shift, ...]  # days before those of practice on which distribution may begin, in order
    over_landings: Shift  # a day more for BACK_PPK where boxes come home over a jetty or an airstrip first

    def shifts_of(self, leg: Leg, *, early: bool = False, over_landings: bool = False) -> tuple[Shift, ...]:
        if over_landings and leg is Leg.BACK_PPK:
            return (*self.shifts[leg], self.over_landings)
        return self.early_station_shifts if early and leg is Leg.TO_STATION else self.shifts[leg]

    def end_of(self, leg: Leg) -> datetime:
        return max(shift.end for shift in self.shifts[leg])


def stretched(calm: Calendar) -> Calendar:
    """The calendar when something went wrong: the legs out may also use days that a plan made in peace
    leaves to the next leg. Practice gives way, law does not: the deadline stays."""

    def shift(day: int, closes: int) -> Shift:
        midnight = datetime.combine(calm.voting_day + timedelta(days=day), time(), calm.zone)
        return Shift(
            start=(midnight + timedelta(hours=6)).astimezone(UTC),
            end=(midnight + timedelta(hours=closes)).astimezone(UTC),
        )

    to_ppk = (shift(-3, 18), shift(-2, 18), shift(-1, 12))
    to_pps = (shift(-1, 15),)
    more = {
        Leg.TO_GATEWAY: to_ppk,
        Leg.TO_PPK: to_ppk,
        Leg.TO_LANDING: to_pps,
        Leg.TO_PPS: to_pps,
        Leg.DIRECT_PPS: to_pps,
    }
    return replace(
        calm,
        shifts={leg: (*shifts, *more.get(leg, ())) for leg, shifts in calm.shifts.items()},
        spans={
            leg: replace(span, there_by=max([span.there_by, *(one.end for one in more.get(leg, ()))]))
            for leg, span in calm.spans.items()
        },
    )


def calendar(
    voting_day: date, zone: tzinfo, recap_days: int = RECAP_DAYS, first_day: int = FIRST_DAY
) -> Calendar:
    """Windows of all legs, in UTC. `recap_days` until the boxes go from the PPK to the warehouse;
    distribution may begin so many days before the vote (`first_day`). Refuses what is too few, and
    `wrong_voting_day`."""
    if recap_days < 1:
        raise Refused("wrong_recap_days", recap_days=recap_days)
    if first_day < FIRST_DAY:
        raise Refused("wrong_first_day", first_day=first_day, least=FIRST_DAY)

    if not _SOONEST <= voting_day <= _LAST:
        raise Refused("wrong_voting_day", first=_SOONEST, last=_LAST)

    def at(day: int, hour: int) -> datetime:
        midnight = datetime.combine(voting_day + timedelta(days=day), time(), zone)
        return (midnight + timedelta(hours=hour)).astimezone(UTC)

    def shift(day: int, opens: int, closes: int, *, night: bool = False) -> Shift:
        return Shift(start=at(day, opens), end=at(day, closes), night=night)

    # Stations receive on H-1 with two hours in hand; H-2 takes the hard ones and what does not fit;
    # the last two hours are used only when all else is full.
    main, early, last = shift(-1, 6, 16), shift(-2, 12, 18), shift(-1, 6, 18)
    to_pps = shift(-3, 6, 18), shift(-2, 6, 18)
    # The two days of practice first, so that boxes lie at the PPK no longer than they must; the days before
    # them for what those cannot carry.
    to_ppk = tuple(shift(-day, 6, 18) for day in (5, 4, *range(6, first_day + 1)))
    to_pps = shift(-3, 6, 18), shift(-2, 6, 18)
    back_ppk = shift(0, 18, 24, night=True), shift(1, 6, 18), shift(2, 6, 18)
    return Calendar(
        voting_day=voting_day,
        zone=zone,
        opening_at=at(0, OPENING.hour),
        deadline_at=at(-1, DEADLINE.hour),
        shifts={
            Leg.TO_GATEWAY: to_ppk,  # with the lorries of the next leg
            Leg.TO_PPK: to_ppk,
            Leg.TO_LANDING: to_pps,
            Leg.TO_PPS: to_pps,
            Leg.DIRECT_PPS: to_pps,  # the lorries of the warehouse are back from the PPK by then
            Leg.TO_STATION: (main, early, last),
            Leg.DIRECT_STATION: (main,),  # those of the district serve the PPS until then
            Leg.BACK_PPS: (shift(0, 15, 22, night=True), shift(1, 6, 15)),
            Leg.BACK_LANDING: back_ppk,
            Leg.BACK_PPK: back_ppk,
            Leg.BACK_GATEWAY: tuple(shift(recap_days + day, 6, 18) for day in range(3)),
            Leg.BACK_WAREHOUSE: tuple(shift(recap_days + day, 6, 18) for day in range(3)),
        },
        early_station_shifts=(early, main, last),
        spans=_spans(at, recap_days, first_day),
        before=tuple(shift(-day, 6, 18) for day in range(first_day, FIRST_DAY, -1)),
        over_landings=shift(3, 6, 18),
    )


def _spans(at: Callable[[int, int], datetime], recap_days: int, first_day: int) -> dict[Leg, Span]:
    """Out: from the first day of distribution until the leg's last shift ends; vehicles must be home when
    their way home begins. Home: as many days more as there are for the way out, for each of the legs that
    the count and the recapitulation wait for (in 2024 districts counted until H+17)."""

    def out(there_by: datetime) -> Span:
        return Span(start=at(-first_day, 6), there_by=there_by, home_by=at(recap_days, 6))

    def back(start: datetime, home_by: datetime) -> Span:
        return Span(start=start, there_by=home_by, home_by=home_by)

    ppk_by, warehouse_by = at(recap_days + first_day, 18), at(recap_days + 2 + 2 * first_day, 18)
    return {
        Leg.TO_GATEWAY: out(at(-4, 18)),
        Leg.TO_PPK: out(at(-4, 18)),
        Leg.TO_LANDING: out(at(-2, 18)),
        Leg.TO_PPS: out(at(-2, 18)),
        Leg.DIRECT_PPS: out(at(-2, 18)),
        Leg.TO_STATION: out(at(-1, 18)),
        Leg.DIRECT_STATION: out(at(-1, 18)),
        Leg.BACK_PPS: back(at(0, 15), at(first_day, 18)),
        Leg.BACK_LANDING: back(at(0, 18), ppk_by),
        Leg.BACK_PPK: back(at(0, 18), ppk_by),
        Leg.BACK_GATEWAY: back(at(recap_days, 6), warehouse_by),
        Leg.BACK_WAREHOUSE: back(at(recap_days, 6), warehouse_by),
    }
