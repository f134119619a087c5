"""What is late, wrong or unknown, from plan, events and the time: one sign per cause.

Every detector is a function of what is known now and nothing else; it remembers nothing. Whether a
sign opens, feeds or closes an alert is said by `life`, whom it goes to by `ladder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kawal.rules.watch.astray import wanderings
from kawal.rules.watch.delay import delays
from kawal.rules.watch.facts import Limits, OpenFinding, Sign, WatchedPlan
from kawal.rules.watch.mismatch import mismatches
from kawal.rules.watch.silence import silences
from kawal.rules.watch.standing import stops, with_standing


def signs(
    plans: Sequence[WatchedPlan], findings: Sequence[OpenFinding], *, now: datetime, limits: Limits
) -> list[Sign]:
    """All signs in order of cause; the order in which anything was told makes no difference."""
    found = mismatches(findings, plans, now=now, limits=limits)
    for plan in plans:
        found += _held_up(plan, now=now, limits=limits)
        found += wanderings(plan, now=now, limits=limits)
        found += silences(plan, now=now, limits=limits)
    return sorted(found, key=lambda sign: sign.cause)


def _held_up(plan: WatchedPlan, *, now: datetime, limits: Limits) -> list[Sign]:
    """Trips that are late and trips that stand: of one trip one sign, that of its delay."""
    late = {sign.cause: sign for sign in delays(plan, now=now, limits=limits)}
    stand = {sign.cause: sign for sign in stops(plan, now=now, limits=limits)}
    both = {cause: with_standing(late[cause], stand[cause]) for cause in late.keys() & stand.keys()}
    return list((stand | late | both).values())
