"""What a roster is made of: posts with their strength, duties, who takes them, and who is missing.

Time is counted in shifts of eight hours by the local clock (06-14, 14-22, 22-06), from the first of the
roster's first day. Shift 0 is that morning, shift 3 the next; a night belongs to the day it begins on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from kawal.rules.plan.facts import Mode
from kawal.rules.risk.classes import RiskClass

SHIFTS_PER_DAY: Final = 3
SHIFT_HOURS: Final = 8
FIRST_HOUR: Final = 6
# Rest of 12 hours (assumed, practice): with shifts of eight hours two whole ones pass before the next. It
# follows that nobody has two shifts on one day, nor a morning after a night.
REST_SHIFTS: Final = 2
BEYOND: Final = "@"  # in the code of a duty beyond a border
RESERVE: Final = "+"  # at the end of the code of a duty to stand by, in case the first team does not come
WEEK_DAYS: Final = 7
WEEK_DAYS_MAX: Final = 5  # of duty in any seven in a row (assumed: a working week of five days)
FAR_S: Final = 2 * 3_600  # help from farther comes a shift before and is home a shift after (assumed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A Polsek, Polres or Polda, with the officers it can send out; its own guards are not among them."""

    code: str  # polri/<area>
    officers_count: int
    lat: float
    lon: float
    assumed: bool = False  # nobody told its strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Trips that one team of officers guards one after the other, from one place."""

    code: str  # that of its first trip; `<trip>@<regency>/<n>` beyond a border
    post: str  # the home post: whose area it is
    regency: str
    need: int  # officers
    span: int  # shifts from the first to the last that it touches
    starts: tuple[int, ...]  # shifts in which it may begin; the planned one first
    lat: float
    lon: float
    risk: RiskClass
    mode: Mode
    trips: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime
    substitute: str | None = None  # of a trip with no seat: the officers stand at its destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A post that can send officers to a duty, what one of them costs, and how long the way is."""

    post: str
    officer_rp: int
    travel_s: int

    @property
    def far(self) -> bool:
        return self.travel_s > FAR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """So many officers of a post on a duty."""

    duty: str
    start: int  # shift
    post: str
    officers_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A duty with fewer officers than it needs. An answer, not an error."""

    duty: str
    start: int
    officers_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the roster before promised a duty that is still there, in the same shifts."""

    start: int
    officers: Mapping[str, int]  # post -> officers
    departed: bool  # its trip has left: nobody joins it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Duties, posts, and who may help whom. `helps` has the home post first, nearest next."""

    first_day: date
    zone: tzinfo
    shifts_count: int
    posts: tuple[Post, ...]
    duties: tuple[Duty, ...]
    helps: Mapping[str, tuple[Help, ...]]  # duty -> posts
    short_rp: int  # what a missing officer counts: more than any help
    alone_rp: int  # what help without an officer of the home post counts
    promises: Mapping[str, Promise] = field(default_factory=dict)  # duty -> of the roster before

    @property
    def days_count(self) -> int:
        return -(-self.shifts_count // SHIFTS_PER_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    postings: tuple[Posting, ...]
    shorts: tuple[Short, ...]
    cost_rp: int
    bound_rp: int  # no roster of this problem costs less: proven

    @property
    def gap(self) -> float:
        """How far it can be from the best, as a share of its cost."""
        return (self.cost_rp - self.bound_rp) / self.cost_rp if self.cost_rp else 0.0

    @property
    def short_count(self) -> int:
        return sum(short.officers_count for short in self.shorts)


def shift_of(moment: datetime, first_day: date, zone: tzinfo) -> int:
    local = moment.astimezone(zone) - timedelta(hours=FIRST_HOUR)
    return (local.date() - first_day).days * SHIFTS_PER_DAY + local.hour // SHIFT_HOURS


def begin_of(shift: int, first_day: date, zone: tzinfo) -> datetime:
    days, part = divmod(shift, SHIFTS_PER_DAY)
    first = datetime.combine(first_day, time(FIRST_HOUR), zone)
    return first + timedelta(days=days, hours=part * SHIFT_HOURS)


def day_of(shift: int) -> int:
    """Days since the first."""
    return shift // SHIFTS_PER_DAY


def away(duty: Duty, start: int, far: bool) -> range:
    """Shifts in which an officer of a duty is on it, on the way to it or from it, or must rest after it."""
    reach = 1 if far else 0
    return range(max(0, start - reach), start + duty.span + reach + REST_SHIFTS)


def on_duty(duty: Duty, start: int) -> range:
    return range(start, start + duty.span)


def worked(duty: Duty, start: int) -> dict[int, int]:
    """Day -> 1 for each day of duty that counts against the week; of a longer absence five at most."""
    return dict.fromkeys(sorted({day_of(shift) for shift in on_duty(duty, start)})[:WEEK_DAYS_MAX], 1)


def weeks(days_count: int) -> Sequence[range]:
    """Every seven days in a row that the roster touches; all of it, where it is shorter."""
    return [range(first, first + WEEK_DAYS) for first in range(max(1, days_count - WEEK_DAYS + 1))]
