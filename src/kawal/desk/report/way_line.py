"""The way of a station as a line of time, for site/parts/lanes.html: what was planned, and what was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Any, Final

from django.utils.dateformat import format as date_format

from kawal.desk.plan.lanes import Strip
from kawal.desk.report.stations import StationPage, WayLeg
from kawal.rules.places.codes import zone_of

_LEAST: Final = 0.6  # per cent: the shortest way must be seen on a phone
_HOURS_LEAST: Final = 6  # of a day, so that a bar is not taken for a day
_PLANNED: Final = {"y": "14%", "height": "30%"}  # above
_TOLD: Final = {"y": "56%", "height": "30%"}  # below


def picture(page: StationPage, way: Sequence[dict[str, Any]], now: datetime) -> dict[str, Any] | None:
    """`way`: rows of station_rows.way. None where no plan carries the station."""
    if not page.way or page.plan is None:
        return None
    marks = {"deadline": page.plan.deadline_at, "opening": page.plan.voting_at, "now": now}
    along = _strip(page.way, [page.plan.deadline_at, page.plan.voting_at], page.station.code)
    return {
        "lanes": [_lane(leg, row, along, now) for leg, row in zip(page.way, way, strict=True)],
        "ticks": [
            {"x": _percent(along.share(along.begin(day))), "label": date_format(day, "D j M")}
            for day in along.days
        ],
        "marks": [
            {"kind": kind, "at": at, "x": _percent(along.share(at))}
            for kind, at in marks.items()
            if along.shows(at)
        ],
        "zone": along.zone.tzname(None),
    }


def _strip(way: Sequence[WayLeg], also: Sequence[datetime], code: str) -> Strip:
    zone = zone_of(code)
    times = list(also)
    for leg in way:
        times += [leg.step.trip.depart_at, leg.step.consignment.arrive_at]
        times += [reached.at for reached in (leg.departed, leg.received) if reached]
    local = [at.astimezone(zone) for at in times]
    hours = [at.hour + at.minute / 60 for at in local]
    opens_h = floor(min(hours))
    closes_h = min(24, max(ceil(max(hours)), opens_h + _HOURS_LEAST))
    days = tuple(sorted({at.date() for at in local}))
    return Strip(days=days, opens_h=min(opens_h, 24 - _HOURS_LEAST), closes_h=closes_h, zone=zone)


def _lane(leg: WayLeg, row: dict[str, Any], along: Strip, now: datetime) -> dict[str, Any]:
    trip = {"trip": row["trip"], "href": row["href"]}
    planned = _span(along, leg.step.trip.depart_at, leg.step.consignment.arrive_at)
    bars = [{**planned, **_PLANNED, **trip, "state": ""}]
    start = leg.departed or leg.received
    if start:
        end = leg.received.at if leg.received else max(now, start.at)
        bars.append({**_span(along, start.at, end), **_TOLD, **trip, "state": row["state"]})
    return {"label": row["label"], "href": row["href"], "note": row["word"], "windows": [], "bars": bars}


def _span(along: Strip, start: datetime, end: datetime) -> dict[str, str]:
    left = along.share(start)
    width = max(along.share(max(end, start + timedelta(seconds=1))) - left, _LEAST)
    return {"x": _percent(min(left, 100 - width)), "width": _percent(width)}


def _percent(value: float) -> str:
    """SVG's own notation, whatever the reader's language does with decimals."""
    return f"{value:.3f}%"
