"""What is late, wrong or unknown, from plan, events and the time: one sign per cause.

Every detector is a function of what is known now and nothing else; it remembers nothing. Whether a
sign opens, feeds or closes an alert is said by `life`, whom it goes to by `ladder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kawal.rules.watch.delay import delays
from kawal.rules.watch.facts import Limits, OpenFinding, Sign, WatchedPlan
from kawal.rules.watch.mismatch import mismatches
from kawal.rules.watch.silence import silences


def signs(
    plans: Sequence[WatchedPlan], findings: Sequence[OpenFinding], *, now: datetime, limits: Limits
) -> list[Sign]:
    """All signs in order of cause; the order in which anything was told makes no difference."""
    found = mismatches(findings, plans, now=now, limits=limits)
    for plan in plans:
        found += delays(plan, now=now, limits=limits)
        found += silences(plan, now=now, limits=limits)
    return sorted(found, key=lambda sign: sign.cause)
