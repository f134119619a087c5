"""How a sign tells its facts: as plain values, small in a storm, and not different at every look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

LISTED_MAX: Final = 600  # things named in one sign (a whole truck and what waits for it); counts are whole
ROUNDED_TO: Final = timedelta(minutes=5)  # nothing is told more exactly than it is known


def listed(name: str, values: Iterable[str]) -> dict[str, Any]:
    """The first values by name, and under `<name>_count` how many there are in all."""
    whole = list(values)
    return {name: whole[:LISTED_MAX], f"{name}_count": len(whole)}


def clock(at: datetime) -> str:
    """ISO 8601, down to whole steps: otherwise every look would change every sign."""
    return (at - timedelta(seconds=at.timestamp() % ROUNDED_TO.total_seconds())).isoformat()


def whole_steps_s(behind: timedelta) -> int:
    """Seconds in whole steps, 0 where nothing is behind."""
    step_s = int(ROUNDED_TO.total_seconds())
    return max(0, int(behind.total_seconds()) // step_s * step_s)
