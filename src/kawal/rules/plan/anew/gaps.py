"""Hours that are left: a vehicle between the trips that stay, and a shift around the times a site is shut.

A vehicle with trips that stay in the middle of its day is offered to the router as one vehicle for each
gap, named `<n>#<vehicle>`; `whole` takes the names back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.fleet import Vehicle
from kawal.rules.plan.routing.jobs import Run, Terms, hours, moment
from kawal.rules.plan.routing.schedule import Book

_DAY_S = 86_400

Stretch = tuple[int, int]


def left_of(window: Stretch, taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left of a window when stretches are taken out of it, in order."""
    left: list[Stretch] = []
    start, end = window
    for begins, ends in sorted(taken):
        if ends <= start:
            continue
        if begins >= end:
            break
        if begins > start:
            left.append((start, begins))
        start = max(start, ends)
    if start < end:
        left.append((start, end))
    return left


def open_shifts(shifts: Iterable[Shift], taken: Sequence[Stretch]) -> tuple[Shift, ...]:
    """Shifts in their order, each cut where something is taken out of it."""
    return tuple(
        replace(shift, start=moment(begins), end=moment(ends))
        for shift in shifts
        for begins, ends in left_of((int(shift.start.timestamp()), int(shift.end.timestamp())), taken)
    )


def books(busy: Mapping[str, Sequence[Stretch]]) -> Callable[..., Book]:
    """What makes a Book for a shift: of every vehicle the gaps between the times it is busy."""

    def book(shift: Shift, fleet: Sequence[Vehicle], free: Mapping[str, int], terms: Terms) -> Book:
        gaps: dict[str, Stretch] = {}
        offered: list[Vehicle] = []
        for vehicle in fleet:
            day = _day_of(shift, terms)
            for number, gap in enumerate(left_of(day, busy.get(vehicle.name, ()))):
                named = replace(vehicle, name=f"{number}#{vehicle.name}")
                window = hours(shift, vehicle.kind, terms.zone)
                if window is None or max(gap[0], window[0]) >= min(gap[1], window[1]):
                    continue
                gaps[named.name] = gap
                offered.append(named)
        made = Book(shift, offered, free, terms)
        made.vehicles = [one for one in made.vehicles if one.name in gaps]
        for name, (begins, ends) in gaps.items():
            made.free[name] = max(made.free[name], begins)
            made.until[name] = min(made.until[name], ends)
            if any(begun < _day_of(shift, terms)[1] and ended > _day_of(shift, terms)[0]
                   for begun, ended in busy.get(_whole_name(name), ())):  # fmt: skip
                made.fresh.discard(name)
        return made

    return book


def whole(run: Run) -> Run:
    """The run with its vehicle's own name."""
    return replace(run, vehicle=replace(run.vehicle, name=_whole_name(run.vehicle.name)))


def _whole_name(name: str) -> str:
    return name.rpartition("#")[2]  # runs of several days have no gap's name


def _day_of(shift: Shift, terms: Terms) -> Stretch:
    midnight = shift.start.astimezone(terms.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start = int(midnight.timestamp())
    return start, start + _DAY_S
