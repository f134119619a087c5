"""When a place may be used and a vehicle may go, beside the days of the legs and the hours of the mode.

Tides, flight slots, office hours and daylight of one place are told as openings; a place that is not
secure before (or after) a moment as a bound. Goods are handled at a place (loaded, handed over,
unloaded) within one opening of each kind that tells of it, and within its bounds. An opening of no
place holds for the vehicle: its whole run, from loading to free again, lies within one.
A vehicle never waits on the way for a place to open: it leaves later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import product
from typing import Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.places.codes import NATION, covers, is_area, is_station
from kawal.rules.places.facts import KIND_OF_PREFIX, area_of_site
from kawal.rules.plan.facts import Mode
from kawal.rules.risk.modes import OLD_BOAT

KINDS: Final = ("tide", "slot", "hours", "daylight")
NEVER_S: Final = 10**11  # the year 5138: what cannot begin begins then, and so never in time
_SITES: Final = frozenset(f"{prefix}-" for prefix in KIND_OF_PREFIX)
_DAYS: Final = range(-30, 61)  # about the voting day

Interval = tuple[int, int]  # seconds since 1970
Need = tuple[int, int, Sequence[Interval]]  # so long after the start, for so long, within one of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    kind: str  # one of KINDS
    where: str  # an area with all below, or a site; empty: the whole run of the vehicles it tells of
    modes: tuple[Mode, ...]  # empty: all
    vehicle: str  # its own name; empty: all
    day: date | None  # None: every day
    opens: time  # local
    closes: time

    def tells_of(self, mode: Mode, vehicle: str) -> bool:
        own = vehicle.rpartition("-")[2].casefold()
        return (not self.modes or mode in self.modes) and self.vehicle.casefold() in ("", own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    where: str
    not_before: datetime | None  # local, without a zone
    not_after: datetime | None


class Windows:
    """Openings and bounds of a fleet in seconds, for the days about a vote."""

    def __init__(
        self, openings: Sequence[Opening], bounds: Sequence[Bound], voting_day: date, zone: tzinfo
    ) -> None:
        self.openings = tuple(openings)
        self.bounds = tuple(bounds)
        self.days = [voting_day + timedelta(days=day) for day in _DAYS]
        self.zone = zone
        self._known: dict[tuple[str, Mode, str], Sequence[Interval] | None] = {}

    def __bool__(self) -> bool:
        return bool(self.openings or self.bounds)

    def at(self, site: str, mode: Mode, vehicle: str) -> Sequence[Interval] | None:
        """When goods may be handled at a site; with no site, when the vehicle may be out. None: always."""
        key = site, mode, vehicle.rpartition("-")[2]
        if key not in self._known:
            self._known[key] = self._at(site, mode, vehicle)
        return self._known[key]

    def _at(self, site: str, mode: Mode, vehicle: str) -> Sequence[Interval] | None:
        kinds: dict[str, list[Interval]] = {}
        for opening in self.openings:
            if lies_at(site, opening.where) and opening.tells_of(mode, vehicle):
                kinds.setdefault(opening.kind, []).extend(self._intervals(opening))
        together = [*kinds.values(), *([self._bound(one)] for one in self.bounds if lies_at(site, one.where))]
        if not together:
            return None
        common = {
            (max(start for start, _ in one), min(end for _, end in one)) for one in _combinations(together)
        }
        return sorted(interval for interval in common if interval[0] < interval[1])

    def _intervals(self, opening: Opening) -> Iterable[Interval]:
        for day in [opening.day] if opening.day else self.days:
            yield (
                self._second(datetime.combine(day, opening.opens)),
                self._second(datetime.combine(day, opening.closes)),
            )

    def _bound(self, bound: Bound) -> Interval:
        return (
            self._second(bound.not_before) if bound.not_before else 0,
            self._second(bound.not_after) if bound.not_after else NEVER_S,
        )

    def _second(self, local: datetime) -> int:
        return int(local.replace(tzinfo=self.zone).timestamp())


ALWAYS: Final = Windows((), (), date(2024, 2, 14), UTC)


def lies_at(site: str, where: str) -> bool:
    """Whether what is told of `where` holds at a site; of no place, for no site."""
    if not site or not where:
        return site == where
    if site == where:
        return True
    return is_area(where) and covers(where, area_of_site(site))


def earliest(start_s: int, needs: Sequence[Need]) -> int:
    """The first start not before `start_s` that meets all needs, `NEVER_S` where there is none."""
    moved = True
    while moved:
        moved = False
        for after_s, for_s, intervals in needs:
            at = start_s + after_s
            open_at = min(
                (max(at, opens) for opens, closes in intervals if max(at, opens) + for_s <= closes),
                default=None,
            )
            if open_at is None:
                return NEVER_S
            if open_at > at:
                start_s, moved = open_at - after_s, True
    return start_s


def latest(start_s: int, needs: Sequence[Need]) -> int | None:
    """The last start not after `start_s` that meets all needs, None where there is none."""
    moved = True
    while moved:
        moved = False
        for after_s, for_s, intervals in needs:
            at = start_s + after_s
            open_at = max(
                (min(at, closes - for_s) for opens, closes in intervals if min(at, closes - for_s) >= opens),
                default=None,
            )
            if open_at is None:
                return None
            if open_at < at:
                start_s, moved = open_at - after_s, True
    return start_s


def opening_of(row: Table) -> Opening:
    """A `[[opening]]` of a fleet file."""
    if row.has("source"):
        row.text("source")
    modes = modes_of(row)
    where = where_of(row) if row.has("where") else ""
    vehicle = row.text("vehicle").strip() if row.has("vehicle") else ""
    if not (where or modes or vehicle):
        raise wrong(row.key("where"), "is_missing")
    day = row.day("day") if row.has("day") else None
    opens, closes = hours_of(row)
    return Opening(
        kind=row.choice("kind", KINDS),
        where=where,
        modes=modes,
        vehicle=vehicle,
        day=day,
        opens=opens,
        closes=closes,
    )


def modes_of(row: Table) -> tuple[Mode, ...]:
    """`modes = ["longboat", "speedboat"]`, empty where it is left out."""
    words = row.words("modes") if row.has("modes") else ()
    for word in words:
        if word not in {*(mode.value for mode in Mode), OLD_BOAT}:
            raise wrong(row.key("modes"), "must_be_one_of", allowed=", ".join(Mode))
    return tuple(map(Mode, words))


def bound_of(row: Table) -> Bound:
    """A `[[bound]]` of a fleet file."""
    if row.has("source"):
        row.text("source")
    where = where_of(row)
    before, after = (_local(row, key) for key in ("not_before", "not_after"))
    if before is None and after is None:
        raise wrong(row.key("not_before"), "is_missing")
    if before is not None and after is not None and before >= after:
        raise wrong(row.key("not_after"), "must_be_later")
    return Bound(where=where, not_before=before, not_after=after)


def _local(row: Table, key: str) -> datetime | None:
    found = row.moment(key) if row.has(key) else None
    if found is not None and found.tzinfo is not None:
        raise wrong(row.key(key), "must_be_local")
    return found


def hours_of(row: Table) -> tuple[time, time]:
    """Two hours of one day in order: `hours = ["06:00", "18:00"]`."""
    try:
        opens, closes = (time.fromisoformat(hour) for hour in row.words("hours"))
    except ValueError as error:
        raise wrong(row.key("hours"), "must_be_two_hours") from error
    if opens >= closes or opens.tzinfo or closes.tzinfo:
        raise wrong(row.key("hours"), "must_be_two_hours")
    return opens, closes


def where_of(row: Table) -> str:
    """The area, site or station that a row tells of."""
    where = row.text("where").strip()
    if not is_place(where):
        raise wrong(row.key("where"), "must_be_place")
    return where


def is_place(where: str) -> bool:
    """Whether it is the code of an area, of a site (a jetty or airstrip too) or of a station."""
    area = area_of_site(where) if where[:4] in _SITES else where
    return is_station(where) or (area != NATION and is_area(area))


def _combinations(kinds: Sequence[Sequence[Interval]]) -> Iterable[Sequence[Interval]]:
    """One opening of each kind, of those that have anything in common."""
    found: list[list[Interval]] = [[]]
    for intervals in kinds:
        found = [
            [*before, one]
            for before, one in product(found, intervals)
            if all(one[0] < end and start < one[1] for start, end in before)
        ]
    return found
