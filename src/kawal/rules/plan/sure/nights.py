"""Trips of several days as simulation and safe departures see them: they move by day and rest at night.

What is lost on the way (weather, a breakdown, a long hand-over) is lost of the day's hours, so it may cost a
night more. Waiting by day, for a tide, counts as work. The weather is that of the day on which a trip leaves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kawal.rules.plan.routing.marching import DAY_S
from kawal.rules.plan.sure.compiled import shared


@shared
def by_days(left: Any, moving: Any, opens: Any, march: Any) -> Any:
    """When a trip of several days has moved so long: `march` seconds a day, from `opens` on."""
    day = np.floor(left / DAY_S)
    gone = min(max(left - day * DAY_S - opens, np.float32(0)), march) + moving
    days = np.floor(gone / march)
    return np.float32((day + days) * DAY_S + opens + gone - days * march)


@shared
def days_before(by: Any, moving: Any, opens: Any, march: Any) -> Any:
    """The latest moment at which a trip of several days can leave to have moved so long by then."""
    day = np.floor(by / DAY_S)
    into = by - day * DAY_S - opens
    if into < 0:
        day -= 1
        into = march
    left = min(into, march - 1) - moving  # a second before the day ends: then it is not the next morning
    days = np.ceil(-left / march) if left < 0 else 0.0
    return np.float32((day - days) * DAY_S + opens + left + days * march)
