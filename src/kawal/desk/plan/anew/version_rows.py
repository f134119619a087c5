"""Rows of what differs between two versions: promises, trips, and a notice with both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from kawal.desk.people.access import Officer, can_see
from kawal.desk.places import reads as places
from kawal.desk.plan import reads, words
from kawal.desk.plan.anew.comparing_words import CHANGES, PROMISES
from kawal.desk.plan.anew.notices import PostNoticeFacts
from kawal.desk.plan.leg_words import leg_of
from kawal.desk.plan.showing import Names, names_of, vehicle
from kawal.rules.places.codes import village_of
from kawal.rules.plan.anew.compare import Promise, TripChange
from kawal.rules.plan.facts import Trip

_STATES = {"lost": "late", "later": "risk", "earlier": "ontime", "gained": "ontime"}


def promise_rows(promises: Sequence[Promise], officer: Officer) -> list[dict[str, Any]]:
    """Stations of a village whose promise moved alike stand together."""
    together: dict[tuple[str, str, datetime | None, datetime | None], list[str]] = defaultdict(list)
    for one in promises:
        together[village_of(one.station), one.kind, one.before_at, one.after_at].append(one.station)
    names = places.areas({village for village, *_ in together})
    return [
        {
            "village": names[village].name if village in names else village,
            "area": village,
            "word": PROMISES[kind],
            "state": _STATES[kind],
            "before_at": before_at,
            "after_at": after_at,
            "stations": [
                {
                    "number": code[-3:],
                    "href": reverse("report:station", args=[code]) if can_see(officer, code) else "",
                }
                for code in codes
            ],
        }
        for (village, kind, before_at, after_at), codes in together.items()
    ]


def trip_rows(changes: Iterable[TripChange]) -> list[dict[str, Any]]:
    changes = list(changes)
    names = names_of(trip for one in changes for trip in (one.before, one.after) if trip is not None)
    return [
        _row(one.code, one.kinds, one.before, one.after, names)
        for one in sorted(changes, key=lambda one: (_leaves(one), one.code))
    ]


def notice_rows(notice: PostNoticeFacts, officer: Officer) -> dict[str, Any]:
    """A notice with the trips as they were and as they are."""
    codes = [row["code"] for row in notice.trips]
    before = {trip.code: trip for trip in reads.trips_by_code(notice.base_id, codes)}
    after = {trip.code: trip for trip in reads.trips_by_code(notice.plan_id, codes)}
    promises = [
        Promise(station=row["station"], before_at=_at(row["before_at"]), after_at=_at(row["after_at"]))
        for row in notice.stations
    ]
    return {
        "notice": notice,
        "area_name": places.area(notice.area).name,
        "anchor": f"version-{notice.plan_id}",
        "trips": trip_rows(
            TripChange(code=code, before=before.get(code), after=after.get(code)) for code in codes
        ),
        "promises": promise_rows(promises, officer),
        "promises_count": len(promises),
    }


def _row(
    code: str, kinds: Sequence[str], before: Trip | None, after: Trip | None, names: Names
) -> dict[str, Any]:
    one = after or before
    assert one is not None
    return {
        "code": code,
        "leg": leg_of(one),
        "what": ", ".join(str(CHANGES[kind]) for kind in kinds),
        "state": "late" if after is None else "",
        "before_at": before.depart_at if before else None,
        "after_at": after.depart_at if after else None,
        "before_vehicle": vehicle(before.vehicle, before.mode) if before else "",
        "after_vehicle": vehicle(after.vehicle, after.mode) if after else "",
        "vehicle_name": (after or one).vehicle,
        "before_post": names.post(before.escort.post) if before and before.escort.officers_count else "",
        "after_post": names.post(one.escort.post) if one.escort.officers_count else "",
        "officers": words.number(one.escort.called_count),
        "second": names.post(one.escort.reserve_post) if one.escort.reserve_post else "",
        "stations": words.number(sum(len(part.stations) for part in one.consignments)),
    }


def _leaves(change: TripChange) -> datetime:
    one = change.after or change.before
    assert one is not None
    return one.depart_at


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
