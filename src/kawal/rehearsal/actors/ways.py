"""How long does a way really take? The plan's time, with what each mode meets on it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

from kawal.rules.plan.facts import Mode

# Median of actual over planned time, and sigma of its logarithm. Boats wait for tides and weather,
# trucks for little; a plan with a margin is beaten more often than not.
_SPREAD: Final = {
    Mode.TRUCK: (0.95, 0.12),
    Mode.PICKUP: (0.95, 0.15),
    Mode.MOTORBIKE: (0.95, 0.18),
    Mode.LONGBOAT: (1.0, 0.24),
    Mode.SPEEDBOAT: (1.0, 0.24),
    Mode.PLANE: (1.0, 0.2),
    Mode.HELICOPTER: (1.0, 0.2),
    Mode.FOOT: (1.0, 0.2),
    Mode.HORSE: (1.0, 0.2),
    Mode.OX_CART: (1.0, 0.2),
}
HELD_UP_H: Final = (4.0, 7.0)  # at least: until help or another boat comes
OVERDUE_H: Final = (0.7, 1.5)  # at least so long after the time from which the deadline can be met
LATE_STARTS_SHARE: Final = 0.02


def travelled(planned: timedelta, mode: Mode, chance: random.Random) -> timedelta:
    median, sigma = _SPREAD[mode]
    return timedelta(seconds=round(planned.total_seconds() * median * chance.lognormvariate(0.0, sigma)))


def started_late_min(chance: random.Random) -> float:
    """Minutes after the planned departure: mostly a few; seldom somebody or something is missing."""
    if chance.random() < LATE_STARTS_SHARE:
        return chance.uniform(60.0, 180.0)
    return min(45.0, chance.lognormvariate(1.0, 1.0))


def held_up(arrives_at: datetime, due_at: datetime, chance: random.Random) -> timedelta:
    """How long a trip stands that was to arrive then: so long that somebody must act, past `due_at`."""
    overdue = due_at - arrives_at + timedelta(seconds=round(3600 * chance.uniform(*OVERDUE_H)))
    return max(overdue, timedelta(seconds=round(3600 * chance.uniform(*HELD_UP_H))))
