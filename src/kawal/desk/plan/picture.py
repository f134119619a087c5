"""The line of time of a plan page: by leg for the whole plan, by vehicle or by area for one day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from kawal.desk.people import reads as people
from kawal.desk.places import reads as places
from kawal.desk.plan import lanes, showing, words
from kawal.desk.plan.lanes import Lane, Strip
from kawal.desk.plan.leg_words import LEGS
from kawal.desk.plan.timetable import Run, Wanted
from kawal.rules.places.codes import covers, zone_of
from kawal.rules.plan.calendar import Shift, calendar
from kawal.rules.plan.facts import Leg, PlanFacts

VEHICLES_MAX: Final = 40  # more lanes than this are no picture: then a lane is an area
_HOURS_PER_TICK: Final = 2


def picture(
    plan: PlanFacts,
    area: str,
    runs: Sequence[Run],
    wanted: Wanted,
    below: Mapping[str, str],
    *,
    now: datetime,
) -> dict[str, Any] | None:
    """What site/parts/lanes.html takes; None where no trip is wanted. `below`: names of the areas one level
    below, by code."""
    if not runs:
        return None
    zone = zone_of(area)
    marks = {"deadline": plan.deadline_at, "opening": plan.voting_at}
    asked = [at for at in marks.values() if wanted.day in (None, at.astimezone(zone).date())]
    along = lanes.strip(runs, zone, also=asked)
    if wanted.by_escort:
        drawn = _by_escort(area, runs, wanted, along)
    elif wanted.day is None:
        drawn = _by_leg(plan, area, runs, wanted, along)
    elif len({run.vehicle for run in runs}) <= VEHICLES_MAX:
        drawn = _by_vehicle(area, runs, along)
    else:
        drawn = _by_area(area, runs, wanted, along, below)
    return {
        "lanes": drawn,
        "ticks": _ticks(along),
        "marks": [
            {"kind": kind, "at": at, "x": _x(along, at)}
            for kind, at in {**marks, "now": now}.items()
            if along.shows(at)
        ],
        "keys": [{"state": "risk", "word": gettext("leaves later than is safe")}]
        if any(bar["state"] for row in drawn for bar in row["bars"])
        else [],
        "thin": wanted.day is not None and len(drawn) > 12,
        "zone": zone.tzname(None),
    }


def query(wanted: Wanted, **changes: Any) -> str:
    """The filter as an address has it, with some parts changed; empty where nothing is asked for."""
    told = {
        "day": wanted.day,
        "leg": wanted.leg,
        "mode": wanted.mode,
        "risk": None if wanted.risk is None else int(wanted.risk),
        "at_risk": "on" if wanted.at_risk else None,
        "by_escort": "on" if wanted.by_escort else None,
    } | changes
    return urlencode({key: str(value) for key, value in told.items() if value is not None})


def _by_leg(
    plan: PlanFacts, area: str, runs: Sequence[Run], wanted: Wanted, along: Strip
) -> list[dict[str, Any]]:
    groups: dict[Leg, list[Run]] = defaultdict(list)
    for run in runs:
        groups[run.leg].append(run)
    zone = zone_of(area)
    shifts = calendar(plan.voting_at.astimezone(zone).date(), zone, first_day=plan.first_day).shifts
    here = reverse("plan:page", args=[area])
    return [
        _row(
            capfirst(str(LEGS[leg])),
            f"{here}?{query(wanted, leg=leg)}",
            lanes.by_number(groups[leg], along),
            windows=_windows(shifts[leg], along),
        )
        for leg in Leg
        if leg in groups
    ]


def _by_vehicle(area: str, runs: Sequence[Run], along: Strip) -> list[dict[str, Any]]:
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        groups[run.vehicle].append(run)
    bases = places.areas({showing.base_of(vehicle) for vehicle in groups})
    names = {code: base.name for code, base in bases.items()}
    rows = []
    for vehicle, trips in sorted(groups.items(), key=lambda pair: (pair[1][0].depart_at, pair[0])):
        label = showing.vehicle_of(vehicle, trips[0].mode, names)
        row = _row(label, "", lanes.by_trip(trips, along))
        for bar in row["bars"]:
            bar["href"] = reverse("plan:trip", args=[area, bar["trip"]])
        row["href"] = row["bars"][0]["href"]
        rows.append(row)
    return rows


def _by_escort(area: str, runs: Sequence[Run], wanted: Wanted, along: Strip) -> list[dict[str, Any]]:
    """A lane for each post that sends officers, the most needed first; on one day a bar for each trip."""
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.officers_count:
            groups[run.escort_post].append(run)
    needed = {post: lanes.officers_at_once(trips) for post, trips in groups.items()}
    names = people.post_names(sorted(groups))
    rows = []
    for post in sorted(groups, key=lambda post: (-needed[post], post))[:VEHICLES_MAX]:
        trips = groups[post]
        lane = lanes.by_trip(trips, along) if wanted.day else lanes.by_number(trips, along)
        row = _row(names.get(post, post), "", lane)
        most = ngettext("%(n)s officer at once", "%(n)s officers at once", needed[post])
        row["note"] = f"{row['note']}; {most % {'n': words.number(needed[post])}}"
        for bar in row["bars"]:
            if bar["trip"]:
                bar["href"] = reverse("plan:trip", args=[area, bar["trip"]])
        row["href"] = f"{reverse('plan:page', args=[area])}?{query(wanted)}#trips"
        rows.append(row)
    return rows


def _by_area(
    area: str, runs: Sequence[Run], wanted: Wanted, along: Strip, below: Mapping[str, str]
) -> list[dict[str, Any]]:
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        groups[next((code for code in below if covers(code, run.area)), area)].append(run)
    most = lanes.most_at_once(groups.values(), along)
    return [
        _row(
            below.get(code, gettext("for the whole area")),
            f"{reverse('plan:page', args=[code])}?{query(wanted)}",
            lanes.by_number(groups[code], along, most=most),
        )
        for code in [area, *below]
        if code in groups
    ]


def _row(label: str, href: str, lane: Lane, *, windows: Sequence[lanes.Bar] = ()) -> dict[str, Any]:
    told = ngettext("%(n)s trip", "%(n)s trips", lane.trips_count) % {"n": words.number(lane.trips_count)}
    if lane.peak > 1:
        told = gettext("%(trips)s, at most %(peak)s at once") % {
            "trips": told,
            "peak": words.number(lane.peak),
        }
    return {
        "label": label,
        "href": href,
        "note": told,
        "windows": windows,
        "bars": [
            {
                "x": bar.x,
                "y": bar.y,
                "width": bar.width,
                "height": bar.height,
                "trip": bar.trip,
                "state": "risk" if bar.is_at_risk else "",
            }
            for bar in lane.bars
        ],
    }


def _windows(shifts: Sequence[Shift], along: Strip) -> list[lanes.Bar]:
    drawn = [lanes.stretch(along, shift.start, shift.end) for shift in shifts]
    return [bar for bar in drawn if bar is not None]


def _ticks(along: Strip) -> list[dict[str, str]]:
    """Days, or the hours of a single day."""
    if len(along.days) > 1:
        return [{"x": _x(along, along.begin(day)), "label": date_format(day, "D j M")} for day in along.days]
    begin = along.begin(along.days[0])
    hours = range(along.opens_h, along.closes_h, _HOURS_PER_TICK)
    return [
        {"x": _x(along, begin + timedelta(hours=hour - along.opens_h)), "label": f"{hour:02d}"}
        for hour in hours
    ]


def _x(along: Strip, at: datetime) -> str:
    return f"{along.share(at):.3f}%"


def days_of(runs: Sequence[Run], zone: tzinfo) -> list[date]:
    return sorted({run.depart_at.astimezone(zone).date() for run in runs})
