"""A custody gap on the road: a courier holds parcels past the expected arrival, and no word comes.

Silent is not late: the boxes may stand at the destination, with two phones that have no network. It is
told apart because it asks for something else: somebody must go and look who holds them. A word is any
milestone or position of the trip that the hub heard, however old what it tells.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kawal.rules.plan.facts import Trip
from kawal.rules.watch.about import warning
from kawal.rules.watch.expect import heard_at, next_word_at
from kawal.rules.watch.facts import NO_PROGRESS, Kind, Limits, Progress, Sign, WatchedPlan, allowed
from kawal.rules.watch.told import clock
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
    silence = timedelta(seconds=allowed(plan, trip, limits).silence_s)
    if now - max(heard, awaited_at) <= silence:
        return None
    facts = {"why": "silent", "heard_at": clock(heard), "awaited_at": clock(awaited_at)}
    cause = f"silent:{trip.code}"
    return warning(Kind.CUSTODY_GAP, cause, trip, left, facts, plan=plan, now=now, limits=limits)
