"""The line of time: trips as bars on lanes, or how many are out at once where they are too many for bars.

Days stand side by side and show the same hours; days on which nothing runs are left out. Every place is a
percentage of the picture, written as SVG takes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from kawal.desk.plan.timetable import Run

SLOT = timedelta(minutes=30)  # one step of how many are out at once
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: str
    width: str
    y: str
    height: str
    trip: str = ""  # code; empty where the bar is of several
    is_at_risk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    bars: tuple[Bar, ...]
    trips_count: int
    peak: int  # the most that are out at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Days side by side, each from `opens_h` to `closes_h` (hours of the local day, 0..24)."""

    days: tuple[date, ...]
    opens_h: int
    closes_h: int
    zone: tzinfo

    def share(self, at: datetime) -> float:
        """Where a time stands, 0..100; what lies between two shown stretches stands at their border."""
        local = at.astimezone(self.zone)
        before = sum(day < local.date() for day in self.days)
        if local.date() not in self.days:
            return 100 * before / len(self.days)
        hour = (local - self._midnight(local.date())) / _HOUR
        part = min(1.0, max(0.0, (hour - self.opens_h) / (self.closes_h - self.opens_h)))
        return 100 * (before + part) / len(self.days)

    def shows(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        hour = (local - self._midnight(local.date())) / _HOUR
        return local.date() in self.days and self.opens_h <= hour <= self.closes_h

    def begin(self, day: date) -> datetime:
        return self._midnight(day) + self.opens_h * _HOUR

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def strip(runs: Sequence[Run], zone: tzinfo, *, also: Iterable[datetime] = ()) -> Strip:
    """The days on which these trips (one at least) depart, and those of `also`, with hours that hold all."""
    departs = [run.depart_at.astimezone(zone) for run in runs]
    backs = [run.back_at.astimezone(zone) for run in runs]
    others = [at.astimezone(zone) for at in also]
    overnight = any(back.date() != depart.date() for depart, back in zip(departs, backs, strict=True))
    seen = departs + others if overnight else departs + backs + others
    hours = [at.hour + at.minute / 60 for at in seen]
    return Strip(
        days=tuple(sorted({at.date() for at in departs + others})),
        opens_h=math.floor(min(hours)),
        closes_h=24 if overnight else min(24, math.floor(max(hours)) + 1),
        zone=zone,
    )


def by_trip(runs: Sequence[Run], along: Strip) -> Lane:
    """One bar for each trip."""
    bars = tuple(
        _bar(along.share(run.depart_at), along.share(run.back_at), trip=run.code, is_at_risk=run.is_at_risk)
        for run in runs
    )
    return Lane(bars=bars, trips_count=len(runs), peak=_at_once((run, 1) for run in runs))


def by_number(runs: Sequence[Run], along: Strip, *, most: int | None = None) -> Lane:
    """How many are out at once; a bar as high as the lane is `most` of them, or else this lane's own most."""
    out = _out(runs, along)
    most = most or max(out, default=1)
    starts = [along.begin(day) + SLOT * step for day in along.days for step in range(_steps(along))]
    all_at_risk = all(run.is_at_risk for run in runs)
    bars: list[Bar] = []
    first = 0
    for place in range(1, len(out) + 1):
        new_day = place % _steps(along) == 0
        if place < len(out) and out[place] == out[first] and not new_day:
            continue
        if out[first]:
            ends = along.share(starts[place - 1] + SLOT)
            height = out[first] / most
            bars.append(_bar(along.share(starts[first]), ends, height=height, is_at_risk=all_at_risk))
        first = place
    return Lane(bars=tuple(bars), trips_count=len(runs), peak=max(out, default=0))


def most_at_once(groups: Iterable[Sequence[Run]], along: Strip) -> int:
    return max((max(_out(runs, along), default=0) for runs in groups), default=0)


def officers_at_once(runs: Iterable[Run]) -> int:
    """The most officers that are out at one moment, each counted from start to home."""
    return _at_once((run, run.officers_count) for run in runs)


def _at_once(counted: Iterable[tuple[Run, int]]) -> int:
    """The most that is out at one moment; who comes home may leave again at once."""
    steps = [
        (at, sign * count) for run, count in counted for at, sign in ((run.depart_at, 1), (run.back_at, -1))
    ]
    out = most = 0
    for _, change in sorted(steps):
        out += change
        most = max(most, out)
    return most


def stretch(along: Strip, start: datetime, end: datetime) -> Bar | None:
    """A window as high as the lane; None where the strip does not show it."""
    left, right = along.share(start), along.share(end)
    return _bar(left, right) if right > left else None


def _steps(along: Strip) -> int:
    return int((along.closes_h - along.opens_h) * _HOUR / SLOT)


def _out(runs: Sequence[Run], along: Strip) -> list[int]:
    """Trips that are out in each slot of the strip."""
    steps = _steps(along)
    begins = [along.begin(day) for day in along.days]
    changes = [0] * (steps * len(begins) + 1)
    for run in runs:
        for number, begin in enumerate(begins):
            first = max(0, math.floor((run.depart_at - begin) / SLOT))
            last = min(steps, math.ceil((run.back_at - begin) / SLOT))
            if first < last:
                changes[number * steps + first] += 1
                changes[number * steps + last] -= 1
    out, now = [], 0
    for change in changes[:-1]:
        now += change
        out.append(now)
    return out


def _bar(left: float, right: float, *, height: float = 1.0, trip: str = "", is_at_risk: bool = False) -> Bar:
    return Bar(
        x=_percent(left),
        width=_percent(right - left),
        y=_percent(100 * (1 - height)),
        height=_percent(100 * height),
        trip=trip,
        is_at_risk=is_at_risk,
    )


def _percent(value: float) -> str:
    """SVG's own notation, whatever the reader's language does with decimals."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"
