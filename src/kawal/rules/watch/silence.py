"""A custody gap on the road: a courier holds parcels past the expected arrival, and no word comes.

Silent is not late: the boxes may stand at the destination, with two phones that have no network. It is
told apart because it asks for something else: somebody must go and look who holds them. A word is any
milestone or position of the trip that the hub heard, however old what it tells.
"""

from __future__ import annotations

from datetime import datetime

from kawal.rules.plan.facts import FORWARD, Trip
from kawal.rules.watch.expect import heard_at, next_word_at
from kawal.rules.watch.facts import NO_PROGRESS, Kind, Limits, Progress, Severity, Sign, WatchedPlan
from kawal.rules.watch.severity import weigh
from kawal.rules.watch.told import clock, listed
from kawal.rules.watch.undelivered import undelivered


def silences(plan: WatchedPlan, *, now: datetime, limits: Limits) -> list[Sign]:
    signs = [
        _silence(trip, plan.progress.get(trip.code, NO_PROGRESS), plan, now=now, limits=limits)
        for trip in plan.trips
    ]
    return [sign for sign in signs if sign]


def _silence(
    trip: Trip, progress: Progress, plan: WatchedPlan, *, now: datetime, limits: Limits
) -> Sign | None:
    left = undelivered(trip, progress, plan.stages)
    awaited_at = next_word_at(trip, progress, left, limits=limits)
    heard = heard_at(progress)
    if awaited_at is None or heard is None:
        return None
    allowed = plan.silence.get(trip.risk, limits.silence[trip.risk])
    if now - max(heard, awaited_at) <= allowed:
        return None
    stations = sorted({station for one in left for station in one.stations})
    deadline_at = plan.deadline_at if trip.leg in FORWARD else max(one.due_at for one in left)
    facts = {
        "why": "silent",
        "mode": trip.mode.value,
        "vehicle": trip.vehicle,
        "leg": trip.leg.value,
        "escort": trip.escort.post,
        "heard_at": clock(heard),
        "awaited_at": clock(awaited_at),
        "count": len(stations),
        **listed("sites", sorted({one.to_site for one in left})),
        **listed("stations", stations),
    }
    return Sign(
        kind=Kind.CUSTODY_GAP,
        cause=f"silent:{trip.code}",
        severity=weigh(Severity.WARNING, deadline_at=deadline_at, now=now, limits=limits, risk=trip.risk),
        area=trip.area,
        station=stations[0] if len(stations) == 1 else "",
        trip=trip.code,
        facts=facts,
    )
