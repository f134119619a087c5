"""A custody gap on the road: a courier holds parcels, a word should have come, and none does.

Silent is not late: the boxes may stand at the destination, with two phones that have no network. It is
told apart because it asks for something else: somebody must go and look who holds them. A word is any
milestone or position of the trip that the hub heard, however old what it tells. How long
nothing was heard is counted only where something could be (rules.watch.hearing).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kawal.rules.plan.facts import Trip
from kawal.rules.risk.patterns import WatchLimits
from kawal.rules.watch.about import warning
from kawal.rules.watch.expect import heard_at
from kawal.rules.watch.facts import NO_PROGRESS, Kind, Limits, Progress, Sign, WatchedPlan, allowed
from kawal.rules.watch.hearing import unheard
from kawal.rules.watch.told import clock
from kawal.rules.watch.undelivered import undelivered


def silences(plan: WatchedPlan, *, now: datetime, limits: Limits) -> list[Sign]:
    signs = [
        _silence(trip, plan.progress.get(trip.code, NO_PROGRESS), plan, now=now, limits=limits)
        for trip in plan.trips
    ]
    return [sign for sign in signs if sign]


def is_quiet(progress: Progress, allows: WatchLimits, *, now: datetime) -> bool:
    """Whether the last word is so old that it matters where the trip should be: in a gap of the signal?"""
    heard = heard_at(progress)
    return heard is not None and now - heard > timedelta(seconds=allows.silence_s)


def _silence(
    trip: Trip, progress: Progress, plan: WatchedPlan, *, now: datetime, limits: Limits
) -> Sign | None:
    allows = allowed(plan, trip, limits)
    heard = heard_at(progress)
    if heard is None or not is_quiet(progress, allows, now=now):
        return None
    left = undelivered(trip, progress, plan.stages)
    found = unheard(trip, progress, left, plan.signal, heard=heard, now=now, limits=limits)
    if found is None or found.counted <= timedelta(seconds=allows.silence_s):
        return None
    facts = {"why": "silent", "heard_at": clock(heard), "awaited_at": clock(found.since)}
    cause = f"silent:{trip.code}"
    return warning(Kind.CUSTODY_GAP, cause, trip, left, facts, plan=plan, now=now, limits=limits)
